"""Says in words what the embedded models compute with, and what could be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from twolane import installed
from twolane.llm.runtimes.kernels.kept import PACKAGE, KeptKernels, Kernels
from twolane.llm.runtimes.kernels.processor import can_build, unused_instructions

_BUILD = "`twolane runtime build`"


@dataclass(frozen=True, slots=True)
class KernelStanding:
    """What computes here; `gain` is measured, and 0 where it is not known."""

    used: bool
    what: str
    remedy: str = ""
    gain: float = 0.0
    fault: str = ""
    instructions: tuple[str, ...] = ()


def standing(models_dir: Path) -> KernelStanding:
    """Say which kernels are used in a folder of models; nothing is loaded for that."""
    if installed.lacks(PACKAGE):
        remedy = f"run: {installed.install_line('embedded')}, for models without a server"
        return KernelStanding(False, f"kernels: {PACKAGE} is not installed", remedy)
    kept = KeptKernels(models_dir)
    wanted, kernels = kept.wanted(), kept.here()
    unused = unused_instructions(wanted.instructions)
    if kernels is not None and kernels.agreement is not None and kept.usable():
        gain = kernels.agreement.gain
        what = f"kernels: built for this processor ({', '.join(unused)}), which read prompts {gain:.2f} times"
        return KernelStanding(True, f"{what} as fast as the package's own, measured then", gain=gain)
    own = f"kernels: {PACKAGE}'s own"
    if kernels is not None:
        fault = kernels.fault or _unfinished(kept, kernels)
        what = f"{own}; those built for this processor are not used: {fault}"
        return KernelStanding(False, what, f"{_BUILD} builds or checks them anew", fault=fault)
    if not can_build() or not unused:
        return KernelStanding(False, f"{own}, which use all that this processor has")
    what = f"{own}, which leave unused of this processor: {', '.join(unused)}"
    remedy = f"{_BUILD}: a processor with these read prompts 1.4 to 1.7 times as fast then; it measures yours"
    return KernelStanding(False, what, remedy, instructions=unused)


def _unfinished(kept: KeptKernels, kernels: Kernels) -> str:
    if kernels.agreement is None:
        return "their check has not ended yet"
    return "others may write them" if kept.others_may_write() else "a file of theirs has changed"
