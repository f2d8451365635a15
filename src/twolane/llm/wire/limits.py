"""What a lane's client bounds by itself, because servers do not: requests under way, waiting, and time."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from twolane.config.settings import LaneSettings
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
        """One limit for an answer that comes in one piece."""
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


class Watch:
    """Cuts one answer off when a time limit passes, whatever the server sends or does not send.

    A thread of its own, because a read can be bounded only by one fixed pause, and neither keep-alive
    lines nor a slow trickle of text may hold a lane for ever. `passed` names the setting that passed.
    """

    def __init__(self, limits: TimeLimits, started: float, cut: Callable[[], None]) -> None:
        self.passed = ""
        self._limits = limits
        self._cut = cut
        self._over = threading.Event()
        self._end = started + limits.total_timeout_s
        self._step = "first_token_timeout_s"
        self._step_end = started + limits.first_token_timeout_s
        self._holding = False
        threading.Thread(target=self._run, name="twolane-watch", daemon=True).start()

    def waiting(self) -> None:
        """Say that the reader is waiting for the server."""
        if self._holding:
            self._holding = False
            self._step_end = time.monotonic() + self._limits.between_tokens_timeout_s

    def got(self) -> None:
        """Say that a piece came; until `waiting`, a slow reader is not held against the server."""
        self._step = "between_tokens_timeout_s"
        self._holding = True

    def close(self) -> None:
        self._over.set()

    def _run(self) -> None:
        while True:
            now = time.monotonic()
            step_end = math.inf if self._holding else self._step_end
            left_s = min(self._end, step_end) - now
            if left_s <= 0:
                self.passed = "total_timeout_s" if self._end <= now else self._step
                self._cut()
                return
            # A step may begin while this sleeps, so it never sleeps longer than the shortest step.
            if self._over.wait(min(left_s, self._limits.between_tokens_timeout_s)):
                return


@dataclass(slots=True, eq=False)
class _Turn:
    """One who waits; `granted` says that a place was handed over."""

    called: threading.Event
    granted: bool = False


class Gate:
    """Lets `concurrency` requests through at once and `max_waiting` wait, in the order in which they came."""

    def __init__(self, settings: LaneSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._free = settings.concurrency
        self._queue: deque[_Turn] = deque()
        self._closed = False

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one place.

        Raises `ModelBusyError` at once where too many wait already, `ModelTimeoutError` where none came
        free within `first_token_timeout_s`, and `ModelError` once the gate is closed.
        """
        turn = self._enter()
        try:
            if turn:
                self._wait(turn)
            yield
        finally:
            self._leave(turn)

    def close(self) -> None:
        """Refuse everything from now on, also what is waiting; what is under way goes on."""
        with self._lock:
            self._closed = True
            while self._queue:
                self._queue.popleft().called.set()

    def _enter(self) -> _Turn | None:
        """Take a free place (None), or a place in the queue."""
        with self._lock:
            if self._closed:
                raise self._closed_error()
            if self._free > 0:
                self._free -= 1
                return None
            if len(self._queue) >= self._settings.max_waiting:
                raise ModelBusyError(
                    f"The lane of {self._settings.model} is full: {self._settings.concurrency} under way, "
                    f"{len(self._queue)} waiting",
                    "try again later, or raise concurrency or max_waiting of this lane",
                )
            turn = _Turn(threading.Event())
            self._queue.append(turn)
            return turn

    def _wait(self, turn: _Turn) -> None:
        seconds = self._settings.first_token_timeout_s
        turn.called.wait(seconds)
        with self._lock:
            if turn.granted:
                return
            if self._closed:
                raise self._closed_error()
        raise ModelTimeoutError(
            f"The model {self._settings.model} was busy with other requests for {seconds:g} s",
            "raise first_token_timeout_s or concurrency of this lane",
        )

    def _leave(self, turn: _Turn | None) -> None:
        """Hand the place on; one who gave up waiting, for whatever reason, only leaves the queue."""
        with self._lock:
            if turn and not turn.granted:
                if turn in self._queue:
                    self._queue.remove(turn)
            elif self._queue:
                following = self._queue.popleft()
                following.granted = True
                following.called.set()
            else:
                self._free += 1

    def _closed_error(self) -> ModelError:
        return ModelError(f"The lane of {self._settings.model} is closed", "open it again to use it")
