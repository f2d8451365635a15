"""An answer on the command line ends with its sources, and says which of them state it only in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.answers import (
    AskedFilter,
    CatalogueEvent,
    CitationEvent,
    CitationStatus,
    DoneEvent,
    ExtractsCause,
    ExtractsEvent,
    FiltersEvent,
    Source,
    SourcesEvent,
    TextEvent,
)
from twolane.cli.ask import _Printed
from twolane.cli.context import output_for
from twolane.documents import FoundPassage

_SOURCES = tuple(
    Source(number, FoundPassage(number, "d", Path(name), "", number, "text", place=f"page {number}"))
    for number, name in enumerate(("lease.pdf", "letter.pdf", "note.pdf"), 1)
)


def test_a_source_says_that_part_of_what_is_said_does_not_stand_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    citations = (
        CitationEvent(1),
        CitationEvent(1, CitationStatus.WEAK),
        CitationEvent(2, CitationStatus.WEAK),
    )
    printed = _Printed(output_for(False))

    # when
    printed.take(SourcesEvent(_SOURCES))
    printed.take(DoneEvent("It ends [1] [1] [2].", cited=(1, 2), citations=citations))
    printed.end()

    # then
    lines = capsys.readouterr().out.splitlines()
    assert "[1] lease.pdf, page 1" in lines
    assert "[2] letter.pdf, page 2: part of what is said does not stand there" in lines
    assert not any("note.pdf" in line for line in lines)


def test_an_answer_from_the_catalogue_says_which_files_it_is_about(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    asked = (AskedFilter("category", "invoice", "Invoice", "invoices"), AskedFilter("date", "2025", "2025"))
    printed = _Printed(output_for(False))

    # when
    for event in (
        FiltersEvent(asked),
        CatalogueEvent("count", (), 2),
        TextEvent("Files in your catalogue that fit: 2."),
        DoneEvent("Files in your catalogue that fit: 2."),
    ):
        printed.take(event)
    printed.end()

    # then
    assert capsys.readouterr().out.splitlines() == [
        "Only: category Invoice, date 2025",
        "Files in your catalogue that fit: 2.",
    ]


def test_filters_that_are_given_up_are_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    # given
    printed = _Printed(output_for(False))

    # when
    for filters in ((), (AskedFilter("tag", "tax", "tax"),), ()):
        printed.take(FiltersEvent(filters))

    # then
    assert capsys.readouterr().out.splitlines() == [
        "Only: tag tax",
        "Nothing fits there: among all files then.",
    ]


def test_what_the_answer_takes_back_is_no_part_of_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    # given
    printed = _Printed(output_for(False))
    meanwhile = ExtractsEvent(ExtractsCause.LOADING), TextEvent("Still loading: “Until May.” [1]")

    # when
    for event in (SourcesEvent(_SOURCES), *meanwhile, SourcesEvent(_SOURCES), TextEvent("In May [1].")):
        printed.take(event)
    printed.take(DoneEvent("In May [1].", cited=(1,)))
    printed.end()

    # then
    shown = capsys.readouterr()
    assert shown.out == "In May [1].\n[1] lease.pdf, page 1\n"
    assert shown.err.strip() == "Still loading: “Until May.” [1]"


def test_an_answer_says_how_many_files_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    # given
    printed = _Printed(output_for(False))

    # when
    printed.take(DoneEvent("In May.", waiting_files=9_999))
    printed.end()

    # then
    assert "9,999 files have not been read yet" in capsys.readouterr().out
