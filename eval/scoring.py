"""How well files were filed: accuracy, calibration, and the errors among what no person looks at."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

_BINS = 10
_RESAMPLES = 2000
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Judged:
    """One file that was filed: its name, its category, others that could be defended, and what it got.

    `got` is "" where it got none. `accepted` says that no person is asked to look at it.
    """

    name: str
    wanted: str
    got: str
    confidence: float = 0.0
    accepted: bool = False
    also: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        return self.got == self.wanted

    @property
    def defensible(self) -> bool:
        return self.right or self.got in self.also


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one or several runs over a set; shares from 0 to 1.

    `low` and `high` hold the accuracy with a probability of 95 %. `wrong` and `indefensible` are shares of
    what was accepted, None where nothing was.
    """

    files: int
    accuracy: float
    low: float
    high: float
    lenient: float
    macro_f1: float
    ece: float
    accepted: float
    wrong: float | None
    indefensible: float | None


def score(runs: Sequence[Sequence[Judged]]) -> Score:
    """Score runs over the same set, each with its own choice of files that were left to it.

    The interval is of a bootstrap over files, whose runs are no independent draws of it. Raises `ValueError`
    without any file.
    """
    judged = [one for run in runs for one in run]
    if not judged:
        raise ValueError("no file was scored")
    accepted = [one for one in judged if one.accepted]
    by_file: dict[str, list[bool]] = defaultdict(list)
    for one in judged:
        by_file[one.name].append(one.right)
    low, high = interval([mean(rights) for rights in by_file.values()])
    return Score(
        files=len(by_file),
        accuracy=mean(one.right for one in judged),
        low=low,
        high=high,
        lenient=mean(one.defensible for one in judged),
        macro_f1=mean(macro_f1(run) for run in runs if run),
        ece=ece(judged),
        accepted=len(accepted) / len(judged),
        wrong=mean(not one.right for one in accepted) if accepted else None,
        indefensible=mean(not one.defensible for one in accepted) if accepted else None,
    )


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean, the same at each call."""
    chance = random.Random(1)
    means = sorted(mean(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return means[int(_RESAMPLES * 0.025)], means[int(_RESAMPLES * 0.975)]


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, 1927), which holds for few and for all right, too."""
    share, z2 = right / total, _Z * _Z
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return max(0.0, centre - half), min(1.0, centre + half)


def ece(judged: Iterable[Judged]) -> float:
    """Return the expected calibration error over ten bins of equal width (Naeini et al., 2015)."""
    bins: dict[int, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.got:
            bins[min(_BINS - 1, int(one.confidence * _BINS))].append(one)
    total = sum(map(len, bins.values()))
    gaps = (len(b) * abs(mean(j.confidence for j in b) - mean(j.right for j in b)) for b in bins.values())
    return sum(gaps) / total if total else 0.0


def macro_f1(judged: Sequence[Judged]) -> float:
    """Return the mean F1 over the categories that files have."""
    wanted, got = Counter(one.wanted for one in judged), Counter(one.got for one in judged)
    right = Counter(one.wanted for one in judged if one.right)
    return mean(2 * right[name] / (wanted[name] + got[name]) for name in wanted)
