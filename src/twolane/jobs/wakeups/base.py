"""What wakes workers: it brings them notifications of queued jobs, on whatever machine they run.

The rows of the store are the truth. A notification is a permission to claim whichever job of its kind is due
first, so a lost, doubled or late one is harmless.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from twolane.work import Notification


class Listener(Protocol):
    """One worker's subscription to notifications; used by one thread at a time."""

    def receive(self, most: int, timeout_s: float) -> list[Notification]:
        """Return notifications, at most this many, or none after the time; never raises.

        Each goes to one listener of its kind. One that is not acknowledged when its listener dies goes to
        another. `most` is 0 where the worker is busy: until it asks again, notifications go to others, also
        those that were on their way to this listener.
        """

    def acknowledge(self, received: Sequence[Notification]) -> None:
        """Settle notifications for good: a job was leased for each, or none was due."""

    def close(self) -> None:
        """End the subscription; notifications that were not acknowledged go to others."""


class Wakeups(Protocol):
    """The channel of notifications between those who queue jobs and those who do them.

    Nothing here fails because a server is down: every worker also looks into the store unasked, each
    `poll_s`, and finds what no notification told it of.
    """

    @property
    def poll_s(self) -> float:
        """How long a job may wait in the store when its notification was lost."""

    def notify(self, jobs: Sequence[Notification]) -> None:
        """Notify one listener of each queued job; never raises and never waits long."""

    def listen(self, kinds: Collection[str]) -> Listener:
        """Subscribe to the notifications of jobs of these kinds."""

    def wake(self) -> None:
        """End all waits of this process at once, where notifications do not leave the process; a hint."""

    def fault(self) -> str:
        """Say what is wrong with the server of the notifications, or ""."""

    def close(self) -> None:
        """Give back connections."""
