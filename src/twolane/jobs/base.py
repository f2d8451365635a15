"""Port 2, jobs: the steps that jobs take, and the processes that work.

What wakes a worker is only a notification: a lost, doubled or late one is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
