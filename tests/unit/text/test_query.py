"""A question's words: inflected, compound, mistyped, as the words of a library tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from twolane.text.query import query_words
from twolane.text.terms import QueryWord, Spelling, language_numbers, spelling_of


class Words:
    """Obeys `twolane.text.query.Vocabulary`: words of one language, each in some passages."""

    def __init__(self, language: str, counts: Mapping[str, int], passages: int = 1_000) -> None:
        self.spellings = [spelling_of(word, language) for word in counts]
        self._counts = {spelling_of(word, language).number: count for word, count in counts.items()}
        self._language, self._passages = language, passages

    def languages(self) -> Collection[str]:
        return [self._language] if self._language else []

    def passages(self) -> int:
        return self._passages

    def counts(self, numbers: Collection[int]) -> Mapping[int, int]:
        return {number: self._counts[number] for number in numbers if number in self._counts}

    def beginning(self, start: str, lengths: range) -> list[Spelling]:
        return [one for one in self.spellings if one.word.startswith(start) and len(one.word) in lengths]

    def ending(self, end: str, lengths: range) -> list[Spelling]:
        return [one for one in self.spellings if one.stem.endswith(end) and len(one.stem) in lengths]

    def known(self, words: Collection[str]) -> frozenset[str]:
        return frozenset(words) & {one.word for one in self.spellings}

    def number(self, word: str) -> int:
        return spelling_of(word, self._language).number


GERMAN = Words(
    "german",
    {
        "versicherung": 40,
        "hausrat": 9,
        "hausratversicherung": 7,
        "leben": 30,
        "versicherungsnehmer": 5,
        "nehmer": 2,
    },
)


def only(question: str, words: Words) -> QueryWord:
    [word] = query_words(question, words)
    return word


def test_a_word_stands_for_compounds_with_it() -> None:
    # when
    word = only("Versicherungen", GERMAN)

    # then
    assert GERMAN.number("versicherung") in word.stems
    assert {GERMAN.number("hausratversicherung"), GERMAN.number("versicherungsnehmer")} <= word.loose
    assert GERMAN.number("hausratversicherung") in only("Hausrat", GERMAN).loose


@pytest.mark.parametrize("question", ["Hausratversicherung", "Lebensversicherung"])
def test_a_compound_has_the_words_that_it_is_made_of(question: str) -> None:
    # when
    word = only(question, GERMAN)

    # then
    first, second = word.parts
    assert GERMAN.number("versicherung") in second
    assert word.is_in(frozenset({next(iter(first)), next(iter(second))}))
    assert not word.is_in(frozenset({GERMAN.number("versicherung")}))


def test_a_rest_that_is_no_word_makes_no_compound() -> None:
    # given
    words = Words("english", {"contract": 9, "subcontractor": 3, "contractual": 4})

    # then
    assert not only("contract", words).loose
    assert not only("contract", words).parts


@pytest.mark.parametrize("mistyped", ["insurnace", "insurace", "insurrance", "insurwnce", "ninsurance"])
def test_a_word_that_no_text_has_is_put_right(mistyped: str) -> None:
    # given
    words = Words("english", {"insurance": 9, "invoice": 40, "ignorance": 3})

    # when
    word = only(mistyped, words)

    # then
    assert word.loose == {words.number("insurance")}
    assert word.rarity == only("insurance", words).rarity


def test_a_mistyped_word_may_be_inflected_too() -> None:
    # given
    words = Words("russian", {"договору": 9, "дворник": 3})

    # then
    assert words.number("договору") in only("договра", words).loose


def test_a_word_that_texts_have_is_right() -> None:
    # given
    words = Words("english", {"form": 9, "firm": 9, "tenant": 5, "tennant": 6, "rental": 900, "rentak": 1})

    # then
    assert not only("firm", words).loose
    assert not only("tennant", words).loose
    assert only("rentak", words).loose == {words.number("rental")}


def test_inflections_are_found_in_texts_of_unknown_language() -> None:
    # given
    words = Words("", {"herrings": 2, "herringbone": 3})

    # when
    [herring] = query_words("what is a herring", words)

    # then
    assert words.number("herrings") in herring.stems
    assert words.number("herringbone") not in herring.stems


def test_words_are_looked_for_once_and_stop_words_only_alone() -> None:
    # given
    nothing = Words("english", {})

    # then
    assert [word.text for word in query_words("The rent, the RENT and the flat", nothing)] == ["rent", "flat"]
    assert [word.text for word in query_words("who is who", nothing)] == ["who", "is"]
    assert query_words("?! …", nothing) == ()
    assert len(query_words(" ".join(f"word{number}" for number in range(999)), nothing)) == 64


def test_a_reference_is_looked_for_as_written_and_by_its_parts() -> None:
    # when
    words = query_words("RE-2019/507 FY2024", Words("english", {}))

    # then
    assert [word.text for word in words if not word.derived] == ["re", "2019", "507", "fy2024"]
    assert {word.text for word in words if word.derived} == {"fy", "2024", "re2019507"}


def test_neighbours_may_be_written_as_one() -> None:
    # given
    words = Words("english", {"bestbuy": 3})

    # when
    best, buy = query_words("best buy", words)

    # then
    assert words.number("bestbuy") in best.loose & buy.loose


def test_rare_words_weigh_most() -> None:
    # when
    leben, nehmer, zebra = query_words("leben nehmer zebra", GERMAN)

    # then
    assert leben.rarity < nehmer.rarity < zebra.rarity


def test_pairs_of_unspaced_scripts_are_words() -> None:
    # when
    words = query_words("租客支付", Words("", {}))

    # then
    assert [word.text for word in words] == ["租客", "客支", "支付"]
    assert words[0].stems == language_numbers("租客", ())
