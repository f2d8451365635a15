"""The orderly end of a server: running requests finish, and no new answer begins."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from twolane.api.streams import Slots


class Drain:
    """Counts running requests, and knows whether the server still takes work; one for each server."""

    def __init__(self, slots: Sequence[Slots]) -> None:
        self._slots = slots
        self._end_at: float | None = None
        self.under_way = 0

    @property
    def begun(self) -> bool:
        return self._end_at is not None

    @property
    def over(self) -> bool:
        """Whether the drain has begun, and all requests have ended or the grace has passed."""
        return self._end_at is not None and (self.under_way == 0 or time.monotonic() >= self._end_at)

    def begin(self, grace_s: float) -> None:
        """Take no more work, and give running requests this long. Takes no lock: signal handlers call it."""
        self._end_at = time.monotonic() + grace_s
        for slots in self._slots:
            slots.close()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request as running during the block."""
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
