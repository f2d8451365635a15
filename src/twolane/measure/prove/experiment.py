"""What experiments measure by: steps of a scale, the values and figures that they leave, and findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from twolane.measure.prove.rig import Rig
from twolane.measure.prove.setups import Setup
from twolane.measure.report.samples import Summary, summarise

Values = Mapping[str, Sequence[float]]
"""What a step measured: each quantity by its name, with its unit in the name, and all its values."""

GIVEN_UP = "given_up"
"""Of every step: how many papers were given up meanwhile. They are not filed, in no figure."""


class ClaimVerdict(StrEnum):
    """What the figures say of a claim."""

    HOLDS = "holds"
    NOT_HERE = "does not hold here"
    UNKNOWN = "could not be measured"


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity in one set-up and condition: its median and spread, and its 95th percentile."""

    name: str
    unit: str
    sample: Summary
    p95: float

    @classmethod
    def of(cls, name: str, unit: str, values: Sequence[float]) -> Figure | None:
        """Return the figure of all values, or None where there are none."""
        if not values:
            return None
        return cls(name, unit, summarise(values), float(np.percentile(values, 95)))

    @property
    def p50(self) -> float:
        return self.sample.median


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with its figures and what they say of it.

    `ratio` is what the verdict rests on, 0 where it rests on something else; `bar` says what was asked.
    """

    experiment: str
    claim: str
    verdict: ClaimVerdict
    reason: str
    ratio: float = 0.0
    bar: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured in each of `repeats` rounds."""

    repeats: int
    quick: bool
    questions: int
    papers: int
    mixed: int
    drops: int
    window_s: float
    reference_s: float
    workers: tuple[int, ...]
    memos: int

    @classmethod
    def of(cls, *, quick: bool, repeats: int) -> Scale:
        """Return the small or the usual scale; `repeats` 0 is its usual number of rounds."""
        if quick:
            return cls(repeats or 1, True, 2, 4, 10, 1, 0.0, 5.0, (1, 2), 10)
        return cls(repeats or 2, False, 4, 8, 30, 2, 60.0, 30.0, (1, 2, 4, 8), 40)


@dataclass(frozen=True, slots=True)
class ExperimentStep:
    """The smallest measurement that is kept: one part of an experiment in one set-up and round.

    `workers` 0 is the user's setting. `papers` and `questions` are how many it files and asks, and `seconds`
    what it takes beside them: the time left is reckoned from these.
    """

    experiment: str
    part: str
    setup: Setup
    round: int
    measure: Callable[[Rig], Values]
    workers: int = 0
    papers: int = 0
    questions: int = 0
    seconds: float = 0.0

    @property
    def rig(self) -> tuple[int, Setup, int]:
        """What must be set up for it; steps with the same share it."""
        return self.round, self.setup, self.workers


class Results:
    """What the steps have measured so far, and why some could not."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, Setup], list[Values]] = defaultdict(list)
        self._failures: dict[str, str] = {}

    def add(self, step: ExperimentStep, values: Values) -> None:
        """Take up what a step measured."""
        self._values[step.experiment, step.part, step.setup].append(values)

    def fail(self, step: ExperimentStep, reason: str) -> None:
        """Take up why a step could not be measured."""
        self._failures.setdefault(step.experiment, reason)

    def missing(self, experiment: str) -> str:
        """Say why figures of an experiment are missing."""
        return self._failures.get(experiment, "it was not measured")

    def values(self, experiment: str, part: str, setup: Setup, name: str) -> list[float]:
        """Return all values of a quantity, of every round."""
        rounds = self._values[experiment, part, setup]
        return [value for one in rounds for value in one.get(name, ())]

    def given_up(self, experiment: str, *setups: Setup) -> tuple[Figure, ...]:
        """Return how many papers were given up in these set-ups, or all; nothing of one that filed all."""
        totals: dict[Setup, float] = defaultdict(float)
        for (name, _, setup), rounds in self._values.items():
            if name == experiment and setup in (setups or SETUP_NAMES):
                totals[setup] += sum(value for one in rounds for value in one.get(GIVEN_UP, ()))
        found = (
            Figure.of(f"papers given up, {SETUP_NAMES[setup]}", "papers", [total])
            for setup, total in totals.items()
            if total
        )
        return tuple(figure for figure in found if figure)


SETUP_NAMES: Mapping[Setup, str] = {"two": "two lanes", "one": "one model"}
