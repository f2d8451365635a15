"""What becomes of a job that failed: whether the job is at fault, or an outage of what its kind needs.

A failure of the job (a damaged file, a fault of ours) counts as an attempt. An outage of what every job of
its kind needs (a model server that restarts, a store that is locked) does not, for a while: the job goes
back and its kind pauses. Otherwise a model server's restart of ten seconds would quarantine every file. A
model that ran out of time is taken for an outage too, until other jobs succeed where the same job times out
again.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from twolane.errors import (
    BlobsError,
    ExtractError,
    ExtractTimeoutError,
    ModelBusyError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
    StoreBusyError,
    TwolaneError,
)
from twolane.jobs.base import JobEventKind
from twolane.outages import level_of
from twolane.store.base import Jobs
from twolane.work import Job

OUTAGES = (ModelUnreachableError, ModelBusyError, ModelMissingError, StoreBusyError, BlobsError)
# A job that timed out is tried again after about so long, behind the others: if they succeed meanwhile, the
# timeout was its own fault.
LATE_S = 30.0
# Where no other job can say, so many timeouts count as one attempt: a server that hangs for hours must not
# quarantine files.
_TIMES_LATE = 12

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _KindOutage:
    """How long a kind of job pauses; `since` and `until` are seconds of the monotonic clock."""

    since: float
    until: float
    pause_s: float
    told: int  # the level at which the log has it


@dataclass(frozen=True, slots=True)
class _Lateness:
    """How often a job timed out, and how many jobs of its kind were `done` when it last did."""

    times: int
    done: int


class Failures:
    """Ends failed attempts of one worker's jobs; safe to use from several threads.

    Pauses grow from `first_pause_s` to `longest_pause_s`. An outage that lasts longer than `patience_s`
    counts as the jobs' own failure. `rerun_alone` holds the ids of jobs that must run without any other
    beside them in the worker when they are tried again.
    """

    def __init__(
        self,
        store: Jobs,
        *,
        patience_s: float,
        first_pause_s: float,
        longest_pause_s: float,
        late_s: float = LATE_S,
    ) -> None:
        self._store = store
        self._patience_s = patience_s
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._late_s = late_s
        self._lock = threading.Lock()
        self._outages: dict[str, _KindOutage] = {}
        self._late: dict[int, _Lateness] = {}
        self._done: Counter[str] = Counter()
        self.rerun_alone: set[int] = set()

    def paused(self, kinds: Collection[str]) -> set[str]:
        """Return the kinds that an outage holds up just now."""
        now = time.monotonic()
        with self._lock:
            return {kind for kind in kinds if kind in self._outages and self._outages[kind].until > now}

    def succeeded(self, job: Job) -> None:
        """Note that a job was done: what its kind needs is there."""
        with self._lock:
            outage = self._outages.pop(job.kind, None)
            self._late.pop(job.job_id, None)
            self._done[job.kind] += 1
        if outage:
            waited_s = time.monotonic() - outage.since
            _log.log(outage.told, "%s jobs go on, after %.0f s", job.kind, waited_s)

    def end(self, job: Job, fault: TwolaneError) -> JobEventKind:
        """End a failed attempt; return what became of the job. Raises `StoreError`."""
        if isinstance(fault, ModelTimeoutError):
            return self._timed_out(job, fault)
        if isinstance(fault, OUTAGES):
            return self._delay(job, fault)
        return self._fail(job, fault)

    def end_unexpected(self, job: Job, error: str) -> JobEventKind:
        """End an attempt that failed by an error outside our tree. Raises `StoreError`."""
        return self._end_attempt(job, error, retry=True)

    def _timed_out(self, job: Job, fault: ModelTimeoutError) -> JobEventKind:
        """Tell a server that hangs, which is an outage, from a job that takes too long."""
        with self._lock:
            last, done = self._late.get(job.job_id), self._done[job.kind]
            times = last.times + 1 if last else 1
            self._late[job.job_id] = _Lateness(times, done)
        if (last and done > last.done) or times % _TIMES_LATE == 0:
            return self._fail(job, fault)
        return self._delay(job, fault, self._late_s * random.uniform(0.5, 1.5))  # noqa: S311 - spreads jobs

    def _fail(self, job: Job, fault: TwolaneError) -> JobEventKind:
        # The reader's process may have died of its neighbours' use of memory: the file is read once more,
        # alone, before it is to blame. Of its own processor time no neighbour takes any.
        reader = (
            isinstance(fault, ExtractError)
            and not isinstance(fault, ExtractTimeoutError)
            and job.attempt == 1
        )
        if reader:
            self.rerun_alone.add(job.job_id)
        reason = f"{fault.what} → {fault.remedy}" if fault.remedy else fault.what
        return self._end_attempt(job, reason, retry=fault.retryable or reader)

    def _end_attempt(self, job: Job, error: str, *, retry: bool) -> JobEventKind:
        again = self._store.fail(job, error, retry=retry)
        return JobEventKind.FAILED if again else JobEventKind.PARKED

    def _delay(self, job: Job, fault: TwolaneError, delay_s: float = 0.0) -> JobEventKind:
        now = time.monotonic()
        with self._lock:
            outage = self._outages.get(job.kind)
            is_new = outage is None
            if outage is None:
                outage = _KindOutage(now, now + self._first_pause_s, self._first_pause_s, level_of(fault))
                self._outages[job.kind] = outage
            elif outage.until <= now and now - outage.since <= self._patience_s:
                outage.pause_s = min(self._longest_pause_s, outage.pause_s * 2)
                outage.until = now + outage.pause_s
            waited_s = now - outage.since
        if waited_s > self._patience_s:
            return self._fail(job, fault)
        level = level_of(fault) if is_new else logging.DEBUG
        _log.log(level, "%s jobs wait, since %.0f s: %s", job.kind, waited_s, fault)
        self._store.release(job, delay_s=delay_s)
        return JobEventKind.DELAYED
