"""How long a run still takes, reckoned from what its steps took so far."""

from __future__ import annotations

import time
from collections.abc import Sequence

from twolane.measure.prove.experiment import ExperimentStep
from twolane.measure.prove.setups import Setup
from twolane.measure.report.journal import Progress

# On two cores, with the embedded pair: what everything is reckoned from until it is known better.
_PAPER_S: dict[Setup, float] = {"two": 1.8, "one": 3.5}
_QUESTION_S, _QUICK_QUESTION_S = 13.0, 5.0
_OPENING_S, _BARE_OPENING_S = 25.0, 10.0


class Forecast:
    """Knows what is done and what is left, and learns from each step how fast this machine is.

    One thread may tell it what happens while another asks for the progress.
    """

    def __init__(self, *, quick: bool) -> None:
        self._question_s = _QUICK_QUESTION_S if quick else _QUESTION_S
        self._left: list[ExperimentStep] = []
        self._taken: dict[Setup, tuple[float, float]] = {}
        self._spent_s = 0.0
        self._opened: ExperimentStep | None = None
        self._now = ""
        self._since = time.monotonic()

    def plan(self, steps: Sequence[ExperimentStep]) -> None:
        """Set what is to be done, in its order."""
        self._left = list(steps)
        self._since = time.monotonic()

    def open(self, step: ExperimentStep, now: str) -> None:
        """Say that the set-up of a step is being opened."""
        self._spend()
        self._opened, self._now = step, now

    def begin(self, now: str) -> None:
        """Say what is done next."""
        self._spend()
        self._now = now

    def learn(self, step: ExperimentStep, seconds: float) -> None:
        """Take up what a step took, in this run or before it was stopped."""
        taken_s, thought_s = self._taken.get(step.setup, (0.0, 0.0))
        self._taken[step.setup] = taken_s + seconds, thought_s + self._thought_s(step)

    def done(self, step: ExperimentStep) -> None:
        """Say that a step is over."""
        self._left.remove(step)

    def progress(self) -> Progress:
        """Say how far the run is now, in seconds; the time of the step under way counts as it passes."""
        running_s = time.monotonic() - self._since
        left = tuple(self._left)
        left_s = sum(self._expected_s(step) for step in left)
        groups: set[tuple[int, Setup, int]] = {self._opened.rig} if self._opened else set()
        for step in left:
            if step.rig not in groups:
                groups.add(step.rig)
                left_s += _BARE_OPENING_S if step.workers else _OPENING_S
        first_s = self._expected_s(left[0]) if left else 0.0
        done_s = self._spent_s + running_s
        return Progress(done_s, done_s + max(0.0, left_s - min(running_s, first_s)), self._now)

    def _spend(self) -> None:
        now = time.monotonic()
        self._spent_s += now - self._since
        self._since = now

    def _expected_s(self, step: ExperimentStep) -> float:
        taken_s, thought_s = self._taken.get(step.setup, (1.0, 1.0))
        return self._thought_s(step) * taken_s / max(1e-9, thought_s)

    def _thought_s(self, step: ExperimentStep) -> float:
        return step.papers * _PAPER_S[step.setup] + step.questions * self._question_s + step.seconds
