"""Parts of a program that are opened when they are first needed, and closed together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from twolane.errors import TwolaneError

T = TypeVar("T")


class Parts:
    """Opens each part once, and closes them in reverse order; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # opening a part may open others
        self._parts: dict[str, object] = {}
        self._closers: list[Callable[[], None]] = []
        self._closed = False

    def get(self, name: str, open_part: Callable[[], T], close: Callable[[T], None] | None = None) -> T:
        """Return a part, opened at the first call. Raises `TwolaneError` once they have been closed."""
        with self._lock:
            if self._closed:  # a thread that still preloads must not open a part that would never be closed
                raise TwolaneError("the library is closed", "open it again to use it")
            if name not in self._parts:
                part = open_part()
                self._parts[name] = part
                if close is not None:
                    self._closers.append(lambda: close(part))
            return self._parts[name]  # type: ignore[return-value]  # each name has one type

    def close(self) -> None:
        """Close what was opened, the last first; safe to call twice."""
        with self._lock:
            self._closed = True
            closers, self._closers = self._closers[::-1], []
            self._parts.clear()
        for close in closers:
            close()
