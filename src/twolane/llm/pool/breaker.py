"""The circuit breaker of one model server: closed, open after failures with a growing pause, half-open."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from twolane.errors import ModelError

State = Literal["closed", "open", "half-open"]

FAILURES = 3
FIRST_PAUSE_S = 0.5
MAX_PAUSE_S = 5.0


class Breaker:
    """Decides whether a server is asked; not safe across threads by itself: its owner holds a lock.

    It opens at once where nothing answers, and after `FAILURES` other failures in a row. It then stays open
    for a pause that doubles with each check that fails, from `FIRST_PAUSE_S` to `MAX_PAUSE_S`. `error` is
    why it last opened.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.state: State = "closed"
        self.error: ModelError | None = None
        self.checked_at = 0.0
        self._clock = clock
        self._failures = 0
        self._pause_s = 0.0

    @property
    def pause_left_s(self) -> float:
        """Return the seconds until an open breaker's next check is due."""
        return max(0.0, self.checked_at + self._pause_s - self._clock())

    def failed(self, error: ModelError) -> bool:
        """Count a failed request; return whether that opened it."""
        self._failures += 1
        if self.state == "open" or self._failures < FAILURES:
            return False
        self.trip(error)
        return True

    def trip(self, error: ModelError) -> None:
        """Open it, or keep it open for a longer pause."""
        self.error = error
        self._pause_s = min(MAX_PAUSE_S, self._pause_s * 2) or FIRST_PAUSE_S
        self.checked_at = self._clock()
        self.state = "open"

    def try_again(self) -> None:
        """Let one trial through."""
        self.state = "half-open"
        self.checked_at = self._clock()

    def succeeded(self) -> None:
        """Close it, and forget its failures."""
        self.state = "closed"
        self.error = None
        self._failures = 0
        self._pause_s = 0.0
