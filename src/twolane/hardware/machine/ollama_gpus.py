"""The GPUs that an Ollama of this machine computes on, and how it divides a model among several."""

from __future__ import annotations

from collections import Counter

from twolane.hardware.machine.base import Gpu, Machine


def usable_gpus(machine: Machine) -> list[Gpu]:
    """Return the GPUs with memory of their own that Ollama computes on, the largest first.

    On Macs it is Apple's that compute, and these have none of their own: Ollama has nothing for the cards of
    older Macs.
    """
    if machine.system not in {"linux", "windows"}:
        return []
    gpus = machine.gpus.known(())
    computing = [gpu for gpu in gpus if gpu.vendor in {"nvidia", "amd"} and not gpu.unused]
    own = [gpu for gpu in computing if gpu.shared is not True and gpu.memory_bytes]
    return sorted(own, key=lambda gpu: -(gpu.memory_bytes or 0))


def gpu_rooms(machine: Machine) -> dict[str, int]:
    """Return the bytes of each usable GPU by its name in a plan; of two that are alike each has a number."""
    return {f"{gpu.name} #{n}": gpu.memory_bytes or 0 for n, gpu in enumerate(usable_gpus(machine), 1)}


def gpu_shares(machine: Machine) -> dict[str, float]:
    """Return what part of a model that no GPU holds alone each gets, by its name in a plan.

    Ollama divides a model among the GPUs of one vendor, more or less by their memory: of two vendors' it is
    those that have more together.
    """
    named = dict(zip(gpu_rooms(machine), usable_gpus(machine), strict=True))
    whole: Counter[str] = Counter()
    for gpu in named.values():
        whole[gpu.vendor] += gpu.memory_bytes or 0
    most = max(whole, key=lambda vendor: whole[vendor], default="")
    return {name: (gpu.memory_bytes or 0) / whole[most] for name, gpu in named.items() if gpu.vendor == most}
