"""How an answer is told to clients that know nothing of its events."""

from __future__ import annotations

from pathlib import Path

from twolane.answers import CitationEvent, DoneEvent, ExtractsCause, Source, Turn
from twolane.api.answering import WireEvent
from twolane.api.compat.footnotes import PageLinks
from twolane.api.compat.pieces import SaidSoFar
from twolane.api.compat.recent import RecentlyTold
from twolane.api.compat.telling import Telling
from twolane.api.schemas.asking import CitationOut, DoneOut, ExtractsOut, SourceOut, SourcesOut, TextOut
from twolane.documents import FoundPassage


def told(*events: WireEvent, recent: RecentlyTold | None = None) -> SaidSoFar:
    telling, said = Telling(PageLinks("http://h/"), (recent or RecentlyTold()).keep), SaidSoFar()
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


def test_no_question_goes_on_from_what_was_quoted_for_want_of_a_model() -> None:
    # given
    recent, cause = RecentlyTold(), ExtractsCause.NOT_ANSWERING

    # when
    said = told(
        WireEvent("sources", SourcesOut(sources=[])),
        WireEvent("extracts", ExtractsOut(cause=cause)),
        WireEvent("text", TextOut(text="Quoted.")),
        WireEvent("done", DoneOut.model_validate(DoneEvent("Quoted.", extracts=cause))),
        recent=recent,
    )

    # then
    assert said.text == "Quoted."
    assert recent.turns([Turn("a", "Quoted.")]) == [Turn("a", "")]
