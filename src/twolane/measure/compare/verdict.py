"""Whether a model suits a lane: the bars, and the figures that reach or miss them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from twolane.measure.compare.result import Fit, ModelResult, Verdict, sample_at
from twolane.measure.data import read_data
from twolane.measure.report.samples import number


@dataclass(frozen=True, slots=True)
class _Threshold:
    """What a figure of a result must reach; `most` turns the comparison round. No figure misses the bar."""

    what: str
    path: str
    least: float
    unit: str = ""
    most: bool = False

    def reached(self, result: ModelResult, *, at_best: bool = False) -> bool:
        """Say whether the figure reaches the bar, or `at_best` its spread does."""
        figure = sample_at(result, self.path)
        if figure is None:
            return False
        if self.most:
            return (figure.low if at_best else figure.median) <= self.least
        return (figure.high if at_best else figure.median) >= self.least

    def sentence(self, result: ModelResult) -> str:
        figure = sample_at(result, self.path)
        if figure is None:
            return f"{self.what}: not measured"
        limit = "at most" if self.most else "at least"
        unit = f" {self.unit}" if self.unit else ""
        mark = "" if self.reached(result) else "misses: "
        return f"{mark}{self.what} {figure.text(2)}{unit}, {limit} {number(self.least)}{unit} wanted"


@cache
def _thresholds(lane: Literal["filing", "chat"]) -> tuple[_Threshold, ...]:
    return tuple(_Threshold(**row) for row in read_data("compare/thresholds")[lane])


def verdicts(result: ModelResult, *, quick: bool = False) -> tuple[Verdict, ...]:
    """Judge a model for both lanes; a quick look has too few values to judge by, and says so."""
    few = ("a quick look: too few values to judge by",) if quick else ()
    filing, chat = _thresholds("filing"), _thresholds("chat")
    return (
        Verdict("filing", _fit(result, filing), few + _sentences(result, filing)),
        Verdict("chat", _fit(result, chat), few + _sentences(result, chat) + _thinking(result)),
    )


def conclusions(results: Sequence[ModelResult]) -> tuple[str, ...]:
    """Say in a sentence a lane which of the models to take, or that none suits it."""
    return (_take(results, "filing", _best_filer), _take(results, "chat", _best_talker))


def _take(
    results: Sequence[ModelResult], lane: Literal["filing", "chat"], best: Callable[[list[ModelResult]], str]
) -> str:
    for fit, words in (("fit", ""), ("perhaps", ", though the figures leave it open whether it fits")):
        suited = [
            result
            for result in results
            if any(verdict.lane == lane and verdict.fit == fit for verdict in result.verdicts)
        ]
        if suited:
            return f"For {lane}: {best(suited)}{words}."
    return f"For {lane}: none of them fits."


def _best_filer(suited: list[ModelResult]) -> str:
    """Return the fastest of those that are not clearly less often right than the best."""
    found = [(result.model, result.filing) for result in suited if result.filing]
    best = max((filing for _, filing in found), key=lambda filing: filing.accuracy.median)
    even = [(m, filing) for m, filing in found if filing.accuracy.high >= best.accuracy.median]
    model, filing = min(even, key=lambda pair: pair[1].seconds.median)
    return f"{model}, accuracy {filing.accuracy.text(2)}, {filing.seconds.text(2)} s a file"


def _best_talker(suited: list[ModelResult]) -> str:
    found = [(result.model, result.answers) for result in suited if result.answers]
    model, answers = max(found, key=lambda pair: pair[1].right.median + pair[1].refused.median)
    right, refused = answers.right.text(2), answers.refused.text(2)
    return f"{model}, right answers {right}, refuses what the sources do not say {refused}"


def _fit(result: ModelResult, bars: Sequence[_Threshold]) -> Fit:
    if all(bar.reached(result) for bar in bars):
        return "fit"
    return "perhaps" if all(bar.reached(result, at_best=True) for bar in bars) else "not"


def _sentences(result: ModelResult, bars: Sequence[_Threshold]) -> tuple[str, ...]:
    """Return what is said of each bar, those that are missed first."""
    return tuple(bar.sentence(result) for bar in sorted(bars, key=lambda bar: bar.reached(result)))


def _thinking(result: ModelResult) -> tuple[str, ...]:
    thinks = result.instructions and result.instructions.thinks
    return ("it thinks aloud before it answers, though it was asked not to",) if thinks else ()
