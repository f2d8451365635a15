"""The queue of one process: its own workers hear at once, other processes are noticed by looking often."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection, Sequence

from twolane.jobs.base import Announcement

POLL_S = 0.5
_MOST_KEPT = 100_000  # a process without workers hears itself for ever; the rows are in the store


class LocalQueue:
    """Obeys `twolane.jobs.base.Queue` within one process."""

    def __init__(self, *, poll_s: float = POLL_S) -> None:
        self._poll_s = poll_s
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Announcement]] = {}
        self._wakes = 0

    @property
    def poll_s(self) -> float:
        return self._poll_s

    def announce(self, jobs: Sequence[Announcement]) -> None:
        with self._changed:
            for job in jobs:
                self._waiting.setdefault(job.kind, deque(maxlen=_MOST_KEPT)).append(job)
            self._changed.notify_all()

    def listen(self, kinds: Collection[str]) -> LocalListener:
        return LocalListener(self, tuple(kinds))

    def wake(self) -> None:
        with self._changed:
            self._wakes += 1
            self._changed.notify_all()

    def fault(self) -> str:
        return ""

    def close(self) -> None:
        self.wake()

    def take(
        self, kinds: Sequence[str], most: int, timeout_s: float, wakes: int
    ) -> tuple[list[Announcement], int]:
        """Return announcements of these kinds, or none after the time or a wake, and the number of wakes.

        `wakes` is that number as it was last returned: a wake between two waits ends the next one at once.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while True:
                heard: list[Announcement] = []
                for waiting in (self._waiting.get(kind, deque()) for kind in kinds):
                    while waiting and len(heard) < most:
                        heard.append(waiting.popleft())
                left_s = deadline - time.monotonic()
                if heard or left_s <= 0 or self._wakes != wakes or not most:
                    return heard, self._wakes
                self._changed.wait(left_s)


class LocalListener:
    """Obeys `twolane.jobs.base.Listener`; gives back what it heard and did not do when it is closed."""

    def __init__(self, queue: LocalQueue, kinds: Sequence[str]) -> None:
        self._queue = queue
        self._kinds = kinds
        self._heard: list[Announcement] = []
        self._wakes = 0

    def receive(self, most: int, timeout_s: float) -> list[Announcement]:
        heard, self._wakes = self._queue.take(self._kinds, most, timeout_s, self._wakes)
        self._heard += heard
        return heard

    def done(self, heard: Sequence[Announcement]) -> None:
        for announcement in heard:
            if announcement in self._heard:
                self._heard.remove(announcement)

    def close(self) -> None:
        left, self._heard = self._heard, []
        self._queue.announce(left)
