"""One answer in progress: what was asked, what the model has written of it, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from twolane.answers import (
    CitationEvent,
    ContradictionEvent,
    DoneEvent,
    ExtractsCause,
    ExtractsEvent,
    FiltersEvent,
    InterruptedEvent,
    QuestionEvent,
    RefusalCause,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    UnreadFiles,
    WaitingEvent,
)
from twolane.chat import extracts, phrases, prompt
from twolane.chat.citations import CheckedText
from twolane.chat.conversation import AskedPrompt
from twolane.chat.follow_up import FullQuestion
from twolane.chat.line import LinePlace
from twolane.chat.refusal import RefusalReader
from twolane.documents import EVERYTHING, Filter
from twolane.errors import ModelError
from twolane.llm.base import Delta, Finished, Message

Piece = (
    QuestionEvent
    | FiltersEvent
    | WaitingEvent
    | SourcesEvent
    | ExtractsEvent
    | TextEvent
    | InterruptedEvent
    | CitationEvent
    | ContradictionEvent
)


@dataclass(slots=True)
class QuotedText:
    """Extracts that were passed on in place of an answer."""

    cause: ExtractsCause
    text: str = ""
    citations: tuple[CitationEvent, ...] = ()

    def take(self, event: Piece) -> None:
        """Add what was passed on."""
        if isinstance(event, TextEvent):
            self.text += event.text
        elif isinstance(event, CitationEvent):
            self.citations = (*self.citations, event)


@dataclass(slots=True)
class AnswerRun:
    """One answer in progress."""

    question: str
    history: Sequence[Turn]
    place: LinePlace
    within: Filter = EVERYTHING
    full: FullQuestion | None = None  # what a follow-up was searched for as
    asked: AskedPrompt = field(default_factory=AskedPrompt)
    shown: tuple[Source, ...] = ()
    quoted: QuotedText | None = None  # what stands where the model's answer would
    written: str = ""  # by the model, before its citations were checked
    checked: CheckedText | None = None
    reason: str = ""
    finished: Finished = field(default_factory=lambda: Finished("stop"))
    started: float = field(default_factory=time.monotonic)
    first_token_s: float = 0.0

    @property
    def meant(self) -> str:
        """The question that is answered: where that is certain, the full one of a follow-up."""
        return self.full.text if self.full and self.full.certain else self.question

    @property
    def text(self) -> str:
        """The answer as far as it was passed on."""
        passed = self.quoted or self.checked
        return passed.text.strip() if passed else ""

    @property
    def citations(self) -> tuple[CitationEvent, ...]:
        passed = self.quoted or self.checked
        return passed.citations if passed else ()

    @property
    def cited(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(citation.number for citation in self.citations))

    @property
    def answered(self) -> AskedPrompt:
        """The prompt with its answer, for a follow-up to go on from."""
        said = Message("assistant", prompt.neutral(self.written))
        return AskedPrompt((*self.asked.messages, said), self.asked.sources)

    def forget(self) -> None:
        """Begin anew, as if nothing had been written."""
        self.quoted = self.checked = self.full = None
        self.asked, self.written = AskedPrompt(), ""

    def show(self) -> SourcesEvent:
        """Return the sources; what was said before them counts no more."""
        self.shown = self.asked.sources
        return SourcesEvent(self.shown)

    def quote(self, cause: ExtractsCause) -> Iterator[Piece]:
        """Say what the sources hold in place of the model's answer, or until it comes."""
        if self.quoted or self.shown != self.asked.sources:
            yield self.show()
        self.quoted = QuotedText(cause)
        for event in extracts.told(cause, self.meant, self.asked.sources):
            self.quoted.take(event)
            yield event

    def fall_back(self) -> Iterator[Piece]:
        """Quote the sources where the model has failed before its first word, and nobody has said so yet."""
        said = self.quoted and self.quoted.cause is ExtractsCause.NOT_ANSWERING
        if self.asked.sources and not said and (self.quoted or not self.text):
            yield from self.quote(ExtractsCause.NOT_ANSWERING)

    def read(
        self, stream: Iterator[Delta | Finished], model: str
    ) -> Generator[Piece, None, RefusalCause | None]:
        """Turn the model's output into events; return why it is no answer, where it is none.

        Raises `ModelError` where there is no text at all: that says nothing of the files.
        """
        checked, refusal = self._begin()
        for event in stream:
            if isinstance(event, Finished):
                self.finished = event
                break
            if event.interrupted:
                yield InterruptedEvent(event.interrupted)
                continue
            if event.restarts or self.quoted:
                yield self.show()
                self.quoted = None
                checked, refusal = self._begin()
            self.written += event.text
            yield from self._timed(checked.feed(refusal.feed(event.text)))
            if refusal.begins:
                return RefusalCause.NOT_ANSWERED
        rest, refused = refusal.finish()
        yield from self._timed(checked.feed(rest))
        yield from self._timed(checked.finish())
        if checked.cited:  # what it added after that is no refusal of what it said
            return None
        if not refused and not checked.text.strip():
            remedy = "ask again in other words, or use another model"
            raise ModelError(f"{model} ended without an answer", remedy)
        return RefusalCause.NOT_ANSWERED if refused else RefusalCause.UNPROVEN

    def refuse(self, cause: RefusalCause, unread: tuple[UnreadFiles, ...]) -> RefusalEvent:
        self.reason = phrases.refusal(cause, self.question, unread)
        return RefusalEvent(self.reason, cause, unread)

    def done(self, waiting_files: int) -> DoneEvent:
        return DoneEvent(
            text=self.text or self.reason,
            cited=self.cited,
            refused=bool(self.reason),
            extracts=self.quoted.cause if self.quoted else None,
            waiting_files=waiting_files,
            cut=self.finished.reason == "length",
            first_token_s=self.first_token_s,
            seconds=time.monotonic() - self.started,
            prompt_tokens=self.finished.prompt_tokens,
            completion_tokens=self.finished.completion_tokens,
            citations=self.citations,
        )

    def _begin(self) -> tuple[CheckedText, RefusalReader]:
        self.checked, self.written = CheckedText(self.asked.sources, self.meant), ""
        return self.checked, RefusalReader()

    def _timed(self, events: Iterable[TextEvent | CitationEvent]) -> Iterator[TextEvent | CitationEvent]:
        for event in events:
            self.first_token_s = self.first_token_s or time.monotonic() - self.started
            yield event
