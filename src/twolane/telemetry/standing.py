"""How both lanes stand, as values: made of the samples of one scrape, and of those shortly before it."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from twolane.telemetry.metrics import Sample

WINDOW_S = 30.0


@dataclass(frozen=True, slots=True)
class KindStanding:
    """One kind of job: how many wait, the age of the oldest, and how many are done, by all workers."""

    kind: str
    queued: int = 0
    running: int = 0
    parked: int = 0
    oldest_s: float = 0.0
    done: int = 0
    per_s: float | None = None


@dataclass(frozen=True, slots=True)
class ServerStanding:
    """One of a lane's model servers; `breaker` is closed, half-open or open."""

    url: str
    breaker: str


@dataclass(frozen=True, slots=True)
class LaneStanding:
    """A lane's model; requests, errors and times are those of the process that was asked.

    `first_token_s` is the median; it and the rates are None where there is nothing to tell.
    """

    name: str
    model: str
    ready: bool
    loaded: bool
    size_bytes: int = 0
    detail: str = ""
    remedy: str = ""
    under_way: int = 0
    requests: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    first_token_s: float | None = None
    tokens_per_s: float | None = None
    servers: tuple[ServerStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswersStanding:
    """The questions that the process answered; times are None where there were none."""

    answered: int = 0
    refused: int = 0
    error: int = 0
    cancelled: int = 0
    first_token_p50_s: float | None = None
    first_token_p95_s: float | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that failed for good."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a lane's runtime says of itself, for people."""

    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Both lanes and the library at one moment."""

    source: str
    version: str
    uptime_s: float
    workers: int
    store: bool
    files: dict[str, int]
    tiers: dict[str, int]
    kinds: tuple[KindStanding, ...]
    lanes: tuple[LaneStanding, ...]
    answers: AnswersStanding
    troubles: tuple[Trouble, ...] = ()


class Standings:
    """Makes a `Standing` of each scrape, with rates over the last half minute."""

    def __init__(self, source: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._before: deque[tuple[float, dict[str, float]]] = deque()

    def add(
        self, samples: Sequence[Sample], words: Mapping[str, Words], troubles: Iterable[Trouble] = ()
    ) -> Standing:
        """Return how all stands; `words` has what is said of each lane by its name."""
        found = _Found(samples)
        rate = self._rates(found)
        return Standing(
            source=self._source,
            version=next((s.labels["version"] for s in found.named("twolane_build_info")), ""),
            uptime_s=found.one("twolane_uptime_seconds"),
            workers=int(found.one("twolane_workers")),
            store=bool(found.one("twolane_store_reachable")),
            files={k: n for k, n in found.by("twolane_library_files", "state").items() if n},
            tiers=found.by("twolane_library_files_by_tier", "tier"),
            kinds=tuple(_kind(found, kind, rate) for kind in found.kinds()),
            lanes=tuple(_lane(found, s, words, rate) for s in found.named("twolane_model_loaded")),
            answers=_answers(found),
            troubles=tuple(troubles),
        )

    def _rates(self, found: _Found) -> Callable[[str], float | None]:
        """Return the function from a counter's key to its rate a second."""
        now, counters = self._clock(), found.counters()
        while len(self._before) > 1 and now - self._before[0][0] > WINDOW_S:
            self._before.popleft()
        self._before.append((now, counters))
        then, old = self._before[0]

        def rate(key: str) -> float | None:
            if now <= then:
                return None
            grown = counters.get(key, 0.0) - old.get(key, 0.0)
            return max(0.0, grown) / (now - then)  # a server that was restarted counts from 0 again

        return rate


class _Found:
    """The samples of one scrape, found by name."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples

    def named(self, name: str, **labels: str) -> list[Sample]:
        return [s for s in self._samples if s.name == name and labels.items() <= s.labels.items()]

    def one(self, name: str, **labels: str) -> float:
        return sum(sample.value for sample in self.named(name, **labels))

    def by(self, name: str, label: str, **labels: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for sample in self.named(name, **labels):
            key = sample.labels[label]
            found[key] = found.get(key, 0) + int(sample.value)
        return found

    def kinds(self) -> list[str]:
        """Name the kinds of jobs in the order in which a file meets them."""
        order = {"read": 0, "classify": 1, "embed": 2}
        names = {sample.labels["kind"] for sample in self.named("twolane_queue_jobs")}
        return sorted(names, key=lambda name: (order.get(name, 9), name))

    def counters(self) -> dict[str, float]:
        done = {f"done {s.labels['kind']}": s.value for s in self.named("twolane_queue_jobs_done_total")}
        for sample in self.named("twolane_model_tokens_total", type="completion"):
            done[f"tokens {sample.labels['lane']}"] = sample.value
        return done

    def quantile(self, name: str, q: float, **labels: str) -> float | None:
        """Return a quantile of a histogram, interpolated within its bucket as Prometheus does."""
        buckets: dict[float, float] = {}
        for sample in self.named(f"{name}_bucket", **labels):
            bound = float(sample.labels["le"])
            buckets[bound] = buckets.get(bound, 0.0) + sample.value
        total = buckets.get(math.inf, 0.0)
        if not total:
            return None
        low, under, wanted = 0.0, 0.0, q * total
        for bound, count in sorted(buckets.items()):
            if count >= wanted:
                inside = count - under
                return low if bound == math.inf else low + (bound - low) * (wanted - under) / (inside or 1.0)
            low, under = bound, count
        return low


def _kind(found: _Found, kind: str, rate: Callable[[str], float | None]) -> KindStanding:
    states = found.by("twolane_queue_jobs", "state", kind=kind)
    return KindStanding(
        kind,
        queued=states.get("queued", 0),
        running=states.get("running", 0),
        parked=states.get("parked", 0),
        oldest_s=found.one("twolane_queue_oldest_age_seconds", kind=kind),
        done=int(found.one("twolane_queue_jobs_done_total", kind=kind)),
        per_s=rate(f"done {kind}"),
    )


def _lane(
    found: _Found, loaded: Sample, words: Mapping[str, Words], rate: Callable[[str], float | None]
) -> LaneStanding:
    lane = loaded.labels["lane"]
    said = words.get(lane, Words("", ""))
    breaker = {0.0: "closed", 1.0: "half-open"}
    return LaneStanding(
        name=lane,
        model=loaded.labels["model"],
        ready=bool(found.one("twolane_lane_ready", lane=lane)),
        loaded=bool(loaded.value),
        size_bytes=int(found.one("twolane_model_size_bytes", lane=lane)),
        detail=said.detail,
        remedy=said.remedy,
        under_way=int(found.one("twolane_model_requests_in_progress", lane=lane)),
        requests=int(found.one("twolane_model_requests_total", lane=lane)),
        errors=found.by("twolane_model_errors_total", "error", lane=lane),
        first_token_s=found.quantile("twolane_model_first_token_seconds", 0.5, lane=lane),
        tokens_per_s=rate(f"tokens {lane}"),
        servers=tuple(
            ServerStanding(s.labels["server"], breaker.get(s.value, "open"))
            for s in found.named("twolane_server_breaker_state", lane=lane)
        ),
    )


def _answers(found: _Found) -> AnswersStanding:
    outcomes = found.by("twolane_answers_total", "outcome")
    return AnswersStanding(
        outcomes.get("answered", 0),
        outcomes.get("refused", 0),
        outcomes.get("error", 0),
        outcomes.get("cancelled", 0),
        found.quantile("twolane_answer_first_token_seconds", 0.5),
        found.quantile("twolane_answer_first_token_seconds", 0.95),
    )
