"""More workers: files a minute with 1, 2, 4 and 8 of them on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from twolane.hardware.plan.profiles import usable_cores
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
from twolane.measure.report.plots import Plot, line_plot

_GAIN = 1.5


class WorkersExperiment:
    """Scalability: filing grows with the number of its workers."""

    name = "workers"
    title = "Scalability: more workers"
    about = (
        "Files a minute with a growing number of workers, each with a request of its own at the small model, "
        "told of work by the queue that the settings name. "
        "All share this machine's cores and its one small model: what workers on other machines add cannot "
        "be seen here."
    )

    def __init__(self) -> None:
        self._levels: tuple[int, ...] = ()

    def steps(self, scale: Scale) -> Sequence[ExperimentStep]:
        self._levels = scale.workers
        return [
            ExperimentStep(
                *(self.name, str(level), "two", number),
                partial(_file, number=scale.papers + level),
                workers=level,
                papers=scale.papers + level,
            )
            for number in range(scale.repeats)
            for level in scale.workers
        ]

    def conclude(self, results: Results) -> Sequence[Finding]:
        figures = [self._figure(results, level) for level in self._levels]
        return [
            judged(
                self.name,
                "More workers on this machine file more.",
                figures,
                f"at least {_GAIN} times as many files a minute with the best number of workers as with one",
                self._gain,
                results.missing(self.name),
                untested=results.untested(self.name),
            )
        ]

    def plots(self, results: Results) -> Sequence[Plot]:
        samples = [figure.sample if (figure := self._figure(results, n)) else None for n in self._levels]
        return [
            line_plot("More workers", list(self._levels), {"two lanes": samples}, "workers", "files a minute")
        ]

    def _figure(self, results: Results, level: int) -> Figure | None:
        shown = f"{level} worker{'s' if level > 1 else ''}"
        return results.figure(self.name, str(level), "two", "files_per_min", "files/min", shown)

    def _gain(self, figures: Sequence[Figure]) -> Judgement:
        best = max(range(len(figures)), key=lambda index: figures[index].p50)
        ratio = figures[best].p50 / figures[0].p50
        words = f"{ratio:.2f} times as many with {self._levels[best]}, on {usable_cores()} cores"
        return Judgement(ratio, ratio >= _GAIN, words)


def _file(rig: Rig, *, number: int) -> Values:
    before = rig.filed
    seconds = rig.file(rig.unsure(number))
    filed = rig.filed - before
    rig.settle()
    return {"files_per_min": [mean_rate(filed, seconds)]}
