"""The instruments of one app: its metrics and its spans, which wrap its parts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from twolane.answers import AnswerEvent
from twolane.config.settings import TelemetrySettings
from twolane.documents import Classification
from twolane.jobs.base import JobEvent, JobEventKind, Step
from twolane.lanes.snapshot import Snapshot
from twolane.llm.base import Embedder, Model
from twolane.telemetry.metrics import CONTENT_TYPE, Metrics
from twolane.telemetry.observed import (
    ObservedEmbedder,
    ObservedModel,
    ObservedSearcher,
    PassageSearch,
    observed_answer,
    observed_load,
    observed_step,
)
from twolane.telemetry.spans import Tracer, open_tracer

T = TypeVar("T")

_log = logging.getLogger("twolane.telemetry")


class Instruments:
    """Wraps an app's parts with metrics and spans; safe to use from several threads.

    Raises `SettingsError` where an endpoint for spans is set without the extra for it.
    """

    content_type = CONTENT_TYPE

    def __init__(self, settings: TelemetrySettings, recent: Callable[[], Snapshot], version: str) -> None:
        self.metrics = Metrics(recent)
        self.tracer: Tracer = open_tracer(settings.otlp_endpoint, settings.service_name, version)

    def render(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return self.metrics.render()

    def close(self) -> None:
        """Send the last spans."""
        self.tracer.close()

    # wrappers of parts

    def model(self, model: Model, lane: str) -> Model:
        return ObservedModel(model, lane, self.metrics, self.tracer)

    def load(self, load: Callable[[], None], model: str, lane: str) -> None:
        """Load a lane's model. Raises `ModelError`."""
        observed_load(load, model, lane, self.metrics, self.tracer)

    def embedder(self, embedder: Embedder) -> Embedder:
        return ObservedEmbedder(embedder, self.metrics, self.tracer)

    def searcher(self, searcher: PassageSearch[T]) -> ObservedSearcher[T]:
        return ObservedSearcher(searcher, self.metrics, self.tracer)

    def answer(self, events: Generator[AnswerEvent, None, None]) -> Generator[AnswerEvent, None, None]:
        return observed_answer(events, self.metrics)

    def step(self, step: Step) -> Step:
        return observed_step(step, self.metrics, self.tracer)

    # counters

    def classified(self, result: Classification) -> None:
        self.metrics.classified(result)

    def jobs(
        self, steps: Sequence[Step], on_event: Callable[[JobEvent], None] | None = None
    ) -> Callable[[JobEvent], None]:
        """Return a listener that counts the events of these steps' workers and passes them on."""
        by_kind = {step.kind: step for step in steps}

        def observe(event: JobEvent) -> None:
            step = by_kind[event.job.kind]
            self.metrics.job(step, event)
            if event.error:
                # Without the reason, which may name a path: `twolane files` shows it.
                ids = {"kind": event.job.kind, "job_id": event.job.job_id, "file_id": event.job.file_id}
                # a job that waits for a server is no news: the outage is told once, and not for each job
                level = logging.INFO if event.kind is JobEventKind.DELAYED else logging.WARNING
                _log.log(level, "job %s", event.kind.value, extra={"fields": {"lane": step.lane, **ids}})
            if on_event is not None:
                on_event(event)

        return observe
