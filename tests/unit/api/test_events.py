"""Events of an answer as they go out: pieces of text that are ready together are one."""

from __future__ import annotations

from twolane.api.answering import WireEvent, joined
from twolane.api.schemas.asking import CitationOut, SourcesOut, TextOut
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
