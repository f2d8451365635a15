"""Requests that last: they end where the server does, and where their sender would be let in no more.

Why it is so: docs/why/access.md#what-lasts-is-looked-at-again.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from fastapi import Request

from twolane.api.state import is_as_before
from twolane.api.streams import stopping
from twolane.errors import AccessError, StoreError, TwolaneError

CHECK_EVERY_S = 3.0


class Lasting:
    """One request that lasts; `stop` is set where the server is to end."""

    def __init__(self, request: Request, stop: asyncio.Event) -> None:
        self._request = request
        self._stop = stop
        self._looked_at = time.monotonic()

    async def cut(self) -> TwolaneError | None:
        """Return the error that ends it now; None where it may go on.

        Every few seconds that asks anew who its sender is, and what they may see and do. A store that does
        not answer leaves it as it was.
        """
        if self._stop.is_set():
            return stopping()
        if time.monotonic() - self._looked_at < CHECK_EVERY_S:
            return None
        self._looked_at = time.monotonic()
        with suppress(StoreError):
            if not await is_as_before(self._request):
                return AccessError(
                    "what you may see or do here has changed meanwhile",
                    "sign in if you are asked to; try again",
                )
        return None
