"""Which worker of a process may claim a job: one after the other, and none while a suspect runs.

A suspect is a job whose last worker vanished: it may have killed its process, and with it the jobs of every
worker there. If it ran alone only among jobs of its own kind, all of these would be tried again side by side,
and innocent jobs would be parked together with it.
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

    A worker claims jobs while it is inside the gate, and stays inside while a suspect of its own waits and
    runs, so two suspects never wait for each other. Workers enter in the order in which they came. Between
    two suspects each waiting worker claims a job; and a steady load delays no suspect for long, because no
    job begins while a suspect waits. A job that does not end within `quiet_s` is waited for by one suspect
    only.
    """

    def __init__(self, *, quiet_s: float = QUIET_S) -> None:
        self.quiet_s = quiet_s
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._held: set[str] = set()
        self._stuck: set[str] = set()

    @property
    def held(self) -> int:
        """How many jobs of this process have been claimed and not ended."""
        return len(self._held)

    @contextmanager
    def passing(self, stop: threading.Event) -> Iterator[bool]:
        """Enter after those who came before, and leave at the end of the block; yields False on a stop."""
        place = object()
        with self._changed:
            self._waiting.append(place)
        try:
            yield self._wait(lambda: self._waiting[0] is place, stop)
        finally:
            with self._changed:
                self._waiting.remove(place)
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
        """Wait, inside the gate, until no other job of the process is held.

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
                "a job that must run alone waits no longer: %d jobs have run for over %.0f s",
                stuck,
                self.quiet_s,
            )
        return False

    def wake(self) -> None:
        """Let everyone who waits check at once whether to stop."""
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
