"""Chat while files come in: the first word and the pace of answers, idle and with filing saturated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

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
from twolane.measure.prove.rig import Asked, Rig, Setup
from twolane.measure.report.plots import Plot, bar_plot

# The bars of a fluid chat: the first word may come this much later, and words this much slower.
FIRST_WORD_P50, FIRST_WORD_P95, PACE = 1.25, 1.5, 0.85
_ANOTHER_PAPER_S = 60.0


class FluidExperiment:
    """User experience: chat remains responsive while the system reads files."""

    name = "chat"
    title = "User experience: chat while files come in"
    about = (
        "Questions about different memos are asked while nothing else is done, and while more papers wait "
        "than the workers can take; both in turns within the same run, so that what else the machine does "
        "falls on both alike. The time runs until the first words can be read. One model has one queue, in "
        "which questions and papers wait in the order in which they came."
    )

    def steps(self, scale: Scale) -> Sequence[ExperimentStep]:
        return [
            ExperimentStep(
                *(self.name, "", setup, number),
                partial(_in_turns, number=scale.questions, first_loaded=number % 2 == 1),
                papers=4 * (scale.questions // 2 + 1),
                questions=2 * scale.questions,
            )
            for number in range(scale.repeats)
            for setup in SETUP_NAMES
        ]

    def conclude(self, results: Results) -> Sequence[Finding]:
        idle, loaded = self._first(results, "two", "idle"), self._first(results, "two", "loaded")
        one_idle, one_loaded = self._first(results, "one", "idle"), self._first(results, "one", "loaded")
        missing = results.missing(self.name)
        broken = sum(results.values(self.name, "", "two", "errors"))
        return [
            judged(
                self.name,
                "With two lanes, files that come in do not delay the first word of an answer.",
                [idle, loaded],
                f"at most {FIRST_WORD_P50} times at the median, {FIRST_WORD_P95} times at p95",
                _not_later,
                missing,
                against=f"{broken:.0f} questions ended in an error" if broken else "",
            ),
            judged(
                self.name,
                "With two lanes, files that come in do not slow down an answer.",
                [self._pace(results, "two", "idle"), self._pace(results, "two", "loaded")],
                f"at least {PACE} times as many tokens a second",
                _not_slower,
                missing,
            ),
            judged(
                self.name,
                "With one model, chat lags or queues while files come in.",
                [one_idle, one_loaded],
                f"more than {FIRST_WORD_P50} times at the median",
                _lags,
                missing,
            ),
            judged(
                self.name,
                "While files come in, two lanes answer sooner than one model.",
                [loaded, one_loaded],
                "sooner at the median",
                _sooner,
                missing,
            ),
        ]

    def plots(self, results: Results) -> Sequence[Plot]:
        conditions = {"idle": "nothing else done", "loaded": "filing saturated"}
        made = []
        for title, unit, find in (
            ("First word of an answer", "seconds", self._first),
            ("Pace of an answer", "tokens a second", self._pace),
        ):
            series = {
                shown: [
                    figure.sample if (figure := find(results, setup, one)) else None for one in conditions
                ]
                for setup, shown in SETUP_NAMES.items()
            }
            made.append(bar_plot(title, list(conditions.values()), series, unit))
        return made

    def _first(self, results: Results, setup: Setup, when: str) -> Figure | None:
        shown = f"first word, {SETUP_NAMES[setup]}, {_WHEN[when]}"
        return results.figure(self.name, "", setup, f"{when}_first_word_s", "s", shown)

    def _pace(self, results: Results, setup: Setup, when: str) -> Figure | None:
        shown = f"pace, {SETUP_NAMES[setup]}, {_WHEN[when]}"
        return results.figure(self.name, "", setup, f"{when}_tokens_per_s", "tokens/s", shown)


_WHEN = {"idle": "idle", "loaded": "filing saturated"}


def _not_later(figures: Sequence[Figure]) -> Judgement:
    idle, loaded = figures
    p50, p95 = loaded.p50 / idle.p50, loaded.p95 / idle.p95
    words = f"{p50:.2f} times at the median, {p95:.2f} times at p95"
    return Judgement(p50, p50 <= FIRST_WORD_P50 and p95 <= FIRST_WORD_P95, words)


def _not_slower(figures: Sequence[Figure]) -> Judgement:
    ratio = figures[1].p50 / figures[0].p50
    return Judgement(ratio, ratio >= PACE, f"{ratio:.2f} times as many tokens a second")


def _lags(figures: Sequence[Figure]) -> Judgement:
    idle, loaded = figures
    ratio = loaded.p50 / idle.p50
    words = f"{ratio:.2f} times at the median, {loaded.p95 / idle.p95:.2f} times at p95"
    return Judgement(ratio, ratio > FIRST_WORD_P50, words)


def _sooner(figures: Sequence[Figure]) -> Judgement:
    two, one = figures
    words = f"{two.p50:.1f} s with two lanes, {one.p50:.1f} s with one model"
    return Judgement(one.p50 / two.p50, one.p50 > two.p50, words)


def _in_turns(rig: Rig, number: int, *, first_loaded: bool) -> Values:
    """Ask idle and loaded as in ABBAAB...: what drifts falls on both."""
    order = [(index + 1) // 2 % 2 == 1 for index in range(2 * number)]
    asked: dict[str, list[Asked]] = {"idle": [], "loaded": []}
    for loaded, turns in groupby(order, lambda second: second is not first_loaded):
        if not loaded:
            asked["idle"] += [rig.ask() for _ in turns]
            continue
        with rig.saturated():
            for _ in turns:
                asked["loaded"].append(rig.ask())
                done = rig.filed
                rig.wait_for(lambda done=done: rig.filed > done, _ANOTHER_PAPER_S)  # type: ignore[misc]
    values: dict[str, list[float]] = {}
    for when, answers in asked.items():
        values[f"{when}_first_word_s"] = [one.first_word_s for one in answers if one.first_word_s]
        values[f"{when}_tokens_per_s"] = [one.tokens_per_s for one in answers if one.tokens_per_s]
        values[f"{when}_prompt_tokens"] = [one.prompt_tokens for one in answers]
    values["errors"] = [float(sum(bool(one.error) for answers in asked.values() for one in answers))]
    return values
