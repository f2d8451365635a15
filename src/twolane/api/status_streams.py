"""Who follows the status: so many streams each, of which the oldest gives way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

MOST_EACH = 12
"""A browser's tabs share one; what is more are programs, and browsers that cannot share."""


class StatusStream:
    """One stream of the status."""

    def __init__(self) -> None:
        self.is_one_too_many = asyncio.Event()


class StatusStreams:
    """All streams of a server's status, by who follows."""

    def __init__(self, most_each: int = MOST_EACH) -> None:
        self._most_each = most_each
        self._of: dict[str, list[StatusStream]] = {}

    @contextmanager
    def following(self, who: str) -> Iterator[StatusStream]:
        """Count a stream as this one's for the block; the oldest of too many is told to end."""
        follower = StatusStream()
        those = self._of.setdefault(who, [])
        those.append(follower)
        if len(those) > self._most_each:
            those.pop(0).is_one_too_many.set()
        try:
            yield follower
        finally:
            if follower in those:
                those.remove(follower)
            if not those:
                self._of.pop(who, None)
