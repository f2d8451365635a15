"""Who of a process may claim a job: one worker after the other, and nobody while a suspect runs.

A job that kills its process takes those of every worker in it along. Were it alone among its own kind only,
all of them would be tried again side by side, and the innocent ones be parked with it.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET_S = 300.0
_LOOK_S = 0.5

_log = logging.getLogger(__name__)


class Gate:
    """Shared by the workers of one process; safe to use from several threads.

    A worker claims while it passes, and stands in the gate while a suspect of its own waits and runs. So two
    suspects never wait for each other. They pass in the order in which they came: between two suspects each
    worker that waits claims something, and a steady load holds up no suspect, for nothing new begins while
    one waits. What does not end within `quiet_s` is waited for once, not by every suspect.
    """

    def __init__(self, *, quiet_s: float = QUIET_S) -> None:
        self.quiet_s = quiet_s
        self._changed = threading.Condition()
        self._line: deque[object] = deque()
        self._held: set[str] = set()
        self._stuck: set[str] = set()

    @contextmanager
    def passing(self, stop: threading.Event) -> Iterator[bool]:
        """Wait until those who came before are through, and pass within the block; False on a stop."""
        place = object()
        with self._changed:
            self._line.append(place)
        try:
            yield self._wait(lambda: self._line[0] is place, stop)
        finally:
            with self._changed:
                self._line.remove(place)
                self._changed.notify_all()

    def hold(self, lease: str) -> None:
        """Count a job that was claimed."""
        with self._changed:
            self._held.add(lease)

    def drop(self, lease: str) -> None:
        """Count a job that has ended, or was given back, no more; safe to call twice."""
        with self._changed:
            self._held.discard(lease)
            self._stuck.discard(lease)
            self._changed.notify_all()

    def wait_alone(self, lease: str, stop: threading.Event) -> bool:
        """Wait, while passing, until no other job is held.

        Returns False where it is to stop, or where one goes on for longer than `quiet_s`.
        """
        if self._stuck:
            return False
        if self._wait(lambda: self._held <= {lease}, stop, self.quiet_s):
            return True
        with self._changed:
            self._stuck = set() if stop.is_set() else self._held - {lease}
            stuck = len(self._stuck)
        if stuck:
            _log.warning(
                "who must run alone waits no longer: %d jobs go on for over %.0f s", stuck, self.quiet_s
            )
        return False

    def wake(self) -> None:
        """Have all who wait look at once whether they are to stop."""
        with self._changed:
            self._changed.notify_all()

    def _wait(
        self, condition: Callable[[], bool], stop: threading.Event, timeout_s: float = math.inf
    ) -> bool:
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not stop.is_set():
                if condition():
                    return True
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    break
                self._changed.wait(min(_LOOK_S, left_s))
        return False
