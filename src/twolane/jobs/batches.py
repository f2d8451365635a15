"""One attempt at the jobs of a batch: together, or one by one where that fails, and what becomes of each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from twolane.errors import LeaseLostError, StoreError, TwolaneError
from twolane.jobs.base import Handler, JobEvent, JobEventKind
from twolane.jobs.failures import Failures
from twolane.jobs.unforeseen import Unforeseen
from twolane.outages import level_of
from twolane.store.base import Jobs
from twolane.work import Job

_log = logging.getLogger(__name__)


class Batches:
    """Does batches of jobs with the handlers of their kinds, and ends the attempt of each job.

    Where a batch fails, the jobs that its handler has not ended are done one by one: so the one that is at
    fault is found, and its neighbours are not blamed. Where one of these meets an outage, the rest waits with
    it. `on_event` hears of each job; what it raises is logged, and fails no job.
    """

    def __init__(
        self,
        store: Jobs,
        handlers: Mapping[str, Handler],
        failures: Failures,
        unforeseen: Unforeseen,
        on_event: Callable[[JobEvent], None] | None,
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._failures = failures
        self._unforeseen = unforeseen
        self._on_event = on_event

    def do(self, jobs: Sequence[Job]) -> None:
        """Do jobs of one kind. A job whose lease was lost is left to whoever has taken it over."""
        for job in jobs:
            self._report(JobEvent(JobEventKind.STARTED, job))
        if len(jobs) == 1:
            self._alone(jobs[0])
            return
        try:
            left = self._together(jobs)
        except StoreError as error:
            _log.log(level_of(error), "%d jobs wait for their leases to run out: %s", len(jobs), error)
            return
        for number, job in enumerate(left):
            if self._alone_guarded(job) is JobEventKind.DELAYED:
                self._put_off(left[number + 1 :])
                return

    def _together(self, jobs: Sequence[Job]) -> list[Job]:
        """Do jobs in one call; return those that are left where it failed. Raises `StoreError`."""
        began = time.monotonic()
        left: list[Job] = []
        ended: Sequence[Job] = jobs
        if fault := self._handle(jobs):
            left = self._store.held(jobs)
            _log.info("%d of %d jobs are done one by one: %s", len(left), len(jobs), fault)
            # A lost lease says nothing of those that are no longer held: they have ended, or were taken over.
            lost = isinstance(fault, LeaseLostError)
            ended = [] if lost else [job for job in jobs if job not in left]
        seconds = (time.monotonic() - began) / len(jobs)
        for job in ended:
            self._failures.succeeded(job)
            self._report(JobEvent(JobEventKind.FINISHED, job, seconds))
        return left

    def _alone_guarded(self, job: Job) -> JobEventKind | None:
        outcomes: list[JobEventKind | None] = [None]
        self._unforeseen.step(lambda: outcomes.append(self._alone(job)), f"ending job {job.job_id} failed")
        return outcomes[-1]

    def _alone(self, job: Job) -> JobEventKind | None:
        """Do one job and end its attempt; return what became of it, or None where that cannot be said."""
        try:
            return self._attempt(job)
        except LeaseLostError as error:
            _log.debug("a result was dropped: %s", error)
        except StoreError as error:
            _log.log(level_of(error), "job %d waits for its lease to run out: %s", job.job_id, error)
        return None

    def _attempt(self, job: Job) -> JobEventKind:
        began = time.monotonic()
        kind, error = JobEventKind.FINISHED, ""
        fault = self._handle([job])
        if fault is None:
            self._failures.succeeded(job)
        elif isinstance(fault, LeaseLostError):
            raise fault
        elif isinstance(fault, TwolaneError):
            kind, error = self._failures.end(job, fault), fault.what
        else:
            self._unforeseen.count(f"job {job.job_id} ({job.kind} {job.key}) failed", fault)
            error = f"{type(fault).__name__}: {fault}"
            kind = self._failures.end_unexpected(job, error)
        self._report(JobEvent(kind, job, time.monotonic() - began, error))
        return kind

    def _handle(self, jobs: Sequence[Job]) -> BaseException | None:
        """Let the handler do jobs and end what it leaves; return what failed."""
        try:
            self._handlers[jobs[0].kind](jobs)
            if left := self._store.held(jobs):
                with self._store.finishing(*left):
                    pass
        # BaseException: a library may end its thread, or panic in Rust; that is a failed attempt as well
        except BaseException as fault:  # noqa: BLE001 - the worker's loop: logged, counted and tried again
            return fault
        return None

    def _put_off(self, jobs: Sequence[Job]) -> None:
        """Give back jobs that were not tried, since what they need is not there."""
        for job in jobs:
            self._unforeseen.step(partial(self._release, job), f"giving job {job.job_id} back failed")

    def _release(self, job: Job) -> None:
        try:
            self._store.release(job)
        except StoreError as error:
            _log.log(level_of(error), "job %d waits for its lease to run out: %s", job.job_id, error)
        else:
            self._report(JobEvent(JobEventKind.DELAYED, job))

    def _report(self, event: JobEvent) -> None:
        if (on_event := self._on_event) is not None:
            self._unforeseen.step(lambda: on_event(event), "reporting a job failed")
