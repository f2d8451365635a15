"""A conversation as a file: its sources as footnotes, and nothing of it read as Markdown that is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from twolane.answers import (
    CatalogueEvent,
    CatalogueRow,
    CitationEvent,
    Conversation,
    ErrorEvent,
    KeptTurn,
    RefusalEvent,
    Source,
    TurnState,
)
from twolane.chat.exported import file_name, markdown
from twolane.documents import FoundPassage


def source(number: int, path: str, page: int = 1) -> Source:
    return Source(number, FoundPassage(number, "d", Path(path), "", page, "text", place=f"page {page}"))


def lines(*turns: KeptTurn, title: str = "Talk") -> list[str]:
    whole = Conversation("c", title, 0.0, 0.0, len(turns), turns)
    return [line for line in markdown(whole).splitlines() if line]


def test_sources_are_footnotes_with_file_and_page() -> None:
    # given
    sources = (source(1, "/d/lease.pdf", 3), source(2, "/d/[odd]_*name*.pdf", 7), source(3, "/d/unused.pdf"))
    first = KeptTurn(
        1,
        "What is the *rent*?",
        TurnState.DONE,
        "950 euros [1][2], as in `rents[1]`, not [9].\n\n```\nrents[2]\n```",
        sources=sources,
        citations=(CitationEvent(1), CitationEvent(2)),
    )
    second = KeptTurn(
        2,
        "why?",
        TurnState.DONE,
        "So [1].",
        full_question="why the rent?",
        sources=sources,
        citations=(CitationEvent(1),),
    )

    # when
    found = lines(first, second)

    # then
    assert found[:2] == ["# Talk", r"## What is the \*rent\*?"]
    assert "950 euros [^1-1][^1-2], as in `rents[1]`, not [9]." in found
    assert "rents[2]" in found
    assert "*Searched for: why the rent?*" in found
    assert found[-3:] == [
        "[^1-1]: lease.pdf, page 3 (/d/lease.pdf)",
        r"[^1-2]: \[odd\]\_\*name\*.pdf, page 7 (/d/\[odd\]\_\*name\*.pdf)",
        "[^2-1]: lease.pdf, page 3 (/d/lease.pdf)",
    ]


def test_what_did_not_end_well_says_so() -> None:
    # when
    found = lines(
        KeptTurn(1, "a", TurnState.STOPPED, "It is"),
        KeptTurn(2, "b", TurnState.ERROR, error=ErrorEvent("the model is gone", "start it")),
        KeptTurn(3, "c", TurnState.DONE, "Perhaps 9.", refusal=RefusalEvent("Nothing states it.")),
        title="",
    )

    # then
    assert found[0] == "# Conversation"
    assert sum("· stopped" in line for line in found) == sum("· error" in line for line in found) == 1
    assert "*the model is gone*" in found
    assert found[-2:] == ["Perhaps 9.", "Nothing states it."]


def test_a_mark_has_its_footnote_where_the_answer_was_stopped_behind_it() -> None:
    # when
    found = lines(
        KeptTurn(1, "rent?", TurnState.STOPPED, "It is 950 [1]", sources=(source(1, "/d/lease.pdf"),))
    )

    # then
    assert found[-2:] == ["It is 950 [^1-1]", "[^1-1]: lease.pdf, page 1 (/d/lease.pdf)"]


def test_an_answer_from_the_catalogue_has_its_rows() -> None:
    # given
    row = CatalogueRow(
        1, Path("/d/a_b.pdf"), "A", "invoice", date(2025, 3, 1), "Ada", "3.00 EUR", "h", 2, place="page 2"
    )

    # when
    found = lines(
        KeptTurn(
            1,
            "sum?",
            TurnState.DONE,
            "3.00 EUR.\n- a.pdf (3.00 EUR)",
            catalogue=CatalogueEvent("sum", (row,), 1),
        )
    )

    # then
    assert found[-2:] == ["3.00 EUR.", r"- /d/a\_b.pdf, 2025-03-01, Ada, 3.00 EUR, page 2"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("When does the lease end?", "When-does-the-lease-end"),
        ("../../etc/passwd", "etc-passwd"),
        ("合同什么时候到期？", "合同什么时候到期"),
        ("Wie hoch ist die Miete für „Straße 5“?", "Wie-hoch-ist-die-Miete-für-Straße-5"),
        ("كم الإيجار؟", "كم-الإيجار"),
        ("किराया कितना है?", "किराया-कितना-है"),
        ("CON", "conversation"),
        ("\x00\n...", "conversation"),
        ("a" * 200, "a" * 60),
    ],
)
def test_the_name_of_a_file_is_safe(title: str, name: str) -> None:
    assert file_name(title) == name
