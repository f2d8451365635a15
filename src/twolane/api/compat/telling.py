"""Tells an answer to clients that know nothing of its events: as words, citations and an end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from twolane.answers import CitationStatus
from twolane.api.answering import WireEvent
from twolane.api.compat.footnotes import RULE, Footnote, PageLinks, difference, escaped, nearest, row_note
from twolane.api.compat.pieces import Anew, Cited, Over, Piece, Said
from twolane.api.schemas.asking import (
    CitationOut,
    ContradictionOut,
    DoneOut,
    RefusalOut,
    SourceOut,
    SourcesOut,
    TextOut,
)
from twolane.api.schemas.base import ErrorOut
from twolane.api.schemas.catalogue import CatalogueOut, CatalogueRowOut, FiltersOut, QuestionOut
from twolane.errors import ModelError
from twolane.text.tokens import fewest_tokens

_MARK = re.compile(r"\[(\d+)\]\Z")


class Telling:
    """Makes pieces of the events of one answer.

    Sources are numbered anew, a number for each page of a file in the order of their first citation: clients
    that list them count so. `keep` is told what was said in place of the answer, None of a refusal.
    """

    def __init__(self, links: PageLinks, keep: Callable[[str, str | None], None]) -> None:
        self._links = links
        self._keep = keep
        self._differing: list[ContradictionOut] = []
        self._read: list[str] = []  # out of the question
        self._rows: list[CatalogueRowOut] = []
        self._refused = False
        self._begin([])

    def _begin(self, sources: list[SourceOut]) -> None:
        self._sources = {source.number: source for source in sources}
        self._notes: list[Footnote] = []
        self._text = ""
        self._mark = ""  # of a citation that has not come yet: it is said by its new number

    @property
    def _next(self) -> int:
        return len(self._notes) + 1

    @property
    def tokens(self) -> int:
        """How many tokens have been told, at least."""
        return fewest_tokens(self._text)

    def take(self, event: WireEvent) -> Iterator[Piece]:
        """Yield what an event says. Raises `ModelError` where it is an error."""
        if self._mark and not isinstance(event.data, CitationOut):
            yield self._say(self._mark)
            self._mark = ""
        match event.data:
            case SourcesOut(sources=sources):
                if self._text:
                    yield Anew()
                self._begin(sources)
            case TextOut(text=text):
                yield from self._words(text)
            case CitationOut() as citation:
                yield from self._cite(citation)
            case ContradictionOut() as differing:
                self._differing.append(differing)
            case QuestionOut(question=question):
                self._read.append(f"↳ {escaped(question)}")
            case FiltersOut(filters=[_, *_] as filters):
                self._read.append(f"▽ {escaped(' · '.join(one.label for one in filters))}")
            case CatalogueOut(rows=rows):
                self._rows = rows
            case RefusalOut(reason=reason):
                self._refused = True
                yield self._say(f"\n\n{reason}" if self._text else reason)
            case ErrorOut(error=error, remedy=remedy):
                raise ModelError(error, remedy)
            case DoneOut() as done:
                self._keep(self._text, None if self._refused else done.text)
                costs = (done.prompt_tokens, done.completion_tokens, done.first_token_s, done.seconds)
                yield from self._end(Over(done.cut, *costs))

    def cut(self) -> Iterator[Piece]:
        """Yield the end of an answer that is longer than was asked for."""
        yield from self._end(Over(cut=True, completion_tokens=self.tokens))

    def _say(self, text: str) -> Said:
        self._text += text
        return Said(text)

    def _words(self, text: str) -> Iterator[Piece]:
        mark = _MARK.search(text)
        if mark and int(mark[1]) in self._sources:
            self._mark, text = mark[0], text[: mark.start()]
        if text:
            yield self._say(text)

    def _cite(self, citation: CitationOut) -> Iterator[Piece]:
        self._mark = ""
        if source := self._sources.get(citation.number):
            note = self._note(source)
            note.stands |= citation.status is CitationStatus.VERIFIED
            yield self._say(f"[{note.number}]")
            yield Cited(note.number, note.reference)

    def _note(self, source: SourceOut) -> Footnote:
        reference = self._links.source(source)
        found = next((note for note in self._notes if note.reference == reference), None)
        if found is None:
            found = Footnote(self._next, reference)
            self._notes.append(found)
        return found

    def _end(self, over: Over) -> Iterator[Piece]:
        notes = self._notes + [row_note(n, self._links, row) for n, row in enumerate(self._rows, self._next)]
        if self._refused and not notes:
            notes = nearest(map(self._links.source, self._sources.values()))
        others = [*self._read, *(difference(self._links, one) for one in self._differing)]
        if notes or others:
            yield Said(RULE)
        for note in notes:
            yield Said(f"\n- [{note.number}]")
            if note.said:  # no sentence has cited it: its line does
                yield Cited(note.number, note.reference)
            yield Said(f" {note.line()}")
        yield from (Said(f"\n- {line}") for line in others)
        yield over
