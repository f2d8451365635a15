"""The doorbell of one process: rings wake its own workers at once, other processes are noticed by polling."""

from __future__ import annotations

import threading

POLL_S = 0.5


class LocalDoorbell:
    """Obeys `twolane.jobs.base.Doorbell`; no wait is longer than `poll_s`.

    Each thread that waits misses no ring: one that came since its last wait ends the next wait at once.
    """

    def __init__(self, *, poll_s: float = POLL_S) -> None:
        self._poll_s = poll_s
        self._rung = threading.Condition()
        self._rings = 0
        self._heard = threading.local()

    def ring(self) -> None:
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def wait(self, timeout_s: float) -> None:
        with self._rung:
            heard: int = getattr(self._heard, "rings", 0)
            self._rung.wait_for(lambda: self._rings != heard, min(timeout_s, self._poll_s))
            self._heard.rings = self._rings

    def close(self) -> None:
        self.ring()
