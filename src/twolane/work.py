"""Jobs as values: a job is one step on one file, and a row of the library until it is done.

A job is claimed with a lease by one atomic statement, alone or in a batch with others of its kind,
heartbeated while it runs, and finished only by the holder of its lease.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

READ = "read"  # the kind that a store queues by itself, for every new or changed file
READ_SLOWLY = "read_slowly"  # for one of them that takes more than a moment
CLASSIFY, EMBED, FIELDS, PICTURE = "classify", "embed", "fields", "picture"
READING = (READ, READ_SLOWLY)
LATER = (FIELDS, PICTURE)  # are done when no file waits to be filed
KINDS = frozenset({READ, READ_SLOWLY, CLASSIFY, EMBED, FIELDS, PICTURE})


class JobState(StrEnum):
    """The state of a job."""

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
    """A claimed job; `attempt` counts from 1, `lease` proves which worker has claimed it.

    `suspect` is set where the worker of its last attempt vanished: the job may have crashed it.
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


@dataclass(frozen=True, slots=True)
class Claimed:
    """Jobs of one kind that were leased together; `more` says that others were due."""

    jobs: tuple[Job, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs of a kind are in each state; `oldest_s` is the age of the oldest still to be done."""

    queued: int = 0
    running: int = 0
    done: int = 0
    parked: int = 0
    oldest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FarJobs:
    """The jobs that wait for a time too far ahead to have been meant, and how far the furthest is."""

    jobs: int
    ahead_s: float


@dataclass(frozen=True, slots=True)
class Notification:
    """A message that a job has been queued; it names the job, without any of its content."""

    job_id: int
    kind: str
