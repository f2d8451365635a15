"""Filing while one question a minute is asked: how much of its pace the filing lane keeps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from twolane.measure.prove.experiment import (
    ExperimentStep,
    Figure,
    Finding,
    Judgement,
    Results,
    Scale,
    Values,
    judged,
)
from twolane.measure.prove.rig import Rig, mean_rate
from twolane.measure.report.plots import Plot, bar_plot

KEPT = 0.5
_MINUTE_S = 60.0


class QuestionsExperiment:
    """Filing goes on while people ask: what waits for an answer gets its share back."""

    name = "questions"
    title = "User experience: filing while questions are asked"
    about = (
        "Files a minute with filing saturated: while nobody asks, and over a minute at whose start one "
        "question is asked. On the small scale (--quick) the minute is not waited for, but reckoned from the "
        "pace during the answer and the pace without."
    )

    def steps(self, scale: Scale) -> Sequence[ExperimentStep]:
        return [
            ExperimentStep(
                *(self.name, "", "two", number),
                partial(
                    _minute, window_s=scale.window_s, alone_s=scale.reference_s, alone_first=number % 2 == 0
                ),
                papers=5,
                questions=1,
                seconds=0.8 * scale.window_s + scale.reference_s,  # the answer is within the window
            )
            for number in range(scale.repeats)
        ]

    def conclude(self, results: Results) -> Sequence[Finding]:
        alone, asked = self._figures(results)
        return [
            judged(
                self.name,
                "Filing keeps at least half of its pace while one question a minute is asked.",
                [alone, asked],
                f"at least {KEPT} times as many files a minute",
                _kept,
                results.missing(self.name),
            )
        ]

    def plots(self, results: Results) -> Sequence[Plot]:
        figures = self._figures(results)
        labels = ["nobody asks", "one question a minute"]
        series = {"two lanes": [figure.sample if figure else None for figure in figures]}
        return [bar_plot("Filing while questions are asked", labels, series, "files a minute")]

    def _figures(self, results: Results) -> tuple[Figure | None, Figure | None]:
        alone = results.figure(self.name, "", "two", "alone_per_min", "files/min", "nobody asks")
        return alone, results.figure(
            self.name, "", "two", "asked_per_min", "files/min", "one question a minute"
        )


def _kept(figures: Sequence[Figure]) -> Judgement:
    ratio = figures[1].p50 / figures[0].p50
    return Judgement(ratio, ratio >= KEPT, f"{ratio:.2f} times as many files a minute")


def _minute(rig: Rig, *, window_s: float, alone_s: float, alone_first: bool) -> Values:
    with rig.saturated():
        alone = _pace(rig, alone_s) if alone_first else 0.0
        started = time.monotonic()
        asked = rig.ask()
        during = mean_rate(rig.filed_between(started, started + asked.seconds), asked.seconds)
        if window_s:
            rig.wait_for(lambda: time.monotonic() >= started + window_s, max(1.0, window_s))
            ended = time.monotonic()
            minute = mean_rate(rig.filed_between(started, ended), ended - started)
        if not alone_first:
            alone = _pace(rig, alone_s)
    if not window_s:
        share = min(1.0, asked.seconds / _MINUTE_S)
        minute = share * during + (1 - share) * alone
    return {"alone_per_min": [alone], "asked_per_min": [minute], "during_per_min": [during]}


def _pace(rig: Rig, seconds: float) -> float:
    """Return files a minute over a time, from one paper's end to another's."""
    started = time.monotonic()
    rig.wait_for(lambda: time.monotonic() >= started + seconds, seconds + 1.0)
    ended = time.monotonic()
    return mean_rate(rig.filed_between(started, ended), ended - started)
