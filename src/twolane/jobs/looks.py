"""When a worker looks into the store without a notification."""

from __future__ import annotations

import time

from twolane.work import Claimed

_SOON_S = 0.05


class Looks:
    """At once at first, soon after something has changed, and otherwise every `poll_s`.

    Jobs that were queued before a worker began are not notified again; and what was queued for the same thing
    while a job ran can be claimed only when that has ended, when nobody notifies of it any more. `ended` is
    called from other threads.
    """

    def __init__(self, poll_s: float) -> None:
        self._poll_s = poll_s
        self._soon_s = min(_SOON_S, poll_s)
        self._at = 0.0
        self._ended = False

    @property
    def waiting(self) -> bool:
        """Whether the last look has left nothing due."""
        return self._at > 0

    def wait_s(self) -> float:
        """Return how long it is until the next look; none is left where this is not above 0."""
        return self._at - time.monotonic()

    def begin(self) -> None:
        """Note that the store is being asked."""
        self._ended = False

    def at_once(self) -> None:
        """Look again without a pause."""
        self._at = 0.0

    def soon(self) -> None:
        """Look before long, in any case."""
        self._at = min(self._at, time.monotonic() + self._soon_s)

    def ended(self) -> None:
        """Look before long, since a job has ended."""
        self._ended = True
        self.soon()

    def after(self, claimed: Claimed) -> None:
        """Plan the next look: at once where jobs were found and others are due."""
        if claimed.jobs and claimed.more:
            self.at_once()
            return
        # where more was due than could be claimed, others are claiming it just now
        soon = claimed.jobs or claimed.more or self._ended
        self._at = time.monotonic() + (self._soon_s if soon else self._poll_s)
