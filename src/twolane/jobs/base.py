"""Port 2, jobs: the steps that jobs take, what happens to them, and the processes that work.

What wakes a worker is only a notification: a lost, doubled or late one is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from twolane.work import Job

Handler = Callable[[Job], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of job: whose lane's work it is, how many of it a process does at once, and what does it.

    `decides` says that a document has its category once this is done.
    """

    kind: str
    lane: str
    threads: int
    handler: Handler
    decides: bool = False


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A process that works: times are seconds since the epoch, `done` counts jobs since it started."""

    name: str
    lane: str
    threads: int
    started_at: float
    seen_at: float
    done: int = 0
    draining: bool = False


class JobEventKind(StrEnum):
    """What happened to a job, as a worker reports it to progress bars, metrics and the log."""

    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"  # and will be tried again
    PARKED = "parked"  # failed for good: its file is quarantined
    DELAYED = "delayed"  # given back: what its kind needs is not there just now


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One step in the life of a job."""

    kind: JobEventKind
    job: Job
    seconds: float = 0.0
    error: str = ""
