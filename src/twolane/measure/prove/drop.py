"""From drop to filed: the seconds until a new file has its category, alone and while someone is answered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from twolane.measure.prove.experiment import (
    SETUP_NAMES,
    ExperimentStep,
    Figure,
    Finding,
    Judgement,
    Results,
    Scale,
    Values,
    judged,
)
from twolane.measure.prove.rig import Rig, Setup
from twolane.measure.report.plots import Plot, bar_plot

_SECONDS = 10.0
_INTO_THE_ANSWER_S = 0.3


class DropExperiment:
    """Near real time: a file that is dropped is filed seconds later."""

    name = "drop"
    title = "Ingestion speed: seconds from drop to filed"
    about = (
        "One paper that only a model can tell is dropped while nothing else is done, and another while a "
        "question is being answered. The time runs until it has its category. A watched folder adds the time "
        "in which it notices the file."
    )

    def steps(self, scale: Scale) -> Sequence[ExperimentStep]:
        return [
            ExperimentStep(
                *(self.name, "", setup, number),
                partial(_drops, number=scale.drops),
                papers=2 * scale.drops,
                questions=scale.drops,
            )
            for number in range(scale.repeats)
            for setup in SETUP_NAMES
        ]

    def conclude(self, results: Results) -> Sequence[Finding]:
        idle, busy = self._figure(results, "two", "idle_s"), self._figure(results, "two", "busy_s")
        one_busy = self._figure(results, "one", "busy_s")
        missing = results.missing(self.name)
        return [
            judged(
                self.name,
                "A file is filed seconds after it is dropped.",
                [idle],
                f"at most {_SECONDS:.0f} s at the 95th percentile",
                lambda f: Judgement(
                    0.0, f[0].p95 <= _SECONDS, f"{f[0].p50:.1f} s, and {f[0].p95:.1f} s at p95"
                ),
                missing,
                untested=results.untested(self.name, "two"),
            ),
            judged(
                self.name,
                "While someone is being answered, a file is filed sooner with two lanes than with one model.",
                [busy, one_busy],
                "sooner",
                _sooner,
                missing,
                untested=results.untested(self.name),
            ),
        ]

    def plots(self, results: Results) -> Sequence[Plot]:
        parts = {"idle_s": "nothing else done", "busy_s": "a question being answered"}
        series = {
            shown: [
                figure.sample if (figure := self._figure(results, setup, name)) else None for name in parts
            ]
            for setup, shown in SETUP_NAMES.items()
        }
        return [bar_plot("From drop to filed", list(parts.values()), series, "seconds")]

    def _figure(self, results: Results, setup: Setup, name: str) -> Figure | None:
        when = "nothing else done" if name == "idle_s" else "a question being answered"
        return results.figure(self.name, "", setup, name, "s", f"{SETUP_NAMES[setup]}, {when}")


def _sooner(figures: Sequence[Figure]) -> Judgement:
    two, one = figures
    ratio = one.p50 / two.p50
    return Judgement(ratio, ratio > 1.0, f"{two.p50:.1f} s with two lanes, {one.p50:.1f} s with one model")


def _drops(rig: Rig, number: int) -> Values:
    idle, busy = [], []
    for _ in range(number):
        idle += _filed_s(rig)
        rig.settle()
        with rig.asking():
            rig.wait_for(lambda: False, _INTO_THE_ANSWER_S)
            busy += _filed_s(rig)
        rig.settle()
    return {"idle_s": idle, "busy_s": busy}


def _filed_s(rig: Rig) -> list[float]:
    """Return the seconds until another paper is filed; nothing where it is given up."""
    before = rig.filed
    seconds = rig.file(rig.unsure(1))
    return [seconds] if rig.filed > before else []
