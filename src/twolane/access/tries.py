"""How often wrong tokens and passwords come: beyond a few a minute no more are looked at.

Why it is so: docs/why/access.md#nobody-is-locked-out-by-another.
"""

from __future__ import annotations

import ipaddress
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

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, most: int = MOST_TRIES) -> None:
        self._clock = clock
        self._most = most
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, sender: str) -> bool:
        """Count a wrong try of an address or a name; False where too many have come lately."""
        now = self._clock()
        with self._lock:
            tries = self._tries.setdefault(sender, deque(maxlen=self._most))
            self._tries.move_to_end(sender)
            if len(self._tries) > _MOST_SENDERS:
                self._tries.popitem(last=False)
            if len(tries) == self._most and now - tries[0] < WITHIN_S:
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
            if not tries or len(tries) < self._most:
                return 0.0
            return max(0.0, tries[0] + WITHIN_S - self._clock())


def network_of(sender: str) -> str:
    """Return what one sender has of addresses: of version 6 a whole network, as homes and machines get it."""
    try:
        address = ipaddress.ip_address(sender.partition("%")[0])
    except ValueError:
        return sender
    if address.version == 4 or address.ipv4_mapped:
        return sender
    return str(ipaddress.ip_network((address, 64), strict=False))
