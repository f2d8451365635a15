"""The workers of one process: pools of threads for their steps, so that none holds up another."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from twolane.jobs.base import JobEvent, Step, WorkerRecord
from twolane.jobs.gate import Gate
from twolane.jobs.heartbeat import Heartbeat, workers
from twolane.jobs.wakeups.base import Wakeups
from twolane.jobs.worker import Worker
from twolane.store.base import Jobs, Registry


class Worked(Jobs, Registry, Protocol):
    """What workers need of the store."""


class Pools:
    """Runs the pools of some steps until `stop`, and records in the store that this process works.

    A job that may have killed its last process runs alone in all of them. Running jobs may end within
    `grace_s` of the stop; the rest is given back. `on_event` is called from the threads; what it raises is
    logged. `beside` is done once in a thread of its own; it is given what says that it should end early.
    """

    def __init__(
        self,
        store: Worked,
        wakeups: Wakeups,
        steps: Sequence[Step],
        *,
        lease_s: float,
        grace_s: float,
        on_event: Callable[[JobEvent], None] | None = None,
        beside: Callable[[Callable[[], bool]], None] | None = None,
    ) -> None:
        self._wakeups = wakeups
        self._on_event = on_event
        self._stop = threading.Event()
        lanes = ", ".join(dict.fromkeys(step.lane for step in steps))
        pools: dict[str, list[Step]] = {}
        for step in steps:
            pools.setdefault(step.pool or step.kind, []).append(step)
        threads = {name: max(step.threads for step in pool) for name, pool in pools.items()}
        concurrency = max((step.threads for step in steps if step.decides), default=0)
        self._running: list[tuple[Worker, threading.Thread]] = []
        self._heartbeat = Heartbeat(
            store, lane=lanes, threads=sum(threads.values()), concurrency=concurrency, fault=self.fault
        )
        self._gate = Gate()
        self._beside = threading.Thread(target=beside, args=(self._stop.is_set,), name="beside workers")
        for name, pool in pools.items():
            worker = Worker(
                store,
                {step.kind: step.handler for step in pool},
                wakeups=wakeups,
                threads=threads[name],
                batch=max(step.batch for step in pool),
                ready={step.kind: step.ready for step in pool if step.ready},
                lease_s=lease_s,
                name=name,
                gate=self._gate,
                on_event=self._on_job,
                patience_s=math.inf,
                grace_s=grace_s,
            )
            thread = threading.Thread(target=worker.run, args=(self._stop,), name=f"{name} worker")
            thread.start()
            self._running.append((worker, thread))
        self._beside.start()

    def _on_job(self, event: JobEvent) -> None:
        self._heartbeat.hear(event)
        if self._on_event is not None:
            self._on_event(event)

    @property
    def alive(self) -> int:
        """How many of the pools run."""
        return sum(thread.is_alive() for _, thread in self._running)

    def dead(self) -> str:
        """Say which pools cannot do their jobs any more because threads of theirs have died, or ""."""
        if self.stopping:
            return ""
        problems = []
        for worker, thread in self._running:
            if not thread.is_alive():
                problems.append(f"the {worker.name} worker has ended unexpectedly")
            elif worker.dead:
                problems.append(f"{worker.dead} of the {worker.name} worker's threads died")
        return f"{'; '.join(problems)}: restart this process" if problems else ""

    def fault(self) -> str:
        """Say what keeps a pool from doing jobs just now though it should, or ""."""
        return self.dead() or "; ".join(worker.trouble for worker, _ in self._running if worker.trouble)

    @property
    def stopping(self) -> bool:
        """Whether it takes no more jobs."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Let running jobs end, and give back the rest."""
        self._stop.set()
        self._wakeups.wake()
        self._gate.wake()
        self._heartbeat.drain()
        for _, thread in self._running:
            thread.join()
        self._beside.join()
        self._heartbeat.close()


class Workers:
    """This process's workers, which run between `start` and `stop`; safe to use from several threads.

    `open_pools` is given what wants to hear of each event; `paused` says whether filing lets
    somebody go first.
    """

    def __init__(
        self,
        open_pools: Callable[[Callable[[JobEvent], None] | None], Pools],
        wakeups: Wakeups,
        store: Worked,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._open_pools = open_pools
        self._wakeups = wakeups
        self._store = store
        self._paused = paused
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._pools: Pools | None = None

    def start(self, on_event: Callable[[JobEvent], None] | None = None) -> None:
        """Start the pools, where none run.

        Each has threads of its own, so that a slow step holds up none of another pool. A job waits for as
        long as its model cannot be reached. `on_event` is called from the workers' threads; what it raises is
        logged.
        """
        with self._lock:
            if self._pools is None:
                self._stop.clear()
                self._pools = self._open_pools(on_event)

    def stop(self) -> None:
        """Let running jobs end, and give back the rest."""
        self._stop.set()
        with self._lock:
            if self._pools is not None:
                self._pools.stop()
            self._pools = None

    @property
    def stopping(self) -> bool:
        """Whether they are to end: long work is broken off."""
        return self._stop.is_set()

    def wait(self, timeout_s: float) -> None:
        """Wait for the given time, or until the workers are to end."""
        self._stop.wait(timeout_s)

    @property
    def alive(self) -> int:
        """How many pools run."""
        pools = self._pools
        return pools.alive if pools else 0

    def everywhere(self) -> list[WorkerRecord]:
        """List the processes that work, on whatever machine. Raises `StoreError`."""
        return workers(self._store)

    def waits_for(self) -> str:
        """Say what this process's jobs wait for just now, or ""."""
        if self._paused():
            return "a question is answered first"
        pools = self._pools
        return pools.fault() if pools else ""

    @property
    def poll_s(self) -> float:
        """How long a job may wait in the store when its notification was lost."""
        return self._wakeups.poll_s

    def queue_fault(self) -> str:
        """Say what is wrong with the server of the wake-ups, or ""."""
        return self._wakeups.fault()

    def readiness(self) -> str:
        """Say why this process does not do jobs just now, or "", in words that name no file and no folder.

        Raises `StoreError`.
        """
        self._store.recall("ready")
        pools = self._pools
        if pools is None:
            return "no workers run"
        if pools.stopping:
            return "draining"
        return pools.dead() or ("jobs cannot be looked for: the log says why" if pools.fault() else "")

    def liveness(self) -> str:
        """Say why only a restart helps this process's workers, or ""; asks nothing of anybody."""
        pools = self._pools
        return pools.dead() if pools else ""
