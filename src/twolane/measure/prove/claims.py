"""The experiments as they are declared: quantities, what is claimed of them, and the verdict on that."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Literal

from twolane.measure.prove.experiment import (
    SETUP_NAMES,
    ClaimVerdict,
    ExperimentStep,
    Figure,
    Finding,
    Results,
    Scale,
)
from twolane.measure.prove.setups import Setup
from twolane.measure.report.plots import Plot, bar_plot, line_plot

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "at least": operator.ge,
    "at most": operator.le,
    "more than": operator.gt,
    "less than": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """What the steps of a part call its values, and how it is shown."""

    setup: Setup
    name: str
    unit: str
    shown: str
    part: str = ""
    quick: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quantity divided by another, or one by itself, and what is said of that."""

    compare: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is made of figures; `ratio` is 0 where the verdict rests on something else."""

    ratio: float
    holds: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that the figures bear out or refute; `data/experiments.toml` says what each field means."""

    claim: str
    figures: tuple[str, ...]
    bar: str
    reason: str
    compare: tuple[str, ...] = ()
    must: Literal["at least", "at most", "more than", "less than"] = "at least"
    bound: float = 0.0
    bound_p95: float = inf
    against: Mapping[str, str] = field(default_factory=dict)
    untested: tuple[Setup, ...] = ()
    reached: tuple[Setup, ...] = ()
    beside: Comparison | None = None

    def judge(self, figures: Mapping[str, Figure], reached: str) -> Judgement:
        """Compare the figures as declared. Raises `ZeroDivisionError` where one to divide by is 0."""
        p50, p95 = _compared(figures, self.compare)
        holds = _COMPARED[self.must](p50, self.bound) and p95 <= self.bound_p95
        reason = self.reason.format(ratio=p50, p95=p95, reached=reached, **figures)
        if self.beside and all(name in figures and figures[name].p50 for name in self.beside.compare):
            ratio, _ = _compared(figures, self.beside.compare)
            reason += f"; {self.beside.reason.format(ratio=ratio, **figures)}"
        return Judgement(p50 if len(self.compare) > 1 else 0.0, holds, reason)


def _compared(figures: Mapping[str, Figure], names: Sequence[str]) -> tuple[float, float]:
    """Return median and 95th percentile of a figure, divided by those of another where there is one."""
    first, *second = (figures[name] for name in names)
    return (first.p50 / second[0].p50, first.p95 / second[0].p95) if second else (first.p50, first.p95)


@dataclass(frozen=True, slots=True)
class Chart:
    """How quantities are drawn: bars for each of `labels`, or lines over the places `x`."""

    title: str
    unit: str
    series: Mapping[str, tuple[str, ...]]
    labels: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    x_unit: str = ""

    def drawn(self, figures: Mapping[str, Figure | None]) -> Plot:
        """Draw those places whose quantities are among the figures; None leaves a gap."""
        series = {
            shown: [figure.sample if (figure := figures[name]) else None for name in names if name in figures]
            for shown, names in self.series.items()
        }
        if not self.x:
            return bar_plot(self.title, self.labels, series, self.unit)
        places = self.x[: max(map(len, series.values()))]
        return line_plot(self.title, places, series, self.x_unit, self.unit)


@dataclass(frozen=True)
class Experiment:
    """A row of the strategy as something that can be measured; `judge` is for claims that compare nothing."""

    name: str
    title: str
    about: str
    quantities: Mapping[str, Quantity]
    claims: tuple[Claim, ...]
    plots: tuple[Chart, ...]
    steps: Callable[[Scale], Sequence[ExperimentStep]]
    judge: Callable[[Claim, Mapping[str, Figure], Results], Judgement] | None = None

    def conclude(self, results: Results, *, quick: bool = False) -> Sequence[Finding]:
        """Say what follows from what was measured, also where some of it is missing."""
        figures = self._figures(results, quick=quick)
        return [self._finding(claim, figures, results) for claim in self.claims]

    def draw(self, results: Results, *, quick: bool = False) -> Sequence[Plot]:
        """Draw what was measured. Raises `SettingsError` where plots cannot be drawn."""
        figures = self._figures(results, quick=quick)
        return [chart.drawn(figures) for chart in self.plots]

    def _figures(self, results: Results, *, quick: bool) -> Mapping[str, Figure | None]:
        """Return a figure for each quantity of this scale, None where it was not measured."""
        return {
            key: Figure.of(one.shown, one.unit, results.values(self.name, one.part, one.setup, one.name))
            for key, one in self.quantities.items()
            if one.quick or not quick
        }

    def _finding(self, claim: Claim, figures: Mapping[str, Figure | None], results: Results) -> Finding:
        wanted = [figures[name] for name in claim.figures if name in figures]
        there = tuple(figure for figure in wanted if figure)
        bar = claim.bar.format(bound=claim.bound, bound_p95=claim.bound_p95)
        found = partial(Finding, self.name, claim.claim, bar=bar, figures=there)
        if against := self._against(claim, results):
            return found(ClaimVerdict.NOT_HERE, against)
        if untested := self._untested(claim, results):
            return found(ClaimVerdict.UNKNOWN, untested)
        if len(there) < len(wanted):
            return found(ClaimVerdict.UNKNOWN, results.missing(self.name))
        known = {name: figure for name, figure in figures.items() if figure}
        try:
            if self.judge and not claim.compare:
                made = self.judge(claim, known, results)
            else:
                made = claim.judge(known, self._reached(claim, results)[1])
        except ZeroDivisionError:
            zero = ", ".join(f"{figure.name} (0 {figure.unit})" for figure in there if not figure.p50)
            return found(ClaimVerdict.UNKNOWN, f"nothing can be compared with {zero}")
        verdict = ClaimVerdict.HOLDS if made.holds else ClaimVerdict.NOT_HERE
        return found(verdict, made.reason, made.ratio)

    def _against(self, claim: Claim, results: Results) -> str:
        """Say which counts refute a claim, whatever its figures are."""
        of = self.quantities[claim.figures[0]]
        totals = {name: sum(results.values(self.name, of.part, of.setup, name)) for name in claim.against}
        return ", ".join(f"{total:.0f} {claim.against[name]}" for name, total in totals.items() if total)

    def _untested(self, claim: Claim, results: Results) -> str:
        """Say why the figures are not those of the claim: papers were given up, or did not reach a model."""
        given_up = results.given_up(self.name, *claim.untested) if claim.untested else ()
        if given_up:
            return ", ".join(f"{figure.p50:.0f} {figure.name}" for figure in given_up)
        all_of_them, words = self._reached(claim, results)
        return "" if all_of_them else words

    def _reached(self, claim: Claim, results: Results) -> tuple[bool, str]:
        """Say whether all papers reached a model, and how many of how many did."""
        counts = {
            setup: [sum(results.values(self.name, "model", setup, name)) for name in ("reached", "papers")]
            for setup in claim.reached
        }
        words = (f"{some:.0f} of {of:.0f} in {SETUP_NAMES[setup]}" for setup, (some, of) in counts.items())
        all_of_them = all(some >= of for some, of in counts.values())
        return all_of_them, f"papers that reached a model: {', '.join(words)}"
