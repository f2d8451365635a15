"""Several servers of one lane as one model: a dead, frozen or slow one costs no answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from typing import Generic, TypeVar

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelError, ModelTimeoutError
from twolane.llm.base import (
    LLM,
    ChatOptions,
    Choice,
    ChoiceQuestion,
    Delta,
    EmbeddingForm,
    EmbeddingLLM,
    EmbeddingUse,
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
from twolane.llm.catalogue.embedding import embedding_form
from twolane.llm.pool import reasons
from twolane.llm.pool.continuation import Continuation
from twolane.llm.pool.reasons import Errors
from twolane.llm.pool.routing import Route, Router
from twolane.llm.pool.server import R, Slot
from twolane.llm.wire.call_thread import CallThread
from twolane.text.tokens import most_tokens

T = TypeVar("T")
PATIENCE_S = 3.0
# Of the message after the instructions: enough for the first source, and not yet the question.
_AFFINITY_CHARS = 400
_LONG_COUNT_S = 1.5
_FIRST_PIECES = 20  # the first piece waits for the prompt: it counts as the time of so many


class Balanced(Generic[R]):
    """A model at several servers, or at one, each with slots, a breaker and a connection of its own.

    A request goes to the server that is least busy for its pace; an answer, to the one that has the beginning
    of its prompt in its cache. What fails at one server is asked of the next, an answer that broke off in the
    middle too: it is continued from its own words. So each server is asked once at most, and no new one after
    `total_timeout_s`. Where all fail, the error names each with its reason; an answer that has begun waits
    for one of them to come back first, and goes on there.

    A server that says nothing for `patience_s` is probed. A slow one answers the probe and keeps its request,
    unless another has a free slot and takes a fifth of the time; a frozen one does not, loses its requests,
    and is not asked until it answers again.
    `open_server` opens the connection to one address.
    """

    def __init__(
        self, settings: LaneSettings, open_server: Callable[[str], R], *, patience_s: float = PATIENCE_S
    ) -> None:
        self._router = Router(settings, open_server, patience_s)

    @property
    def model(self) -> str:
        return self._router.group.settings.model

    def models(self) -> list[ModelInfo]:
        return self._ask(lambda llm: llm.models())

    def pull(self) -> Iterator[PullProgress]:
        """Fetch the model at every server; errors are raised when all have been asked."""
        servers, errors = self._router.group.each(), Errors()
        for url, llm in servers:
            try:
                for progress in llm.pull():
                    yield replace(progress, step=f"{url}: {progress.step}") if len(servers) > 1 else progress
            except ModelError as error:
                errors[url] = error
        if errors:
            raise reasons.why(self._router.group, errors)

    def load(self) -> None:
        """Load the model at every server; raises where none could."""
        servers, errors = self._router.group.each(), Errors()
        with ExitStack() as stack:
            loads = {url: stack.enter_context(CallThread()).submit(llm.load) for url, llm in servers}
            for url, loaded in loads.items():
                try:
                    loaded.result()
                except ModelError as error:
                    errors[url] = error
        if len(errors) == len(servers):
            raise reasons.why(self._router.group, errors)

    def health(self) -> Health:
        group = self._router.group
        broken = group.broken()
        asked = [(url, llm) for url, llm in group.each() if url not in broken]
        with ExitStack() as stack:
            calls = {url: stack.enter_context(CallThread()).submit(llm.health) for url, llm in asked}
            found = {url: call.result() for url, call in calls.items()}
        for url in [url for url, health in found.items() if not health.reachable]:
            self._router.prober.suspect(url)  # an outage begins when it is seen, not with the next question
        return _together(group.states(found), found)

    def servers(self) -> tuple[ServerHealth, ...]:
        """Return how each server stands, without asking any."""
        return self._router.group.states({})

    def close(self) -> None:
        self._router.prober.close()

    def _ask(self, ask: Callable[[R], T], *, paced: bool = True) -> T:
        """Ask one server after the other until one answers."""
        route = self._router.route()
        while True:
            with route.slot() as slot, CallThread() as thread:
                try:
                    return route.wait(slot, thread.submit(partial(ask, slot.llm)), first=True, paced=paced)
                except ModelError as error:
                    route.failed(slot, error)


class BalancedLLM(Balanced[LLM]):
    """A model that writes, at several servers or at one: see `Balanced`."""

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        return self._ask(lambda llm: llm.choose(prompt, labels))

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        # Its time depends on what is filled in, and is no measure of a server's pace.
        return self._ask(lambda llm: llm.fill(prompt, schema, max_tokens), paced=False)

    def decides(self) -> bool:
        return self._ask(lambda llm: llm.decides(), paced=False)

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        return self._ask(lambda llm: llm.decide(state, question))

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        answer = Continuation(prompt, options)
        route = self._router.route()
        while True:
            try:
                with route.slot(_affinity(prompt)) as slot:
                    try:
                        with closing(self._events(route, slot, answer)) as events:
                            yield from events
                        return
                    except ModelError as error:
                        answer.broke()
                        route.failed(slot, error)
                    if end := answer.end():
                        yield end
                        return
            except ModelError as error:
                broke = error.retryable and not isinstance(error, ModelTimeoutError)
                if not (broke and answer.is_worth_waiting and route.comes_back()):
                    raise
                if interrupted := answer.interrupted(error):
                    yield interrupted

    def _events(self, route: Route[LLM], slot: Slot[LLM], answer: Continuation) -> Stream:
        """Stream what is left of an answer from one server."""
        if first_of_all := answer.begin():
            yield first_of_all
        stream = slot.llm.chat(answer.prompt, answer.options)
        first = True

        def following() -> Delta | Finished:
            for event in stream:
                return event
            raise ModelAnswerError(f"The answer of {self.model} at {slot.server.url} has no end", "try again")

        with CallThread() as thread:
            thread.on_exit(stream.close)
            while True:
                pieces = _FIRST_PIECES if first else 1
                event = route.wait(slot, thread.submit(following), first=first, pieces=pieces)
                first = False
                if passed := answer.take(event):
                    yield passed
                if isinstance(event, Finished):
                    return

    def count_tokens(self, text: str) -> int:
        broken = self._router.group.broken()
        url, llm = next((each for each in self._router.group.each() if each[0] not in broken), ("", None))
        if llm is None:
            return most_tokens(text)
        began = time.monotonic()
        count = llm.count_tokens(text)
        if time.monotonic() - began >= _LONG_COUNT_S:  # no answer: the count is an estimate
            self._router.prober.suspect(url)
        return count


class BalancedEmbedder(Balanced[EmbeddingLLM]):
    """A model that makes vectors, at several servers or at one: see `Balanced`."""

    @property
    def form(self) -> EmbeddingForm:
        return embedding_form(self.model)

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        return self._ask(lambda llm: llm.embed(texts, use))

    def count_tokens(self, text: str) -> int:
        return most_tokens(text)  # chunking counts every passage: not a request for each


def _affinity(prompt: Prompt) -> str:
    """Return the part of a prompt that decides whose cache it fits: its beginning."""
    if isinstance(prompt, str):
        return prompt[:_AFFINITY_CHARS]
    first, *rest = prompt or (Message("user", ""),)
    return "\n".join([first.content, *(message.content[:_AFFINITY_CHARS] for message in rest[:1])])


def _together(servers: tuple[ServerHealth, ...], found: dict[str, Health]) -> Health:
    """Return a lane's health from its servers': ready where one is."""
    ready = sum(server.ready for server in servers)
    reachable = any(health.reachable for health in found.values())
    loaded = any(health.ready and health.loaded for health in found.values())
    pushed_out = any(health.pushed_out for health in found.values())
    worst_first = sorted(servers, key=lambda server: server.ready)
    remedy = next((server.remedy for server in worst_first if server.remedy), "")
    if len(servers) == 1:
        return Health(ready > 0, reachable, loaded, servers[0].detail, remedy, servers, pushed_out)
    detail = f"{ready} of {len(servers)} servers ready: " + "; ".join(server.detail for server in servers)
    return Health(ready > 0, reachable, loaded, detail, remedy, servers, pushed_out)
