"""What happens to jobs, as a worker reports it to progress bars, metrics and the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twolane.work import Job


class JobEventKind(StrEnum):
    """What happened to a job."""

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
