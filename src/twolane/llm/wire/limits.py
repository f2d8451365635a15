"""The limits that a lane's client keeps, because servers do not: concurrent requests, waiting, and time."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from twolane import cancel
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelBusyError, ModelError, ModelTimeoutError


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """The time limits of one request, in seconds; each is named like its setting."""

    first_token_timeout_s: float
    between_tokens_timeout_s: float
    total_timeout_s: float

    @classmethod
    def of(cls, settings: LaneSettings) -> TimeLimits:
        return cls(
            settings.first_token_timeout_s, settings.between_tokens_timeout_s, settings.total_timeout_s
        )

    @classmethod
    def whole(cls, seconds: float) -> TimeLimits:
        """Return one limit for an answer that comes in one piece."""
        return cls(seconds, seconds, seconds)

    @property
    def begin_s(self) -> float:
        return min(self.first_token_timeout_s, self.total_timeout_s)


def timeout_error(setting: str, limits: TimeLimits, model: str, where: str) -> ModelTimeoutError:
    """Return the error for a limit that passed, naming the setting that holds it."""
    seconds = getattr(limits, setting)
    what = {
        "first_token_timeout_s": "did not begin to answer within",
        "between_tokens_timeout_s": "paused in the middle of an answer for",
        "total_timeout_s": "did not finish its answer within",
    }[setting]
    return ModelTimeoutError(
        f"The model {model} at {where} {what} {seconds:g} s",
        f"raise {setting} of this lane, use a smaller model, or give it less to do at once",
    )


class StreamTimer:
    """Cuts one answer off when a time limit passes, whatever the server sends or does not send.

    It is a thread, because a read can be bounded only by one fixed pause, and neither keep-alive lines nor a
    slow trickle of text may block a lane for ever. `passed` names the setting whose limit passed.
    """

    def __init__(self, limits: TimeLimits, started: float, cut: Callable[[], None]) -> None:
        self.passed = ""
        self._limits = limits
        self._cut = cut
        self._over = threading.Event()
        self._end = started + limits.total_timeout_s
        self._step = "first_token_timeout_s"
        self._step_end = started + limits.first_token_timeout_s
        self._is_reading = True
        threading.Thread(target=self._run, name="twolane-timer", daemon=True).start()

    def waiting(self) -> None:
        """Note that the reader waits for the server."""
        if not self._is_reading:
            self._is_reading = True
            self._step_end = time.monotonic() + self._limits.between_tokens_timeout_s

    def received(self) -> None:
        """Note that a piece came; until `waiting`, the time is the reader's and not the server's."""
        self._step = "between_tokens_timeout_s"
        self._is_reading = False

    def close(self) -> None:
        self._over.set()

    def _run(self) -> None:
        while True:
            now = time.monotonic()
            step_end = self._step_end if self._is_reading else math.inf
            left_s = min(self._end, step_end) - now
            if left_s <= 0:
                self.passed = "total_timeout_s" if self._end <= now else self._step
                self._cut()
                return
            # A piece may come while this sleeps, so it never sleeps longer than the pause allowed after one.
            if self._over.wait(min(left_s, self._limits.between_tokens_timeout_s)):
                return


@dataclass(slots=True, eq=False)
class _Caller:
    """A request that waits; `has_slot` says that a slot was handed over to it."""

    woken: threading.Event
    has_slot: bool = False


class ConcurrencyLimit:
    """Lets `concurrency` requests run at once and `max_waiting` wait, in the order in which they came.

    `ahead` of those that may wait do so at the server, so that it has its next request when it ends one.
    """

    def __init__(self, settings: LaneSettings, ahead: int = 0) -> None:
        ahead = min(ahead, settings.max_waiting)
        self._settings = settings
        self._lock = threading.Lock()
        self._free = settings.concurrency + ahead
        self._max_waiting = settings.max_waiting - ahead
        self._queue: deque[_Caller] = deque()
        self._closed = False

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one slot.

        Raises `ModelBusyError` at once where too many wait already, `ModelTimeoutError` where none came
        free within `first_token_timeout_s`, and `ModelError` once it is closed. Who is awaited by nobody any
        more leaves at once.
        """
        waiter = self._enter()
        try:
            if waiter:
                self._wait(waiter)
            yield
        finally:
            self._leave(waiter)

    def close(self) -> None:
        """Refuse all new and all waiting requests; those under way go on."""
        with self._lock:
            self._closed = True
            while self._queue:
                self._queue.popleft().woken.set()

    def _enter(self) -> _Caller | None:
        """Take a free slot (None), or a place in the queue."""
        with self._lock:
            if self._closed:
                raise self._closed_error()
            if self._free > 0:
                self._free -= 1
                return None
            if len(self._queue) >= self._max_waiting:
                raise ModelBusyError(
                    f"The lane of {self._settings.model} is full: {self._settings.concurrency} under way, "
                    f"{self._settings.max_waiting} waiting",
                    "try again later, or raise concurrency or max_waiting of this lane",
                )
            waiter = _Caller(threading.Event())
            self._queue.append(waiter)
            return waiter

    def _wait(self, waiter: _Caller) -> None:
        seconds = self._settings.first_token_timeout_s
        work = cancel.current()
        with work.calling(waiter.woken.set):
            waiter.woken.wait(seconds)
        with self._lock:
            if waiter.has_slot:
                return
            work.check()
            if self._closed:
                raise self._closed_error()
        raise ModelTimeoutError(
            f"The model {self._settings.model} was busy with other requests for {seconds:g} s",
            "raise first_token_timeout_s or concurrency of this lane",
        )

    def _leave(self, waiter: _Caller | None) -> None:
        """Hand the slot on; a request that gave up waiting, for whatever reason, only leaves the queue."""
        with self._lock:
            if waiter and not waiter.has_slot:
                if waiter in self._queue:
                    self._queue.remove(waiter)
            elif self._queue:
                following = self._queue.popleft()
                following.has_slot = True
                following.woken.set()
            else:
                self._free += 1

    def _closed_error(self) -> ModelError:
        return ModelError(f"The lane of {self._settings.model} is closed", "open it again to use it")
