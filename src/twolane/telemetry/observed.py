"""Wrappers that observe the parts of a lane: models, retrieval, jobs and answers.

The parts do not know of them. Each wrapper obeys the port of the part it wraps, changes no result and no
error, and records nothing of what documents, questions and answers contain.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from twolane import trace
from twolane.answers import AnswerEvent, DoneEvent, ErrorEvent, WaitingEvent
from twolane.documents import EVERYTHING, Filter
from twolane.errors import ModelError
from twolane.jobs.base import Step
from twolane.llm.base import (
    ChatOptions,
    Choice,
    ChoiceQuestion,
    Embedder,
    EmbedderWrapper,
    EmbeddingUse,
    Filled,
    Finished,
    Model,
    Prompt,
    Schema,
    Stream,
    Vectors,
    Wrapper,
)
from twolane.telemetry.metrics import Metrics, error_kind
from twolane.telemetry.spans import Span, Tracer
from twolane.work import Job

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_log = logging.getLogger("twolane.telemetry")


class _Call:
    """One running request to a model: counted, timed, logged and a span."""

    def __init__(self, observer: CallObserver, operation: str) -> None:
        self._observer = observer
        self._operation = operation
        self._began = time.monotonic()
        self._first_s: float | None = None
        self._outcome = ""
        about = {"lane": observer.lane, "model": observer.model, "operation": operation}
        self._span: Span = observer.tracer.start(f"model {operation}", **about)
        observer.metrics.call_began(observer.lane)

    def got_token(self) -> None:
        """Record the time of the first token; later calls do nothing."""
        if self._first_s is None:
            self._first_s = time.monotonic() - self._began
            self._observer.metrics.first_token(self._observer.lane, self._first_s)
            self._span.event("first token")

    def used(self, *, prompt: int = 0, cached: int = 0, completion: int = 0) -> None:
        """Record the tokens of a request that was answered completely."""
        counts = {"prompt": prompt, "cached": cached, "completion": completion}
        self._observer.metrics.tokens(self._observer.lane, **counts)
        for name, number in counts.items():
            self._span.set(f"{name}_tokens", number)
        self._outcome = "ok"

    def failed(self, error: ModelError) -> None:
        self._observer.metrics.call_failed(self._observer.lane, error)
        self._span.fail(error_kind(error))
        self._outcome = "error"

    def end(self) -> None:
        outcome = self._outcome or "cancelled"
        seconds = time.monotonic() - self._began
        self._observer.metrics.call_ended(self._observer.lane, self._operation, seconds, outcome=outcome)
        self._span.set("outcome", outcome)
        self._span.end()
        fields = {
            "lane": self._observer.lane,
            "model": self._observer.model,
            "operation": self._operation,
            "outcome": outcome,
            "seconds": round(seconds, 6),
        }
        if self._first_s is not None:
            fields["first_token_s"] = round(self._first_s, 6)
        _log.info("model call", extra={"fields": fields})


class CallObserver:
    """Observes the calls of one lane's model: counted, timed, logged, each a span."""

    def __init__(self, lane: str, model: str, metrics: Metrics, tracer: Tracer) -> None:
        self.lane = lane
        self.model = model
        self.metrics = metrics
        self.tracer = tracer

    @contextmanager
    def call(self, operation: str) -> Iterator[_Call]:
        """Observe a block; its span is not the current one, since the block may be a suspended generator."""
        call = _Call(self, operation)
        try:
            yield call
        except ModelError as error:
            call.failed(error)
            raise
        finally:
            call.end()


class ObservedModel(Wrapper[Model]):
    """Observes the calls of the model that it wraps."""

    def __init__(self, inner: Model, lane: str, metrics: Metrics, tracer: Tracer) -> None:
        super().__init__(inner)
        self._observer = CallObserver(lane, inner.model, metrics, tracer)

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        with self._observer.call("choose") as call:
            choice = self.inner.choose(prompt, labels)
            call.used(prompt=choice.prompt_tokens, cached=choice.cached_tokens)
            return choice

    def decides(self) -> bool:
        return self.inner.decides()

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        with self._observer.call("decide") as call:
            choice = self.inner.decide(state, question)
            call.used(prompt=choice.prompt_tokens, cached=choice.cached_tokens)
            return choice

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        with self._observer.call("chat") as call:
            with closing(self.inner.chat(prompt, options)) as stream:
                for event in stream:
                    if isinstance(event, Finished):
                        call.used(prompt=event.prompt_tokens, completion=event.completion_tokens)
                    else:
                        call.got_token()
                    yield event

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        with self._observer.call("fill") as call:
            filled = self.inner.fill(prompt, schema, max_tokens)
            call.used(prompt=filled.prompt_tokens, completion=filled.completion_tokens)
            return filled


class ObservedEmbedder(EmbedderWrapper):
    """Observes the calls of the embedder that it wraps."""

    def __init__(self, inner: Embedder, metrics: Metrics, tracer: Tracer) -> None:
        super().__init__(inner)
        self._observer = CallObserver("embedding", inner.model, metrics, tracer)

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        with self._observer.call("embed") as call:
            vectors = self.inner.embed(texts, use)
            call.used()
            return vectors


def observed_load(load: Callable[[], None], model: str, lane: str, metrics: Metrics, tracer: Tracer) -> None:
    """Load a lane's model, and record how long it took. Raises `ModelError`."""
    with CallObserver(lane, model, metrics, tracer).call("load") as call:
        load()
        call.used()


class PassageSearch(Protocol[T_co]):
    """What finds passages."""

    def search(self, query: str, limit: int, within: Filter) -> T_co:
        """Return at most `limit` passages, best first."""


class ObservedSearcher(Generic[T]):
    """Observes the searches of the searcher that it wraps, and records how long they take."""

    def __init__(self, inner: PassageSearch[T], metrics: Metrics, tracer: Tracer) -> None:
        self._inner = inner
        self._metrics = metrics
        self._tracer = tracer

    def search(self, query: str, limit: int, within: Filter = EVERYTHING) -> T:
        began = time.monotonic()
        with self._tracer.within("retrieve", limit=limit):
            found = self._inner.search(query, limit, within)
        seconds = time.monotonic() - began
        self._metrics.retrieved(seconds)
        _log.info("retrieved", extra={"fields": {"lane": "chat", "seconds": round(seconds, 6)}})
        return found


def observed_answer(
    events: Generator[AnswerEvent, None, None], metrics: Metrics
) -> Generator[AnswerEvent, None, None]:
    """Pass an answer's events on, and count how it ends."""
    outcome, done = "cancelled", None
    waits = 0
    try:
        with closing(events):
            for event in events:
                metrics.said(event)
                now = int(isinstance(event, WaitingEvent) and event.place > 0)
                if now != waits:
                    metrics.waits(now - waits)
                    waits = now
                if isinstance(event, ErrorEvent):
                    outcome = "error"
                elif isinstance(event, DoneEvent):
                    done = event
                    outcome = "error" if outcome == "error" else "refused" if event.refused else "answered"
                yield event
    finally:
        metrics.waits(-waits)
        metrics.answered(outcome, done)
        _log.info("question", extra={"fields": {"lane": "chat", "outcome": outcome}})


def observed_step(step: Step, metrics: Metrics, tracer: Tracer) -> Step:
    """Return a step whose handler runs as a span; a job that is alone in it gives it its ids."""

    def run(jobs: Sequence[Job]) -> None:
        first = jobs[0]
        ids = _ids(first) if len(jobs) == 1 else trace.Trace(_ids(first).request_id)
        span = tracer.within(f"job {step.kind}", kind=step.kind, attempt=first.attempt, jobs=len(jobs))
        with trace.working_for(ids), metrics.doing(step.kind, len(jobs)), span:
            began = time.monotonic()
            step.handler(jobs)
            seconds = round((time.monotonic() - began) / len(jobs), 6)
        for job in jobs:
            with trace.working_for(_ids(job)):
                fields = {"lane": step.lane, "kind": step.kind, "seconds": seconds}
                _log.info("job done", extra={"fields": fields})

    return replace(step, handler=run)


def _ids(job: Job) -> trace.Trace:
    return trace.Trace(f"job-{job.job_id}-{job.attempt}", job.job_id, job.file_id)
