"""Events of an answer as they go out: pieces of text that are ready together are one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from twolane.answers import CatalogueEvent, CatalogueRow, UnreadCause, UnreadFiles
from twolane.api.answering import WireEvent, joined
from twolane.api.schemas.asking import CitationOut, SourcesOut, TextOut
from twolane.api.schemas.catalogue import CatalogueOut
from twolane.api.streams import End


def text(piece: str) -> WireEvent:
    return WireEvent("text", TextOut(text=piece))


def test_texts_that_follow_each_other_are_one_event_and_all_else_keeps_its_place() -> None:
    # given
    sources, citation = (
        WireEvent("sources", SourcesOut(sources=[])),
        WireEvent("citation", CitationOut(number=1)),
    )

    # when
    events = list(joined([sources, text("The "), text("rent"), citation, text("."), text(" It"), End()]))

    # then
    assert events == [sources, text("The rent"), citation, text(". It")]


def test_an_answer_from_the_catalogue_has_the_name_and_the_place_of_each_file() -> None:
    # given
    row = CatalogueRow(
        file_id=7,
        path=Path("/home/ada/invoice.pdf"),
        title="Invoice",
        category="invoice",
        dated_at=date(2025, 3, 31),
        correspondent="The Lamp Workshop",
        amount="571.04 EUR",
        document="b19",
        page=2,
        place="page 2",
    )
    counted = CatalogueEvent("sum", (row,), 1, ("571.04 EUR",), (UnreadFiles(UnreadCause.SCAN, 4),), 1)

    # when
    shown = CatalogueOut.model_validate(counted).model_dump(mode="json")

    # then
    assert shown["rows"] == [
        {
            "file_id": 7,
            "name": "invoice.pdf",
            "path": "/home/ada/invoice.pdf",
            "title": "Invoice",
            "category": "invoice",
            "dated_at": "2025-03-31",
            "correspondent": "The Lamp Workshop",
            "amount": "571.04 EUR",
            "document": "b19",
            "page": 2,
            "place": "page 2",
            "review": False,
        }
    ]
    assert (shown["totals"], shown["unread"]) == (["571.04 EUR"], [{"cause": "scan", "files": 4}])
    assert (shown["total"], shown["unreviewed"], shown["without_value"]) == (1, 1, 0)
