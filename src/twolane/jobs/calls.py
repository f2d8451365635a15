"""The notifications that reach one worker: which of them stand for a job that it has not claimed already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from twolane.jobs.wakeups.base import Listener
from twolane.work import Job, Notification

_STALE = 100
_MOST_EXPECTED = 10_000


class Calls:
    """One worker's notifications; used by one thread.

    A worker that claims by looking, or several jobs at once, is ahead of its notifications. Those that come
    for jobs that it has claimed are acknowledged, and `on_stale` is called: the same job may have been given
    back meanwhile, or another was queued.
    """

    def __init__(self, listener: Listener, on_stale: Callable[[], None]) -> None:
        self._listener = listener
        self._on_stale = on_stale
        self._expected: set[int] = set()

    def receive(self, most: int, timeout_s: float) -> list[Notification]:
        """Return notifications to claim for, at most this many, or none after the time."""
        # a new job's notification may come behind those that are stale
        stale = min(len(self._expected), _STALE)
        fresh = self._without_stale(self._listener.receive(most + stale, timeout_s))
        if len(fresh) > most:
            self._listener.acknowledge(fresh[most:])
            self._on_stale()
        return fresh[:most]

    def acknowledge(self, calls: Sequence[Notification]) -> None:
        """Settle notifications for good."""
        self._listener.acknowledge(calls)

    def claimed(self, jobs: Sequence[Job], call: Notification | None) -> None:
        """Note that jobs were claimed, for one notification or for none."""
        if len(self._expected) > _MOST_EXPECTED:  # their notifications went to others, or were lost
            self._expected.clear()
        self._expected.update(job.job_id for job in jobs)
        if call is not None:
            self._expected.discard(call.job_id)

    def drain(self, stop: threading.Event) -> bool:
        """Acknowledge all that has come, since nothing is due; say whether anything was to be claimed for."""
        others = 0
        while self._expected and not stop.is_set() and (received := self._listener.receive(_STALE, 0)):
            left = self._without_stale(received)
            self._listener.acknowledge(left)
            others += len(left)
        return others > 0

    def let_go(self) -> None:
        """Let notifications go to others until the next is asked for."""
        self._listener.receive(0, 0)

    def close(self) -> None:
        """End the subscription."""
        self._listener.close()

    def _without_stale(self, received: Sequence[Notification]) -> list[Notification]:
        stale = [call for call in received if call.job_id in self._expected]
        if stale:
            self._expected.difference_update(call.job_id for call in stale)
            self._listener.acknowledge(stale)
            self._on_stale()
        return [call for call in received if call not in stale]
