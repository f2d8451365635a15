"""Failure scope: a lane's model process is killed for real, and what the other lane's user saw."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from twolane.errors import ModelError
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

_KEPT = 0.5
_LONGEST_S = 90.0
_SHORTEST_S = 5.0
_DUE_PAPERS = 2


class IsolationExperiment:
    """Failure scope: with two lanes a failure stays in its lane."""

    name = "isolation"
    title = "Failure scope: when a model dies"
    about = (
        "While papers come in, the process of a lane's model is killed, and killed again whenever it comes "
        "back, for as long as the other lane's user does something: asks a question, or waits for files. "
        "Then it is left alone, and everything must be done in the end."
    )

    def steps(self, scale: Scale) -> Sequence[ExperimentStep]:
        files = 2 if scale.quick else 5
        return [
            step
            for number in range(scale.repeats)
            for step in (
                ExperimentStep(
                    *(self.name, "filing dead", "two", number, _filing_dead),
                    papers=5,
                    questions=2,
                    seconds=15.0,
                ),
                ExperimentStep(
                    *(self.name, "chat dead", "two", number, partial(_chat_dead, files=files)),
                    papers=2 * files + 5,
                    questions=1,
                    seconds=5.0,
                ),
                ExperimentStep(
                    *(self.name, "all dead", "one", number, partial(_all_dead, files=files)),
                    papers=files + 5,
                    questions=1,
                    seconds=15.0,
                ),
            )
        ]

    def conclude(self, results: Results) -> Sequence[Finding]:
        missing = results.missing(self.name)

        def against(part: str, **bad: str) -> str:
            totals = {name: sum(results.values(self.name, part, "two", name)) for name in bad}
            return ", ".join(f"{total:.0f} {bad[name]}" for name, total in totals.items() if total)

        return [
            judged(
                self.name,
                "While the filing lane's model is dead, chat answers, and no file is lost.",
                self._chat_figures(results),
                "every question answered, nothing lost",
                _answered,
                missing,
                against=against("filing dead", errors="errors", lost="files lost"),
            ),
            judged(
                self.name,
                "While the chat lane's model is dead, files are filed, and chat comes back.",
                self._filing_figures(results),
                f"at least {_KEPT} times as many files a minute, nothing lost, the next question answered",
                _filed,
                missing,
                against=against("chat dead", lost="files lost", errors_after="errors once it may live again"),
            ),
            judged(
                self.name,
                "With one model, its death stops both chat and filing.",
                [
                    results.figure(self.name, "all dead", "one", name, "files/min", f"one model, {when}")
                    for name, when in (("alive_per_min", "alive"), ("dead_per_min", "dead"))
                ],
                "the question ends in an error and nothing is filed",
                lambda f: _stopped(f, results.values(self.name, "all dead", "one", "errors")),
                missing,
            ),
        ]

    def plots(self, results: Results) -> Sequence[Plot]:
        chat, filing = self._chat_figures(results), self._filing_figures(results)
        return [
            bar_plot(
                title, labels, {"two lanes": [figure.sample if figure else None for figure in figures]}, unit
            )
            for title, labels, figures, unit in (
                ("First word of an answer", ["both alive", "filing model dead"], chat, "seconds"),
                ("Filing", ["both alive", "chat model dead"], filing, "files a minute"),
            )
        ]

    def _chat_figures(self, results: Results) -> list[Figure | None]:
        names = {
            "alive_first_word_s": "first word, both alive",
            "dead_first_word_s": "first word, filing dead",
        }
        return [
            results.figure(self.name, "filing dead", "two", name, "s", shown) for name, shown in names.items()
        ]

    def _filing_figures(self, results: Results) -> list[Figure | None]:
        names = {"alive_per_min": "filing, both alive", "dead_per_min": "filing, chat dead"}
        return [
            results.figure(self.name, "chat dead", "two", name, "files/min", shown)
            for name, shown in names.items()
        ]


def _answered(figures: Sequence[Figure]) -> Judgement:
    ratio = figures[1].p50 / figures[0].p50
    words = f"0 errors, 0 files lost; first word after {ratio:.2f} times the usual time"
    return Judgement(ratio, True, words)


def _filed(figures: Sequence[Figure]) -> Judgement:
    ratio = figures[1].p50 / figures[0].p50
    words = f"{ratio:.2f} times as many files a minute, 0 lost; chat came back"
    return Judgement(ratio, ratio >= _KEPT, words)


def _stopped(figures: Sequence[Figure], errors: Sequence[float]) -> Judgement:
    alive, dead = figures
    share, kept = sum(errors) / len(errors), dead.p50 / alive.p50
    words = f"{share:.0%} of the questions ended in an error, {dead.p50:.1f} files a minute were filed"
    return Judgement(kept, share == 1.0 and dead.p50 == 0.0, words)


def _filing_dead(rig: Rig) -> Values:
    rig.must_kill("filing")
    alive = rig.ask()
    if not alive.first_word_s:  # there is nothing to compare with
        raise ModelError(f"the question that was asked before anything died had no answer: {alive.error}")
    with rig.saturated():
        with rig.killed("filing"):
            dead = rig.ask()
    return {
        "alive_first_word_s": [alive.first_word_s],
        "dead_first_word_s": [dead.first_word_s] if dead.first_word_s else [],
        "errors": [float(bool(dead.error))],
        "lost": [float(rig.lost())],
    }


def _chat_dead(rig: Rig, *, files: int) -> Values:
    rig.must_kill("chat")
    with rig.saturated():
        alive = _pace(rig, files)
        with rig.killed("chat"):
            with rig.asking():
                dead = _pace(rig, files)
    after = rig.ask()
    return {
        "alive_per_min": [alive],
        "dead_per_min": [dead],
        "lost": [float(rig.lost())],
        "errors_after": [float(bool(after.error))],
    }


def _all_dead(rig: Rig, *, files: int) -> Values:
    rig.must_kill("chat")
    with rig.saturated():
        alive = _pace(rig, files)
        with rig.killed("chat"):
            started = time.monotonic()
            dead = rig.ask()
            # Long enough for papers to end, were the model alive.
            until = started + min(_LONGEST_S, max(_SHORTEST_S, 60.0 * _DUE_PAPERS / alive if alive else 0.0))
            rig.wait_for(lambda: time.monotonic() >= until, _LONGEST_S + 1.0)
            ended = time.monotonic()
    return {
        "alive_per_min": [alive],
        "dead_per_min": [mean_rate(rig.filed_between(started, ended), ended - started)],
        "errors": [float(bool(dead.error))],
        "lost": [float(rig.lost())],
    }


def _pace(rig: Rig, files: int) -> float:
    """Return files a minute until so many more are filed, or too long a time is over."""
    started, before = time.monotonic(), rig.filed
    rig.wait_for(lambda: rig.filed >= before + files, _LONGEST_S)
    return mean_rate(rig.filed - before, time.monotonic() - started)
