"""How an answer is told to clients that know nothing of its events."""

from __future__ import annotations

from pathlib import Path

from twolane.answers import CitationEvent, Source
from twolane.api.answering import WireEvent
from twolane.api.compat.footnotes import PageLinks
from twolane.api.compat.pieces import SaidSoFar
from twolane.api.compat.telling import Telling
from twolane.api.schemas.asking import CitationOut, SourceOut, SourcesOut, TextOut
from twolane.documents import FoundPassage


def told(*events: WireEvent) -> SaidSoFar:
    telling, said = Telling(PageLinks("http://h/"), lambda *_: None), SaidSoFar()
    for event in events:
        for piece in telling.take(event):
            said.take(piece)
    return said


def test_a_citation_behind_an_exclamation_mark_is_no_picture() -> None:
    # given: a renderer of Markdown would load what the last line names
    source = SourceOut.of(Source(1, FoundPassage(1, "d", Path("lease.txt"), "", 1, "text")), 3)
    cited = (
        WireEvent("text", TextOut(text="[1]")),
        WireEvent("citation", CitationOut.model_validate(CitationEvent(1))),
    )

    # when
    said = told(
        WireEvent("sources", SourcesOut(sources=[source])),
        WireEvent("text", TextOut(text="It ends!")),
        *cited,
        WireEvent("text", TextOut(text="\n\n")),
        *cited,
        WireEvent("text", TextOut(text=": http://x.example/?q=secret")),
    )

    # then
    assert said.text == "It ends! [1]\n\n[1]: http://x.example/?q=secret"
    assert [said.text[mark.start : mark.end] for mark in said.marks] == ["[1]", "[1]"]
