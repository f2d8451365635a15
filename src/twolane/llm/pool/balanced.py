"""Several servers of one lane as one model: a dead, frozen or slow one costs no answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from functools import partial
from typing import Generic, TypeVar

from twolane.config.settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelError, ModelFormatError, PromptTooLongError
from twolane.llm.base import (
    LLM,
    ChatOptions,
    Choice,
    Delta,
    EmbeddingLLM,
    Filled,
    Finished,
    Health,
    Message,
    ModelInfo,
    Prompt,
    PullProgress,
    Schema,
    ServerHealth,
    Stream,
    Vectors,
)
from twolane.llm.pool.seats import R, Seat
from twolane.llm.pool.servers import PATIENCE_S, Errors, Servers
from twolane.llm.wire.errand import Errand
from twolane.llm.wire.limits import estimate_tokens

T = TypeVar("T")
_HEAD_CHARS = 400  # of the words after the instructions: the first source, and not yet the question
_LONG_COUNT_S = 1.5
_FIRST_PIECES = 20  # the first piece waits for the prompt: it counts as the time of so many


class Balanced(Generic[R]):
    """A model at several servers, or at one, each with places, a breaker and a connection of its own.

    A request goes to the server that is least busy for its pace; an answer, to the one that has its prompt's
    head in its cache. What fails at one server is asked of the next, an answer that broke off in the middle
    too: it is continued from its own words. So each server is asked once at most, and no new one after
    `total_timeout_s`. Where all fail, the error names each with its reason.

    A server that says nothing for `patience_s` is asked how it is. A slow one says so and keeps its request,
    unless another has a free place and takes a fifth of the time; a frozen one does not, loses its requests,
    and is left alone until it answers again.
    `open_server` opens the connection to one address.
    """

    def __init__(
        self, settings: LaneSettings, open_server: Callable[[str], R], *, patience_s: float = PATIENCE_S
    ) -> None:
        self._settings = settings
        self._servers = Servers(settings, open_server, patience_s=patience_s)

    @property
    def model(self) -> str:
        return self._settings.model

    def models(self) -> list[ModelInfo]:
        return self._repeatable(lambda llm: llm.models())

    def pull(self) -> Iterator[PullProgress]:
        """Fetch the model at every server; one that cannot is told of when the others have."""
        servers, errors = self._servers.each(), Errors()
        for url, llm in servers:
            try:
                for progress in llm.pull():
                    yield replace(progress, step=f"{url}: {progress.step}") if len(servers) > 1 else progress
            except ModelError as error:
                errors[url] = error
        if errors:
            raise self._servers.why(errors)

    def load(self) -> None:
        """Load the model at every server; raises where none could."""
        servers, errors = self._servers.each(), Errors()
        # No executor: one that waits for a frozen server holds up the program's end.
        with ExitStack() as stack:
            loads = {url: stack.enter_context(Errand()).step(llm.load) for url, llm in servers}
            for url, loaded in loads.items():
                try:
                    loaded.result()
                except ModelError as error:
                    errors[url] = error
        if len(errors) == len(servers):
            raise self._servers.why(errors)

    def health(self) -> Health:
        broken = self._servers.known_broken()
        asked = [(url, llm) for url, llm in self._servers.each() if url not in broken]
        with ExitStack() as stack:
            answers = {url: stack.enter_context(Errand()).step(llm.health) for url, llm in asked}
            found = {url: answer.result() for url, answer in answers.items()}
        return _together(self._servers.states(found), found)

    def servers(self) -> tuple[ServerHealth, ...]:
        """Return how each server stands, without asking any."""
        return self._servers.states({})

    def close(self) -> None:
        self._servers.close()

    def _repeatable(self, ask: Callable[[R], T], *, paced: bool = True) -> T:
        """Ask one server after the other until one answers."""
        attempts = _Attempts(self._servers, self._settings.total_timeout_s)
        while True:
            with attempts.seat() as seat, Errand() as errand:
                began = time.monotonic()
                try:
                    step = errand.step(partial(ask, seat.llm))
                    answer = self._servers.wait(seat, step, first=True, paced=paced)
                except ModelError as error:
                    attempts.failed(seat, error)
                else:
                    seconds = time.monotonic() - began if paced else None
                    self._servers.succeeded(seat, seconds, first=True)
                    return answer


class BalancedLLM(Balanced[LLM]):
    """A model that writes, at several servers or at one: see `Balanced`."""

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        return self._repeatable(lambda llm: llm.choose(prompt, labels))

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        # Its time says nothing of a server's pace: it is as long as the answer.
        return self._repeatable(lambda llm: llm.fill(prompt, schema, max_tokens), paced=False)

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        answer = _Answer(prompt, options)
        attempts = _Attempts(self._servers, self._settings.total_timeout_s)
        while True:
            with attempts.seat(_head(prompt)) as seat:
                try:
                    with closing(self._events(seat, answer)) as events:
                        yield from events
                    return
                except ModelError as error:
                    attempts.failed(seat, error)
                if end := answer.end():
                    yield end
                    return

    def _events(self, seat: Seat[LLM], answer: _Answer) -> Stream:
        """Stream what is left of an answer from one server."""
        answer.begin()
        stream = seat.llm.chat(answer.prompt, answer.options)
        first = True
        with Errand() as errand:
            errand.at_end(stream.close)
            while True:
                began = time.monotonic()
                event = self._servers.wait(seat, errand.step(lambda: next(stream, None)), first=first)
                if event is None:
                    raise ModelAnswerError(
                        f"The answer of {self.model} at {seat.server.url} has no end", "try again"
                    )
                pieces = _FIRST_PIECES if first else 1
                self._servers.succeeded(seat, time.monotonic() - began, first=first, pieces=pieces)
                first = False
                if passed := answer.take(event):
                    yield passed
                if isinstance(event, Finished):
                    return

    def count_tokens(self, text: str) -> int:
        broken = self._servers.known_broken()
        url, llm = next((each for each in self._servers.each() if each[0] not in broken), ("", None))
        if llm is None:
            return estimate_tokens(text)
        began = time.monotonic()
        count = llm.count_tokens(text)
        if time.monotonic() - began >= _LONG_COUNT_S:  # it has given up, and estimated
            self._servers.suspect(url)
        return count


class BalancedEmbedder(Balanced[EmbeddingLLM]):
    """A model that makes vectors, at several servers or at one: see `Balanced`."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._repeatable(lambda llm: llm.embed(texts))

    def count_tokens(self, text: str) -> int:
        return estimate_tokens(text)  # chunking counts every passage: not a request for each


class _Attempts(Generic[R]):
    """The servers that one request has been at."""

    def __init__(self, servers: Servers[R], total_timeout_s: float) -> None:
        self._servers = servers
        self._end = time.monotonic() + total_timeout_s
        self._errors: Errors = {}

    def seat(self, head: str = "") -> AbstractContextManager[Seat[R]]:
        """Hold a place at the next server; raises what those before it said where there is none."""
        if self._errors and time.monotonic() >= self._end:
            raise self._servers.why(self._errors)
        return self._servers.seat(self._errors, head)

    def failed(self, seat: Seat[R], error: ModelError) -> None:
        """Note a failure; raises it where another server could not do better."""
        if isinstance(error, PromptTooLongError | ModelFormatError):
            raise error
        self._servers.failed(seat, error)
        self._errors[seat.server.url] = error


class _Answer:
    """A streamed answer as far as it has come, and what to ask of a server for the rest."""

    def __init__(self, prompt: Prompt, options: ChatOptions) -> None:
        self._prompt = prompt
        self._options = options
        self._text = ""
        self._tokens = self._tokens_before = 0
        self._rejoins = False

    def begin(self) -> None:
        """Say that another server is about to go on."""
        self._tokens_before = self._tokens
        self._rejoins = self._text[-1:].isspace() and not isinstance(self._prompt, str)

    @property
    def prompt(self) -> Prompt:
        """Return the prompt with the words so far, which the model goes on from."""
        if not self._text:
            return self._prompt
        if isinstance(self._prompt, str):
            return self._prompt + self._text
        # Templates cut blanks at the end of a message; they are taken off the continuation's start instead.
        *before, last = self._prompt
        words = self._text.rstrip()
        if last.role == "assistant":
            return (*before, Message("assistant", last.content + words))
        return (*self._prompt, Message("assistant", words))

    @property
    def options(self) -> ChatOptions:
        return replace(self._options, max_tokens=self._options.max_tokens - self._tokens)

    def take(self, event: Delta | Finished) -> Delta | Finished | None:
        """Add the next event; return what of it is to be passed on."""
        if isinstance(event, Finished):
            return replace(event, completion_tokens=event.completion_tokens + self._tokens_before)
        self._tokens += 1
        text = event.text.lstrip() if self._rejoins else event.text
        self._rejoins = self._rejoins and not text
        self._text += text
        return Delta(text) if text else None

    def end(self) -> Finished | None:
        """Return the end of an answer that broke off behind its last allowed word."""
        if self._tokens < self._options.max_tokens:
            return None
        return Finished("length", completion_tokens=self._tokens)


def _head(prompt: Prompt) -> str:
    """Return the part of a prompt that decides whose cache it fits."""
    if isinstance(prompt, str):
        return prompt[:_HEAD_CHARS]
    first, *rest = prompt or (Message("user", ""),)
    return "\n".join([first.content, *(message.content[:_HEAD_CHARS] for message in rest[:1])])


def _together(servers: tuple[ServerHealth, ...], found: dict[str, Health]) -> Health:
    """Return a lane's health from its servers': ready where one is."""
    ready = sum(server.ready for server in servers)
    reachable = any(health.reachable for health in found.values())
    loaded = any(health.ready and health.loaded for health in found.values())
    remedy = next((server.remedy for server in servers if not server.ready), "")
    if len(servers) == 1:
        return Health(ready > 0, reachable, loaded, servers[0].detail, remedy, servers)
    detail = f"{ready} of {len(servers)} servers ready: " + "; ".join(server.detail for server in servers)
    return Health(ready > 0, reachable, loaded, detail, remedy, servers)
