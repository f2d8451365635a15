"""Papers that are filed: how many a minute, how soon after they came, and with how many workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from twolane.hardware.plan.profiles import usable_cores
from twolane.measure.prove.claims import Claim, Judgement
from twolane.measure.prove.experiment import SETUP_NAMES, ExperimentStep, Figure, Results, Scale, Values
from twolane.measure.prove.papers import Paper
from twolane.measure.prove.rig import Rig, mean_rate

_INTO_THE_ANSWER_S = 0.3
_TRIES = 3


def speed_steps(scale: Scale) -> Sequence[ExperimentStep]:
    """File papers that only a model can tell, and an ordinary inbox, in both set-ups."""
    unsure, mixed = partial(_file_unsure, number=scale.papers), partial(_file_mixed, number=scale.mixed)
    needs = {"model": {"papers": scale.papers}, "mixed": {"papers": scale.mixed // 10}}
    return [
        ExperimentStep("speed", part, setup, number, measure, **needs[part], seconds=seconds)
        for number in range(scale.repeats)
        for setup in SETUP_NAMES
        for part, measure, seconds in (("model", unsure, 0.0), ("mixed", mixed, scale.mixed * 0.15))
    ]


def drop_steps(scale: Scale) -> Sequence[ExperimentStep]:
    """Drop papers one by one, in both set-ups."""
    measure = partial(_drops, number=scale.drops)
    return [
        ExperimentStep(*("drop", "", setup, number, measure), papers=2 * scale.drops, questions=scale.drops)
        for number in range(scale.repeats)
        for setup in SETUP_NAMES
    ]


def workers_steps(scale: Scale) -> Sequence[ExperimentStep]:
    """File papers that only a model can tell with more and more workers."""
    return [
        ExperimentStep(
            *("workers", str(level), "two", number),
            partial(_file_by_workers, number=scale.papers + level),
            workers=level,
            papers=scale.papers + level,
        )
        for number in range(scale.repeats)
        for level in scale.workers
    ]


def gain(claim: Claim, figures: Mapping[str, Figure], _: Results) -> Judgement:
    """Judge the best number of workers against one."""
    best, one = max(figures.values(), key=lambda figure: figure.p50), figures["one"]
    ratio = best.p50 / one.p50
    return Judgement(
        ratio, ratio >= claim.bound, claim.reason.format(ratio=ratio, best=best, cores=usable_cores())
    )


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
    return _file(rig, rig.mixed(number))


def _file_by_workers(rig: Rig, number: int) -> Values:
    return _file(rig, rig.unsure(number))


def _file(rig: Rig, batch: Sequence[Paper]) -> Values:
    before = rig.filed
    seconds = rig.file(batch)
    filed = rig.filed - before
    rig.settle()
    return {"files_per_min": [mean_rate(filed, seconds)]}


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
