"""A poller over a real library and made-up runtimes, and how tests read what is told of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from prometheus_client.parser import text_string_to_metric_families

from twolane.config.lane_settings import ChatSettings, EmbeddingSettings, FilingSettings
from twolane.config.settings import Settings
from twolane.documents import FileState, FilingProof
from twolane.errors import ModelUnreachableError
from twolane.jobs.base import Step, WorkerRecord
from twolane.lanes.poller import Poller
from twolane.lanes.resolve import resolve_lanes
from twolane.lanes.snapshot import Activity, LaneSnapshot, Snapshot, StepJobs
from twolane.llm.base import Health, ModelInfo, Runtime
from twolane.store.base import Store
from twolane.store.values import Counts

READY = Health(True, True, True, "holds it")
DOWN = Health(False, False, False, "nothing answers at http://127.0.0.1:1", "start its server")
SETTINGS = Settings(
    filing=FilingSettings(runtime="scripted", model="small:1b"),
    chat=ChatSettings(runtime="scripted", model="large:8b"),
    embedding=EmbeddingSettings(runtime="off"),
)
STEPS = tuple(Step(kind, "filing", 1, lambda _: None) for kind in ("read", "classify", "embed"))


@dataclass
class FakeRuntime:
    """What says how a lane is, and which models it has."""

    answer: Callable[[], Health]
    has: Sequence[ModelInfo] = ()

    def health(self) -> Health:
        return self.answer()

    def models(self) -> list[ModelInfo]:
        if not self.has:
            raise ModelUnreachableError("nothing answers", "start it")
        return list(self.has)


@dataclass
class FakeWorkforce:
    """Workers that only say how many they are."""

    alive: int = 0
    records: list[WorkerRecord] = field(default_factory=list)
    fault: Callable[[], str] = str

    def everywhere(self) -> list[WorkerRecord]:
        return self.records

    def queue_fault(self) -> str:
        return self.fault()


def poller(
    store: Store,
    *,
    filing: Callable[[], Health] = lambda: READY,
    chat: Callable[[], Health] = lambda: DOWN,
    steps: Sequence[Step] = STEPS,
    workers: FakeWorkforce | None = None,
) -> Poller:
    """Return a poller of a library whose filing lane is ready and whose chat lane is down."""
    models = [ModelInfo("other:1b", 5), ModelInfo("small:1b", 1_300_000_000)]
    runtimes = {"filing": FakeRuntime(filing, models), "chat": FakeRuntime(chat)}
    return Poller(
        SETTINGS,
        resolve_lanes(SETTINGS),
        version="1.2.3",
        store=store,
        steps=steps,
        workers=workers or FakeWorkforce(3),
        runtime=lambda name: cast(Runtime, runtimes[name]),
        embedding=lambda: cast(Runtime, FakeRuntime(lambda: READY)),
        activity=Activity,
    )


def snapshot(**changes: Any) -> Snapshot:
    """Return a snapshot of a small library whose filing lane is ready and whose chat lane is down."""
    values: dict[str, Any] = {
        "lanes": (
            LaneSnapshot("filing", "small:1b", "ollama", "http://127.0.0.1:1", READY, 1_300_000_000),
            LaneSnapshot("chat", "large:8b", "ollama", "http://127.0.0.1:1", DOWN),
        ),
        "embedder": READY,
        "counts": Counts(
            {FileState.FILED: 9, FileState.REVIEW: 1, FileState.GONE: 0},
            10,
            40,
            40,
            {"letter": 10},
            {"rules": 4, "similarity": 6},
        ),
        "jobs": {
            "read": StepJobs("filing", queued=7, running=1, done=10, parked=2, oldest_s=12.5),
            "classify": StepJobs("filing"),
            "embed": StepJobs("filing"),
        },
        "workers": 3,
        "pools": 4,
        "proof": FilingProof(0.05, 0.9, False, decided=20, right=19, ece=0.02),
        "version": "1.2.3",
    }
    return Snapshot(**{**values, **changes})


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a scrape."""

    name: str
    labels: dict[str, str]
    value: float


def parse(text: str) -> list[Sample]:
    """Read the values of a scrape, as Prometheus does."""
    return [
        Sample(sample.name, dict(sample.labels), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
