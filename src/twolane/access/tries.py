"""How often wrong tokens come from an address: beyond a few a minute they are no longer told of."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_TRIES = 10
WITHIN_S = 60.0
_MOST_SENDERS = 1000


class WrongTries:
    """The moments of the last wrong tokens by address, of the addresses that tried last.

    Right ones pass all the same: behind a proxy every sender has one address, and nobody guesses 256 bits.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, sender: str) -> bool:
        """Count a wrong token of an address; False where too many have come lately."""
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
