"""The part of a store that is about jobs and the same in all: it also tells who listens what was queued."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from twolane.jobs.base import Announcement, Job, JobCounts
from twolane.store.base import Pending


class Jobs(Protocol):
    """The rows of jobs in one kind of store, as `twolane.store.base.Store` says; they tell nobody."""

    def claim(self, kinds: Collection[str], worker: str, lease_s: float) -> Job | None: ...

    def heartbeat(self, job: Job, lease_s: float) -> None: ...

    def fail(self, job: Job, error: str, *, retry: bool) -> bool: ...

    def release(self, job: Job, *, delay_s: float = 0.0) -> None: ...

    def job_counts(self) -> dict[str, JobCounts]: ...

    def parked(self, limit: int = 100) -> list[Job]: ...

    def retry_parked(self) -> list[Announcement]: ...

    def pending(self, roots: Sequence[Path] = ()) -> Pending: ...


J = TypeVar("J", bound=Jobs)


class JobsOfStore(Generic[J]):
    """Obeys the part of `twolane.store.base.Store` that is about jobs, but for `finishing`."""

    def __init__(self, jobs: J) -> None:
        self._jobs = jobs
        self._tell: Callable[[Sequence[Announcement]], None] = lambda _: None

    def on_queued(self, listener: Callable[[Sequence[Announcement]], None]) -> None:
        self._tell = listener

    def claim(self, kinds: Collection[str], worker: str, lease_s: float) -> Job | None:
        return self._jobs.claim(kinds, worker, lease_s)

    def heartbeat(self, job: Job, lease_s: float) -> None:
        self._jobs.heartbeat(job, lease_s)

    def fail(self, job: Job, error: str, *, retry: bool) -> bool:
        return self._jobs.fail(job, error, retry=retry)

    def release(self, job: Job, *, delay_s: float = 0.0) -> None:
        self._jobs.release(job, delay_s=delay_s)
        if not delay_s:
            self._tell([Announcement(job.job_id, job.kind)])

    def job_counts(self) -> dict[str, JobCounts]:
        return self._jobs.job_counts()

    def parked(self, limit: int = 100) -> list[Job]:
        return self._jobs.parked(limit)

    def retry_parked(self) -> int:
        again = self._jobs.retry_parked()
        self._tell(again)
        return len(again)

    def pending(self, roots: Sequence[Path] = ()) -> Pending:
        return self._jobs.pending(roots)
