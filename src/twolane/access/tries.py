"""How often wrong tokens and passwords come: beyond a few a minute no more are looked at."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_TRIES = 10
WITHIN_S = 60.0
_MOST_SENDERS = 1000


class WrongTries:
    """The moments of the last wrong tries by address or name, of those that were tried last.

    Right tokens pass all the same: behind a proxy every sender has one address, and nobody guesses 256 bits.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, sender: str) -> bool:
        """Count a wrong try of an address or a name; False where too many have come lately."""
        now = self._clock()
        with self._lock:
            tries = self._tries.setdefault(sender, deque(maxlen=MOST_TRIES))
            self._tries.move_to_end(sender)
            if len(self._tries) > _MOST_SENDERS:
                self._tries.popitem(last=False)
            if len(tries) == MOST_TRIES and now - tries[0] < WITHIN_S:
                return False
            tries.append(now)
            return True

    def take_back(self, sender: str) -> None:
        """Forget the last try, which was none."""
        with self._lock:
            if tries := self._tries.get(sender):
                tries.pop()

    def forget(self, sender: str) -> None:
        """Forget all tries of an address or a name."""
        with self._lock:
            self._tries.pop(sender, None)

    def wait_s(self, sender: str) -> float:
        """Return how long it is until another try is looked at."""
        with self._lock:
            tries = self._tries.get(sender)
            if not tries or len(tries) < MOST_TRIES:
                return 0.0
            return max(0.0, tries[0] + WITHIN_S - self._clock())
