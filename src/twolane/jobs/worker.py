"""What runs jobs: claims them, gives them to threads, keeps their leases alive, and ends each attempt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from twolane.jobs.base import Handler, JobEvent
from twolane.jobs.batch_size import BATCH_S, BatchSize
from twolane.jobs.batches import Batches
from twolane.jobs.calls import Calls
from twolane.jobs.failures import LATE_S, Failures
from twolane.jobs.gate import Gate
from twolane.jobs.leases import Leases
from twolane.jobs.looks import Looks
from twolane.jobs.starts import Starts
from twolane.jobs.threads import JobThreads
from twolane.jobs.unforeseen import Unforeseen
from twolane.jobs.wakeups.base import Wakeups
from twolane.store.base import Jobs
from twolane.work import Notification

MAX_PAUSE_S = 30.0
_SOON_S = 0.02


class Worker:
    """Runs jobs of the handlers' kinds in `threads` threads, each job under a lease of `lease_s`.

    A thread gets at most `batch` jobs together: its share of what is due at that moment, and no more than it
    does in about `batch_s`; none of a kind that is not `ready`. A handler writes its results within
    `store.finishing(...)`, which ends the jobs; where it returns without, the worker ends them. A job whose
    last worker vanished runs alone in this process, whose workers share one `gate`, so that it cannot take
    innocent neighbours with it again. `Failures` says what becomes of a job that fails. `on_event` is called
    from the threads; what it raises is logged, and fails no job.

    For each notification that arrives while a thread is free, it claims, and acknowledges the notification
    once jobs are leased. It goes on claiming without one while the last claim has left others due. It also
    looks soon after a job has ended, and every `wakeups.poll_s`: so a job whose notification was lost, that
    failed a while ago or whose worker vanished is found by any worker that has time.
    """

    trouble = ""  # why looking for jobs failed unexpectedly just now

    def __init__(
        self,
        store: Jobs,
        handlers: Mapping[str, Handler],
        *,
        wakeups: Wakeups,
        threads: int,
        lease_s: float,
        name: str,
        batch: int = 1,
        batch_s: float = BATCH_S,
        ready: Mapping[str, Callable[[], bool]] | None = None,
        gate: Gate | None = None,
        on_event: Callable[[JobEvent], None] | None = None,
        grace_s: float = 30.0,
        patience_s: float = 120.0,
        poll_s: float = 0.5,
        first_pause_s: float = 0.5,
        longest_pause_s: float = MAX_PAUSE_S,
        late_s: float = LATE_S,
    ) -> None:
        self._store, self._kinds, self._ready = store, frozenset(handlers), ready or {}
        self._batch_size = BatchSize(batch, batch_s)
        self._wakeups, self._looks = wakeups, Looks(wakeups.poll_s)
        self._calls = Calls(wakeups.listen(handlers.keys()), self._looks.soon)
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
        self._unforeseen = Unforeseen()
        self._threads = JobThreads(
            Batches(store, dict(handlers), self._failures, self._unforeseen, on_event),
            self._leases,
            self._unforeseen,
            self._batch_size,
            count=threads,
            name=name,
            beat_s=lease_s / 3,
            pause_s=first_pause_s,
            on_end=self._on_end,
        )
        self._starts = Starts(self._gate, self._leases, self._failures, self._threads)

    @property
    def dead(self) -> int:
        """How many of its threads have died, where it has not ended."""
        return self._threads.dead

    @property
    def unexpected_errors(self) -> int:
        """How many errors nobody foresaw: each is in the log."""
        return self._unforeseen.unexpected_errors

    @property
    def is_idle(self) -> bool:
        """Whether it has looked, found nothing due, and waits for a notification."""
        return self._looks.waiting

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
            self._leases.bring_near()
            if until is not None and self.is_idle and not len(self._leases) and until():
                return
            self.trouble = self._unforeseen.step(lambda: self._look(stop), "looking for jobs failed")
            if self.trouble:
                self._leases.give_back_unstarted()
                pause_s = min(self._longest_pause_s, pause_s * 2 or self._first_pause_s)
                stop.wait(pause_s)
            else:
                pause_s = 0.0

    def _look(self, stop: threading.Event) -> None:
        free = self._threads.free
        if free > 0 and (kinds := self._open_kinds()):
            if (wait_s := self._looks.wait_s()) <= 0:
                self._claim(kinds, stop)
            else:
                self._claim_for(self._calls.receive(free, min(wait_s, self._poll_s)), kinds, stop)
        # Most jobs that end this soon are followed by others: the server need not know of so short a pause.
        elif not self._leases.wait(min(_SOON_S, self._poll_s)):
            self._calls.let_go()
            self._leases.wait(self._poll_s)

    def _open_kinds(self) -> Collection[str]:
        """Return the kinds whose jobs can be done now; the notifications of others go to other workers."""
        waiting = {kind for kind, ready in self._ready.items() if not ready()}
        if waiting == self._kinds:
            self._looks.at_once()  # what was notified of meanwhile has gone to others, or to nobody
        return self._kinds - waiting - self._failures.paused(self._kinds)

    def _claim_for(
        self, calls: Sequence[Notification], kinds: Collection[str], stop: threading.Event
    ) -> None:
        """Claim once for each notification, until nothing is due any more."""
        for number, call in enumerate(calls):
            if not self._claim(kinds, stop, call):
                self._calls.acknowledge(calls[number + 1 :])
                return

    def _claim(self, kinds: Collection[str], stop: threading.Event, call: Notification | None = None) -> bool:
        """Claim jobs and give them to a thread; return whether others may be due."""
        with self._gate.passing(stop) as passed:
            if not passed:
                return True  # the notification was not acknowledged: it goes to another worker
            self._looks.begin()
            claimed = self._leases.claim(kinds, limit=self._batch_size.jobs, among=self._threads.living)
            if call is not None:
                self._calls.acknowledge([call])
            suspect = any(job.suspect for job in claimed.jobs)
            if suspect:
                # within the gate, so that nobody claims anything meanwhile
                self._starts.suspect(claimed.jobs, stop)
        self._calls.claimed(claimed.jobs, call)
        self._looks.after(claimed)
        if not suspect:
            self._starts.start(claimed.jobs, stop)
        if not claimed.jobs and not claimed.more and self._calls.drain(stop):
            self._looks.at_once()
        return claimed.more

    def _on_end(self) -> None:
        self._looks.ended()
        self._wakeups.wake()

    def _wind_down(self) -> None:
        self._leases.give_back_unstarted()
        try:
            self._leases.wait_until(lambda: not len(self._leases), timeout_s=self._grace_s)
        finally:  # also where a second Ctrl-C ends the grace
            left = self._leases.give_back_all()
            self._wakeups.wake()
            self._calls.close()
            self._threads.stop(timeout_s=0.1 if left else None)
