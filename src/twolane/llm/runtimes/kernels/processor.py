"""Which instructions of this processor kernels can be compiled for, and what the compiler is told."""

from __future__ import annotations

import platform
from collections.abc import Collection
from pathlib import Path

from twolane.system import kind

CPUINFO = Path("/proc/cpuinfo")

# llama.cpp's own names, with Linux' for what each needs. What the package is compiled for comes first: a
# processor without these runs no wheel of it either.
_X86 = {
    "SSE42": "sse4_2",
    "AVX": "avx",
    "AVX2": "avx2",
    "FMA": "fma",
    "F16C": "f16c",
    "BMI2": "bmi2",
    "AVX_VNNI": "avx_vnni",
    "AVX512": "avx512f avx512cd avx512vl avx512dq avx512bw",
    "AVX512_VBMI": "avx512vbmi",
    "AVX512_VNNI": "avx512_vnni",
    "AVX512_BF16": "avx512_bf16",
    "AMX_TILE": "amx_tile",
    "AMX_INT8": "amx_int8",
}
_ARM = {
    "DOTPROD": "asimddp",
    "FP16": "asimdhp",
    "MATMUL_INT8": "i8mm",
    "SVE": "sve",
    "SVE2": "sve2",
}
# What makes prompts read faster; the others come with these.
_FASTER = frozenset({"AVX_VNNI", "AVX512", "AVX512_VNNI", "AMX_INT8", "DOTPROD", "MATMUL_INT8", "SVE"})


def found_instructions(cpuinfo: Path = CPUINFO) -> tuple[str, ...]:
    """Return what this processor has of what kernels can use, in llama.cpp's words; none but on Linux."""
    known = _ARM if platform.machine().lower() in {"aarch64", "arm64"} else _X86
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    flags: set[str] = set()
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() in {"flags", "Features"}:
            flags = set(value.split())
            break
    return tuple(word for word, needed in known.items() if flags.issuperset(needed.split()))


def unused_instructions(instructions: Collection[str]) -> tuple[str, ...]:
    """Return those that would make prompts read faster, and that the package was not compiled for."""
    return tuple(word for word in instructions if word in _FASTER)


def can_build() -> bool:
    """Say whether kernels are built on this system: Linux alone, whose wheels suit the oldest processors."""
    return kind.is_linux()


def switches(instructions: Collection[str]) -> list[str]:
    """Return what CMake is told, so that kernels have these instructions and no others."""
    if not set(instructions) <= _X86.keys():
        return ["-DGGML_NATIVE=ON"]
    return ["-DGGML_NATIVE=OFF", *(f"-DGGML_{word}={_on(word in instructions)}" for word in _X86)]


def _on(wanted: bool) -> str:
    return "ON" if wanted else "OFF"
