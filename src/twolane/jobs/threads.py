"""The threads of one worker: they do batches of jobs, and one more extends the leases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue

from twolane.jobs.batch_size import BatchSize
from twolane.jobs.batches import Batches
from twolane.jobs.leases import Leases
from twolane.jobs.unforeseen import Unforeseen
from twolane.work import Job


class JobThreads:
    """Does batches of jobs in `count` threads that start with `start` and end with `stop`.

    `on_end` is called after each batch, once its leases are dropped.
    """

    def __init__(
        self,
        batches: Batches,
        leases: Leases,
        unforeseen: Unforeseen,
        batch_size: BatchSize,
        *,
        count: int,
        name: str,
        beat_s: float,
        pause_s: float,
        on_end: Callable[[], None],
    ) -> None:
        self._batches = batches
        self._leases = leases
        self._unforeseen = unforeseen
        self._batch_size = batch_size
        self._count = self.living = count
        self._busy = 0
        self._name = name
        self._beat_s = beat_s
        self._pause_s = pause_s
        self._on_end = on_end
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._work: SimpleQueue[Sequence[Job] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    @property
    def dead(self) -> int:
        """How many threads have died, where they were not stopped."""
        return 0 if self._ended.is_set() else sum(not thread.is_alive() for thread in self._threads)

    @property
    def free(self) -> int:
        """How many threads have nothing to do."""
        with self._lock:
            return self.living - self._busy

    def start(self) -> None:
        """Start the threads."""
        threads = [
            threading.Thread(target=target, name=f"{self._name} {number}", daemon=True)
            for number, target in enumerate([*[self._do_jobs] * self._count, self._extend_leases])
        ]
        for thread in threads:
            thread.start()
        self._threads = threads  # only now: `dead` counts those that do not run

    def put(self, jobs: Sequence[Job]) -> None:
        """Give a batch of jobs to the next free thread."""
        with self._lock:
            self._busy += 1
        self._work.put(jobs)

    def stop(self, *, timeout_s: float | None) -> None:
        """End the threads after their jobs; wait for each at most so long, without end by default."""
        self._ended.set()
        for _ in range(self._count):
            self._work.put(None)
        for thread in self._threads:
            thread.join(timeout=timeout_s)

    def _extend_leases(self) -> None:
        while not self._ended.wait(self._beat_s):
            self._unforeseen.step(self._leases.extend, "extending leases failed")

    def _do_jobs(self) -> None:
        while (jobs := self._work.get()) is not None:
            began = time.monotonic()
            try:
                # Attempts count: else a job whose failure cannot be written down would be tried for ever.
                failed = f"ending job {jobs[0].job_id} failed"
                if self._unforeseen.step(partial(self._batches.do, jobs), failed):
                    self._ended.wait(self._pause_s)
            except BaseException:
                with self._lock:  # before the jobs are dropped, so that this thread is given no others
                    self.living -= 1
                raise
            finally:
                self._batch_size.done(len(jobs), time.monotonic() - began)
                with self._lock:
                    self._busy -= 1
                self._leases.drop(jobs)
                self._on_end()
