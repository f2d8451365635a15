"""Profiles: what they name, which one each machine of `machines` gets, why, and what would change that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twolane.hardware.machine.base import Cores, Machine, Measurement
from twolane.hardware.plan.choose import choose_profile, profile_loads
from twolane.hardware.plan.loads import estimate
from twolane.hardware.plan.profiles import profiles, share_cores
from twolane.hardware.plan.shapes import known_shapes

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
        ("core-ultra-7-155u-32gb", "D", "2 performance and 10 efficient cores", "then A"),
        ("i5-1335u-16gb", "B", "2 performance and 8 efficient cores", "32 GB of memory: then D"),
        ("apple-m1-8gb", "B", "4 performance and 4 efficient cores", "and 32 GB of memory: then A"),
        ("graviton2-16-cores-32gb", "D", "16 cores for a model", "then A"),
        ("snapdragon-x-elite-32gb", "D", "12 cores for a model", "then A"),
        (
            "imac-2020-5700-xt-32gb",
            "D",
            "5700 XT: on Macs Ollama computes on Apple's",
            "Apple's own processor",
        ),
        ("raspberry-pi-4-8gb", "C", "old or small kind", "i8mm: then B"),
        ("ryzen-ai-max-128gb", "A", "Strix Halo", ""),
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
    assert len(MACHINES) == 20


def with_cores(name: str, cores: Cores, *instructions: str) -> Machine:
    return replace(machine(name), cores=Measurement(cores), instructions=Measurement(instructions))


@pytest.mark.parametrize(
    ("name", "cores", "instructions", "letter"),
    [
        ("laptop-8gb", Cores(2, 2, 4, 2, "", 2.0), ("avx", "avx2"), "C"),
        ("laptop-8gb", Cores(4, 4, 8, 4, "", 4.0), ("avx",), "C"),
        ("laptop-8gb", Cores(5, 1, 6, 3, "", 3.0), ("avx", "avx2"), "C"),
        ("laptop-8gb", Cores(6, 2, 8, 4, "", 4.0), ("avx", "avx2"), "B"),
        # A container that is given three cores' time of many is a machine of three.
        ("graviton2-16-cores-32gb", Cores(16, 16, 16, 3, "control group: 3 cores", 3.0), ("dotprod",), "C"),
        ("core-ultra-7-32gb", Cores(16, 6, 22, 4, "control group: 4 cores", 4.0), ("avx2",), "B"),
        # Four fast and four small ARM cores with dotprod are a board, as a Raspberry Pi 5 is.
        ("graviton2-16-cores-32gb", Cores(8, 4, 8, 4, "", 6.0), ("neon", "dotprod"), "C"),
        ("graviton2-16-cores-32gb", Cores(4, 4, 4, 4, "", 4.0), ("neon", "dotprod", "i8mm"), "B"),
        # Recorded before the power of cores was.
        ("laptop-8gb", Cores(10, 2, 12, 2), ("avx2",), "B"),
        ("laptop-8gb", Cores(64, 64, 128, 2, "control group: 2 cores"), ("avx2",), "C"),
    ],
)
def test_cores_and_what_they_can_decide(
    name: str, cores: Cores, instructions: tuple[str, ...], letter: str
) -> None:
    assert choose_profile(with_cores(name, cores, *instructions)).profile.name == letter


@pytest.mark.parametrize(
    ("name", "letter"), [("snapdragon-x-elite-32gb", "D"), ("apple-m1-8gb", "B"), ("laptop-8gb", "C")]
)
def test_of_unknown_instructions_only_those_of_arm_computers_are_taken_for_new(
    name: str, letter: str
) -> None:
    # given
    unknown = replace(machine(name), instructions=Measurement(None, "py-cpuinfo did not answer"))

    # then
    assert choose_profile(unknown).profile.name == letter


def test_apples_processor_is_known_by_its_name_under_linux() -> None:
    # given a virtual machine on a Mac
    cores = Cores(4, 4, 4, 4, "", 4.0)
    virtual = replace(
        with_cores("graviton2-16-cores-32gb", cores, "neon", "dotprod"),
        processor=Measurement("ARM implementer 0x61 part 0x000"),
    )

    # then
    assert choose_profile(virtual).profile.name == "B"


def test_a_model_larger_than_each_of_two_gpus_is_no_reason_against_a() -> None:
    # given two GPUs of 8 GB, and one
    two = with_gpus("two-rtx-3060-12gb", memory_bytes=8 << 30, free_bytes=8 << 30)
    one = replace(two, gpus=Measurement(two.gpus.known(())[:1]))

    # then
    assert choose_profile(two).profile.name == "A"
    assert choose_profile(one).profile.name == "B"


def test_gpus_that_ollama_does_not_use_are_named_and_not_counted() -> None:
    # given
    old = with_gpus("rtx-4090", unused="its compute capability is 3.5, and Ollama needs 5.0")

    # when
    proposal = choose_profile(old)

    # then
    assert proposal.profile.name == "D"
    assert "RTX 4090: its compute capability is 3.5" in " ".join(proposal.reasons)


def test_an_amd_card_in_a_mac_is_not_counted_whatever_a_record_says() -> None:
    # given what was recorded before such cards were told apart
    recorded = with_gpus("imac-2020-5700-xt-32gb", unused="")

    # then
    assert choose_profile(recorded).profile.name == "D"


def with_gpus(name: str, **changes: object) -> Machine:
    told = machine(name)
    gpus = tuple(replace(gpu, **changes) for gpu in told.gpus.known(()))  # type: ignore[arg-type]
    return replace(told, gpus=Measurement(gpus))


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_without_ollama_every_machine_gets_the_embedded_pair(path: Path) -> None:
    # given
    bare = replace(Machine.load(path), servers=Measurement(()))

    # when
    proposal = choose_profile(bare)

    # then
    assert proposal.profile.name == "E"


def test_an_unknown_gpu_is_said_to_be_unknown() -> None:
    # given
    blind = replace(machine("core-ultra-7-32gb"), gpus=Measurement(None, "the driver did not answer"))

    # then
    assert "unknown: the driver did not answer" in " ".join(choose_profile(blind).reasons)


@pytest.mark.parametrize("name", profiles())
def test_a_profile_says_what_it_takes_and_why(name: str) -> None:
    # given
    chosen = profiles()[name]
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
            assert not other.model or other.model in known_shapes() or ".gguf" in other.model


def test_all_pairs_of_the_strategy_are_named() -> None:
    # when
    named = {
        name: (
            {chosen.filing.model, *(other.model for other in chosen.filing.alternatives)},
            {chosen.chat.model, *(other.model for other in chosen.chat.alternatives)},
        )
        for name, chosen in profiles().items()
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
