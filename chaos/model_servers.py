"""Faults of model servers: killed, frozen, slow, and more work than they can do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from standins.model_process import ModelProcess

from chaos.outcome import Latency, Outcome
from chaos.rig import (
    CHAT_MS,
    CHAT_TOKEN_MS,
    FILING_MS,
    Lane,
    Question,
    Rig,
    Size,
    longest_pause_s,
    wait_until,
)

SLOW_MS = 10_000  # a token


@dataclass(frozen=True)
class Fault:
    """One thing that can happen to a model server, and what ends it."""

    words: str
    strike: Callable[[ModelProcess], None]
    heal: Callable[[ModelProcess, Lane], None]


def _slow_down(model: ModelProcess) -> None:
    model.pace(answer_ms=0, token_ms=SLOW_MS)


def _speed_up(model: ModelProcess, lane: Lane) -> None:
    if lane == "filing":
        model.pace(answer_ms=FILING_MS, token_ms=0)
    else:
        model.pace(answer_ms=CHAT_MS, token_ms=CHAT_TOKEN_MS)


KILL = Fault("kill -9", lambda model: model.kill(), lambda model, _: model.start())
FREEZE = Fault("SIGSTOP", lambda model: model.freeze(), lambda model, _: model.thaw())
SLOW = Fault("10 s a token", _slow_down, _speed_up)


def _broken(name: str, fault: Fault, lane: Lane, servers: int) -> Callable[[Size], Outcome]:
    """Return the scenario in which one of a lane's servers has a fault while both lanes are at work."""

    def run(size: Size) -> Outcome:
        beside: dict[Lane, int] = {"filing": 2, "chat": 2}
        with Rig(size, {**beside, lane: servers}) as rig:
            victim = rig.models[lane][0]
            with rig.users(size.users) as questions, rig.witness() as filed:
                rig.drop(_enough(rig, size))
                began = time.monotonic()
                time.sleep(size.calm_s)
                struck = time.monotonic()
                fault.strike(victim)
                time.sleep(size.fault_s)
                fault.heal(victim, lane)
                healed = time.monotonic()
                wait_until(lambda: _works(rig, lane, questions, filed, healed), f"{lane} works again")
                healthy_s = time.monotonic() - healed
                fault_end = time.monotonic()
                wait_until(rig.is_done, "all files are done")
            lost, doubled = rig.losses()
            during = [q for q in questions if struck <= q.asked + q.whole_s and q.asked <= fault_end]
            return Outcome(
                name,
                f"{fault.words}: {_which(lane, servers)}, for {size.fault_s:g} s",
                rig.counts().documents,
                lost,
                doubled,
                Latency.of([q for q in questions if q.asked + q.whole_s < struck]),
                Latency.of(during),
                (
                    round(longest_pause_s(filed, began, struck), 1),
                    round(longest_pause_s(filed, struck, min(fault_end, _last(filed))), 1),
                ),
                round(healthy_s, 1),
                errors=tuple(sorted({q.error for q in during if q.error})),
            )

    return run


def _enough(rig: Rig, size: Size) -> int:
    """Return how many files keep the filing lane busy from before the fault until after it."""
    places = 2 * rig.servers["filing"]
    return max(size.files, int(places * (size.calm_s + size.fault_s) * 10))


def _works(
    rig: Rig, lane: Lane, questions: list[Question], filed: list[tuple[float, int]], healed: float
) -> bool:
    """Say whether a lane has done something since, and finds all its servers well."""
    if lane == "filing":
        at_healing = [done for at, done in filed if at <= healed][-1]
        worked = filed[-1][1] > at_healing or rig.is_done()
    else:
        worked = any(not q.error and q.asked >= healed for q in questions)
    return worked and rig.is_well(lane)


def _which(lane: Lane, servers: int) -> str:
    return f"the only {lane} server" if servers == 1 else f"one of {servers} {lane} servers"


def _last(filed: list[tuple[float, int]]) -> float:
    """Return when the last file was done."""
    return next(at for at, done in filed if done == filed[-1][1])


def saturated(size: Size) -> Outcome:
    """File far more than the filing lane can do at once, while many users ask."""
    with Rig(size, {"filing": 2, "chat": 2}) as rig:
        with rig.users(size.many_users) as questions, rig.witness() as filed:
            began = time.monotonic()
            time.sleep(size.calm_s)
            struck = time.monotonic()
            rig.drop(size.many_files)
            # all of it counts: the scan that queues the files as well as the work on them
            time.sleep(size.fault_s)
            left = time.monotonic()
        done_then = rig.done()
        healthy_s = wait_until(rig.is_done, "all files are done", deadline_s=3600)
        lost, doubled = rig.losses()
        rate = (rig.counts().documents - done_then) / healthy_s if healthy_s else 0
        during = [q for q in questions if q.asked + q.whole_s >= struck]
        return Outcome(
            "saturated",
            f"{size.many_files:,} files at once and {size.many_users} users",
            rig.counts().documents,
            lost,
            doubled,
            Latency.of([q for q in questions if began <= q.asked + q.whole_s < struck]),
            Latency.of(during),
            (0.0, round(longest_pause_s(filed, struck, left), 1)),
            round(healthy_s, 1),
            notes=(f"{done_then} files done while the users asked, then {rate:.0f} a second",),
            errors=tuple(sorted({q.error for q in during if q.error})),
        )


_FAULTS: tuple[tuple[str, Fault, Lane, int], ...] = (
    ("kill a filing server", KILL, "filing", 2),
    ("kill the only filing server", KILL, "filing", 1),
    ("kill a chat server", KILL, "chat", 2),
    ("kill the only chat server", KILL, "chat", 1),
    ("freeze a filing server", FREEZE, "filing", 2),
    ("freeze the only filing server", FREEZE, "filing", 1),
    ("freeze a chat server", FREEZE, "chat", 2),
    ("slow a filing server", SLOW, "filing", 2),
    ("slow a chat server", SLOW, "chat", 2),
)
SCENARIOS: dict[str, Callable[[Size], Outcome]] = {
    **{name: _broken(name, fault, lane, servers) for name, fault, lane, servers in _FAULTS},
    "saturated": saturated,
}
