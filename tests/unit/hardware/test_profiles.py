"""Profiles: what they name, which one each recorded machine gets, why, and what would change that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twolane.hardware.choose import choose_profile, profile_loads
from twolane.hardware.machine import Machine, Reading
from twolane.hardware.profiles import PROFILES, share_cores
from twolane.hardware.residency import estimate
from twolane.hardware.shapes import KNOWN_SHAPES

MACHINES = sorted((Path(__file__).parent / "machines").glob("*.json"))


def machine(name: str) -> Machine:
    return Machine.load(Path(__file__).parent / "machines" / f"{name}.json")


@pytest.mark.parametrize(
    ("name", "letter", "reason", "change"),
    [
        ("core-ultra-7-32gb", "D", "33 GB of memory", "then A"),
        ("rtx-4090", "A", "RTX 4090", ""),
        ("laptop-8gb", "B", "8 GB of memory", "then D"),
        ("apple-m2-16gb", "B", "Apple M2", "32 GB of memory: then A"),
        ("apple-m3-max-64gb", "A", "Apple M3 Max", ""),
        ("raspberry-pi-5-8gb", "C", "old or small kind", "i8mm: then B"),
        ("two-rtx-3060-12gb", "A", "2 GPUs", ""),
        ("radeon-7900-xtx", "A", "Radeon RX 7900", ""),
        ("container-2-cores-4gb", "E", "no Ollama", "Ollama installed here: then profile C"),
        ("rtx-4060-laptop", "B", "RTX 4060", "16 GB or more: then A"),
        ("old-netbook-4gb", "C", "4 GB of memory", "8 GB of memory"),
        ("nothing-known", "E", "unknown", "--profile"),
    ],
)
def test_each_recorded_machine_gets_its_profile(name: str, letter: str, reason: str, change: str) -> None:
    # when
    proposal = choose_profile(machine(name))

    # then
    assert proposal.profile.name == letter
    assert reason in " ".join(proposal.reasons)
    assert change in " ".join(proposal.would_change_its_mind)
    assert proposal.plan.verdict != "does not fit"


def test_every_recorded_machine_is_tested() -> None:
    assert len(MACHINES) == 12


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_without_ollama_every_machine_gets_the_embedded_pair(path: Path) -> None:
    # given
    bare = replace(Machine.load(path), servers=Reading(()))

    # when
    proposal = choose_profile(bare)

    # then
    assert proposal.profile.name == "E"


def test_an_unknown_gpu_is_said_to_be_unknown() -> None:
    # given
    blind = replace(machine("core-ultra-7-32gb"), gpus=Reading(None, "the driver did not answer"))

    # then
    assert "unknown: the driver did not answer" in " ".join(choose_profile(blind).reasons)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_says_what_it_takes_and_why(name: str) -> None:
    # given
    chosen = PROFILES[name]
    place = "a GPU" if name == "A" else "memory"

    # when
    needed_bytes = sum(estimate(load, place=place).needed_bytes for load in profile_loads(chosen))

    # then
    assert needed_bytes / 1e9 == pytest.approx(chosen.memory_gb, rel=0.05)
    for lane in (chosen.filing, chosen.chat):
        assert lane.why
        assert bool(lane.model) == bool(lane.quantisation)
        for other in lane.alternatives:
            assert other.why
            assert other.model in KNOWN_SHAPES or ".gguf" in other.model


def test_all_pairs_of_the_strategy_are_named() -> None:
    # when
    named = {
        name: (
            {chosen.filing.model, *(other.model for other in chosen.filing.alternatives)},
            {chosen.chat.model, *(other.model for other in chosen.chat.alternatives)},
        )
        for name, chosen in PROFILES.items()
    }

    # then
    assert {"llama3.2:1b"} <= named["A"][0]
    assert {"llama3.1:8b"} <= named["A"][1]
    assert {"qwen:0.5b", "tinyllama"} <= named["B"][0]
    assert {"llama3.2:3b"} <= named["B"][1]
    assert {"phi3:mini", ""} <= named["C"][0]
    assert {"gemma:2b", "phi3:mini"} <= named["C"][1]
    assert {"llama3.2:1b"} <= named["D"][0]
    assert {"llama3.1:8b"} <= named["D"][1]


def test_threads_of_both_lanes_stay_within_the_cores() -> None:
    for path in MACHINES:
        cores = Machine.load(path).cores.value
        if cores and cores.usable > 1:
            assert sum(share_cores(cores.usable)) <= cores.usable
