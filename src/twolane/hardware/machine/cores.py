"""The processor: how many cores a model may use, which instructions they have, and what they are called."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from twolane.hardware.machine.base import Cores
from twolane.hardware.machine.cgroup import cpu_limit
from twolane.hardware.machine.files import number_of, output_of, text_of
from twolane.system import kind

SYSTEM = kind.KIND
CPUS = Path("/sys/devices/system/cpu")
CPUINFO = Path("/proc/cpuinfo")
DEVICES = Path("/sys/devices")
_SYSCTL_LIMIT_S = 3.0
_CPUINFO_LIMIT_S = 15.0
_FEW_FAST_CORES = 4  # with fewer of them, efficient cores compute too

# What llama.cpp has kernels for, and what systems call it; a processor's other flags change nothing here.
_INSTRUCTIONS = {
    "avx": "avx",
    "avx2": "avx2 hw.optional.avx2_0",
    "fma": "fma",
    "f16c": "f16c",
    "avx512": "avx512f hw.optional.avx512f",
    "avx512_vnni": "avx512_vnni avx512vnni",
    "avx512_bf16": "avx512_bf16",
    "avx_vnni": "avx_vnni",
    "amx_int8": "amx_int8",
    "neon": "neon asimd hw.optional.neon hw.optional.AdvSIMD",
    "dotprod": "asimddp hw.optional.arm.FEAT_DotProd",
    "i8mm": "i8mm hw.optional.arm.FEAT_I8MM",
    "sve": "sve",
    "sme": "sme hw.optional.arm.FEAT_SME",
}


@cache
def read_cores() -> Cores:
    """Count this machine's cores, and those of them that this process may use; read once, for few ms.

    Raises `OSError` and `ValueError` where the system does not say.
    """
    logical = psutil.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or logical
    allowed = _affinity() or frozenset(range(logical))
    if SYSTEM == "linux":
        siblings = read_siblings(CPUS)
        fast = read_fast_cpus(CPUS, DEVICES)
        return count_cores(siblings, fast, allowed, cpu_limit(), physical, logical)
    performance = _fast_cores(physical)
    threads = model_threads(performance, physical - performance)
    usable = min(threads, len(allowed))
    # Which of its cores a process may run on is not known by kind here: hyper-threads are counted out.
    reached = max(1, len(allowed) * physical // logical)
    power = min(_power(performance, physical - performance), float(reached))
    return Cores(physical, performance, logical, usable, "affinity" if usable < threads else "", power)


def count_cores(
    siblings: dict[int, str],
    fast: frozenset[int],
    allowed: frozenset[int],
    quota: float | None,
    physical: int,
    logical: int,
) -> Cores:
    """Count cores from what Linux says of them.

    `siblings` names each logical processor's core, `fast` are the logical ones of the performance cores
    (empty where all cores are alike), `allowed` those that this process may run on, `quota` the cores' time
    a container is given. Hyper-threads of one core count once: they do not make a model faster.
    """
    performance = len({siblings[cpu] for cpu in fast if cpu in siblings}) or physical
    reached = {siblings.get(cpu, str(cpu)) for cpu in allowed}
    quick = {siblings.get(cpu, str(cpu)) for cpu in allowed & fast} if fast else reached
    slow = len(reached) - len(quick)
    threads = model_threads(performance, physical - performance)
    usable, limit = min(threads, model_threads(len(quick), slow) if quick else slow), ""
    if usable < threads:
        limit = "affinity"
    if quota is not None and int(quota) < usable:
        usable, limit = int(quota), f"control group: {quota:g} cores"
    return Cores(physical, performance, logical, max(1, usable), limit, _power(len(quick), slow, quota))


def model_threads(performance: int, efficient: int) -> int:
    """Return how many threads a model gets of cores of two kinds.

    Performance cores alone, as the slowest thread ends each step. But two of them beside eight efficient
    ones, as in thin laptops, are the smaller part of the processor: there efficient ones count half, which
    leaves enough cores free for whatever else runs.
    """
    if performance >= _FEW_FAST_CORES:
        return performance
    return performance + efficient // 2


def _power(performance: int, efficient: int, quota: float | None = None) -> float:
    """Return what cores come to in performance cores; a share of the time goes to the fast ones first."""
    fast = performance if quota is None else min(quota, performance)
    slow = efficient if quota is None else min(quota - fast, efficient)
    return fast + slow / 2


def _affinity() -> frozenset[int]:
    """Return the logical processors that this process may run on; empty where the system does not say."""
    try:
        return frozenset(psutil.Process().cpu_affinity())
    except (AttributeError, OSError, psutil.Error):  # macOS has no affinity
        return frozenset()


def read_siblings(cpus: Path) -> dict[int, str]:
    """Return each logical processor's core, as the list of the logical ones that share it."""
    siblings = {}
    for folder in cpus.glob("cpu[0-9]*"):
        for name in ("core_cpus_list", "thread_siblings_list"):
            if text := text_of(folder / "topology" / name):
                siblings[int(folder.name.removeprefix("cpu"))] = text
                break
    return siblings


def read_fast_cpus(cpus: Path, devices: Path) -> frozenset[int]:
    """Return the logical processors of the performance cores, where there are two kinds; empty otherwise.

    Intel's hybrid processors have a device for each kind. ARM's say each core's capacity; those within a
    fifth of the best count as fast, for "prime" cores differ less from "big" ones than those from little.
    """
    if (devices / "cpu_atom" / "cpus").exists():
        return frozenset(parse_cpu_list(text_of(devices / "cpu_core" / "cpus")))
    capacities = {
        int(folder.name.removeprefix("cpu")): capacity
        for folder in cpus.glob("cpu[0-9]*")
        if (capacity := number_of(folder / "cpu_capacity")) is not None
    }
    best = max(capacities.values(), default=0)
    fast = frozenset(cpu for cpu, capacity in capacities.items() if capacity >= 0.8 * best)
    return fast if len(fast) < len(capacities) else frozenset()


def parse_cpu_list(text: str) -> list[int]:
    """Return the numbers of a kernel list such as "0-3,8"."""
    numbers: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _fast_cores(physical: int) -> int:
    """Return the number of performance cores on macOS and Windows; all of them where there is one kind."""
    if SYSTEM == "darwin":
        text = sysctl().get("hw.perflevel0.physicalcpu", "")
        return int(text) if text.isdigit() else physical
    if SYSTEM == "win32":
        return count_efficiency_classes(_processor_information()) or physical
    return physical


def count_efficiency_classes(data: bytes) -> int:
    """Count the cores of the highest efficiency class in what Windows says of its processor cores.

    `data` are records of SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX: relation and size as 32-bit numbers, a byte
    of flags, then the efficiency class, which is higher for faster cores.
    """
    classes, at = [], 0
    while at + 10 <= len(data):
        relation, size = (int.from_bytes(data[at + n : at + n + 4], "little") for n in (0, 4))
        if relation == 0:
            classes.append(data[at + 9])
        at += max(size, 10)
    return classes.count(max(classes)) if classes else 0


def _processor_information() -> bytes:
    import ctypes

    library: Any = ctypes  # `windll` is there on Windows only
    ask = library.windll.kernel32.GetLogicalProcessorInformationEx
    size = ctypes.c_ulong(0)
    ask(0, None, ctypes.byref(size))  # says how much room the answer needs
    room = ctypes.create_string_buffer(size.value)
    return room.raw if ask(0, room, ctypes.byref(size)) else b""


def read_processor() -> tuple[str, tuple[str, ...]]:
    """Return the processor's name and its instructions. Raises `OSError`, `ValueError`, `SubprocessError`."""
    if SYSTEM == "linux":
        return parse_cpuinfo(CPUINFO.read_text(encoding="utf-8", errors="replace"))
    if SYSTEM == "darwin":
        return parse_sysctl(sysctl())
    return _ask_py_cpuinfo()


def parse_cpuinfo(text: str) -> tuple[str, tuple[str, ...]]:
    """Return name and instructions from Linux' /proc/cpuinfo."""
    first: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            first.setdefault(key.strip(), value.strip())
    name = first.get("model name") or first.get("Model") or first.get("Hardware") or ""
    if not name and "CPU part" in first:
        name = f"ARM implementer {first.get('CPU implementer', '?')} part {first['CPU part']}"
    return name, known_instructions((first.get("flags") or first.get("Features") or "").split())


def parse_sysctl(values: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return name and instructions from macOS' sysctl."""
    flags = [name for name, value in values.items() if value == "1"]
    features = f"{values.get('machdep.cpu.features', '')} {values.get('machdep.cpu.leaf7_features', '')}"
    named = features.lower().replace("avx1.0", "avx").split()
    return values.get("machdep.cpu.brand_string", ""), known_instructions([*flags, *named])


def known_instructions(flags: list[str]) -> tuple[str, ...]:
    """Return llama.cpp's words for those flags that matter to it, in a fixed order."""
    return tuple(word for word, names in _INSTRUCTIONS.items() if not set(flags).isdisjoint(names.split()))


@cache
def sysctl() -> dict[str, str]:
    """Return what macOS says of its hardware, by name."""
    # A name that this system does not have is no reason to lose the others.
    text = output_of(["/usr/sbin/sysctl", "hw", "machdep.cpu", "iogpu"], _SYSCTL_LIMIT_S, check=False)
    pairs = (line.partition(": ") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _ask_py_cpuinfo() -> tuple[str, tuple[str, ...]]:
    """Ask py-cpuinfo in a process of its own.

    It runs machine code that it writes itself, starts processes and takes a second or more.
    """
    command = [sys.executable, "-P", "-m", "cpuinfo", "--json"]
    info = json.loads(output_of(command, _CPUINFO_LIMIT_S))
    return str(info.get("brand_raw", "")), known_instructions(list(info.get("flags", ())))
