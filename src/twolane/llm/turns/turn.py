"""Filing's turn: when it has waited for so long that it goes first, and for how long."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from twolane.llm.turns.lock_file import LockFile

_NO_WORK_S = 1.0  # between two calls of one worker; after that there is nothing to take a turn for


class FilingTurn:
    """Counts how long filing has waited, and gives it a turn of `turn_s` for each `longest_wait_s`.

    Time in which filing goes on freely pays back what it waited. With `exclusive` (both lanes compute on the
    same cores) the turn begins when the answers under way have ended, or after the longest wait once more.
    It is not safe across threads: the admission calls it under its lock.
    """

    def __init__(self, folder: Path, *, longest_wait_s: float, turn_s: float, exclusive: bool) -> None:
        self.due = LockFile(folder / "overdue.lock")
        self.on = LockFile(folder / "turn.lock")
        self._longest_wait_s = longest_wait_s
        self._turn_s = turn_s
        self._exclusive = exclusive
        self._waited_s = 0.0
        self._due_since = math.inf
        self._until = math.inf
        self._last_work = -math.inf
        self._counted_at = 0.0

    def start(self, now: float) -> None:
        """Begin to count."""
        self._counted_at = now

    def count(self, now: float, *, working: bool, is_paused: Callable[[], bool]) -> None:
        """Bring the account up to now; begin or end the turn where that is due."""
        passed_s, self._counted_at = now - self._counted_at, now
        if working:
            self._last_work = now
        paused = is_paused()
        if not paused:
            self._waited_s = max(0.0, self._waited_s - passed_s * self._longest_wait_s / self._turn_s)
        elif working:
            self._waited_s += passed_s
        if self.on.is_ours or self.due.is_ours:
            self._go_on(now, paused)
        elif self._waited_s >= self._longest_wait_s:
            self._ask_for(now)

    def close(self) -> None:
        self.on.release()
        self.due.release()

    def _ask_for(self, now: float) -> None:
        """Have new questions wait; where the lanes do not share their cores, none has to."""
        if not self._exclusive:
            self.on.acquire()
        elif self.due.acquire():  # else another process of the library has the turn for all
            self._due_since = now

    def _go_on(self, now: float, paused: bool) -> None:
        if paused:
            if now - self._due_since >= self._longest_wait_s:
                self.on.acquire()
        elif self._until == math.inf:
            self._until = now + self._turn_s
        if now >= self._until or now - self._last_work > _NO_WORK_S:
            self.close()
            self._until, self._waited_s = math.inf, 0.0
