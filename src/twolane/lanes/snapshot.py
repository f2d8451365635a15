"""How both lanes and the library are at a moment, as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from twolane.errors import TwolaneError
from twolane.jobs.base import WorkerRecord
from twolane.lanes.resolve import LaneName
from twolane.llm.base import Health
from twolane.store.base import Counts
from twolane.work import JobCounts


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """One lane: its model, what runs it and where, and how it is."""

    name: LaneName
    model: str
    runtime: str
    url: str
    health: Health


@dataclass(frozen=True, slots=True)
class Status:
    """Both lanes, the embedder, and all counts."""

    lanes: tuple[LaneStatus, ...]
    embedder: Health
    counts: Counts
    jobs: dict[str, JobCounts]
    workers: int
    working: tuple[WorkerRecord, ...] = ()
    queue_fault: str = ""
    settings: Path | None = None  # the settings file in use


def not_ready(error: TwolaneError) -> Health:
    """Return the health of what cannot even be opened."""
    return Health(ready=False, reachable=False, loaded=False, detail=error.what, remedy=error.remedy)
