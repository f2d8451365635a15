"""How fast the queue is worked off, how long that still takes, and what it waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from twolane.lanes.snapshot import Snapshot
from twolane.work import CLASSIFY, LATER, READING


@dataclass(frozen=True, slots=True)
class QueuePace:
    """The rates of a moment: jobs a second by kind of all processes, and what follows from them.

    `left_s` is how long the jobs of each kind take, with those that files still to be read will bring;
    `filing_s` is how long it takes until all files are filed and indexed, None while that is not known.
    """

    jobs: dict[str, float]
    left_s: dict[str, float]
    filing_s: float | None


def pace_of(now: Snapshot) -> QueuePace:
    """Return how fast the processes of a snapshot work, by what each of them has measured lately."""
    rates: Counter[str] = Counter()
    for process in now.working:
        rates.update(process.rates)
    left = {kind: jobs.queued + jobs.running for kind, jobs in now.jobs.items()}
    unread = sum(left.get(kind, 0) for kind in READING)
    coming = {kind: 0 if kind in (*READING, *LATER) else unread for kind in left}
    left_s = {
        kind: (left[kind] + coming[kind]) / rates[kind]
        for kind in left
        if left[kind] + coming[kind] and rates[kind]
    }
    # What is done by several pools at once takes as long as the slowest; while one is not known, nothing is.
    first = [kind for kind in left if kind not in LATER and left[kind]]
    is_known = first and all(kind in left_s for kind in first)
    filing_s = max(seconds for kind, seconds in left_s.items() if kind not in LATER) if is_known else None
    return QueuePace(dict(rates), left_s, filing_s)


def waits_for(now: Snapshot) -> Iterator[str]:
    """Say why jobs wait just now, in words; nothing where the work itself takes its time."""
    left = {kind: jobs.queued + jobs.running for kind, jobs in now.jobs.items()}
    if not any(left.values()):
        return
    if now.store_answers and not now.workers:
        yield "no process works: `twolane serve` or `twolane worker` does what waits"
    filing = next((lane for lane in now.lanes if lane.name == "filing"), None)
    if left.get(CLASSIFY) and filing and not filing.health.ready:
        yield f"the filing lane: {filing.health.detail}"
    yield from dict.fromkeys(one.waits_for for one in now.working if one.waits_for)
    later = [kind for kind in LATER if left.get(kind)]
    if later and any(number for kind, number in left.items() if kind not in LATER):
        yield f"{' and '.join(later)} are done when no file waits to be filed"
