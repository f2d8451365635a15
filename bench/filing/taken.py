"""What a process with all its children takes: time, processors, memory."""

from __future__ import annotations

import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_SAMPLE_S = 0.1
_MIB = 1 << 20


class CommandFailed(Exception):
    """A measured command ended with an error: there is nothing to report."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run took; `memory` has the seconds since its start and the MiB of all its processes then."""

    wall_s: float
    cpu_s: float
    memory: tuple[tuple[float, float], ...]
    out: str

    @property
    def peak_mib(self) -> float:
        return max((mib for _, mib in self.memory), default=0.0)


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, limit_s: float = 900) -> Taken:
    """Run a command to its end. Raises `CommandFailed`."""
    before, began_s = _children_cpu_s(), time.monotonic()
    log = cwd / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        over, memory = threading.Event(), list[tuple[float, float]]()
        watcher = threading.Thread(target=_watch, args=(process.pid, began_s, memory, over))
        watcher.start()
        try:
            out, _ = process.communicate(timeout=limit_s)
        finally:
            process.kill()
            process.wait()
            over.set()
            watcher.join()
    wall_s = time.monotonic() - began_s
    if process.returncode:
        raise CommandFailed(f"{' '.join(command)[:300]}\n{out[-2000:]}\n{log.read_text()[-3000:]}")
    return Taken(wall_s, _children_cpu_s() - before, tuple(memory), out)


def spread(values: Sequence[float]) -> float:
    """Return how far values lie apart: half of the range, as a share of the median."""
    return (max(values) - min(values)) / 2 / statistics.median(values)


def resident_mib(process: psutil.Process) -> float:
    """Return the resident memory of a process with all its children."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / _MIB


def _watch(pid: int, began_s: float, memory: list[tuple[float, float]], over: threading.Event) -> None:
    while not over.wait(_SAMPLE_S):
        try:
            memory.append((time.monotonic() - began_s, resident_mib(psutil.Process(pid))))
        except psutil.NoSuchProcess:
            return


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
