"""Whether the server of the notifications is there: logs once that it is gone and once that it is back."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable

from twolane.outages import OutageLog

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 5.0
PROBED_S, PROBE_S = 2.0, 1.5

_log = logging.getLogger(__name__)


class Outage:
    """The state of one server, shared by all its users in a process; safe to use from several threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told = OutageLog(_log)
        self._lock = threading.Lock()
        self._fault = ""
        self._pause_s = 0.0
        self._until = 0.0
        self._probed_at = -math.inf
        self._silent = False

    @property
    def fault(self) -> str:
        """What is wrong, or ""."""
        return self._fault

    def pause_s(self) -> float:
        """Return how long to leave the server alone; 0 where it is there or may be back."""
        with self._lock:
            return max(0.0, self._until - time.monotonic()) if self._fault else 0.0

    def probe(self, ask: Callable[[], None]) -> str:
        """Return what is wrong, or ""; asks the server unless it was asked just now, and does not wait long.

        `ask` calls `worked` or `failed`, and must not raise.
        """
        with self._lock:
            due = time.monotonic() > self._probed_at + PROBED_S
            if due:
                self._probed_at = time.monotonic()
        if due:
            asking = threading.Thread(target=ask, name="probe", daemon=True)
            asking.start()
            asking.join(PROBE_S)
            self._silent = asking.is_alive()
        return self._fault or (f"{self._name} does not answer" if self._silent else "")

    def failed(self, error: Exception) -> None:
        """Note that the server could not be used."""
        with self._lock:
            self._fault = f"{self._name} cannot be used: {type(error).__name__}: {error}".rstrip(": ")
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2 or FIRST_PAUSE_S)
            self._until = time.monotonic() + self._pause_s
        self._told.began(f"{self._fault}; workers look into the store now and then meanwhile")

    def worked(self) -> None:
        """Note that the server is there."""
        if not self._fault:
            return
        with self._lock:
            self._fault, self._pause_s = "", 0.0
        self._told.ended(f"{self._name} is back")
