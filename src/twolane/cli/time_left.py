"""How long the rest of some work takes, said so that it counts down steadily."""

from __future__ import annotations

import math
import mimetypes
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

_FIRST_S = 5.0  # nothing is said before so much was worked
_SPEED_S = 60.0  # the speed is that of about the last so many seconds, or of a half of the work so far
_SHOWN_S = 15.0  # what is shown follows what was found out within about so many seconds
# what a file costs before any was seen, in files of text: a picture is read by its letters
_USUAL = {"image": 12.0, "application/pdf": 5.0, "application": 2.0}
_BELIEVED_FILES = 3.0  # so many files of a kind weigh as much as what is usual


class TimeLeft:
    """The speed of some work, smoothed: bursts and pauses change what is left only little by little.

    Time that the work spends waiting for something else is not counted.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at = clock()
        self._worked_s = 0.0
        self._done: float | None = None
        self._speed = 0.0
        self._shown_s: float | None = None

    def left_s(self, done: float, total: float, *, waits: bool = False) -> float | None:
        """Return how long the rest takes, now that so much is done; None while nothing is known of it."""
        now = self._clock()
        passed_s, self._looked_at = now - self._looked_at, now
        gained, self._done = done - (done if self._done is None else self._done), done
        if waits:
            return self._shown_s
        self._worked_s += passed_s
        if passed_s > 0:
            share = 1 - math.exp(-passed_s / max(_SPEED_S, self._worked_s / 2))
            known_s = self._worked_s - passed_s
            if known_s < _SPEED_S:  # a mean, until there is enough to forget some of it
                share = passed_s / self._worked_s
            self._speed += (max(0.0, gained) / passed_s - self._speed) * share
        if self._worked_s < _FIRST_S or self._speed <= 0 or not total:
            return None
        return self._shown(max(0.0, total - done) / self._speed, passed_s)

    def _shown(self, found_s: float, passed_s: float) -> float:
        if self._shown_s is None or found_s == 0:
            self._shown_s = found_s
        else:
            counted_s = max(0.0, self._shown_s - passed_s)
            self._shown_s = counted_s + (found_s - counted_s) * (1 - math.exp(-passed_s / _SHOWN_S))
        return self._shown_s


class FileCosts:
    """What files of each kind cost, learned while they are done: a scan takes longer than a note.

    The time of an interval is shared out among the files done in it by what each kind costs so far, which
    comes nearer and nearer to what they cost in truth.
    """

    def __init__(self) -> None:
        self._files: Counter[str] = Counter()
        self._costs: dict[str, float] = {}  # of all files of a kind so far, in files of text
        self._worked_s = self._as_usual = 0.0

    def of(self, kinds: Mapping[str, int]) -> float:
        """Return what so many files of each kind cost together, in files of text."""
        return sum(number * self._one(kind) for kind, number in kinds.items())

    def took(self, kinds: Mapping[str, int], seconds: float) -> None:
        """Learn from the files that were done within some seconds, of which there may be none."""
        self._worked_s += seconds
        whole = self.of(kinds)
        if not whole or not self._worked_s:
            return
        self._as_usual += sum(number * _usual(kind) for kind, number in kinds.items())
        for kind, number in kinds.items():
            took = seconds * self._as_usual / self._worked_s
            self._costs[kind] = self._costs.get(kind, 0.0) + took * number * self._one(kind) / whole
        self._files.update(kinds)

    def _one(self, kind: str) -> float:
        believed = _usual(kind) * _BELIEVED_FILES
        return (believed + self._costs.get(kind, 0.0)) / (_BELIEVED_FILES + self._files[kind])


def _usual(kind: str) -> float:
    return _USUAL.get(kind) or _USUAL.get(kind.partition("/")[0], 1.0)


def kinds_of(paths: Iterable[Path]) -> Counter[str]:
    """Count files by the kind that their names say."""
    return Counter(mimetypes.guess_type(path.name)[0] or "" for path in paths)


def time_words(seconds: float) -> str:
    """Write a time for people, as exact as it is steady: 25 s, 5:30 min, 14 min, 2 h 10 min."""
    if seconds < 60:
        return f"{max(5, math.ceil(seconds / 5) * 5)} s"
    if seconds < 600:
        tens = round(seconds / 10) * 10
        return f"{tens // 60}:{tens % 60:02} min"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60 // 5 * 5} min"


def rate_words(per_s: float) -> str:
    """Write how often something is done, in the unit in which it is a number: 3.5/s, 12/min, 40/h."""
    if per_s >= 1:
        return f"{per_s:.1f}/s" if per_s < 100 else f"{per_s:,.0f}/s"
    return f"{per_s * 60:.0f}/min" if per_s * 60 >= 1 else f"{per_s * 3600:.0f}/h"
