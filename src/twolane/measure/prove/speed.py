"""How many files a minute: the small model, the one large model, and the lane with all its tiers."""

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
from twolane.measure.prove.rig import Rig, Setup, mean_rate
from twolane.measure.report.plots import Plot, bar_plot

_PROMISED = 10.0
_TRIES = 3


class SpeedExperiment:
    """Ingestion speed: small models are said to be 10 to 50 times as fast."""

    name = "speed"
    title = "Ingestion speed: files a minute"
    about = (
        "Papers whose kind only a model can tell are filed by the small model (two lanes) and by the large "
        "one (one model). Then an ordinary inbox is filed, of which nine papers in ten need no model: by the "
        "whole filing lane, and by one model behind the same rules."
    )

    def steps(self, scale: Scale) -> Sequence[ExperimentStep]:
        made: list[ExperimentStep] = []
        for number in range(scale.repeats):
            mixed = partial(_file_mixed, number=scale.mixed)
            unsure = partial(_file_unsure, number=scale.papers)
            for setup in SETUP_NAMES:
                made += [
                    ExperimentStep(self.name, "model", setup, number, unsure, papers=scale.papers),
                    ExperimentStep(
                        *(self.name, "mixed", setup, number, mixed),
                        papers=scale.mixed // 10,
                        seconds=scale.mixed * 0.15,
                    ),
                ]
        return made

    def conclude(self, results: Results) -> Sequence[Finding]:
        small, large = self._rate(results, "model", "two"), self._rate(results, "model", "one")
        mixed = self._rate(results, "mixed", "two")
        missing = results.missing(self.name)
        given_up = results.untested(self.name)
        return [
            judged(
                self.name,
                "The small model files 10 to 50 times as many papers as the large one.",
                [small, large],
                f"at least {_PROMISED:.0f} times",
                lambda figures: _times(figures, _reached(results, "two", "one")),
                missing,
                untested=given_up or _not_asked(results, "two", "one"),
            ),
            judged(
                self.name,
                "The filing lane, with its rules and similarity, files an ordinary inbox 10 to 50 times as "
                "fast as one large model that is asked about every paper.",
                [mixed, large],
                f"at least {_PROMISED:.0f} times",
                lambda figures: _times(figures, self._behind_rules(results)),
                missing,
                untested=given_up or _not_asked(results, "one"),
            ),
        ]

    def plots(self, results: Results) -> Sequence[Plot]:
        parts = {"model": "papers only a model can tell", "mixed": "an ordinary inbox"}
        series = {
            shown: [figure.sample if (figure := self._rate(results, part, setup)) else None for part in parts]
            for setup, shown in SETUP_NAMES.items()
        }
        return [bar_plot("Files a minute", list(parts.values()), series, "files a minute")]

    def _rate(self, results: Results, part: str, setup: Setup) -> Figure | None:
        shown = {
            ("model", "two"): "small model, asked about every paper",
            ("model", "one"): "large model, asked about every paper",
            ("mixed", "two"): "filing lane, ordinary inbox",
            ("mixed", "one"): "one model behind the same rules, ordinary inbox",
        }[part, setup]
        return results.figure(self.name, part, setup, "files_per_min", "files/min", shown)

    def _behind_rules(self, results: Results) -> str:
        mixed, same = self._rate(results, "mixed", "two"), self._rate(results, "mixed", "one")
        if not (mixed and same and same.p50):
            return ""
        times = mixed.p50 / same.p50
        return (
            f"that is {times:.1f} times what one model files behind the same rules ({same.p50:.0f} a minute)"
        )


def _times(figures: Sequence[Figure], more: str) -> Judgement:
    ratio = figures[0].p50 / figures[1].p50
    words = f"{ratio:.1f} times as many"
    return Judgement(ratio, ratio >= _PROMISED, f"{words}; {more}" if more else words)


def _reached(results: Results, *setups: Setup) -> str:
    """Say how many papers were filed by a model, of how many that should have been."""
    counts = (
        f"{sum(results.values(SpeedExperiment.name, 'model', setup, 'reached')):.0f} of "
        f"{sum(results.values(SpeedExperiment.name, 'model', setup, 'papers')):.0f} in {SETUP_NAMES[setup]}"
        for setup in setups
    )
    return f"papers that reached a model: {', '.join(counts)}"


def _not_asked(results: Results, *setups: Setup) -> str:
    """Say where the model filed too few papers for its pace to be known; "" where it filed all."""
    for setup in setups:
        reached, wanted = (
            sum(results.values(SpeedExperiment.name, "model", setup, name)) for name in ("reached", "papers")
        )
        if reached < wanted:
            return _reached(results, *setups)
    return ""


def _file_unsure(rig: Rig, number: int) -> Values:
    """File papers until the model has decided so many: of twenty, similarity decides one at most."""
    before, reached, seconds = rig.asked_model(), 0, 0.0
    for _ in range(_TRIES):
        seconds += rig.file(rig.unsure(number - reached))
        reached = rig.asked_model() - before
        if not 0 < reached < number:
            break
    rig.settle()
    return {"files_per_min": [mean_rate(reached, seconds)], "reached": [reached], "papers": [number]}


def _file_mixed(rig: Rig, number: int) -> Values:
    before = rig.filed
    seconds = rig.file(rig.mixed(number))
    filed = rig.filed - before
    rig.settle()
    return {"files_per_min": [mean_rate(filed, seconds)]}
