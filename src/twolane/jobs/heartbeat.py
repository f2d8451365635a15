"""Which processes work: each records in the store every few seconds that it is there and what it does."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from dataclasses import asdict
from types import TracebackType
from typing import Self

from twolane.errors import StoreError
from twolane.jobs.base import WorkerRecord
from twolane.outages import level_of
from twolane.store.base import Memory, Registry

BEAT_S = 10.0
SILENT_S = 35.0  # three beats, and a little for clocks that differ
AHEAD_S = 3600.0  # what is dated further ahead was written by a clock that was wrong
_KEY = "worker "
_FORGOTTEN_S = 86_400.0

_log = logging.getLogger(__name__)


def workers(store: Memory, *, now: float | None = None) -> list[WorkerRecord]:
    """List the processes that wrote a heartbeat lately, by name."""
    at = time.time() if now is None else now
    records = [_record(text) for text in store.recall_all(_KEY).values()]
    alive = (one for one in records if one and -AHEAD_S < at - one.seen_at <= SILENT_S)
    return sorted(alive, key=lambda record: record.name)


class Heartbeat:
    """Writes a heartbeat of this process until it is closed, from a thread of its own.

    Where the store cannot be written just now, the next beat tries again. The record of a process that died
    is deleted a day later, when another process ends.
    """

    def __init__(self, store: Registry, *, lane: str, threads: int) -> None:
        self._store = store
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self._lane = lane
        self._threads = threads
        self._done = 0
        self._started_at = time.time()
        self._draining = False
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._beat()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def count(self, jobs: int) -> None:
        """Count jobs that were done; read by the next beat."""
        with self._lock:
            self._done += jobs

    def drain(self) -> None:
        """Record that this process takes no more jobs."""
        self._draining = True
        self._beat()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take the record away; safe to call twice."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._thread.join()
        self._write("")

    def _run(self) -> None:
        while not self._stop.wait(BEAT_S):
            self._beat()

    def _beat(self) -> None:
        record = WorkerRecord(
            self._name,
            self._lane,
            self._threads,
            self._started_at,
            time.time(),
            self._done,
            self._draining,
        )
        self._write(json.dumps(asdict(record)))

    def _write(self, text: str) -> None:
        try:
            with self._store.writing() as write:
                write.remember(_KEY + self._name, text)
                if not text:
                    for key in _dead(self._store):
                        write.remember(key, "")
        except StoreError as error:
            _log.log(level_of(error), "the heartbeat of this worker was not written: %s", error)


def _dead(store: Memory) -> list[str]:
    """Name the keys of processes that have been silent for a day."""
    now = time.time()
    records = {key: _record(text) for key, text in store.recall_all(_KEY).items()}
    return [key for key, one in records.items() if one is None or abs(now - one.seen_at) > _FORGOTTEN_S]


def _record(text: str) -> WorkerRecord | None:
    try:
        return WorkerRecord(**json.loads(text))
    except (ValueError, TypeError):  # written by another version
        return None
