"""What runs jobs: claims them, gives them to threads, keeps their leases alive, and ends each attempt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from twolane.jobs.base import Handler, JobEvent
from twolane.jobs.failures import LATE_S, Failures
from twolane.jobs.gate import Gate
from twolane.jobs.leases import Leases
from twolane.jobs.threads import JobThreads
from twolane.jobs.wakeups.base import Wakeups
from twolane.store.base import Jobs
from twolane.work import Job, Notification

MAX_PAUSE_S = 30.0
_SOON_S = 0.02
_STALE = 100


class Worker:
    """Runs jobs of the handlers' kinds in `threads` threads, each job under a lease of `lease_s`.

    A handler writes its result within `store.finishing(job)`, which ends the job; where it returns without,
    the worker ends it. A job whose last worker vanished runs alone in this process, whose workers share one
    `gate`, so that it cannot take innocent neighbours with it again. `Failures` says what becomes of a job
    that fails. `on_event` is called from the threads; what it raises is logged, and fails no job.

    For each notification that arrives while a thread is free, it claims a job, and acknowledges the
    notification once the job is leased. After each job, and every `wakeups.poll_s`, it also looks into the
    store without a notification, for as long as it finds something. So a job whose notification was lost,
    that failed a while ago or whose worker vanished is found by any worker that has time.
    """

    def __init__(
        self,
        store: Jobs,
        handlers: Mapping[str, Handler],
        *,
        wakeups: Wakeups,
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
        late_s: float = LATE_S,
    ) -> None:
        self._store = store
        self._handlers = dict(handlers)
        self._wakeups = wakeups
        self._listener = wakeups.listen(handlers.keys())
        self.name, self._gate = name, gate or Gate()
        self._grace_s, self._poll_s = grace_s, poll_s
        self._first_pause_s, self._longest_pause_s = first_pause_s, longest_pause_s
        self._leases = Leases(store, self._gate, worker=name, lease_s=lease_s, poll_s=poll_s)
        self._failures = Failures(
            store,
            patience_s=patience_s,
            first_pause_s=first_pause_s,
            longest_pause_s=longest_pause_s,
            late_s=late_s,
        )
        self._threads = JobThreads(
            store,
            self._handlers,
            self._leases,
            self._failures,
            count=threads,
            name=name,
            beat_s=lease_s / 3,
            pause_s=first_pause_s,
            on_event=on_event,
            on_end=wakeups.wake,
        )
        # 0 looks at once: jobs that were queued before this worker began are not notified again.
        self._look_at = 0.0
        self._found_unnotified = 0  # jobs that were found by looking since nothing was due
        self.trouble = ""  # why looking for jobs failed unexpectedly just now

    @property
    def dead(self) -> int:
        """How many of its threads have died, where it has not ended."""
        return self._threads.dead

    @property
    def unexpected_errors(self) -> int:
        """How many errors nobody foresaw: each is in the log."""
        return self._threads.unexpected_errors

    @property
    def is_idle(self) -> bool:
        """Whether it has looked, found nothing due, and waits for a notification."""
        return bool(self._look_at)

    def run(self, stop: threading.Event, *, until: Callable[[], bool] | None = None) -> None:
        """Do jobs until `stop` is set, or until there is nothing to claim or finish and `until()` holds.

        Running jobs may end within `grace_s`; what is left then, or was never started, is given back without
        counting the attempt. A worker runs once.
        """
        self._threads.start()
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
            self._leases.watch()
            if until is not None and self.is_idle and not len(self._leases) and until():
                return
            self.trouble = self._threads.guarded(lambda: self._look(stop), "looking for jobs failed")
            if self.trouble:
                self._leases.give_back_unstarted()
                pause_s = min(self._longest_pause_s, pause_s * 2 or self._first_pause_s)
                stop.wait(pause_s)
            else:
                pause_s = 0.0

    def _look(self, stop: threading.Event) -> None:
        free = self._threads.living - len(self._leases)
        # A kind that an outage holds up is not listened for: its notifications go to other workers.
        kinds = self._handlers.keys() - self._failures.paused(self._handlers.keys())
        if free > 0 and kinds:
            for call in self._calls(free):
                self._claim_for(call, kinds, stop)
        # Most jobs that end this soon are followed by others: the server need not know of so short a pause.
        elif not self._leases.wait(min(_SOON_S, self._poll_s)):
            self._listener.receive(0, 0)
            self._leases.wait(self._poll_s)

    def _calls(self, free: int) -> Sequence[Notification | None]:
        """Wait for reasons to claim a job: notifications, or None where it is time to look without one."""
        wait_s = self._look_at - time.monotonic()
        return self._listener.receive(free, min(wait_s, self._poll_s)) if wait_s > 0 else [None]

    def _claim_for(self, call: Notification | None, kinds: Collection[str], stop: threading.Event) -> None:
        with self._gate.passing(stop) as passed:
            if not passed:
                return  # the notification was not acknowledged: it goes to another worker
            job = self._leases.claim(kinds)
            if call is not None:
                self._listener.acknowledge([call])
            if job is not None and job.suspect:
                self._start(job, stop)  # within the gate, so that nobody claims anything meanwhile
        if job is not None:
            self._found_unnotified += call is None
            self._look_at = 0.0  # more may be due: look again at once
            if not job.suspect:
                self._start(job, stop)
        elif not self._acknowledge_stale(stop):
            self._look_at = time.monotonic() + self._wakeups.poll_s

    def _acknowledge_stale(self, stop: threading.Event) -> bool:
        """Acknowledge notifications of jobs that were found by looking; say whether to look once more."""
        found, self._found_unnotified = self._found_unnotified, 0
        stale = 0
        while found and not stop.is_set() and (received := self._listener.receive(_STALE, 0)):
            self._listener.acknowledge(received)
            stale += len(received)
        return stale > 0

    def _start(self, job: Job, stop: threading.Event) -> None:
        """Give a job to a thread, alone in the process or the worker if it must be; then wait for its end."""
        alone = job.job_id in self._failures.rerun_alone
        if job.suspect:
            ready = self._gate.wait_alone(job.lease, stop)
        else:
            ready = not alone or self._leases.wait_until(lambda: len(self._leases) == 1, stop)
        if not ready:
            self._give_back(job, delay_s=0.0 if stop.is_set() else self._gate.quiet_s)
            return
        self._failures.rerun_alone.discard(job.job_id)
        self._leases.started()
        self._threads.put(job)
        if job.suspect or alone:
            self._leases.wait_until(lambda: not len(self._leases), stop)

    def _give_back(self, job: Job, *, delay_s: float) -> None:
        self._leases.give_back(job, delay_s=delay_s)
        self._wakeups.wake()

    def _wind_down(self) -> None:
        self._leases.give_back_unstarted()
        try:
            self._leases.wait_until(lambda: not len(self._leases), timeout_s=self._grace_s)
        finally:  # also where a second Ctrl-C ends the grace
            left = self._leases.give_back_all()
            self._wakeups.wake()
            self._listener.close()
            self._threads.stop(timeout_s=0.1 if left else None)
