"""Tells an answer to clients that know nothing of its events: as words, citations and an end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from twolane.answers import CitationStatus, ExtractsCause
from twolane.api.answering import WireEvent
from twolane.api.compat.below import Below
from twolane.api.compat.footnotes import PageLinks
from twolane.api.compat.pieces import Anew, Cited, Over, Piece, SaidWords
from twolane.api.compat.shown import ShownText
from twolane.api.schemas.asking import (
    CitationOut,
    DoneOut,
    ExtractsOut,
    RefusalOut,
    SourceOut,
    SourcesOut,
    TextOut,
)
from twolane.api.schemas.base import ErrorOut
from twolane.errors import ModelError
from twolane.text.tokens import fewest_tokens

_MARK = re.compile(r"\[(\d+)\]\Z")


class Telling:
    """Makes pieces of the events of one answer, with the numbers that its sources have below it.

    `keep` is told what was said in place of the answer: None of a refusal, and "" of extracts, which are no
    answer to go on from.
    """

    def __init__(self, links: PageLinks, keep: Callable[[str, str | None], None]) -> None:
        self._below = Below(links)
        self._keep = keep
        self._refused = False
        self._has_told = False
        self._begin([])

    def _begin(self, sources: list[SourceOut]) -> None:
        self._below.begin()
        self._sources = {source.number: source for source in sources}
        self._extracts: ExtractsCause | None = None
        self._held: list[Piece] = []  # what is taken back if the model, once it is loaded, answers
        self._shown = ShownText()
        self._text = ""
        self._mark = ""  # of a citation that has not come yet: it is said by its new number

    @property
    def tokens(self) -> int:
        """How many tokens have been told, at least."""
        return fewest_tokens(self._text)

    def take(self, event: WireEvent) -> Iterator[Piece]:
        """Yield what an event says. Raises `ModelError` where it is an error, and no extracts were told.

        Extracts are told once no model's answer can follow them: a client cannot take back what it was told.
        """
        taken = list(self._taken(event))  # which may forget what is held
        self._held += taken
        if self._extracts is not ExtractsCause.LOADING or isinstance(event.data, DoneOut):
            self._has_told |= any(isinstance(piece, SaidWords) for piece in self._held)
            yield from self._held
            self._held = []

    def _taken(self, event: WireEvent) -> Iterator[Piece]:
        if not isinstance(event.data, TextOut) and (rest := self._shown.rest()):
            yield self._say(rest)
        if self._mark and not isinstance(event.data, CitationOut):
            yield self._say(self._mark)
            self._mark = ""
        match event.data:
            case SourcesOut(sources=sources):
                self._begin(sources)
                if self._has_told:
                    yield Anew()
            case ExtractsOut(cause=cause):
                self._extracts = cause
            case TextOut(text=text):
                yield from self._words(text)
            case CitationOut() as citation:
                yield from self._cite(citation)
            case RefusalOut(reason=reason):
                self._refused = True
                yield self._say(f"\n\n{reason}" if self._text else reason)
            case ErrorOut(error=error, remedy=remedy) if not self._extracts:
                raise ModelError(error, remedy)
            case DoneOut() as done:
                yield from self._done(done)
            case others:
                self._below.take(others)

    def cut(self) -> Iterator[Piece]:
        """Yield the end of an answer that is longer than was asked for."""
        yield from self._end(Over(cut=True, completion_tokens=self.tokens))

    def _say(self, text: str) -> SaidWords:
        if text.startswith("[") and self._text.endswith("!"):  # together they could be a picture
            text = f" {text}"
        self._text += text
        return SaidWords(text)

    def _words(self, text: str) -> Iterator[Piece]:
        mark = _MARK.search(text)
        if mark and int(mark[1]) in self._sources:
            self._mark, text = mark[0], text[: mark.start()]
        shown = self._shown.feed(text) + (self._shown.rest() if self._mark else "")
        if shown:
            yield self._say(shown)

    def _cite(self, citation: CitationOut) -> Iterator[Piece]:
        self._mark = ""
        if source := self._sources.get(citation.number):
            note = self._below.cite(source, stands=citation.status is CitationStatus.VERIFIED)
            yield self._say(f"[{note.number}]")
            yield Cited(note.number, note.reference)

    def _done(self, done: DoneOut) -> Iterator[Piece]:
        answer = "" if done.extracts else done.text
        self._keep(self._text, None if self._refused else answer)
        self._below.take(done)
        costs = (done.prompt_tokens, done.completion_tokens, done.first_token_s, done.seconds)
        yield from self._end(Over(done.cut, *costs))

    def _end(self, over: Over) -> Iterator[Piece]:
        yield from self._below.pieces(self._text, self._sources.values() if self._refused else ())
        yield over
