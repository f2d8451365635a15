"""Answers: passages are found and given to the chat model; its text is passed on with checked citations."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Protocol

from twolane.chat import conversation, prompt
from twolane.chat.citations import CheckedText
from twolane.chat.retrieve import Found
from twolane.config.settings import ChatSettings
from twolane.documents import (
    EVERYTHING,
    AnswerEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Filter,
    FoundPassage,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
)
from twolane.errors import PromptTooLongError, TwolaneError
from twolane.llm.base import ChatOptions, Delta, Finished, Message, Model, Stream

# Below this relevance the files say nothing on the question, and no model is asked. Measured on questions
# about encyclopedia articles: refuses 0.78 of those about articles that are not there, 0.003 of the others.
_LEAST_RELEVANCE = 0.42
_HISTORY_TOKENS = 250
# A small model that has finished its answer goes on to name its source, or to ask itself another question.
_STOPS = ("\nQuestion:", " This is mentioned in", " This is stated in", " This information is")
_MARGIN_TOKENS = 64  # what a chat template adds around the messages

NOTHING_FOUND = "Nothing in your files speaks of this."
NOT_ANSWERED = "Your files do not answer this."

_REFUSAL = re.compile(
    r"\W*(?:not in (?:the|your|these) files|not found"
    r"|(?:i'?m )?(?:sorry|unfortunately)\b.{0,60}\b(?:no|not|n't|cannot|unable)\b"
    r"|(?:the|these|none of the|your|no) (?:\w+ )?"
    r"(?:sources?|files?|documents?|passages?|texts?|contexts?|information)\b.{0,60}?"
    r"\b(?:not|don'?t|doesn'?t|no|nothing|never|cannot|answers?)\b"
    r"|there is no (?:mention|information|answer|specific|indication|data|evidence)"
    r"|(?:it is|it's|this is|that is) not "
    r"(?:mentioned|stated|specified|clear|given|provided|answered)"
    r"|no (?:information|mention|answer|specific)"
    r"|i (?:do not|don'?t|cannot|can'?t|could not|couldn'?t|am unable)\b.{0,40}"
    r"\b(?:know|find|answer|determine|have)"
    r"|(?:the )?answer is not\b"
    r"|cannot be (?:determined|answered|found))",
    re.IGNORECASE | re.DOTALL,
)
# Words with which a refusal may begin: only a first sentence that begins so is withheld until it is clear
# that it is no refusal.
_MAY_REFUSE = re.compile(
    r"\W*(?:not|i|i'm|sorry|unfortunately|the|these|none|your|no|there|it|it's|this|that|answer|cannot)\b",
    re.IGNORECASE,
)
_REFUSES_SOON = re.compile(
    r"\b(?:not|no|nothing|cannot|\w+n't|sorry|unfortunately|unable|none|answer|information"
    r"|(?:source|file|document|passage|text|context)s?)\b",
    re.IGNORECASE,
)
_UNDECIDED_WORDS = 6
_FIRST_SENTENCE = re.compile(r"[.!?](?:\s|$)|\n")
_LONGEST_HELD_CHARS = 240


class Searcher(Protocol):
    """What finds passages: a `Retriever`."""

    def search(self, query: str, limit: int, within: Filter) -> Found:
        """Return at most `limit` passages, best first, and how well they fit."""


class Answerer:
    """Answers questions from the files; safe to use from several threads."""

    def __init__(self, retriever: Searcher, llm: Model, settings: ChatSettings) -> None:
        self._retriever = retriever
        self._llm = llm
        self._settings = settings

    def ask(
        self, question: str, history: Sequence[Turn] = (), within: Filter = EVERYTHING
    ) -> Generator[AnswerEvent, None, None]:
        """Stream the answer from the files that pass: sources, then text and citations, `DoneEvent` last.

        A second `SourcesEvent`, before any text, replaces the first: the prompt had to be made shorter. A
        `RefusalEvent` says that the files do not answer the question, an `ErrorEvent` that something failed:
        a `TwolaneError` is not raised. Closing the iterator cancels the generation.
        """
        run = _Run(question, history)
        try:
            found = self._retriever.search(
                conversation.search_query(question, history), self._settings.passages, within
            )
            if found.relevance < _LEAST_RELEVANCE:
                yield SourcesEvent(())
                yield run.refuse(NOTHING_FOUND)
            else:
                yield from self._answer(run, found.passages)
        except TwolaneError as error:
            yield ErrorEvent(error.what, error.remedy)
        yield run.done()

    def warm(self) -> None:
        """Have the model read the fixed head of every prompt, so that the first question is answered sooner.

        Raises `ModelError`.
        """
        head = _Run("", ()).messages(self._llm.count_tokens)
        with closing(self._llm.chat(head, ChatOptions(max_tokens=1))) as stream:
            for _ in stream:
                pass

    def _answer(self, run: _Run, passages: Sequence[FoundPassage]) -> Iterator[AnswerEvent]:
        budget = self._budget(run)
        while True:
            run.sources = self._fitting(run.question, passages, budget)
            if not run.sources:
                yield SourcesEvent(())
                yield run.refuse(NOTHING_FOUND)
                return
            yield SourcesEvent(run.sources)  # at once: the model's first word may take seconds
            try:
                with closing(self._stream(run)) as stream:
                    yield from run.read(stream)
                return
            except PromptTooLongError:
                # The count was an estimate: halve what is shown, down to one short passage.
                if run.events or budget < 40:
                    raise
                budget //= 2

    def _stream(self, run: _Run) -> Stream:
        options = ChatOptions(max_tokens=self._settings.answer_tokens, stop=_STOPS)
        return self._llm.chat(run.messages(self._llm.count_tokens), options)

    def _budget(self, run: _Run) -> int:
        """Return how many tokens of passages a prompt may hold."""
        fixed = sum(
            self._llm.count_tokens(message.content) for message in run.messages(self._llm.count_tokens)
        )
        room = self._settings.context_tokens - self._settings.answer_tokens - fixed - _MARGIN_TOKENS
        return max(40, min(self._settings.passage_tokens, room))

    def _fitting(self, question: str, passages: Sequence[FoundPassage], budget: int) -> tuple[Source, ...]:
        """Number the passages, as many as fit; the first is cut where even it does not."""
        sources: list[Source] = []
        for passage in passages:
            if not prompt.shown(passage.text):  # nothing is left without the orders to the assistant
                continue
            source = Source(len(sources) + 1, passage)
            tokens = self._llm.count_tokens(prompt.render_source(source, question))
            if tokens > budget and not sources:
                source = Source(1, _shortened(passage, budget / tokens))
                tokens = budget
            if tokens <= budget:
                sources.append(source)
                budget -= tokens
        return tuple(sources)


def _shortened(passage: FoundPassage, share: float) -> FoundPassage:
    return replace(passage, text=passage.text[: max(1, int(len(passage.text) * share * 0.9))])


@dataclass(slots=True)
class _Run:
    """One answer in progress."""

    question: str
    history: Sequence[Turn]
    sources: tuple[Source, ...] = ()
    events: int = 0
    refused: bool = False
    finished: Finished = field(default_factory=lambda: Finished("stop"))
    started: float = field(default_factory=time.monotonic)
    first_token_s: float = 0.0
    checked: CheckedText | None = None
    text: str = ""

    def messages(self, count_tokens: Callable[[str], int]) -> tuple[Message, ...]:
        turns = conversation.recent(self.question, self.history, count_tokens, _HISTORY_TOKENS)
        return prompt.render(self.sources, self.question, turns)

    def read(self, stream: Iterator[Delta | Finished]) -> Iterator[AnswerEvent]:
        """Turn the model's output into events; its first sentence decides whether it is a refusal."""
        self.checked = CheckedText(self.sources, self.question)
        opening, open_ = "", False
        for event in stream:
            if isinstance(event, Finished):
                self.finished = event
                break
            opening += event.text
            if open_:
                yield from self._count(self.checked.feed(event.text))
            elif not _undecided(opening):
                if _REFUSAL.match(opening):
                    yield self.refuse(NOT_ANSWERED)
                    return
                open_ = True
                yield from self._count(self.checked.feed(opening))
        if not open_:
            if not opening.strip() or _REFUSAL.match(opening):
                yield self.refuse(NOT_ANSWERED)
                return
            yield from self._count(self.checked.feed(opening))
        yield from self._count(self.checked.finish())

    def refuse(self, reason: str) -> RefusalEvent:
        self.refused = True
        self.text = reason
        return RefusalEvent(reason)

    def done(self) -> DoneEvent:
        text = self.text if self.refused or self.checked is None else self.checked.text.strip()
        return DoneEvent(
            text=text,
            cited=self.checked.cited if self.checked and not self.refused else (),
            refused=self.refused,
            first_token_s=self.first_token_s,
            seconds=time.monotonic() - self.started,
            prompt_tokens=self.finished.prompt_tokens,
            completion_tokens=self.finished.completion_tokens,
        )

    def _count(self, events: Iterable[TextEvent | CitationEvent]) -> Iterator[AnswerEvent]:
        for event in events:
            if not self.events:
                self.first_token_s = time.monotonic() - self.started
            self.events += 1
            yield event


def _undecided(opening: str) -> bool:
    """Say whether the beginning of an answer may still become a refusal."""
    head = opening.lstrip()
    words = head.split()
    if len(words) < 2:
        return True
    if not _MAY_REFUSE.match(head) or _FIRST_SENTENCE.search(head) or len(head) > _LONGEST_HELD_CHARS:
        return False
    return len(words) <= _UNDECIDED_WORDS or bool(_REFUSES_SOON.search(" ".join(words[:_UNDECIDED_WORDS])))
