"""The end of a server in good order: what is under way comes to its end, and no new answer is begun."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from twolane.api.streams import Slots


class Drain:
    """Knows what is under way, and whether the server still takes work; one for each server."""

    def __init__(self, slots: Sequence[Slots]) -> None:
        self._slots = slots
        self._end_at: float | None = None
        self.under_way = 0

    @property
    def begun(self) -> bool:
        return self._end_at is not None

    @property
    def over(self) -> bool:
        """Whether it has begun, and nothing is left to wait for or the grace has gone by."""
        return self._end_at is not None and (self.under_way == 0 or time.monotonic() >= self._end_at)

    def begin(self, grace_s: float) -> None:
        """Take no more work, and wait this long for what is under way. Waits for no lock: signals call it."""
        self._end_at = time.monotonic() + grace_s
        for slots in self._slots:
            slots.close()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request as under way for the time of the block."""
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
