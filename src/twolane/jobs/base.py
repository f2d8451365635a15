"""Port 2, jobs: one step on one file, kept as a row of the catalogue until it is done.

A job is claimed with a lease by one atomic statement, heartbeated while it runs, and finished only by the
holder of its lease. What wakes a worker is only an announcement: a lost, doubled or late one is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

READ = "read"  # the kind that a store queues by itself, for every new or changed file


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"  # failed too often; a person may retry it


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to queue: `key` (a file id or a document's hash) makes queuing it twice harmless.

    Higher priorities go first; `file_id` is the file to quarantine where the job cannot be done.
    """

    kind: str
    key: str
    file_id: int
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job; `attempt` counts from 1, `lease` proves who holds it.

    `suspect` is set where the worker of its last attempt vanished: it may have killed it, and runs alone now.
    """

    job_id: int
    kind: str
    key: str
    file_id: int
    priority: int
    attempt: int
    lease: str
    state: JobState = JobState.RUNNING
    error: str = ""
    suspect: bool = False


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


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs of a kind are in each state; `oldest_s` is the age of the oldest still to be done."""

    queued: int = 0
    running: int = 0
    done: int = 0
    parked: int = 0
    oldest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Announcement:
    """The word that a job has been queued: it names a job, and carries nothing of it."""

    job_id: int
    kind: str


class Listener(Protocol):
    """One worker's ear at a queue; used by one thread at a time."""

    def receive(self, most: int, timeout_s: float) -> list[Announcement]:
        """Return announcements, at most this many, or none after the time; never raises.

        Each goes to one listener of its kind. One that is not `done` when its listener dies goes to another.
        With `most` 0 it says that the worker is busy: it hears nothing until it asks again, and what was on
        its way to it goes to others.
        """

    def done(self, heard: Sequence[Announcement]) -> None:
        """Take announcements off the queue: a row has been leased for each, or nothing was due."""

    def close(self) -> None:
        """Leave the queue; what was not done goes to others."""


class Queue(Protocol):
    """What carries the word of queued jobs to workers, on whatever machine they run.

    The rows of the store are the truth: an announcement is a permission to claim whatever of its kind is due
    and first, so a lost, doubled or late one is harmless. Whoever listens looks into the store unasked every
    `poll_s` as well, which finds what was lost. Nothing here fails because a server is down.
    """

    @property
    def poll_s(self) -> float:
        """How long a job may go unnoticed that nobody announced."""

    def announce(self, jobs: Sequence[Announcement]) -> None:
        """Tell listeners of queued jobs, each one listener; never raises and never waits long."""

    def listen(self, kinds: Collection[str]) -> Listener:
        """Return an ear for jobs of these kinds."""

    def wake(self) -> None:
        """End waits of this process at once, where the queue is of this process; a hint."""

    def fault(self) -> str:
        """Say what is wrong with the queue's server, or ""."""

    def close(self) -> None:
        """Give back connections."""
