"""How many files a minute: the small model, the one large model, and the lane with all its tiers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from twolane.prove import papers
from twolane.prove.experiment import (
    SETUP_NAMES,
    Figure,
    Finding,
    Judgement,
    Results,
    Scale,
    Step,
    Values,
    judged,
)
from twolane.prove.plots import Plot, bar_plot
from twolane.prove.rig import Rig, Setup, mean_rate

_PROMISED = 10.0


class Speed:
    """Ingestion speed: small models are said to be 10 to 50 times as fast."""

    name = "speed"
    title = "Ingestion speed: files a minute"
    about = (
        "Papers whose kind only a model can tell are filed by the small model (two lanes) and by the large "
        "one (one model). Then an ordinary inbox is filed, of which nine papers in ten need no model: by the "
        "whole filing lane, and by one model behind the same rules."
    )

    def steps(self, scale: Scale) -> Sequence[Step]:
        made: list[Step] = []
        for number in range(scale.repeats):
            mixed = partial(_file_mixed, number=scale.mixed, start=scale.mixed * number)
            unsure = partial(_file_unsure, number=scale.papers)
            for setup in SETUP_NAMES:
                made += [
                    Step(self.name, "model", setup, number, unsure, papers=scale.papers),
                    Step(
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
        reached = ", ".join(
            f"{sum(results.values(self.name, 'model', setup, 'reached')):.0f} of "
            f"{sum(results.values(self.name, 'model', setup, 'papers')):.0f} in {SETUP_NAMES[setup]}"
            for setup in SETUP_NAMES
        )
        return [
            judged(
                self.name,
                "The small model files 10 to 50 times as many papers as the large one.",
                [small, large],
                f"at least {_PROMISED:.0f} times",
                lambda figures: _times(figures, f"papers that reached a model: {reached}"),
                missing,
            ),
            judged(
                self.name,
                "The filing lane, with its rules and similarity, files an ordinary inbox 10 to 50 times as "
                "fast as one large model that is asked about every paper.",
                [mixed, large],
                f"at least {_PROMISED:.0f} times",
                lambda figures: _times(figures, self._behind_rules(results)),
                missing,
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
        if not (mixed and same):
            return ""
        times = mixed.p50 / same.p50
        return (
            f"that is {times:.1f} times what one model files behind the same rules ({same.p50:.0f} a minute)"
        )


def _times(figures: Sequence[Figure], more: str) -> Judgement:
    ratio = figures[0].p50 / figures[1].p50
    words = f"{ratio:.1f} times as many"
    return Judgement(ratio, ratio >= _PROMISED, f"{words}; {more}" if more else words)


def _file_unsure(rig: Rig, number: int) -> Values:
    before = rig.tiers()
    seconds = rig.file(rig.unsure(number))
    after = rig.tiers()
    rig.settle()
    return {
        "files_per_min": [mean_rate(number, seconds)],
        "reached": [after["model"] - before["model"]],
        "papers": [after["all"] - before["all"]],
    }


def _file_mixed(rig: Rig, number: int, start: int) -> Values:
    seconds = rig.file([papers.mixed(start + index) for index in range(number)])
    rig.settle()
    return {"files_per_min": [mean_rate(number, seconds)]}
