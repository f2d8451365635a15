"""What devices are to sign: each challenge is made of its id, so that every server of a library knows it.

Why it is so: docs/why/access.md#a-challenge-is-known-to-every-server.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

_GOOD_FOR_S = 300.0
_AHEAD_S = 60.0  # so much may another server's clock be
_MOST_ID_CHARS = 100


@dataclass(frozen=True, slots=True)
class MadeChallenge:
    """A challenge with its id; `made_at` is in seconds since the epoch, to the microsecond."""

    challenge_id: str
    challenge: bytes
    made_at: float


class Challenges:
    """Challenges for one purpose at a time; safe to use from several threads. Nothing of them is kept.

    `key` returns what only the library knows, the same in every process.
    """

    def __init__(self, key: Callable[[], bytes], clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def make(self, purpose: str) -> MadeChallenge:
        """Return a new challenge."""
        at_us = int(self._clock() * 1e6)
        return self._of(f"{at_us}.{secrets.token_urlsafe(16)}", at_us, purpose)

    def known(self, challenge_id: str, purpose: str) -> MadeChallenge | None:
        """Return the challenge of an id, None where it is too old.

        Of an id that nobody made it is one that nobody was told, and so nobody has signed.
        """
        made_at, _, rest = challenge_id[:_MOST_ID_CHARS].partition(".")
        if not (made_at.isascii() and made_at.isdecimal() and rest):
            return None
        made = self._of(challenge_id, int(made_at), purpose)
        return made if -_AHEAD_S <= self._clock() - made.made_at <= _GOOD_FOR_S else None

    def _of(self, challenge_id: str, at_us: int, purpose: str) -> MadeChallenge:
        told = f"{purpose} {challenge_id}".encode("utf-8", "surrogateescape")
        return MadeChallenge(challenge_id, hmac.digest(self._key(), told, "sha256"), at_us / 1e6)
