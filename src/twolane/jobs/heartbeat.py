"""Which processes work: each records in the store every few seconds that it is there and what it does."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from importlib.metadata import version
from types import TracebackType
from typing import Self

from twolane.errors import StoreError
from twolane.jobs.base import JobEvent, JobEventKind, WorkerRecord
from twolane.jobs.rates import JobRates
from twolane.outages import level_of
from twolane.store.base import Registry

BEAT_S = 20.0
_FIRST_BEAT_S = 5.0  # so that it is soon known how fast it is
# Three beats and a little. All are dated by the store's clock: one that is dated as far ahead was written
# before that was set back, and who lives writes the next one soon.
SILENT_S = 65.0
_KEY = "worker "
_FORGOTTEN_S = 86_400.0
_FIELDS = tuple(one.name for one in fields(WorkerRecord))

_log = logging.getLogger(__name__)


def workers(store: Registry, *, now: float | None = None) -> list[WorkerRecord]:
    """List the processes that wrote a heartbeat lately, by name. Raises `StoreError`."""
    at = store.now() if now is None else now
    records = [_record(text) for text in store.recall_all(_KEY).values()]
    alive = (one for one in records if one and abs(at - one.seen_at) <= SILENT_S)
    return sorted(alive, key=lambda record: record.name)


class Heartbeat:
    """Writes a heartbeat of this process until it is closed, from a thread of its own.

    Where the store cannot be written just now, the next beat tries again. The record of a process that died
    is deleted a day later, when another process ends. `fault` says what keeps it from doing jobs, or "".
    """

    def __init__(
        self,
        store: Registry,
        *,
        lane: str,
        threads: int,
        concurrency: int = 0,
        fault: Callable[[], str] = str,
    ) -> None:
        self._store = store
        host = socket.gethostname()
        self._record = WorkerRecord(
            f"{host}:{os.getpid()}:{secrets.token_hex(2)}",
            lane,
            threads,
            started_at=0.0,
            seen_at=0.0,
            host=host,
            concurrency=concurrency,
            version=version("twolane"),
        )
        self._began = time.monotonic()
        self._done = 0
        self._rates = JobRates()
        self._delayed = ""
        self._fault = fault
        self._draining = False
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._beat()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def hear(self, event: JobEvent) -> None:
        """Take in what happened to a job; the next beat tells it."""
        self._rates.add(event)
        with self._lock:
            if event.kind is JobEventKind.FINISHED:
                self._done += 1
                self._delayed = ""
            elif event.kind is JobEventKind.DELAYED and event.error:
                self._delayed = event.error

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
        self._write(lambda: "")

    def _run(self) -> None:
        every_s = _FIRST_BEAT_S
        while not self._stop.wait(every_s):
            self._beat()
            every_s = BEAT_S

    def _beat(self) -> None:
        self._write(self._told)

    def _told(self) -> str:
        now = self._store.now()
        works_s = time.monotonic() - self._began  # whatever the clock was set to meanwhile
        record = replace(
            self._record,
            started_at=now - works_s,
            seen_at=now,
            done=self._done,
            draining=self._draining,
            rates=self._rates.now(),
            waits_for=self._fault() or self._delayed,
        )
        return json.dumps(asdict(record))

    def _write(self, tell: Callable[[], str]) -> None:
        try:
            text = tell()
            dead = () if text else _dead(self._store)
            with self._store.writing() as write:
                write.remember(_KEY + self._record.name, text)
                for key in dead:
                    write.remember(key, "")
        except StoreError as error:
            _log.log(level_of(error), "the heartbeat of this worker was not written: %s", error)


def _dead(store: Registry) -> list[str]:
    """Name the keys of processes that have been silent for a day."""
    now = store.now()
    records = {key: _record(text) for key, text in store.recall_all(_KEY).items()}
    return [key for key, one in records.items() if one is None or abs(now - one.seen_at) > _FORGOTTEN_S]


def _record(text: str) -> WorkerRecord | None:
    """Read a record that any version has written: what only a newer one knows is left out."""
    try:
        told = json.loads(text)
        return WorkerRecord(**{name: told[name] for name in _FIELDS if name in told})
    except (ValueError, TypeError):
        return None
