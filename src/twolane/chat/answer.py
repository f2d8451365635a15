"""Answers: passages are found and given to the chat model; its text is passed on with checked citations."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    RefusalCause,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    UnreadFiles,
    WaitingEvent,
)
from twolane.chat import conversation, gate, phrases, prompt
from twolane.chat.citations import CheckedText
from twolane.chat.contradiction import contradictions
from twolane.chat.conversation import AskedPrompt, RecentPrompts
from twolane.chat.line import LinePlace, WaitingLine
from twolane.chat.prompts import Prompts
from twolane.chat.refusal import RefusalReader
from twolane.chat.retrieve import Found
from twolane.config.settings import ChatSettings
from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.errors import ModelError, ModelThoughtError, PromptTooLongError, TwolaneError
from twolane.llm.base import ChatOptions, Delta, Finished, Message, Model, Stream

_Piece = WaitingEvent | SourcesEvent | TextEvent | CitationEvent | ContradictionEvent


class Searcher(Protocol):
    """What finds passages: a `Retriever`."""

    def search(self, query: str, limit: int, within: Filter) -> Found:
        """Return at most `limit` passages, best first, and how well they fit."""


class Answerer:
    """Answers questions from the files; safe to use from several threads.

    `unread` says which of the files that pass a filter could not be looked at, and `still_found` whether
    passages of an earlier answer are as they were: a follow-up goes on from no other. The model is asked in
    the order of `line`, and a question is `counted` from its first moment to its last.
    """

    def __init__(
        self,
        retriever: Searcher,
        llm: Model,
        settings: ChatSettings,
        unread: Callable[[Filter], tuple[UnreadFiles, ...]] = lambda _: (),
        still_found: Callable[[Sequence[FoundPassage], Filter], bool] = lambda *_: True,
        line: WaitingLine | None = None,
        counted: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._retriever = retriever
        self._llm = llm
        self._settings = settings
        self._unread = unread
        self._still_found = still_found
        self._line = line or WaitingLine(settings.concurrency, settings.max_waiting)
        self._counted = counted
        self._prompts = Prompts(llm, settings)
        self._recent = RecentPrompts()

    def ask(
        self, question: str, history: Sequence[Turn] = (), within: Filter = EVERYTHING
    ) -> Generator[AnswerEvent, None, None]:
        """Stream the answer from the files that pass: sources, then text and citations, `DoneEvent` last.

        A second `SourcesEvent` replaces the first and all that came after it: the prompt had to be made
        shorter, or the text so far has turned out to be the model's thoughts. A `RefusalEvent` says that the
        files do not answer the question, and the sources are what comes nearest. An `ErrorEvent` says that
        something failed: a `TwolaneError` is not raised. `WaitingEvent`s come while others are answered
        first. Closing the iterator cancels the generation, and gives the place in line back.
        """
        with self._line.joined() as place, self._counted():
            run = _Run(question, history, place)
            try:
                cause = yield from self._answer(run, within)
                if cause:
                    looked = cause is not RefusalCause.UNCLEAR
                    yield run.refuse(cause, self._unread(within) if looked else ())
                else:
                    self._recent.keep(Turn(question, run.text), within, run.answered)
            except TwolaneError as error:
                yield ErrorEvent(error.what, error.remedy)
            yield run.done()

    def search(self, query: str, within: Filter = EVERYTHING, limit: int = 10) -> Found:
        """Return the passages that say most about a query, best first; no model is asked."""
        return self._retriever.search(query, limit, within)

    def warm(self) -> None:
        """Have the model read the fixed head of every prompt, so that the first question is answered sooner.

        Raises `ModelError`.
        """
        with closing(self._llm.chat(self._prompts.head(), ChatOptions(max_tokens=1))) as stream:
            with suppress(ModelThoughtError):  # it has read the head all the same
                for _ in stream:
                    pass

    def _answer(self, run: _Run, within: Filter) -> Generator[_Piece, None, RefusalCause | None]:
        """Stream sources, text and citations; return why it is no answer, where it is none."""
        if gate.unclear(run.question, run.history):
            yield SourcesEvent(())
            return RefusalCause.UNCLEAR
        found = self._search(run, within)
        if not gate.opens(found):
            yield SourcesEvent(tuple(map(Source, count(1), found.passages)))
            return RefusalCause.NOTHING_FOUND
        before = self._before(run, within)
        too_long: PromptTooLongError | None = None
        for asked in self._prompts.of(run.question, run.history, found.passages, before):
            run.asked = asked
            yield SourcesEvent(asked.sources)  # at once: the model's first word may take seconds
            if not asked.sources:
                return RefusalCause.NOTHING_FOUND
            yield from run.place.wait()
            try:
                with closing(self._stream(asked)) as stream:
                    cause = yield from run.read(stream, self._llm.model)
                run.place.leave()
                if cause is None:
                    yield from contradictions(run.question, run.citations, asked.sources, found.superseded)
                return cause
            except PromptTooLongError as error:
                if run.text:
                    raise
                too_long = error
        raise too_long or AssertionError("a question has a prompt")

    def _search(self, run: _Run, within: Filter) -> Found:
        limit = self._settings.passages
        queries = conversation.queries(run.question, run.history)
        return conversation.merged([self._retriever.search(query, limit, within) for query in queries], limit)

    def _before(self, run: _Run, within: Filter) -> AskedPrompt | None:
        """Return the prompt that a follow-up goes on from, where all that it holds is in the files still."""
        before = self._recent.before(run.question, run.history, within)
        if before and self._still_found([source.passage for source in before.sources], within):
            return before
        return None

    def _stream(self, asked: AskedPrompt) -> Stream:
        options = ChatOptions(max_tokens=self._settings.answer_tokens, stop=prompt.stops())
        return self._llm.chat(asked.messages, options)


@dataclass(slots=True)
class _Run:
    """One answer in progress."""

    question: str
    history: Sequence[Turn]
    place: LinePlace
    asked: AskedPrompt = field(default_factory=AskedPrompt)
    written: str = ""  # by the model, before its citations were checked
    checked: CheckedText | None = None
    reason: str = ""
    finished: Finished = field(default_factory=lambda: Finished("stop"))
    started: float = field(default_factory=time.monotonic)
    first_token_s: float = 0.0

    @property
    def text(self) -> str:
        """The answer as far as it was passed on."""
        return self.checked.text.strip() if self.checked else ""

    @property
    def cited(self) -> tuple[int, ...]:
        return self.checked.cited if self.checked else ()

    @property
    def citations(self) -> tuple[CitationEvent, ...]:
        return self.checked.citations if self.checked else ()

    @property
    def answered(self) -> AskedPrompt:
        """The prompt with its answer, for a follow-up to go on from."""
        said = Message("assistant", prompt.neutral(self.written))
        return AskedPrompt((*self.asked.messages, said), self.asked.sources)

    def read(
        self, stream: Iterator[Delta | Finished], model: str
    ) -> Generator[_Piece, None, RefusalCause | None]:
        """Turn the model's output into events; return why it is no answer, where it is none.

        Raises `ModelError` where there is no text at all: that says nothing of the files.
        """
        self.checked, refusal = CheckedText(self.asked.sources, self.question), RefusalReader()
        for event in stream:
            if isinstance(event, Finished):
                self.finished = event
                break
            if event.restarts:
                yield SourcesEvent(self.asked.sources)
                self.checked, refusal = CheckedText(self.asked.sources, self.question), RefusalReader()
                self.written = ""
            self.written += event.text
            yield from self._timed(self.checked.feed(refusal.feed(event.text)))
            if refusal.begins:
                return RefusalCause.NOT_ANSWERED
        rest, refused = refusal.finish()
        yield from self._timed(self.checked.feed(rest))
        yield from self._timed(self.checked.finish())
        if self.cited:  # what it added after that is no refusal of what it said
            return None
        if not refused and not self.text:
            remedy = "ask again in other words, or use another model"
            raise ModelError(f"{model} ended without an answer", remedy)
        return RefusalCause.NOT_ANSWERED if refused else RefusalCause.UNPROVEN

    def refuse(self, cause: RefusalCause, unread: tuple[UnreadFiles, ...]) -> RefusalEvent:
        self.reason = phrases.refusal(cause, self.question, unread)
        return RefusalEvent(self.reason, cause, unread)

    def done(self) -> DoneEvent:
        return DoneEvent(
            text=self.text or self.reason,
            cited=self.cited,
            refused=bool(self.reason),
            cut=self.finished.reason == "length",
            first_token_s=self.first_token_s,
            seconds=time.monotonic() - self.started,
            prompt_tokens=self.finished.prompt_tokens,
            completion_tokens=self.finished.completion_tokens,
            citations=self.citations,
        )

    def _timed(self, events: Iterable[TextEvent | CitationEvent]) -> Iterator[TextEvent | CitationEvent]:
        for event in events:
            self.first_token_s = self.first_token_s or time.monotonic() - self.started
            yield event
