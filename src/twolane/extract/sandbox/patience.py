"""How long quick looks at files are: looks in vain stay a small part of the time in which files are read."""

from __future__ import annotations

import threading

_LONGEST_S, _SHORTEST_S = 0.3, 0.07
_SHARE = 0.2
_AT_FIRST_S = 1.0


class Patience:
    """Says how long the next look may be; safe to use from many threads.

    A look that came to nothing is lost to the files that wait. So many slow files in a row are looked at
    shorter and shorter; with the files that are read, patience comes back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left_s = _AT_FIRST_S

    def look_s(self) -> float:
        """Return how much processor time the next file gets at first."""
        with self._lock:
            return min(_LONGEST_S, max(_SHORTEST_S, self._left_s))

    def read(self, cpu_s: float) -> None:
        """Note the time in which a file was read."""
        with self._lock:
            self._left_s = min(_AT_FIRST_S, self._left_s + _SHARE * min(_LONGEST_S, max(0.0, cpu_s)))

    def lost(self, cpu_s: float) -> None:
        """Note the time of a look that came to nothing."""
        with self._lock:
            self._left_s = max(0.0, self._left_s - max(0.0, cpu_s))
