"""Answers: passages are found and given to the chat model; its text is passed on with checked citations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import replace
from itertools import count

from twolane.answers import (
    AnswerEvent,
    AskedFilter,
    ErrorEvent,
    ExtractsCause,
    FiltersEvent,
    QuestionEvent,
    RefusalCause,
    Source,
    SourcesEvent,
    Turn,
    UnreadCause,
    UnreadFiles,
)
from twolane.chat import gate, prompt
from twolane.chat.asked.base import Asked
from twolane.chat.catalogue.answer import CatalogueAnswerer
from twolane.chat.contradiction import contradictions
from twolane.chat.conversation import AskedPrompt, RecentPrompts
from twolane.chat.follow_up import Rewrite
from twolane.chat.line import WaitingLine
from twolane.chat.look import Lookout
from twolane.chat.narrowed import narrowed
from twolane.chat.prompts import Prompts
from twolane.chat.retrieve import Found, Searcher
from twolane.chat.run import AnswerRun, Piece
from twolane.config.lane_settings import ChatSettings
from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.errors import ModelError, ModelThoughtError, PromptTooLongError, TwolaneError
from twolane.llm.base import ChatOptions, Model, Stream

Read = Callable[[str, Sequence[Turn], Collection[str]], Asked]


class Answerer:
    """Answers questions from the files; safe to use from several threads.

    Without a model, the places that fit a question best are quoted. `unread` says which of the files that
    pass a filter could not be looked at, and `still_found` whether passages of an earlier answer are as they
    were: a follow-up goes on from no other. The model is asked in the order of `line`, and a question is
    `counted` from its first moment to its last. `missing` says why the model cannot begin at once, if it
    cannot: places are quoted until it does. `rewrite` may have a model make full questions of follow-ups.
    What `read` finds that the `catalogue` answers is asked of no model.
    """

    def __init__(
        self,
        retriever: Searcher,
        llm: Model | None,
        settings: ChatSettings,
        unread: Callable[[Filter], tuple[UnreadFiles, ...]] = lambda _: (),
        still_found: Callable[[Sequence[FoundPassage], Filter], bool] = lambda *_: True,
        line: WaitingLine | None = None,
        counted: Callable[[], AbstractContextManager[None]] = nullcontext,
        missing: Callable[[], ExtractsCause | None] = lambda: None,
        rewrite: Rewrite = lambda *_: None,
        read: Read = lambda *_: Asked(),
        catalogue: CatalogueAnswerer | None = None,
    ) -> None:
        self._retriever = retriever
        self._llm = llm
        self._settings = settings
        self._unread = unread
        self._still_found = still_found
        self._line = line or WaitingLine(settings.concurrency, settings.max_waiting)
        self._counted = counted
        self._missing = missing
        self._read = read
        self._catalogue = catalogue
        self._lookout = Lookout(retriever, settings.passages, rewrite)
        self._recent = RecentPrompts()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: Filter = EVERYTHING,
        *,
        without: Collection[str] = (),
    ) -> Generator[AnswerEvent, None, None]:
        """Stream the answer from the files that pass: sources, then text and citations, `DoneEvent` last.

        What the catalogue answers has a `CatalogueEvent` in place of sources. A second `SourcesEvent`
        replaces the first and all that came after it: the prompt had to be made shorter, the text so far has
        turned out to be the model's thoughts, it was quoted until the model began, or nothing was found by
        the filters that were read out of the question (`FiltersEvent`, and again without any): `without` are
        those that the user took away, as kind:value. A `RefusalEvent` says that the files do not answer the
        question, and the sources are what comes nearest. An `ErrorEvent` says that something failed: a
        `TwolaneError` is not raised. `WaitingEvent`s come while others are answered first. Closing the
        iterator cancels the generation, and gives the place in line back.
        """
        waiting_files = 0
        with self._line.joined() as place, self._counted():
            run = AnswerRun(question, history, place, within)
            try:
                asked = self._read(question, history, without)
                meant = replace(asked, within=narrowed(within, asked.within))
                if self._catalogue and self._catalogue.answers(meant):
                    if asked.filters:
                        yield FiltersEvent(asked.filters)
                    yield from self._catalogue.answer(question, meant)
                    return
                cause = yield from self._narrowed(run, meant)
                if cause:
                    looked = cause is not RefusalCause.UNCLEAR
                    yield run.refuse(cause, self._unread(within) if looked else ())
                else:
                    waiting_files = self._waiting_files(within)
                    if not run.quoted:
                        self._recent.keep(Turn(question, run.text), run.within, run.answered)
            except TwolaneError as error:
                if isinstance(error, ModelError):
                    yield from run.fall_back()
                yield ErrorEvent(error.what, error.remedy)
            yield run.done(waiting_files)

    def search(self, query: str, within: Filter = EVERYTHING, limit: int = 10) -> Found:
        """Return the passages that say most about a query, best first; no model is asked."""
        return self._retriever.search(query, limit, within)

    def warm(self) -> None:
        """Have the model read the fixed head of every prompt, so that the first question is answered sooner.

        Raises `ModelError`.
        """
        if self._llm is None:
            return
        head = Prompts(self._llm, self._settings).head()
        with closing(self._llm.chat(head, ChatOptions(max_tokens=1))) as stream:
            with suppress(ModelThoughtError):  # it has read the head all the same
                for _ in stream:
                    pass

    def _narrowed(self, run: AnswerRun, asked: Asked) -> Generator[Piece, None, RefusalCause | None]:
        """Answer from the files that the question means, or else from all: what was misread hides nothing.

        `asked.within` lies within what the user may see.
        """
        if not (asked.certain and asked.filters):
            return (yield from self._answer(run))
        everything = run.within
        if self._lookout.speaks(asked.rest or run.question, asked.within, everything):
            run.within = asked.within
            cause = yield from self._answer(run, asked.filters)
            if cause is None or cause is RefusalCause.UNCLEAR:
                return cause
            run.forget()
        else:
            yield FiltersEvent(asked.filters)
        run.within = everything
        return (yield from self._answer(run, ()))

    def _answer(
        self, run: AnswerRun, filters: tuple[AskedFilter, ...] | None = None
    ) -> Generator[Piece, None, RefusalCause | None]:
        """Stream sources, text and citations; return why it is no answer, where it is none.

        `filters` are said to be what narrows the files, where there are or were any.
        """
        if gate.unclear(run.question, run.history):
            yield SourcesEvent(())
            return RefusalCause.UNCLEAR
        looked = self._lookout.look(run.question, run.history, run.within)
        found, run.full = looked.found, looked.full
        if run.full:
            yield QuestionEvent(run.full.text)
        if filters is not None:
            yield FiltersEvent(filters)
        if self._llm is not None and gate.opens(found):
            return (yield from self._written(run, self._llm, found))
        run.asked = _unasked(found)
        yield run.show()
        if not gate.opens(found):
            return RefusalCause.NOTHING_FOUND
        yield from run.quote(ExtractsCause.NO_MODEL)
        return None

    def _written(
        self, run: AnswerRun, llm: Model, found: Found
    ) -> Generator[Piece, None, RefusalCause | None]:
        """Have the model answer from what was found."""
        run.asked = _unasked(found)
        if missing := self._missing():  # before a prompt is made: to count its tokens may load the model
            yield from run.quote(missing)
        before = self._before(run)
        too_long: PromptTooLongError | None = None
        prompts = Prompts(llm, self._settings)
        for asked in prompts.of(run.meant, run.history, found.passages, before):
            run.asked = asked
            if not run.quoted:
                yield run.show()  # at once: the model's first word may take seconds
            if not asked.sources:
                return RefusalCause.NOTHING_FOUND
            yield from run.place.wait()
            try:
                with closing(self._stream(llm, asked)) as stream:
                    cause = yield from run.read(stream, llm.model)
                if cause is None:
                    run.place.leave()
                    yield from contradictions(run.meant, run.citations, asked.sources, found.superseded)
                return cause
            except PromptTooLongError as error:
                if run.text and not run.quoted:
                    raise
                too_long = error
        raise too_long or AssertionError("a question has a prompt")

    def _before(self, run: AnswerRun) -> AskedPrompt | None:
        """Return the prompt that a follow-up goes on from, where all that it holds is in the files still."""
        before = self._recent.before(run.question, run.history, run.within)
        if before and self._still_found([source.passage for source in before.sources], run.within):
            return before
        return None

    def _stream(self, llm: Model, asked: AskedPrompt) -> Stream:
        options = ChatOptions(max_tokens=self._settings.answer_tokens, stop=prompt.stops())
        return llm.chat(asked.messages, options)

    def _waiting_files(self, within: Filter) -> int:
        return sum(one.files for one in self._unread(within) if one.cause is UnreadCause.WAITING)


def _unasked(found: Found) -> AskedPrompt:
    """Return what was found as sources of no prompt."""
    return AskedPrompt((), tuple(map(Source, count(1), found.passages)))
