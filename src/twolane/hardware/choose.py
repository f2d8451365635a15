"""Chooses a profile for a machine, says why, and says what would change its mind."""

from __future__ import annotations

from dataclasses import dataclass

from twolane.hardware.machine import Gpu, Machine
from twolane.hardware.profiles import PROFILES, LaneChoice, Profile, share_cores
from twolane.hardware.residency import Load, Plan, estimate, plan_residency, usable_gpus
from twolane.hardware.shapes import known_shape

_LAPTOP_BYTES = 7_000_000_000  # 8 GB as they are sold, less what firmware and graphics take
_STRONG_BYTES = 26_000_000_000  # 32 GB likewise, or a container with nearly as much
_STRONG_CORES = 6
_LAPTOP_CORES = 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile for a machine with its reasons, what would lead to another one, and whether it fits."""

    profile: Profile
    reasons: tuple[str, ...]
    would_change_its_mind: tuple[str, ...]
    plan: Plan


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
    chosen = PROFILES[suits]
    plan = plan_profile(machine, chosen)
    if suits not in {"C", "E"} and plan.verdict == "does not fit":
        smaller = PROFILES["C" if suits == "B" else "B"]
        reasons = (f"profile {suits} does not fit: {'; '.join(plan.refusals)}",)
        chosen, plan = smaller, plan_profile(machine, smaller)
    if machine.npu.value:
        reasons += (f"the {machine.npu.value} is left alone: no runtime of ours computes on it yet",)
    return Proposal(chosen, reasons, changes, plan)


def plan_profile(machine: Machine, chosen: Profile) -> Plan:
    """Return the residency plan of a profile's pair on a machine, from the table of known models."""
    return plan_residency(machine, profile_loads(chosen, machine), embedder_bytes=23_400_000)


def profile_loads(chosen: Profile, machine: Machine | None = None) -> list[Load]:
    """Return a profile's models as loads of the plan."""
    cores = machine.cores.value if machine else None
    threads = share_cores(cores.usable if cores else 2)
    return [
        _load(use, lane, count)
        for use, lane, count in (("filing", chosen.filing, threads[0]), ("chat", chosen.chat, threads[1]))
        if lane.model
    ]


def _load(use: str, lane: LaneChoice, threads: int) -> Load:
    embedded = lane.runtime == "embedded"
    return Load(
        use,
        lane.model,
        lane.runtime,
        context_tokens=lane.context_tokens,
        slots=lane.slots,
        threads=lane.threads or threads,
        shape=known_shape(lane.model),
        whole_window=embedded,
    )


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
    usable = cores.usable if cores else 1
    modern = bool({"avx2", "i8mm"} & set(machine.instructions.known(())))
    size = f"{memory.total_bytes / 1e9:.0f} GB of memory"
    if memory.limit:
        size += f" by its {memory.limit}"
    speed = f"{usable} core{'s' if usable > 1 else ''} for a model" + ("" if modern else _not_modern(machine))
    facts = (f"no GPU with enough memory of its own{_gpu_words(machine)}", size, speed)
    if memory.total_bytes >= _STRONG_BYTES and usable >= _STRONG_CORES and modern:
        return (
            "D",
            facts,
            ("a GPU with 16 GB or more: then A", "answers that come too slowly: B's chat model"),
        )
    if memory.total_bytes >= _LAPTOP_BYTES and usable >= _LAPTOP_CORES and modern:
        return "B", facts, (_toward_d(memory.total_bytes, usable), "a GPU with 16 GB or more: then A")
    missing = ["8 GB of memory"] if memory.total_bytes < _LAPTOP_BYTES else []
    missing += [f"{_LAPTOP_CORES} cores for a model"] if usable < _LAPTOP_CORES else []
    missing += ["a processor with AVX2, or ARM's i8mm"] if not modern else []
    return "C", facts, (f"{' and '.join(missing)}: then B",)


def _not_modern(machine: Machine) -> str:
    unknown = machine.instructions.value is None
    return ", whose instructions are unknown" if unknown else ", of an old or small kind"


def _toward_d(memory_bytes: int, cores: int) -> str:
    missing = ["32 GB of memory"] if memory_bytes < _STRONG_BYTES else []
    missing += [f"{_STRONG_CORES} cores for a model"] if cores < _STRONG_CORES else []
    return f"{' and '.join(missing)}: then D"


def _by_gpu(machine: Machine) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Choose by the GPUs, or return None where they decide nothing."""
    own = usable_gpus(machine)
    apple = next((gpu for gpu in machine.gpus.known(()) if gpu.vendor == "apple"), None)
    for name in ("A", "B"):
        needs = [_gpu_bytes(load) for load in profile_loads(PROFILES[name])]
        if own and _pack(needs, [gpu.memory_bytes or 0 for gpu in own]):
            where = (
                own[0].name if len(own) == 1 else f"{len(own)} GPUs ({', '.join(gpu.name for gpu in own)})"
            )
            fits = f"its pair needs {sum(needs) / 1e9:.1f} GB, {_sizes(own)} are there"
            change = "a GPU with 16 GB or more: then A" if name == "B" else "no GPU at hand: then D or B"
            return name, (f"{where}: {fits}",), (change,)
        # A Mac's models share its memory with everything else: half of it is what they may count on.
        memory = machine.memory.value
        if apple and memory and sum(needs) <= memory.total_bytes * 0.5:
            change = "32 GB of memory: then A" if name == "B" else "less memory: then B"
            reason = f"{apple.name}: its GPU uses the machine's {memory.total_bytes / 1e9:.0f} GB of memory"
            return name, (reason, f"its pair needs {sum(needs) / 1e9:.1f} GB"), (change,)
    return None


def _gpu_bytes(load: Load) -> int:
    return estimate(load, place="a GPU").needed_bytes


def _pack(needs: list[int], rooms: list[int]) -> bool:
    """Say whether all models find a GPU that holds them whole, the largest first."""
    rooms = list(rooms)
    for need in sorted(needs, reverse=True):
        best = max(range(len(rooms)), key=lambda index: rooms[index])
        if rooms[best] < need:
            return False
        rooms[best] -= need
    return True


def _sizes(gpus: list[Gpu]) -> str:
    return " + ".join(f"{(gpu.memory_bytes or 0) / 1e9:.1f} GB" for gpu in gpus)


def _gpu_words(machine: Machine) -> str:
    if machine.gpus.value is None:
        return f" (unknown: {machine.gpus.unknown})"
    return f" ({', '.join(gpu.name for gpu in machine.gpus.value)})" if machine.gpus.value else ""
