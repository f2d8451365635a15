"""The workers of one process: a pool of threads for each kind of job, so that none holds up another."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twolane.jobs.base import Queue
from twolane.jobs.gate import Gate
from twolane.jobs.heartbeat import Heartbeat
from twolane.jobs.worker import Handler, JobEvent, JobEventKind, Worker
from twolane.store.base import Store


@dataclass(frozen=True, slots=True)
class Pool:
    """Which kind of job, what does it, and how many at once."""

    kind: str
    handler: Handler
    threads: int


class Pools:
    """Runs pools for a lane from when it is made until it is stopped, and tells the store that it does.

    A job that may have killed its last process runs alone in all of them. Running jobs may end within
    `grace_s` of the stop; the rest is given back. `on_event` is called from the threads; what it raises is
    logged.
    """

    def __init__(
        self,
        store: Store,
        queue: Queue,
        pools: Sequence[Pool],
        *,
        lane: str,
        lease_s: float,
        grace_s: float,
        on_event: Callable[[JobEvent], None] | None = None,
    ) -> None:
        self._queue = queue
        self._on_event = on_event
        self._stop = threading.Event()
        self._heartbeat = Heartbeat(store, lane=lane, threads=sum(pool.threads for pool in pools))
        self._gate = Gate()
        self._threads: list[threading.Thread] = []
        self._workers: list[Worker] = []
        for pool in pools:
            worker = Worker(
                store,
                {pool.kind: pool.handler},
                queue=queue,
                threads=pool.threads,
                lease_s=lease_s,
                name=pool.kind,
                gate=self._gate,
                on_event=self._told,
                patience_s=math.inf,
                grace_s=grace_s,
            )
            thread = threading.Thread(target=worker.run, args=(self._stop,), name=f"{pool.kind} worker")
            thread.start()
            self._threads.append(thread)
            self._workers.append(worker)

    def _told(self, event: JobEvent) -> None:
        self._heartbeat.count(event.kind is JobEventKind.FINISHED)
        if self._on_event is not None:
            self._on_event(event)

    @property
    def alive(self) -> int:
        """How many of the pools run."""
        return sum(thread.is_alive() for thread in self._threads)

    def dead(self) -> str:
        """Say which pools cannot do their jobs any more because threads of theirs have died, or ""."""
        if self.stopping:
            return ""
        told = []
        for thread, worker in zip(self._threads, self._workers, strict=True):
            if not thread.is_alive():
                told.append(f"the {worker.name} worker has ended unexpectedly")
            elif worker.dead:
                told.append(f"{worker.dead} of the {worker.name} worker's threads died")
        return f"{'; '.join(told)}: restart this process" if told else ""

    def fault(self) -> str:
        """Say what keeps a pool from doing jobs just now though it should, or ""."""
        return self.dead() or "; ".join(worker.trouble for worker in self._workers if worker.trouble)

    @property
    def stopping(self) -> bool:
        """Whether it takes no more jobs."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Let running jobs end, and give back the rest."""
        self._stop.set()
        self._queue.wake()
        self._gate.wake()
        self._heartbeat.drain()
        for thread in self._threads:
            thread.join()
        self._heartbeat.close()
