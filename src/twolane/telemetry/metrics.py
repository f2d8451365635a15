"""The Prometheus metrics of one process, and the only place that knows their library."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.registry import Collector

from twolane.answers import AnswerEvent, CitationEvent, DoneEvent, RefusalEvent
from twolane.config.addresses import host_of
from twolane.documents import Classification, FilingProof, ReviewCause
from twolane.errors import ModelError
from twolane.jobs.base import JobEvent, JobEventKind, Step
from twolane.lanes.snapshot import Activity, AnswerCounts, LaneCalls, LaneSnapshot, Snapshot, StepJobs
from twolane.store.values import Counts

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# A rule decides in under a millisecond; a large model without a GPU takes minutes to its first word.
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_BREAKER = {"closed": 0.0, "half-open": 1.0, "open": 2.0}


class Metrics:
    """Counts what this process does; at each scrape `recent` gives the state of everything else.

    Safe to use from several threads. Every object has a registry of its own, so that two apps in one process
    are counted apart.
    """

    def __init__(self, recent: Callable[[], Snapshot]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._define_filing()
        self._define_models()
        self._define_answers()
        self._registry.register(_Gauges(recent))

    def render(self) -> bytes:
        """Return everything in the text format of Prometheus (`CONTENT_TYPE`); may take a few seconds."""
        return generate_latest(_Plain(self._registry))

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"twolane_{name}", text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"twolane_{name}", text, labels, buckets=buckets, registry=self._registry)

    def _define_filing(self) -> None:
        self._jobs = self._counter("jobs_total", "Attempts at jobs that ended here.", "kind", "outcome")
        self._job_s = self._histogram("job_duration_seconds", "Time of one attempt at a job.", _QUICK, "kind")
        self._busy = Gauge(
            "twolane_jobs_in_progress", "Jobs under way here.", ["kind"], registry=self._registry
        )
        self._filed = self._counter("files_filed_total", "Files that were classified here.")
        self._filed.inc(0)
        self._tiers = self._counter(
            "classifications_total", "Classifications made here, by what decided.", "tier", "review"
        )
        self._tier_s = self._histogram(
            "classification_duration_seconds", "Time of one classification.", _QUICK, "tier"
        )

    def _define_models(self) -> None:
        self._calls = self._counter(
            "model_requests_total", "Requests to models that ended.", "lane", "operation", "outcome"
        )
        self._errors = self._counter(
            "model_errors_total", "Requests to models that failed, by kind of error.", "lane", "error"
        )
        self._under_way = Gauge(
            "twolane_model_requests_in_progress",
            "Requests to models under way or waiting.",
            ["lane"],
            registry=self._registry,
        )
        self._call_s = self._histogram(
            "model_request_duration_seconds",
            "Time of one request to a model, waiting included.",
            _SLOW,
            *("lane", "operation"),
        )
        self._first_s = self._histogram(
            "model_first_token_seconds", "Time to the first token, waiting included.", _SLOW, "lane"
        )
        self._tokens = self._counter(
            "model_tokens_total",
            "Tokens: of prompts, those of them not computed again, of answers.",
            "lane",
            "type",
        )

    def _define_answers(self) -> None:
        self._answers = self._counter("answers_total", "Questions that came to an end.", "outcome")
        self._waiting = Gauge(
            "twolane_questions_waiting", "Questions that wait in line for the model.", registry=self._registry
        )
        self._refusals = self._counter("refusals_total", "Questions that the files do not answer.", "cause")
        self._citations = self._counter("citations_total", "Citations of answers.", "status")
        self._cut = self._counter("answers_cut_total", "Answers that were longer than they may be.")
        self._answer_first_s = self._histogram(
            "answer_first_token_seconds", "Time from a question to the first word of its answer.", _SLOW
        )
        self._answer_s = self._histogram(
            "answer_duration_seconds", "Time from a question to the end of its answer.", _SLOW
        )
        self._retrieval_s = self._histogram(
            "retrieval_duration_seconds", "Time to find the passages for a question.", _QUICK
        )
        self._http = self._counter("http_requests_total", "HTTP requests.", "method", "route", "status")
        self._http_s = self._histogram(
            "http_request_duration_seconds",
            "Time of an HTTP request, to the end of a stream.",
            _SLOW,
            "route",
        )

    # what happens

    @contextmanager
    def doing(self, job_kind: str, jobs: int) -> Iterator[None]:
        """Count jobs as running; not by events, since a job that lost its lease sends no last event."""
        busy = self._busy.labels(job_kind)
        busy.inc(jobs)
        try:
            yield
        finally:
            busy.dec(jobs)

    def job(self, step: Step, event: JobEvent) -> None:
        """Count one step in the life of a job."""
        if event.kind is JobEventKind.STARTED:
            return
        self._jobs.labels(step.kind, event.kind.value).inc()
        self._job_s.labels(step.kind).observe(event.seconds)
        if step.decides and event.kind is JobEventKind.FINISHED:
            self._filed.inc()

    def classified(self, result: Classification) -> None:
        """Count a classification by the tier that decided."""
        self._tiers.labels(result.tier.value, str(result.review).lower()).inc()
        self._tier_s.labels(result.tier.value).observe(result.seconds)

    def call_began(self, lane: str) -> None:
        """Count a request to a model as running."""
        self._under_way.labels(lane).inc()

    def first_token(self, lane: str, seconds: float) -> None:
        """Count the time to a first token."""
        self._first_s.labels(lane).observe(seconds)

    def call_ended(self, lane: str, operation: str, seconds: float, *, outcome: str) -> None:
        """Count the end of a request: "ok", "cancelled" or "error"."""
        self._under_way.labels(lane).dec()
        self._calls.labels(lane, operation, outcome).inc()
        self._call_s.labels(lane, operation).observe(seconds)

    def call_failed(self, lane: str, error: ModelError) -> None:
        """Count why a request failed."""
        self._errors.labels(lane, error_kind(error)).inc()

    def tokens(self, lane: str, *, prompt: int = 0, cached: int = 0, completion: int = 0) -> None:
        """Count the tokens of a request."""
        for kind, number in (("prompt", prompt), ("cached", cached), ("completion", completion)):
            self._tokens.labels(lane, kind).inc(max(0, number))

    def retrieved(self, seconds: float) -> None:
        """Count the time of a retrieval."""
        self._retrieval_s.observe(seconds)

    def waits(self, number: int) -> None:
        """Count a question as waiting in line (1), or no longer (-1)."""
        self._waiting.inc(number)

    def answered(self, outcome: str, done: DoneEvent | None) -> None:
        """Count an answer: "answered", "refused", "error" or "cancelled"."""
        self._answers.labels(outcome).inc()
        if done is not None:
            self._answer_s.observe(done.seconds)
            self._cut.inc(done.cut)
            if outcome == "answered":
                self._answer_first_s.observe(done.first_token_s)

    def said(self, event: AnswerEvent) -> None:
        """Count what an answer's events say of how well the files prove it."""
        if isinstance(event, RefusalEvent):
            self._refusals.labels(event.cause.value).inc()
        elif isinstance(event, CitationEvent):
            self._citations.labels(event.status.value).inc()

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request by the route that answered it, never by its path."""
        self._http.labels(method, route, str(status)).inc()
        self._http_s.labels(route).observe(seconds)

    def activity(self) -> Activity:
        """Return what this process has asked of models and answered so far."""
        lanes = [labels["lane"] for labels, _ in _values(self._under_way)]
        answers = {labels["outcome"]: int(number) for labels, number in _values(self._answers)}
        return Activity(
            {lane: self._lane_calls(lane) for lane in lanes},
            AnswerCounts(
                **answers,
                waiting=int(sum(number for _, number in _values(self._waiting))),
                first_token_p50_s=_quantile(self._answer_first_s, 0.5),
                first_token_p95_s=_quantile(self._answer_first_s, 0.95),
            ),
        )

    def _lane_calls(self, lane: str) -> LaneCalls:
        def count(metric: MetricWrapperBase, **labels: str) -> int:
            return int(sum(number for _, number in _values(metric, lane=lane, **labels)))

        return LaneCalls(
            requests=count(self._calls),
            under_way=count(self._under_way),
            errors={labels["error"]: int(number) for labels, number in _values(self._errors, lane=lane)},
            completion_tokens=count(self._tokens, type="completion"),
            first_token_s=_quantile(self._first_s, 0.5, lane=lane),
        )


class _Plain(Collector):
    """A registry's metrics without their `_created` samples, which would double the output."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for family in self._registry.collect():
            family.samples = [s for s in family.samples if not s.name.endswith("_created")]
            yield family


class _Gauges(Collector):
    """The metrics that are read from a snapshot at each scrape instead of counted."""

    def __init__(self, recent: Callable[[], Snapshot]) -> None:
        self._recent = recent

    def describe(self) -> Iterator[Metric]:
        """Return nothing, so that the registry does not ask the lanes already when it registers this."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        now = self._recent()
        yield from _process(now)
        yield from _queue(now.jobs)
        if now.store_answers:  # the lanes have figures without the catalogue too
            yield from _library(now.counts)
            yield _gauge("worker_processes", "Processes of all machines that take jobs.", now.workers)
        if now.proof:
            yield from _proof(now.proof)
        yield _gauge("store_reachable", "Whether the catalogue answers (1) or not (0).", now.store_answers)
        yield from _lanes(now.lanes)


def _values(
    metric: MetricWrapperBase, suffix: str = "", **wanted: str
) -> Iterator[tuple[dict[str, str], float]]:
    """Yield the labels and the value of each sample of a metric; of a histogram those with the suffix."""
    for family in metric.collect():
        for sample in family.samples:
            is_value = sample.name.endswith(suffix) and not sample.name.endswith("_created")
            if is_value and wanted.items() <= sample.labels.items():
                yield dict(sample.labels), sample.value


def _quantile(histogram: Histogram, q: float, **labels: str) -> float | None:
    """Return a quantile of a histogram, interpolated within its bucket as Prometheus does."""
    buckets = sorted((float(found["le"]), count) for found, count in _values(histogram, "_bucket", **labels))
    total = buckets[-1][1] if buckets else 0.0
    low, under, wanted = 0.0, 0.0, q * total
    for bound, count in buckets if total else ():
        if count >= wanted:
            inside = count - under
            return low if bound == math.inf else low + (bound - low) * (wanted - under) / (inside or 1.0)
        low, under = bound, count
    return None


def _process(now: Snapshot) -> Iterator[Metric]:
    build = GaugeMetricFamily(
        "twolane_build_info", "The version that runs; always 1.", labels=["version", "python"]
    )
    build.add_metric([now.version, platform.python_version()], 1)
    yield build
    yield _gauge("uptime_seconds", "Seconds since this process was started.", now.uptime_s)
    yield _gauge("workers", "Workers in this process, each with a pool of threads.", now.pools)


def _lanes(lanes: tuple[LaneSnapshot, ...]) -> Iterator[Metric]:
    ready = _family("lane_ready", "Whether a request would be answered now.", "lane")
    reachable = _family("lane_reachable", "Whether the runtime answers.", "lane")
    loaded = _family("model_loaded", "Whether the model is in memory.", "lane", "model")
    size = _family("model_size_bytes", "Size of the model, where it is known.", "lane", "model")
    breaker = _family(
        "server_breaker_state",
        "Circuit breaker of a model server: 0 closed, 1 half-open, 2 open.",
        *("lane", "server"),
    )
    flight = _family(
        "server_requests_in_progress",
        "Requests of this process under way at a model server.",
        *("lane", "server"),
    )
    for lane in lanes:
        ready.add_metric([lane.name], lane.health.ready)
        reachable.add_metric([lane.name], lane.health.reachable)
        named = [lane.name, _model_name(lane.model)]
        loaded.add_metric(named, lane.health.loaded)
        if lane.size_bytes:
            size.add_metric(named, lane.size_bytes)
        for server in lane.health.servers:
            labels = [lane.name, host_of(server.url)]
            breaker.add_metric(labels, _BREAKER.get(server.breaker, 2.0))
            flight.add_metric(labels, server.in_flight)
    yield from (ready, reachable, loaded, size, breaker, flight)


def _model_name(model: str) -> str:
    """Return a model's name, of a file of the user's own without its folder: monitors know no folders."""
    path = PurePath(model)
    return path.name if path.suffix.lower() == ".gguf" else model


def error_kind(error: ModelError) -> str:
    """Return an error's name as a label: ModelTimeoutError is "timeout"."""
    name = type(error).__name__.removesuffix("Error").removeprefix("Model")
    words = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
    return words.strip("_") or "other"


def _queue(by_kind: Mapping[str, StepJobs]) -> Iterator[Metric]:
    jobs = _family("queue_jobs", "Jobs in the queue.", "lane", "kind", "state")
    age = _family(
        "queue_oldest_age_seconds", "Age of the oldest job that is still to be done.", "lane", "kind"
    )
    done = CounterMetricFamily(
        "twolane_queue_jobs_done", "Jobs done by all workers together.", labels=["lane", "kind"]
    )
    for kind, counts in by_kind.items():
        for state in ("queued", "running", "parked"):
            jobs.add_metric([counts.lane, kind, state], getattr(counts, state))
        age.add_metric([counts.lane, kind], counts.oldest_s)
        done.add_metric([counts.lane, kind], counts.done)
    yield from (jobs, age, done)


def _library(counts: Counts) -> Iterator[Metric]:
    files = _family("library_files", "Files by state.", "state")
    for state, number in counts.files.items():
        files.add_metric([state.value], number)
    tiers = _family("library_files_by_tier", "Files by what decided their category.", "tier")
    for tier, number in counts.tiers.items():
        tiers.add_metric([tier], number)
    waiting = _family("library_files_in_review", "Files that wait for a person, by why they do.", "cause")
    for cause in ReviewCause:
        waiting.add_metric([cause.value], counts.causes.get(cause, 0))
    yield from (files, tiers, waiting)
    yield _gauge("library_documents", "Documents in the library.", counts.documents)
    yield _gauge("library_passages", "Passages in the index.", counts.passages)
    yield _gauge("library_vectors", "Passages that have a vector.", counts.vectors)


def _proof(proof: FilingProof) -> Iterator[Metric]:
    yield _gauge("filing_compared", "Decisions of which a person was asked and decided.", proof.decided)
    yield _gauge("filing_compared_right", "Those where the person said the same.", proof.right)
    yield _gauge("filing_threshold", "The confidence from which on files are filed unasked.", proof.threshold)
    yield _gauge("filing_proven", "Whether that is proven to keep filing.max_error.", proof.proven)
    if proof.ece is not None:
        yield _gauge("filing_calibration_error", "How far confidence and accuracy lie apart.", proof.ece)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"twolane_{name}", text, value=value)


def _family(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"twolane_{name}", text, labels=labels)
