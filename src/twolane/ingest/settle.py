"""Filing again what came first into a library: when the pile has doubled, much more is known of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from twolane.filing.reclassify import Reclassifier
from twolane.ingest.results import Turns

# From so many documents on, until the pile is as large as the sample of it that is learned from.
_FIRST, _LAST = 32, 2048


class Settle:
    """Files documents again each time that a library has doubled; safe to use from several threads.

    The first fifty files of a folder are otherwise filed by descriptions alone: on 250 news articles, 91 in a
    hundred of them rightly, 98 once the others were there. No model is asked, and what a person decided
    stays. See docs/why/filing.md#what-came-first-is-filed-again
    """

    def __init__(
        self, reclassifier: Reclassifier, turns: Turns, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._reclassifier = reclassifier
        self._turns = turns
        self._stopping = stopping
        self._lock = threading.Lock()
        self._settled: int | None = None

    def after(self, before: int, now: int) -> None:
        """Look at everything again if a library that has grown from so many documents has doubled.

        Raises `StoreError`.
        """
        with self._lock:
            settled = _doubling(before) if self._settled is None else self._settled
            self._settled = max(settled, _doubling(now))
            if self._settled == settled:
                return
        for looked in self._reclassifier.look():
            if looked.changes:
                self._reclassifier.apply(looked.changes)
            self._turns.wait()
            if self._stopping():
                return


def _doubling(documents: int) -> int:
    """Return the last size, up to this one, at which everything is filed again; 0 before the first."""
    size = 0
    while max(_FIRST, 2 * size) <= min(documents, _LAST):
        size = max(_FIRST, 2 * size)
    return size
