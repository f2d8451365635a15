"""What devices are to sign: each challenge is good once, and nobody pushes out those of others.

Why it is so: docs/why/access.md#nobody-is-locked-out-by-another.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_GOOD_FOR_S = 300.0
_MOST_OF_ONE = 500
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class KeptChallenge:
    """A challenge, when it was made, and for whom: an address, or a user."""

    challenge: bytes
    asker: str
    made_at: float


class Challenges:
    """Challenges by id; safe to use from several threads.

    Of too many of one asker the oldest goes, and of too many of all the oldest of who has most.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of: dict[str, OrderedDict[str, KeptChallenge]] = {}
        self._asker_of: dict[str, str] = {}
        self._lock = threading.Lock()

    def keep(self, challenge: bytes, asker: str) -> str:
        """Keep a challenge; return its id."""
        challenge_id = secrets.token_urlsafe(16)
        with self._lock:
            theirs = self._of.setdefault(asker, OrderedDict())
            theirs[challenge_id] = KeptChallenge(challenge, asker, self._clock())
            self._asker_of[challenge_id] = asker
            if len(theirs) > _MOST_OF_ONE:
                self._drop(next(iter(theirs)))
            if len(self._asker_of) > _MOST:
                most = max(self._of.values(), key=len)
                self._drop(next(iter(most)))
        return challenge_id

    def take(self, challenge_id: str) -> KeptChallenge | None:
        """Return a challenge, which is good no more from now on; None where it is not good."""
        with self._lock:
            kept = self._drop(challenge_id) if challenge_id in self._asker_of else None
        return kept if kept and self._clock() - kept.made_at <= _GOOD_FOR_S else None

    def _drop(self, challenge_id: str) -> KeptChallenge:
        asker = self._asker_of.pop(challenge_id)
        kept = self._of[asker].pop(challenge_id)
        if not self._of[asker]:
            del self._of[asker]
        return kept
