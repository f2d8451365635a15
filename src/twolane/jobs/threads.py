"""The threads of one worker: they run the handlers of jobs, and one more extends the leases."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from queue import SimpleQueue

from twolane.errors import LeaseLostError, StoreError, TwolaneError
from twolane.jobs.base import Handler, JobEvent, JobEventKind
from twolane.jobs.failures import Failures
from twolane.jobs.leases import Leases
from twolane.store.base import Jobs
from twolane.work import Job

_log = logging.getLogger(__name__)


class JobThreads:
    """Runs jobs in `count` threads that start with `start` and end with `stop`.

    `on_event` is called from the threads; what it raises is logged, and fails no job. `on_end` is called
    after each job, once its lease is dropped.
    """

    def __init__(
        self,
        store: Jobs,
        handlers: Mapping[str, Handler],
        leases: Leases,
        failures: Failures,
        *,
        count: int,
        name: str,
        beat_s: float,
        pause_s: float,
        on_event: Callable[[JobEvent], None] | None,
        on_end: Callable[[], None],
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._leases = leases
        self._failures = failures
        self._count = self.living = count
        self._name = name
        self._beat_s = beat_s
        self._pause_s = pause_s
        self._on_event = on_event
        self._on_end = on_end
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._work: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.unexpected_errors = 0

    @property
    def dead(self) -> int:
        """How many threads have died, where they were not stopped."""
        return 0 if self._ended.is_set() else sum(not thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Start the threads."""
        threads = [
            threading.Thread(target=target, name=f"{self._name} {number}", daemon=True)
            for number, target in enumerate([*[self._do_jobs] * self._count, self._extend_leases])
        ]
        for thread in threads:
            thread.start()
        self._threads = threads  # only now: `dead` counts those that do not run

    def put(self, job: Job) -> None:
        """Give a job to the next free thread."""
        self._work.put(job)

    def stop(self, *, timeout_s: float | None) -> None:
        """End the threads after their jobs; wait for each at most so long, without end by default."""
        self._ended.set()
        for _ in range(self._count):
            self._work.put(None)
        for thread in self._threads:
            thread.join(timeout=timeout_s)

    def guarded(self, step: Callable[[], None], failed: str) -> str:
        """Take a step; return the error that nobody foresaw, logged and counted, or "".

        An error that ended a thread would take a part of the worker with it, and nobody would notice.
        """
        try:
            step()
        except Exception as fault:  # noqa: BLE001 - the worker's threads: logged, counted and gone on with
            self.unexpected_errors += 1
            _log.exception("%s unexpectedly", failed)
            return f"{failed}: {type(fault).__name__}: {fault}"
        return ""

    def _extend_leases(self) -> None:
        while not self._ended.wait(self._beat_s):
            self.guarded(self._leases.extend, "extending leases failed")

    def _do_jobs(self) -> None:
        while (job := self._work.get()) is not None:
            try:
                # Its attempt counts: else one whose failure cannot be written down would be tried for ever.
                if self.guarded(partial(self._try, job), f"ending job {job.job_id} failed"):
                    self._ended.wait(self._pause_s)
            except BaseException:
                with self._lock:  # before the job is dropped, so that this thread is given no other
                    self.living -= 1
                raise
            finally:
                self._leases.drop(job)
                self._on_end()

    def _try(self, job: Job) -> None:
        try:
            self._do(job)
        except LeaseLostError as error:
            _log.debug("a result was dropped: %s", error)
        except StoreError as error:
            _log.warning("job %d waits for its lease to run out: %s", job.job_id, error)

    def _do(self, job: Job) -> None:
        began = time.monotonic()
        self._report(JobEvent(JobEventKind.STARTED, job))
        try:
            self._handlers[job.kind](job)
            self._finish(job)
            kind, error = JobEventKind.FINISHED, ""
        except LeaseLostError:
            raise
        except TwolaneError as fault:
            kind, error = self._failures.end(job, fault), fault.what
        # BaseException: a library may end its thread, or panic in Rust; that is a failed attempt as well
        except BaseException as fault:  # noqa: BLE001 - the worker's loop: logged, counted and tried again
            self.unexpected_errors += 1
            _log.exception("job %d (%s %s) failed unexpectedly", job.job_id, job.kind, job.key)
            error = f"{type(fault).__name__}: {fault}"
            kind = self._failures.end_unexpected(job, error)
        self._report(JobEvent(kind, job, time.monotonic() - began, error))

    def _finish(self, job: Job) -> None:
        try:
            with self._store.finishing(job):
                pass
        except LeaseLostError:
            _log.debug("job %d was ended by its handler, or taken over", job.job_id)
        self._failures.succeeded(job)

    def _report(self, event: JobEvent) -> None:
        if (on_event := self._on_event) is not None:
            self.guarded(lambda: on_event(event), "reporting a job failed")
