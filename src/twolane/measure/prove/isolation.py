"""Failure scope: a lane's model process is killed for real, and what the other lane's user saw."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from twolane.errors import ModelError
from twolane.measure.prove.claims import Claim, Judgement
from twolane.measure.prove.experiment import ExperimentStep, Figure, Results, Scale, Values
from twolane.measure.prove.processes import killed, must_kill
from twolane.measure.prove.rig import Rig, mean_rate
from twolane.measure.prove.setups import Setup

_LONGEST_S = 90.0
_SHORTEST_S = 5.0
_DUE_PAPERS = 2


def isolation_steps(scale: Scale) -> Sequence[ExperimentStep]:
    """Kill each lane's model in turn, and the one model."""
    files = 2 if scale.quick else 5
    cases: Sequence[tuple[str, Setup, Callable[[Rig], Values], int, int, float]] = (
        ("filing dead", "two", _filing_dead, 5, 2, 15.0),
        ("chat dead", "two", partial(_chat_dead, files=files), 2 * files + 5, 1, 5.0),
        ("all dead", "one", partial(_all_dead, files=files), files + 5, 1, 15.0),
    )
    return [
        ExperimentStep("isolation", part, setup, number, measure, 0, papers, questions, seconds)
        for number in range(scale.repeats)
        for part, setup, measure, papers, questions, seconds in cases
    ]


def stopped(claim: Claim, figures: Mapping[str, Figure], results: Results) -> Judgement:
    """Judge whether the death of the one model stopped everything: every question and all filing."""
    errors = results.values("isolation", "all dead", "one", "errors")
    alive, dead = figures["one_alive"], figures["one_dead"]
    share, kept = sum(errors) / len(errors), dead.p50 / alive.p50
    reason = claim.reason.format(share=share, **figures)
    return Judgement(kept, share == 1.0 and dead.p50 == 0.0, reason)


def _filing_dead(rig: Rig) -> Values:
    must_kill(rig.app, "filing")
    alive = rig.ask()
    if not alive.first_word_s:  # there is nothing to compare with
        raise ModelError(f"the question that was asked before anything died had no answer: {alive.error}")
    with rig.saturated():
        with killed(rig.app, "filing"):
            dead = rig.ask()
    return {
        "alive_first_word_s": [alive.first_word_s],
        "dead_first_word_s": [dead.first_word_s] if dead.first_word_s else [],
        "errors": [float(bool(dead.error))],
        "lost": [float(rig.lost())],
    }


def _chat_dead(rig: Rig, *, files: int) -> Values:
    must_kill(rig.app, "chat")
    with rig.saturated():
        alive = _pace(rig, files)
        with killed(rig.app, "chat"):
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
    must_kill(rig.app, "chat")
    with rig.saturated():
        alive = _pace(rig, files)
        with killed(rig.app, "chat"):
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
