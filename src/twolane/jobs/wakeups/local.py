"""Wake-ups within one process; its workers find the jobs of other processes by looking often."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection, Sequence

from twolane.work import Notification

POLL_S = 0.5
# In a process without workers nobody takes notifications away. Dropping the oldest loses no job: the rows
# are in the store.
_MOST_KEPT = 100_000


class LocalWakeups:
    """Obeys `twolane.jobs.wakeups.base.Wakeups` within one process."""

    def __init__(self, *, poll_s: float = POLL_S) -> None:
        self._poll_s = poll_s
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Notification]] = {}
        self._wakes = 0

    @property
    def poll_s(self) -> float:
        return self._poll_s

    def notify(self, jobs: Sequence[Notification]) -> None:
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
    ) -> tuple[list[Notification], int]:
        """Return notifications of these kinds, or none after the time or a wake, and the count of wakes.

        `wakes` is that number as it was last returned: a wake between two waits ends the next one at once.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while True:
                received: list[Notification] = []
                for waiting in (self._waiting.get(kind, deque()) for kind in kinds):
                    while waiting and len(received) < most:
                        received.append(waiting.popleft())
                left_s = deadline - time.monotonic()
                if received or left_s <= 0 or self._wakes != wakes or not most:
                    return received, self._wakes
                self._changed.wait(left_s)


class LocalListener:
    """Obeys `twolane.jobs.wakeups.base.Listener`; closing it hands on what it did not acknowledge."""

    def __init__(self, wakeups: LocalWakeups, kinds: Sequence[str]) -> None:
        self._wakeups = wakeups
        self._kinds = kinds
        self._open: list[Notification] = []
        self._wakes = 0

    def receive(self, most: int, timeout_s: float) -> list[Notification]:
        received, self._wakes = self._wakeups.take(self._kinds, most, timeout_s, self._wakes)
        self._open += received
        return received

    def acknowledge(self, received: Sequence[Notification]) -> None:
        for notification in received:
            if notification in self._open:
                self._open.remove(notification)

    def close(self) -> None:
        left, self._open = self._open, []
        self._wakeups.notify(left)
