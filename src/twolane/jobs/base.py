"""Port 2, jobs: the steps that jobs take, what happens to them, and the processes that work.

What wakes a worker is only a notification: a lost, doubled or late one is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from twolane.work import Job

# Gets the jobs of a batch. It may end them in one transaction or several; what it leaves, the worker ends.
Handler = Callable[[Sequence[Job]], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of job: whose lane's work it is, how many threads of a process do it, and what does it.

    Steps of the same `pool` share its threads, the most that one of them names: the more urgent job goes
    first, whatever its kind. Without a pool a step has threads of its own. A thread gets at most `batch` jobs
    together, of what is due at that moment: a batch never waits to fill.
    `decides` says that a document has its category once this is done. Its jobs are taken only while `ready`
    returns true, which is asked before each claim.
    """

    kind: str
    lane: str
    threads: int
    handler: Handler
    decides: bool = False
    batch: int = 1
    pool: str = ""
    ready: Callable[[], bool] | None = None


def one_by_one(do: Callable[[Job], None]) -> Handler:
    """Return a handler that does the jobs of a batch one after the other."""

    def handle(jobs: Sequence[Job]) -> None:
        for job in jobs:
            do(job)

    return handle


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A process that works, on whatever machine.

    Times are seconds since the epoch by the store's clock; `done` counts jobs since it started, and
    `concurrency` is how many files it has in work at once. `rates` are jobs a second by kind while they are
    in work, and `waits_for` says what its jobs wait for, or "".
    """

    name: str
    lane: str
    threads: int
    started_at: float
    seen_at: float
    done: int = 0
    draining: bool = False
    host: str = ""
    concurrency: int = 0
    version: str = ""
    rates: Mapping[str, float] = field(default_factory=dict)
    waits_for: str = ""


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
