"""What passages are found under: stems by their own language, with what is cut or joined."""

from __future__ import annotations

import pytest

from twolane.text.languages import language_by_code
from twolane.text.terms import (
    PassageTerms,
    Stems,
    language_numbers,
    parts_of,
    passage_terms,
    references_in,
    weights,
)

ENGLISH = "The tenant pays for all of the damages that were caused by the movers."


def finds(terms: PassageTerms, word: str, *languages: str) -> bool:
    return bool(Stems(terms.kept).numbers & language_numbers(word, languages))


def test_a_passage_is_stemmed_by_its_own_language() -> None:
    # given
    english, spanish = passage_terms("", "", ENGLISH + " Take care."), language_by_code("es")
    assert spanish is not None

    # then
    assert english.language == "english"
    assert finds(english, "damage", "english")
    assert not finds(english, "damage", "german")
    assert passage_terms("", "", "Facturas 2024", spanish).language == "spanish"


def test_a_stem_is_its_own_language_s() -> None:
    # given a text with "car", which is the stem of "care" in Spanish
    text = passage_terms("", "", "The car was sold by the owner of the house.")

    # then
    assert finds(text, "cars", "english")
    assert not finds(text, "care", "spanish", "english")


def test_numbers_and_unspaced_scripts_are_the_same_in_all_languages() -> None:
    # given
    text = passage_terms("", "", f"{ENGLISH} 5,409.00 租客支付")

    # then
    assert finds(text, "5409", "german")
    assert finds(text, "租客")
    assert finds(text, "租")


def test_names_headings_and_repeated_words_are_told_apart() -> None:
    # given
    terms = passage_terms("lease", "rent", "rent rent " + "water " * 99)
    [rent], [lease], [water] = (language_numbers(word, ()) for word in ("rent", "lease", "water"))

    # when
    size = len(terms.kept) // 5
    by_number = dict(zip(sorted({rent, lease, water}), terms.kept[4 * size :], strict=True))
    weight = {number: round(float(weights()[value]), 1) for number, value in by_number.items()}

    # then
    assert (weight[rent], weight[lease], weight[water]) == (2.8, 0.5, 63.0)
    assert Stems(terms.kept).in_names == {lease}
    assert Stems(terms.kept).in_text == {rent, water}
    assert terms.length == 103


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Lebensver-\nsicherung", "lebensversicherung"),
        ("Lebensver\u00adsicherung", "lebensversicherung"),
        ("Lebensver\u00ad\nsicherung", "lebensversicherung"),
        ("Straße", "strasse"),
        ("FY2019", "2019"),
        ("12.05.2023", "2023"),
        ("12.4.1", "12.4"),
        ("ﬁnance", "finance"),
    ],
)
def test_words_are_found_however_they_are_set(text: str, word: str) -> None:
    assert finds(passage_terms("", "", text), word)


def test_the_end_of_a_line_does_not_join_what_was_no_word() -> None:
    # given
    terms = passage_terms("", "", "pages 3-\n4 and a list:\n- rent")

    # then
    assert not finds(terms, "34")
    assert not finds(terms, "listrent")


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("invoice re-2019/507 of may", ["re2019507"]),
        ("ab-12 and ab-12", ["ab12", "ab12"]),
        ("(see 12.4.1)", ["1241"]),
        ("1.98 or 12.400", []),
        ("well-known", []),
        ("x" * 99 + "-1", []),
    ],
)
def test_references_lose_the_marks_between_their_parts(text: str, references: list[str]) -> None:
    assert list(references_in(text)) == references


def test_only_words_with_digits_have_parts() -> None:
    assert parts_of("fy2019") == ["fy", "2019"]
    assert parts_of("f22") == ["22"]
    assert parts_of("12.5.2023") == ["12.5", "2023"]
    assert parts_of("5,409.00") == parts_of("rent") == parts_of("2019") == parts_of("किराया") == []


def test_long_runs_of_letters_are_no_spellings() -> None:
    # when
    terms = passage_terms("", "", "rent Miete 租客 ab f22 किराया")

    # then
    assert terms.spelt == {"rent", "miete", "किराया"}
