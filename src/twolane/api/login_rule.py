"""Whether those who come have to show who they are: where it is set, and wherever there are users.

Why it is so: docs/why/access.md#the-first-user-ends-no-login.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import anyio
import anyio.to_thread

from twolane.access.users import Users
from twolane.errors import StoreError

_LOOK_EVERY_S = 1.0
_LOOK_S = 2.0


class LoginRule:
    """Asks the library for users once a second while it is not set, and no more once there are some.

    A store that does not answer, or not in time, leaves it as it was: nothing can be read of it either.
    """

    def __init__(self, users: Users, *, is_set: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self._clock = clock
        self._holds = is_set
        self._looked_at = float("-inf")

    async def holds(self) -> bool:
        """Say whether nobody comes in without it."""
        now = self._clock()
        if not self._holds and now - self._looked_at >= _LOOK_EVERY_S:
            self._looked_at = now  # first, so that of many requests at once one looks
            with anyio.move_on_after(_LOOK_S), suppress(StoreError):
                self._holds = await anyio.to_thread.run_sync(self._users.any, abandon_on_cancel=True)
        return self._holds
