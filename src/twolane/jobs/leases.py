"""The jobs that one worker has claimed: their leases are kept alive until each job ends or is given back."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Collection

from twolane.errors import LeaseLostError, StoreError
from twolane.jobs.gate import Gate
from twolane.store.base import Jobs
from twolane.work import Job

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
        self._unstarted: Job | None = None
        self._changed = threading.Event()

    def __len__(self) -> int:
        return len(self._held)

    def claim(self, kinds: Collection[str]) -> Job | None:
        """Claim the next due job of these kinds; None where there is none, or the store cannot be asked."""
        try:
            job = self._store.claim(kinds, self._worker, self._lease_s)
        except StoreError as error:
            _log.warning("no job could be claimed: %s", error)
            return None
        if job is not None:
            self._gate.hold(job.lease)
            with self._lock:
                self._held[job.lease] = job
            self._unstarted = job
        return job

    def started(self) -> None:
        """Note that a thread has been given the job that was claimed last."""
        self._unstarted = None

    def extend(self) -> None:
        """Extend every lease."""
        with self._lock:
            held = list(self._held.values())
        for job in held:
            try:
                self._store.heartbeat(job, self._lease_s)
            except LeaseLostError:
                _log.debug("job %d has ended, or been taken over", job.job_id)
            except StoreError as error:
                _log.warning("the lease of job %d could not be extended: %s", job.job_id, error)

    def give_back(self, job: Job, *, delay_s: float = 0.0) -> None:
        """Queue a job again that was not started, without counting the attempt."""
        try:
            self._store.release(job, delay_s=delay_s)
        except LeaseLostError:
            _log.debug("job %d has just ended", job.job_id)
        except StoreError as error:
            _log.warning("job %d waits for its lease to run out: %s", job.job_id, error)
        finally:
            self.drop(job)

    def give_back_unstarted(self) -> None:
        """Give back the job that was claimed and given to no thread: else its lease is extended for ever."""
        if self._unstarted is not None:
            self.give_back(self._unstarted)

    def give_back_all(self) -> int:
        """Give back every job, running or not; return their number."""
        with self._lock:
            left = list(self._held.values())
        for job in left:
            self.give_back(job)
        return len(left)

    def drop(self, job: Job) -> None:
        """Forget a job that has ended."""
        with self._lock:
            self._held.pop(job.lease, None)
            if self._unstarted is job:
                self._unstarted = None
        self._gate.drop(job.lease)
        self._changed.set()

    def watch(self) -> None:
        """Let the next `wait` end at a change from now on."""
        self._changed.clear()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a change since `watch`; False where there was none within the time."""
        return self._changed.wait(timeout_s)

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
