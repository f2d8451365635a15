"""The jobs that one worker has claimed: their leases are kept alive until each job ends or is given back."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Sequence

from twolane.errors import LeaseLostError, StoreError
from twolane.jobs.gate import Gate
from twolane.outages import level_of
from twolane.store.base import Jobs
from twolane.work import Claimed, Job

_NEAR_S = 60.0

_log = logging.getLogger(__name__)


class Leases:
    """Claims jobs for one worker and keeps their leases of `lease_s`; safe to use from several threads.

    Waits end at each change, and look at their condition at least every `poll_s`.
    """

    def __init__(self, store: Jobs, gate: Gate, *, worker: str, lease_s: float, poll_s: float) -> None:
        self._store = store
        self._gate = gate
        self._worker = worker
        self._lease_s = lease_s
        self._poll_s = poll_s
        self._lock = threading.Lock()
        # By lease and not by job: after the machine has slept, a job may be claimed again while its first run
        # still goes on.
        self._held: dict[str, Job] = {}
        self._unstarted: list[Job] = []
        self._changed = threading.Event()
        self._near_until = 0.0

    def __len__(self) -> int:
        return len(self._held)

    def claim(self, kinds: Collection[str], *, limit: int, among: int) -> Claimed:
        """Claim what is due of these kinds, as `Jobs.claim` does; nothing where the store cannot be asked."""
        try:
            claimed = self._store.claim(kinds, self._worker, self._lease_s, limit=limit, among=among)
        except StoreError as error:
            _log.log(level_of(error), "no job could be claimed: %s", error)
            return Claimed()
        for job in claimed.jobs:
            self._gate.hold(job.lease)
        with self._lock:
            self._held.update((job.lease, job) for job in claimed.jobs)
            self._unstarted = list(claimed.jobs)
        return claimed

    def bring_near(self) -> None:
        """Free what a clock that was ahead has put off, at first and then every minute."""
        if (now := time.monotonic()) < self._near_until:
            return
        self._near_until = now + _NEAR_S
        try:
            if jobs := self._store.bring_near():
                _log.warning("%d jobs had been put off by a clock that was ahead: they are due now", jobs)
        except StoreError as error:
            _log.log(level_of(error), "jobs put off by a clock that was ahead were not looked for: %s", error)

    def started(self, jobs: Sequence[Job]) -> None:
        """Note that a thread has been given these jobs of those that were claimed last."""
        with self._lock:
            self._unstarted = [job for job in self._unstarted if job not in jobs]

    def extend(self) -> None:
        """Extend every lease."""
        with self._lock:
            held = list(self._held.values())
        if not held:
            return
        try:
            self._store.heartbeat(held, self._lease_s)
        except StoreError as error:
            _log.log(level_of(error), "the leases of %d jobs could not be extended: %s", len(held), error)

    def give_back(self, jobs: Sequence[Job], *, delay_s: float = 0.0) -> None:
        """Queue jobs again that were not started, without counting the attempts."""
        for job in jobs:
            try:
                self._store.release(job, delay_s=delay_s)
            except LeaseLostError:
                _log.debug("job %d has just ended", job.job_id)
            except StoreError as error:
                _log.log(level_of(error), "job %d waits for its lease to run out: %s", job.job_id, error)
            finally:
                self.drop([job])

    def give_back_unstarted(self) -> None:
        """Give back what was claimed and given to no thread: else its lease is extended for ever."""
        self.give_back(self._unstarted)

    def give_back_all(self) -> int:
        """Give back every job, running or not; return their number."""
        with self._lock:
            left = list(self._held.values())
        self.give_back(left)
        return len(left)

    def drop(self, jobs: Sequence[Job]) -> None:
        """Forget jobs that have ended."""
        with self._lock:
            for job in jobs:
                self._held.pop(job.lease, None)
            self._unstarted = [job for job in self._unstarted if job not in jobs]
        for job in jobs:
            self._gate.drop(job.lease)
        self._changed.set()

    def watch(self) -> None:
        """Let the next `wait` end at a change from now on."""
        self._changed.clear()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a change since `watch`; False where there was none within the time."""
        return self._changed.wait(timeout_s)

    def wait_for(self, number: int, stop: threading.Event) -> bool:
        """Wait until no more jobs than this are held; False on a stop."""
        return self.wait_until(lambda: len(self._held) <= number, stop)

    def wait_until(
        self,
        condition: Callable[[], bool],
        stop: threading.Event | None = None,
        timeout_s: float = math.inf,
    ) -> bool:
        """Wait until a condition on the jobs holds; False on a stop or after the time."""
        deadline = time.monotonic() + timeout_s
        while True:
            self.watch()
            if condition():
                return True
            left_s = deadline - time.monotonic()
            if left_s <= 0 or (stop is not None and stop.is_set()):
                return False
            self.wait(min(self._poll_s, left_s))
