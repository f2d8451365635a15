"""Questions while papers are filed: what they wait for, and what they cost the filing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from itertools import groupby

from twolane.measure.prove.asked import TimedAnswer
from twolane.measure.prove.experiment import SETUP_NAMES, ExperimentStep, Scale, Values
from twolane.measure.prove.rig import Rig, mean_rate

_ANOTHER_PAPER_S = 60.0
_MINUTE_S = 60.0


def chat_steps(scale: Scale) -> Sequence[ExperimentStep]:
    """Ask with nothing else to do and with filing saturated, in both set-ups."""
    return [
        ExperimentStep(
            *("chat", "", setup, number),
            partial(_in_turns, number=scale.questions, first_loaded=number % 2 == 1),
            papers=4 * (scale.questions // 2 + 1),
            questions=2 * scale.questions,
        )
        for number in range(scale.repeats)
        for setup in SETUP_NAMES
    ]


def questions_steps(scale: Scale) -> Sequence[ExperimentStep]:
    """File while nobody asks, and while one question a minute is asked."""
    window_s, alone_s = scale.window_s, scale.reference_s
    return [
        ExperimentStep(
            *("questions", "", "two", number),
            partial(_minute, window_s=window_s, alone_s=alone_s, alone_first=number % 2 == 0),
            papers=5,
            questions=1,
            seconds=0.8 * window_s + alone_s,  # the answer is within the window
        )
        for number in range(scale.repeats)
    ]


def _in_turns(rig: Rig, number: int, *, first_loaded: bool) -> Values:
    """Ask idle and loaded as in ABBAAB...: what drifts falls on both."""
    order = [(index + 1) // 2 % 2 == 1 for index in range(2 * number)]
    asked: dict[str, list[TimedAnswer]] = {"idle": [], "loaded": []}
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


def _minute(rig: Rig, *, window_s: float, alone_s: float, alone_first: bool) -> Values:
    with rig.saturated():
        alone = _pace(rig, alone_s) if alone_first else 0.0
        started = time.monotonic()
        asked = rig.ask()
        during = mean_rate(rig.filed_between(started, started + asked.seconds), asked.seconds)
        minute = _pace(rig, window_s, started) if window_s else 0.0
        if not alone_first:
            alone = _pace(rig, alone_s)
    if not window_s:
        share = min(1.0, asked.seconds / _MINUTE_S)
        minute = share * during + (1 - share) * alone
    return {"alone_per_min": [alone], "asked_per_min": [minute], "during_per_min": [during]}


def _pace(rig: Rig, seconds: float, started: float = 0.0) -> float:
    """Return files a minute over a time that begins now, or has begun."""
    started = started or time.monotonic()
    rig.wait_for(lambda: time.monotonic() >= started + seconds, seconds + 1.0)
    ended = time.monotonic()
    return mean_rate(rig.filed_between(started, ended), ended - started)
