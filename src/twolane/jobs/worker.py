"""What runs jobs: claims them, keeps their leases alive, and sorts failures by whose fault they are.

A failure of the job (a damaged file, a fault of ours) counts as an attempt. An outage of what every job of
its kind needs (a model server that restarts, a catalogue that is held) does not, for a while: the job goes
back and its kind pauses. Otherwise a restart of a server of ten seconds would quarantine every file. A model
that ran out of time is taken for an outage too, until others succeed where the same job is late again.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from twolane.errors import (
    BlobsError,
    ExtractError,
    LeaseLostError,
    ModelBusyError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
    StoreBusyError,
    StoreError,
    TwolaneError,
)
from twolane.jobs.base import Announcement, Handler, Job, Queue
from twolane.jobs.gate import Gate
from twolane.store.base import Store

OUTAGES = (ModelUnreachableError, ModelBusyError, ModelMissingError, StoreBusyError, BlobsError)
MAX_PAUSE_S = 30.0
# A job that ran out of time goes behind the others for about so long: if they succeed, it was its own fault.
_LATE_S = 30.0
# Where none can say, so many times are an attempt: a server that hangs for hours quarantines nothing.
_TIMES_LATE = 12
_SOON_S = 0.02
_STALE = 100

_log = logging.getLogger(__name__)


class JobEventKind(StrEnum):
    """What happened to a job."""

    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"  # and will be tried again
    PARKED = "parked"  # failed for good: its file is quarantined
    DELAYED = "delayed"  # given back: what its kind needs is not there just now


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One step in the life of a job, for progress bars and metrics."""

    kind: JobEventKind
    job: Job
    seconds: float = 0.0
    error: str = ""


@dataclass(slots=True)
class _Outage:
    """How long a kind of job pauses; `since` and `until` are seconds of the monotonic clock."""

    since: float
    until: float
    pause_s: float


@dataclass(frozen=True, slots=True)
class _Lateness:
    """How often a job ran out of time, and how many of its kind were `done` when it last did."""

    times: int
    done: int


class Worker:
    """Runs jobs of the handlers' kinds in `threads` threads, each job under a lease of `lease_s`.

    A handler writes its result within `store.finishing(job)`, which ends the job; where it returns without,
    the worker ends it. A job whose last worker vanished runs alone in this process, whose workers share one
    `gate`, so that it cannot take innocent neighbours with it again. An outage that lasts longer than
    `patience_s` counts as the jobs' own failure. `on_event` is called from the threads; what it raises is
    logged, and fails no job.

    It claims a job for an announcement that it hears while a thread is free, and takes the announcement off
    the queue when the row is leased. After each job, and every `queue.poll_s`, it looks unasked, and goes on
    for as long as it finds something: so what was never announced, was lost, failed a while ago or whose
    worker vanished is found by whoever has time, and no job waits for the queue's server.
    """

    def __init__(
        self,
        store: Store,
        handlers: Mapping[str, Handler],
        *,
        queue: Queue,
        threads: int,
        lease_s: float,
        name: str,
        gate: Gate | None = None,
        on_event: Callable[[JobEvent], None] | None = None,
        grace_s: float = 30.0,
        patience_s: float = 120.0,
        poll_s: float = 0.5,
        first_pause_s: float = 0.5,
        longest_pause_s: float = MAX_PAUSE_S,
        late_s: float = _LATE_S,
    ) -> None:
        self._store = store
        self._handlers = dict(handlers)
        self._queue = queue
        self._listener = queue.listen(handlers.keys())
        self._threads = self._living = threads  # of those that do jobs
        self._lease_s = lease_s
        self.name, self._gate = name, gate or Gate()
        self._on_event = on_event
        self._grace_s = grace_s
        self._patience_s = patience_s
        self._poll_s = poll_s
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._late_s = late_s
        self._lock = threading.Lock()
        # by lease: after a sleep of the machine, a job may be claimed again while its first run goes on
        self._held: dict[str, Job] = {}
        self._unstarted: Job | None = None  # claimed, and not given to a thread yet
        self._outages: dict[str, _Outage] = {}
        self._late: dict[int, _Lateness] = {}
        self._done: Counter[str] = Counter()
        self._alone_next: set[int] = set()
        self._wake = threading.Event()
        # at once: what was queued earlier is not announced again
        self._look_at = 0.0
        self._unasked = 0  # jobs that were found so since nothing was due
        self._ended = threading.Event()
        self._work: SimpleQueue[Job | None] = SimpleQueue()
        self._helpers: list[threading.Thread] = []
        self.unexpected_errors = 0
        self.trouble = ""  # why it could not look for jobs just now, where nobody foresaw that

    @property
    def dead(self) -> int:
        """How many of its threads have died, where it has not ended."""
        return 0 if self._ended.is_set() else sum(not helper.is_alive() for helper in self._helpers)

    def run(self, stop: threading.Event, *, until: Callable[[], bool] | None = None) -> None:
        """Do jobs until `stop` is set, or until there is nothing to claim or finish and `until()` holds.

        Running jobs may end within `grace_s`; what is left then, or was never started, is given back without
        counting the attempt. A worker runs once.
        """
        helpers = [
            threading.Thread(target=target, name=f"{self.name} {number}", daemon=True)
            for number, target in enumerate([*[self._do_jobs] * self._threads, self._beat])
        ]
        for helper in helpers:
            helper.start()
        self._helpers = helpers
        try:
            self._dispatch(stop, until)
        finally:
            self._wind_down()

    def run_until_idle(self, stop: threading.Event | None = None, *, roots: Sequence[Path] = ()) -> None:
        """Do jobs until none is left anywhere for the files at or under the roots (all by default)."""
        self.run(stop or threading.Event(), until=lambda: self._store.pending(roots).jobs == 0)

    # the dispatcher

    def _dispatch(self, stop: threading.Event, until: Callable[[], bool] | None) -> None:
        pause_s = 0.0
        while not stop.is_set():
            self._wake.clear()
            if until is not None and self._look_at and not self._held and until():
                return
            self.trouble = self._guarded(lambda: self._look(stop), "looking for jobs failed")
            if self.trouble:
                self._give_back_unstarted()
                pause_s = min(self._longest_pause_s, pause_s * 2 or self._first_pause_s)
                stop.wait(pause_s)
            else:
                pause_s = 0.0

    def _look(self, stop: threading.Event) -> None:
        free, kinds = self._living - len(self._held), self._open_kinds()
        if free > 0 and kinds:
            for call in self._calls(free):
                self._answer(call, kinds, stop)
        # most jobs that end so soon are followed by others: no need to tell the queue's server
        elif not self._wake.wait(min(_SOON_S, self._poll_s)):
            self._listener.receive(0, 0)
            self._wake.wait(self._poll_s)

    def _guarded(self, step: Callable[[], None], failed: str) -> str:
        """Take a step, and return what nobody foresaw, logged and counted, or "".

        A thread that such an error ends takes a part of the worker with it, and nobody would notice.
        """
        try:
            step()
        except Exception as fault:  # noqa: BLE001 - the worker's threads: logged, counted and gone on with
            self.unexpected_errors += 1
            _log.exception("%s unexpectedly", failed)
            return f"{failed}: {type(fault).__name__}: {fault}"
        return ""

    def _open_kinds(self) -> set[str]:
        """Return the kinds that no outage holds up: a worker that can do nothing hears nothing."""
        now = time.monotonic()
        with self._lock:
            paused = {kind for kind, outage in self._outages.items() if outage.until > now}
        return self._handlers.keys() - paused

    def _calls(self, free: int) -> Sequence[Announcement | None]:
        """Wait for calls to claim a job: announcements, or None where it is time to look unasked."""
        wait_s = self._look_at - time.monotonic()
        return self._listener.receive(free, min(wait_s, self._poll_s)) if wait_s > 0 else [None]

    def _answer(self, call: Announcement | None, kinds: Collection[str], stop: threading.Event) -> None:
        with self._gate.passing(stop) as ours:
            if not ours:
                return  # others hear it
            job = self._claim(kinds)
            if call is not None:
                self._listener.done([call])
            if job is not None and job.suspect:
                self._start(job, stop)  # in the gate: nobody claims anything meanwhile
        if job is not None:
            self._unasked += call is None
            self._look_at = 0.0  # there may be more: no need to wait until somebody says so
            if not job.suspect:
                self._start(job, stop)
        elif not self._forget_stale(stop):
            self._look_at = time.monotonic() + self._queue.poll_s

    def _forget_stale(self, stop: threading.Event) -> bool:
        """Take off what was announced of jobs that were found unasked; say whether to look once more."""
        found, self._unasked = self._unasked, 0
        stale = 0
        while found and not stop.is_set() and (heard := self._listener.receive(_STALE, 0)):
            self._listener.done(heard)
            stale += len(heard)
        return stale > 0

    def _claim(self, kinds: Collection[str]) -> Job | None:
        try:
            job = self._store.claim(kinds, self.name, self._lease_s)
        except StoreError as error:
            _log.warning("no job could be claimed: %s", error)
            return None
        if job is not None:
            self._gate.hold(job.lease)
            with self._lock:
                self._held[job.lease] = job
            self._unstarted = job
        return job

    def _start(self, job: Job, stop: threading.Event) -> None:
        """Give a job to a thread, alone in the process or the worker if it must be; then wait for its end."""
        again = job.job_id in self._alone_next
        if job.suspect:
            ready = self._gate.wait_alone(job.lease, stop)
        else:
            ready = not again or self._wait_until(lambda: len(self._held) == 1, stop)
        if not ready:
            self._give_back(job, delay_s=0.0 if stop.is_set() else self._gate.quiet_s)
            return
        self._alone_next.discard(job.job_id)
        self._unstarted = None
        self._work.put(job)
        if job.suspect or again:
            self._wait_until(lambda: not self._held, stop)

    def _wait_until(
        self, condition: Callable[[], bool], stop: threading.Event | None = None, timeout_s: float = math.inf
    ) -> bool:
        deadline = time.monotonic() + timeout_s
        while True:
            self._wake.clear()
            if condition():
                return True
            left_s = deadline - time.monotonic()
            if left_s <= 0 or (stop is not None and stop.is_set()):
                return False
            self._wake.wait(min(self._poll_s, left_s))

    def _wind_down(self) -> None:
        self._give_back_unstarted()
        try:
            self._wait_until(lambda: not self._held, timeout_s=self._grace_s)
        finally:  # a second Ctrl-C ends the grace
            with self._lock:
                left = list(self._held.values())
            for job in left:
                self._give_back(job)
            self._ended.set()
            self._listener.close()
            for _ in range(self._threads):
                self._work.put(None)
            for helper in self._helpers:
                helper.join(timeout=0.1 if left else None)

    def _give_back_unstarted(self) -> None:
        """Give back what was claimed and given to no thread: its lease would be kept for ever."""
        if self._unstarted is not None:
            self._give_back(self._unstarted)

    def _give_back(self, job: Job, *, delay_s: float = 0.0) -> None:
        try:
            self._store.release(job, delay_s=delay_s)
        except LeaseLostError:
            _log.debug("job %d has just ended", job.job_id)
        except StoreError as error:
            _log.warning("job %d waits for its lease to run out: %s", job.job_id, error)
        finally:
            self._drop(job)

    def _drop(self, job: Job) -> None:
        with self._lock:
            self._held.pop(job.lease, None)
            if self._unstarted is job:
                self._unstarted = None
        self._gate.drop(job.lease)
        self._wake.set()
        self._queue.wake()

    # the threads

    def _beat(self) -> None:
        while not self._ended.wait(self._lease_s / 3):
            self._guarded(self._extend_leases, "extending leases failed")

    def _extend_leases(self) -> None:
        with self._lock:
            held = list(self._held.values())
        for job in held:
            try:
                self._store.heartbeat(job, self._lease_s)
            except LeaseLostError:
                _log.debug("job %d has ended, or been taken over", job.job_id)
            except StoreError as error:
                _log.warning("the lease of job %d could not be extended: %s", job.job_id, error)

    def _do_jobs(self) -> None:
        while (job := self._work.get()) is not None:
            try:
                # Its attempt counts: else one whose failure cannot be written down would be tried for ever.
                if self._guarded(partial(self._try, job), f"ending job {job.job_id} failed"):
                    self._ended.wait(self._first_pause_s)
            except BaseException:
                with self._lock:  # before the job is dropped: this thread is given no other
                    self._living -= 1
                raise
            finally:
                self._drop(job)

    def _try(self, job: Job) -> None:
        try:
            self._do(job)
        except LeaseLostError as error:
            _log.debug("a result was dropped: %s", error)
        except StoreError as error:
            _log.warning("job %d waits for its lease to run out: %s", job.job_id, error)

    def _do(self, job: Job) -> None:
        began = time.monotonic()
        self._tell(JobEvent(JobEventKind.STARTED, job))
        try:
            self._handlers[job.kind](job)
            self._finish(job)
            kind, error = JobEventKind.FINISHED, ""
        except LeaseLostError:
            raise
        except ModelTimeoutError as late:
            kind, error = self._wait_or_fail(job, late), late.what
        except OUTAGES as outage:
            kind, error = self._delay(job, outage), outage.what
        except TwolaneError as fault:
            kind, error = self._fail(job, fault), fault.what
        # BaseException: a library may end its thread, or panic in Rust; that is a failed attempt as well
        except BaseException as fault:  # noqa: BLE001 - the worker's loop: logged, counted and tried again
            self.unexpected_errors += 1
            _log.exception("job %d (%s %s) failed unexpectedly", job.job_id, job.kind, job.key)
            error = f"{type(fault).__name__}: {fault}"
            kind = self._end_attempt(job, error, retry=True)
        self._tell(JobEvent(kind, job, time.monotonic() - began, error))

    def _finish(self, job: Job) -> None:
        try:
            with self._store.finishing(job):
                pass
        except LeaseLostError:
            _log.debug("job %d was ended by its handler, or taken over", job.job_id)
        with self._lock:
            self._outages.pop(job.kind, None)
            self._late.pop(job.job_id, None)
            self._done[job.kind] += 1

    def _wait_or_fail(self, job: Job, fault: ModelTimeoutError) -> JobEventKind:
        """Tell a server that hangs, which is an outage, from a job that takes too long."""
        with self._lock:
            last, done = self._late.get(job.job_id), self._done[job.kind]
            times = last.times + 1 if last else 1
            self._late[job.job_id] = _Lateness(times, done)
        if (last and done > last.done) or times % _TIMES_LATE == 0:
            return self._fail(job, fault)  # an attempt, of which it has as many as the settings say
        return self._delay(job, fault, self._late_s * random.uniform(0.5, 1.5))  # noqa: S311 - spreads jobs

    def _fail(self, job: Job, fault: TwolaneError) -> JobEventKind:
        # A reader may have died of its neighbours' memory or time: once more, alone, then it is the file.
        reader = isinstance(fault, ExtractError) and job.attempt == 1
        if reader:
            self._alone_next.add(job.job_id)
        reason = f"{fault.what} → {fault.remedy}" if fault.remedy else fault.what
        return self._end_attempt(job, reason, retry=fault.retryable or reader)

    def _end_attempt(self, job: Job, error: str, *, retry: bool) -> JobEventKind:
        again = self._store.fail(job, error, retry=retry)
        return JobEventKind.FAILED if again else JobEventKind.PARKED

    def _delay(self, job: Job, fault: TwolaneError, delay_s: float = 0.0) -> JobEventKind:
        now = time.monotonic()
        with self._lock:
            outage = self._outages.get(job.kind)
            if outage is None:
                outage = _Outage(now, now + self._first_pause_s, self._first_pause_s)
                self._outages[job.kind] = outage
            elif outage.until <= now and now - outage.since <= self._patience_s:
                outage.pause_s = min(self._longest_pause_s, outage.pause_s * 2)
                outage.until = now + outage.pause_s
            waited_s = now - outage.since
        if waited_s > self._patience_s:
            return self._fail(job, fault)
        _log.warning("%s jobs wait, since %.0f s: %s", job.kind, waited_s, fault)
        self._store.release(job, delay_s=delay_s)
        return JobEventKind.DELAYED

    def _tell(self, event: JobEvent) -> None:
        if (on_event := self._on_event) is not None:
            self._guarded(lambda: on_event(event), "telling of a job failed")
