"""Start tokens: how the one person of a library without users comes in, by an address that is printed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

MOST_STARTS = 20
_SECRET_BYTES = 24


class StartTokens:
    """Tokens that are good once, until their server ends; safe to use from several threads."""

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        self._lock = threading.Lock()

    def make(self) -> str:
        """Return a new token; the oldest of many that nobody has used is good no more."""
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with self._lock:
            self._digests = [*self._digests, _digest(token)][-MOST_STARTS:]
        return token

    def take(self, token: str) -> bool:
        """Say whether a token is good, which it is no more from now on."""
        digest = _digest(token)
        with self._lock:
            left = [one for one in self._digests if not hmac.compare_digest(one, digest)]
            was_good = len(left) < len(self._digests)
            self._digests = left
        return was_good


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
