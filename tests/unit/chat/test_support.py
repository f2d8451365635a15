"""A sentence is held against its sources: by what values mean, and under which label they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval.support import FOLDER, Pair, differences, judge, read_pairs

from twolane.answers import CitationEvent, CitationStatus, Source
from twolane.chat.support import Checker
from twolane.documents import FoundPassage

_INVOICE = "Net amount: 496.00 €\nVAT: 75.04 €\nTotal due: 571.04 €"


def _source(number: int, text: str, *, start: int = 0, page: int = 1) -> Source:
    passage = FoundPassage(number, f"d{number}", Path(f"{number}.txt"), "", page, text, start=start)
    return Source(number, passage)


def _cite(
    sentence: str, *texts: str, question: str = "", marked: tuple[int, ...] = ()
) -> list[CitationEvent]:
    sources = [_source(number, text) for number, text in enumerate(texts, 1)]
    return Checker(sources, question).citations(sentence, marked)


@pytest.mark.parametrize("pair", read_pairs(FOLDER / "pairs.toml"), ids=lambda pair: pair.answer)
def test_pairs_are_judged_as_a_person_judges_them(pair: Pair) -> None:
    assert not differences(pair, judge(pair))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("1234.50", "1.234,50"),
        ("1,234.50", "1 234,50"),
        ("1 234,50", "1'234.50"),
        ("٢٥٠٠", "2,500"),
        ("12 March 2024", "12.03.2024"),
        ("12 mars 2024", "2024-03-12"),
        ("12 марта 2024", "2024年3月12日"),
        ("March 2024", "12 March 2024"),
        ("12. März", "12 March 2024"),
        ("2024", "12.03.2024"),
        ("2.5 million", "2,500,000"),
        ("3,5 Mio.", "3.500.000"),
        ("KX-2041/77", "kx2041-77"),
        ("14:30", "14.30"),
        ("50 EUR", "€ 50"),
        ("$50", "CAD 50"),
        ("DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
        ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("5kg", "5 kg"),
        ("2.5 GB", "2.5GB"),
        ("1200kWh", "1,200 kWh"),
    ],
)
def test_a_value_is_the_same_in_any_spelling(said: str, written: str) -> None:
    # when
    found = _cite(f"It is {said}", f"Stated: {written} today", marked=(1,))

    # then
    assert [one.status for one in found] == [CitationStatus.VERIFIED]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("1.5", "15"),
        ("50 EUR", "50 USD"),
        ("12 March 2024", "13 March 2024"),
        ("5 %", "5.00 €"),
        ("3", "30"),
        ("5kg", "5 g"),
        ("DE89370400440532013000", "DE89 3704 0044 0532 0130 01"),
    ],
)
def test_another_value_is_none(said: str, written: str) -> None:
    assert not _cite(f"It is {said}", f"Stated: {written} today", marked=(1,))


@pytest.mark.parametrize(
    ("said", "written", "question"),
    [
        ("3 months", "Term: three months", "How long is the term?"),
        ("3 Monate", "Frist: drei Monate", "Wie lang ist die Frist?"),
        ("3 mois", "Préavis : trois mois", "Quel est le préavis du bail ?"),
    ],
)
def test_a_number_in_words_is_one_in_a_text_too_short_to_show_its_language(
    said: str, written: str, question: str
) -> None:
    assert [one.status for one in _cite(said, written, question=question)] == [CitationStatus.VERIFIED]


def test_spans_are_places_of_the_page() -> None:
    # given
    page = "A letterhead.\n" + _INVOICE
    source = _source(1, _INVOICE, start=page.index(_INVOICE), page=3)

    # when
    [citation] = Checker([source], "What is the total due?").citations("The total due is EUR 571.04", [1])

    # then
    assert [(span.page, page[span.start : span.end]) for span in citation.spans] == [(3, "571.04 €")]


def test_places_are_right_in_the_longest_passage() -> None:
    # given
    text = "The rent is 850 euros. " + "Nothing else of note is said here. " * 200

    # when
    [citation] = _cite("The rent is 850 euros", text, marked=(1,))

    # then
    assert [text[span.start : span.end] for span in citation.spans] == ["850 euros"]


def test_a_source_whose_label_fits_is_taken_instead() -> None:
    # given
    other = "Reminder. Total due: 496.00 €"

    # when
    found = _cite(
        "The total due is 496.00 €", _INVOICE, other, question="What is the total due?", marked=(1,)
    )

    # then
    assert [(one.number, one.status) for one in found] == [(2, CitationStatus.VERIFIED)]


def test_a_bare_value_is_held_against_the_question_alone() -> None:
    # given
    passage = "The tenant pays a rent of 2450 zł a month and for the water.\nDeposit: 4900 zł."

    # when
    right = _cite("2450 zł", passage, question="How high is the rent?", marked=(1,))
    wrong = _cite("4900 zł", passage, question="How high is the rent?", marked=(1,))

    # then
    assert [one.status for one in (*right, *wrong)] == [CitationStatus.VERIFIED, CitationStatus.WEAK]


def test_what_no_source_states_alone_several_may_together() -> None:
    # when
    found = _cite(
        "Anna Weiss was born in 1956 and Boris Adler in 1979",
        "The chemist Anna Weiss was born in 1956 in a small town.",
        "Her student Boris Adler was born in 1979 and is a composer.",
        marked=(1,),
    )

    # then
    assert [(one.number, one.status) for one in found] == [
        (1, CitationStatus.VERIFIED),
        (2, CitationStatus.VERIFIED),
    ]


def test_yes_is_cited_by_what_was_asked() -> None:
    # when
    found = _cite("Yes", "The contract was signed in Berlin.", question="Was the contract signed in Berlin?")

    # then
    assert [one.status for one in found] == [CitationStatus.VERIFIED]


def test_what_a_model_cites_in_another_language_stays_as_weak() -> None:
    # given
    passage = "The boiler is to be serviced by the tenant, and the tenant keeps the record of it."

    # when
    found = _cite("Der Mieter lässt die Heizung warten und bewahrt den Nachweis auf.", passage, marked=(1,))

    # then
    assert [one.status for one in found] == [CitationStatus.WEAK]


def test_a_line_that_names_a_file_is_cited_as_its_writer_cites_it() -> None:
    # given a file whose name has the page's number
    sources = [_source(1, _INVOICE, page=2), _source(2, "Nothing of note.")]

    # when
    found = Checker(sources, "").citations("1.txt, page 2", [1])

    # then
    assert [one.number for one in found] == [1]


@pytest.mark.parametrize("sentence", ["", "**", "1.", "- "])
def test_a_sentence_without_words_has_no_citation(sentence: str) -> None:
    assert not _cite(sentence, _INVOICE, marked=(1,))
