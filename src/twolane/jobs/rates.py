"""How fast a process does jobs of each kind, smoothed, so that it can be said how long the rest takes."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from twolane.jobs.base import JobEvent, JobEventKind

_SPEED_S = 60.0  # the rate is that of about the last so many seconds of work,
_SPEED_JOBS = 4.0  # or of about so many jobs, where they take long
_LOST_S = 3600.0  # a job that has not ended within so long was taken over by another process


class JobRates:
    """Counts jobs by kind against the time in which any of that kind was in work; safe to use from threads.

    Time in which a kind waits, such as for others to be done first, is not counted.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[str, _KindRate] = {}

    def add(self, event: JobEvent) -> None:
        """Learn from what happened to a job."""
        with self._lock:
            self._kinds.setdefault(event.job.kind, _KindRate()).take(event, self._clock())

    def now(self) -> dict[str, float]:
        """Return jobs a second by kind; a kind of which none was done yet is not there."""
        with self._lock:
            rates = {name: kind.settled(self._clock()) for name, kind in self._kinds.items()}
        return {name: rate for name, rate in rates.items() if rate}


@dataclass
class _KindRate:
    rate: float = 0.0
    finished: int = 0  # and not in the rate yet, nor are the seconds
    worked_s: float = 0.0
    settled_s: float = 0.0
    looked_at: float = 0.0
    in_work: dict[int, float] = field(default_factory=dict)

    def take(self, event: JobEvent, now: float) -> None:
        self._look(now)
        if event.kind is JobEventKind.STARTED:
            self.in_work[event.job.job_id] = now
        else:
            self.in_work.pop(event.job.job_id, None)
            self.finished += event.kind is JobEventKind.FINISHED

    def settled(self, now: float) -> float:
        """Return the rate with all that has happened so far."""
        self._look(now)
        # Work of which nothing came yet is not slow before it has taken longer than such jobs do.
        if self.worked_s and (self.finished or self.rate * self.worked_s > 1):
            span_s = max(_SPEED_S, _SPEED_JOBS / self.rate if self.rate else 0.0)
            share = 1 - math.exp(-self.worked_s / span_s)
            if self.settled_s < span_s:  # a mean, until there is enough to forget some of it
                share = self.worked_s / (self.settled_s + self.worked_s)
            self.rate += (self.finished / self.worked_s - self.rate) * share
            self.settled_s += self.worked_s
            self.finished, self.worked_s = 0, 0.0
        return self.rate

    def _look(self, now: float) -> None:
        if self.in_work:
            self.worked_s += now - self.looked_at
        self.looked_at = now
        self.in_work = {job: began for job, began in self.in_work.items() if now - began < _LOST_S}
