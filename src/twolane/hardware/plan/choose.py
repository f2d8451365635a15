"""Chooses a profile for a machine, says why, and says what would change its mind."""

from __future__ import annotations

from dataclasses import dataclass

from twolane.hardware.machine.base import Cores, Gpu, Machine
from twolane.hardware.machine.ollama_gpus import usable_gpus
from twolane.hardware.plan.loads import ModelLoad, estimate
from twolane.hardware.plan.profiles import Profile, profiles, share_cores
from twolane.hardware.plan.residency import ResidencyPlan, gpus_hold, plan_residency
from twolane.hardware.plan.shapes import known_shape

_LAPTOP_BYTES = 7_000_000_000  # 8 GB as they are sold, less what firmware and graphics take
_STRONG_BYTES = 26_000_000_000  # 32 GB likewise, or a container with nearly as much
_STRONG_CORES = 6  # in performance cores: an efficient one is half of one
_LAPTOP_CORES = 4
_SERVER_CORES = 6  # a board of four ARM cores with dotprod, as the Raspberry Pi 5, is no laptop; a server is
# What macOS calls them, and Linux on them: /proc/cpuinfo has numbers only.
_APPLE_NAMES = ("Apple ", "ARM implementer 0x61 ")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile for a machine with its reasons, what would lead to another one, and whether it fits."""

    profile: Profile
    reasons: tuple[str, ...]
    would_change_its_mind: tuple[str, ...]
    plan: ResidencyPlan


def choose_profile(machine: Machine) -> Proposal:
    """Choose the profile that suits a machine; what is unknown of it counts as not being there."""
    suits, reasons, changes = _by_hardware(machine)
    if suits != "E" and "ollama" not in machine.servers.known(()):
        reasons = (
            "there is no Ollama here, and profile E needs no model server",
            f"otherwise the machine is one for profile {suits}: {'; '.join(reasons)}",
        )
        changes = (f"Ollama installed here: then profile {suits}", *changes)
        suits = "E"
    chosen = profiles()[suits]
    plan = plan_profile(machine, chosen)
    if suits not in {"C", "E"} and plan.verdict == "does not fit":
        smaller = profiles()["C" if suits == "B" else "B"]
        reasons = (f"profile {suits} does not fit: {'; '.join(plan.refusals)}",)
        chosen, plan = smaller, plan_profile(machine, smaller)
    if machine.npu.value:
        reasons += (f"the {machine.npu.value} is left alone: no runtime of ours computes on it yet",)
    return Proposal(chosen, reasons, changes, plan)


def plan_profile(machine: Machine, chosen: Profile) -> ResidencyPlan:
    """Return the residency plan of a profile's pair on a machine, from the table of known models."""
    return plan_residency(machine, profile_loads(chosen, machine), embedder_bytes=23_400_000)


def profile_loads(chosen: Profile, machine: Machine | None = None) -> list[ModelLoad]:
    """Return a profile's models as loads of the plan."""
    cores = machine.cores.value if machine else None
    threads = share_cores(cores.usable if cores else 2)
    return [
        ModelLoad(
            use,
            lane.model,
            lane.runtime,
            context_tokens=lane.context_tokens,
            slots=lane.slots,
            threads=lane.threads or count,
            shape=known_shape(lane.model),
            whole_window=lane.runtime == "embedded",
        )
        for use, lane, count in (("filing", chosen.filing, threads[0]), ("chat", chosen.chat, threads[1]))
        if lane.model
    ]


def _by_hardware(machine: Machine) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return (profile, reasons, what would change it) for what the machine is, whatever runs on it."""
    if on_gpu := _by_gpu(machine):
        return on_gpu
    memory, cores = machine.memory.value, machine.cores.value
    if memory is None:
        return (
            "E",
            (f"its memory is unknown ({machine.memory.unknown}), and profile E needs the least to work",),
            ("knowing its memory: give the profile by hand with --profile",),
        )
    power = cores.computing if cores else 1.0
    modern = _is_modern(machine)
    size = f"{memory.total_bytes / 1e9:.0f} GB of memory"
    if memory.limit:
        size += f" by its {memory.limit}"
    speed = _core_words(cores) + ("" if modern else _not_modern(machine))
    facts = (f"no GPU with enough memory of its own{_gpu_words(machine)}", size, speed)
    if memory.total_bytes >= _STRONG_BYTES and power >= _STRONG_CORES and modern:
        return "D", facts, (_toward_a(machine), "answers that come too slowly: B's chat model")
    if memory.total_bytes >= _LAPTOP_BYTES and power >= _LAPTOP_CORES and modern:
        missing = ["32 GB of memory"] if memory.total_bytes < _STRONG_BYTES else []
        missing += [f"{_STRONG_CORES} cores for a model"] if power < _STRONG_CORES else []
        toward_d = () if _apple_gpu(machine) else (f"{' and '.join(missing)}: then D",)
        return "B", facts, (*toward_d, _toward_a(machine))
    missing = ["8 GB of memory"] if memory.total_bytes < _LAPTOP_BYTES else []
    missing += [f"{_LAPTOP_CORES} cores for a model"] if power < _LAPTOP_CORES else []
    missing += [_newer_processor(machine)] if not modern else []
    return "C", facts, (f"{' and '.join(missing)}: then B",)


def _is_modern(machine: Machine) -> bool:
    """Say whether a processor has what llama.cpp's fast kernels need, as those of the last ten years do."""
    instructions, cores = set(machine.instructions.known(())), machine.cores.value
    if {"avx2", "i8mm"} & instructions or machine.processor.known("").startswith(_APPLE_NAMES):
        return True
    if not _is_arm(machine):
        return False
    # What runs macOS or Windows on ARM is a whole computer, and Windows names no instruction of such.
    if machine.system in {"macos", "windows"}:
        return True
    return "dotprod" in instructions and cores is not None and cores.usable >= _SERVER_CORES


def _is_arm(machine: Machine) -> bool:
    return machine.architecture in {"arm64", "aarch64"}


def _newer_processor(machine: Machine) -> str:
    if _is_arm(machine):
        return f"a processor with {_SERVER_CORES} cores that have dotprod, or with i8mm"
    return "a processor with AVX2"


def _not_modern(machine: Machine) -> str:
    unknown = machine.instructions.value is None
    return ", whose instructions are unknown" if unknown else ", of an old or small kind"


def _core_words(cores: Cores | None) -> str:
    if cores is None:
        return "an unknown number of cores"
    if cores.efficient and not cores.limit:
        return f"{cores.performance} performance and {cores.efficient} efficient cores"
    return f"{cores.usable} core{'s' if cores.usable > 1 else ''} for a model"


def _toward_a(machine: Machine) -> str:
    if machine.system == "macos":
        return "a Mac with Apple's own processor and 32 GB of memory: then A"
    return "a GPU with 16 GB or more: then A"


def _by_gpu(machine: Machine) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Choose by the GPUs, or return None where they decide nothing."""
    own = usable_gpus(machine)
    apple = _apple_gpu(machine)
    for name in ("A", "B"):
        loads = profile_loads(profiles()[name])
        needed_bytes = sum(estimate(load, place="a GPU").needed_bytes for load in loads)
        if gpus_hold(machine, loads):
            where = (
                own[0].name if len(own) == 1 else f"{len(own)} GPUs ({', '.join(gpu.name for gpu in own)})"
            )
            fits = f"its pair needs {needed_bytes / 1e9:.1f} GB, {_sizes(own)} are there"
            change = "a GPU with 16 GB or more: then A" if name == "B" else "no GPU at hand: then D or B"
            return name, (f"{where}: {fits}",), (change,)
        # A Mac's models share its memory with everything else: half of it is what they may count on.
        memory = machine.memory.value
        if apple and memory and needed_bytes <= memory.total_bytes * 0.5:
            change = "32 GB of memory: then A" if name == "B" else "less memory: then B"
            reason = f"{apple.name}: its GPU uses the machine's {memory.total_bytes / 1e9:.0f} GB of memory"
            return name, (reason, f"its pair needs {needed_bytes / 1e9:.1f} GB"), (change,)
    return None


def _apple_gpu(machine: Machine) -> Gpu | None:
    return next((gpu for gpu in machine.gpus.known(()) if gpu.vendor == "apple"), None)


def _sizes(gpus: list[Gpu]) -> str:
    return " + ".join(f"{(gpu.memory_bytes or 0) / 1e9:.1f} GB" for gpu in gpus)


def _gpu_words(machine: Machine) -> str:
    if machine.gpus.value is None:
        return f" (unknown: {machine.gpus.unknown})"
    words = [
        f"{gpu.name}: {gpu.unused}" if gpu.unused and gpu.shared is not True else gpu.name
        for gpu in machine.gpus.value
    ]
    return f" ({', '.join(words)})" if words else ""
