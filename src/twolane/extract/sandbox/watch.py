"""The parent's watch over one child: what a file may take in processor time and memory, and no longer."""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

import psutil

from twolane.extract.sandbox.start import Started
from twolane.system import processes

_LOOK_S = 0.2
# A child that computes and never gets on is ended by its processor time. These end one that waits: for a disk
# that does not answer, or for nothing. On the busiest machine it gets a share of a core meanwhile.
IDLE_S = 180.0
_LEAST_WALL_S = 900.0
_WALL_SHARE = 100.0
_IDLE_SHARE = 1 / 10_000


class Broken(StrEnum):
    """The limit at which a child was ended."""

    NONE = ""
    TIME = "time"
    IDLE = "idle"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child and the programs that it runs have taken so far; `programs_cpu_s` is part of `cpu_s`.

    `is_in_line` says whether one of them could compute now, and waits for its turn on a busy machine.
    """

    cpu_s: float
    programs_cpu_s: float
    memory_bytes: int
    is_in_line: bool = False


class ResourceWatch:
    """Ends a child that takes too much between `begin` and `end`; stop it in the end.

    Time is processor time of the child and of what it has started, so that a busy machine cuts no file short.
    One thread watches a child all its life, and looks every `_LOOK_S` seconds while files are read: starting
    a thread for each file took as long as reading a small one.
    """

    def __init__(self, process: Started, memory_bytes: int) -> None:
        self._process = process
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._helpers: tuple[int, ...] = ()
        self._began = math.inf  # never, between two files
        self._cpu_s = self._most_cpu_s = 0.0
        self._programs_before_s = self._programs_more_s = 0.0
        self._moved = self._looked = self._wall_s = self._idle_s = 0.0
        self._broken = Broken.NONE
        self._busy = threading.Event()
        self._stopped = threading.Event()
        threading.Thread(target=self._run, daemon=True, name="extract-watch").start()

    def begin(self, cpu_s: float, programs_cpu_s: float = 0.0, idle_s: float = math.inf) -> None:
        """Start watching a file, which may take so much processor time, and for so long none at all.

        The programs that the child runs for it, as for OCR, may take `programs_cpu_s` besides.
        """
        used_s = sum(_own_cpu_s(pid) for pid in (self._process.pid, *self._helpers))
        programs_s = _reaped_cpu_s(self._process.pid) + sum(map(_own_cpu_s, self._helpers))
        with self._lock:
            self._began = self._moved = self._looked = time.monotonic()
            self._cpu_s, self._most_cpu_s = used_s, used_s + cpu_s
            self._programs_before_s, self._programs_more_s = programs_s, programs_cpu_s
            self._idle_s = min(IDLE_S, idle_s)
            self._wall_s = max(_LEAST_WALL_S, _WALL_SHARE * cpu_s)
            self._busy.set()

    def also(self, pid: int) -> None:
        """Count the time of a helper that the child has started, which stays with it."""
        self._helpers = (pid,)

    def end(self) -> Broken:
        """Stop watching; returns the limit that was broken."""
        with self._lock:
            self._began = math.inf
            return self._broken

    def stop(self) -> None:
        """End the thread; safe to call twice."""
        self._stopped.set()
        self._busy.set()

    def _run(self) -> None:
        while True:
            self._busy.wait()
            began, before = self._began, time.monotonic()
            if self._stopped.wait(_LOOK_S):
                return
            late_s = time.monotonic() - before - _LOOK_S
            with self._lock:
                if self._began == math.inf:
                    self._busy.clear()
                elif self._began == began:  # the same file still
                    self._look(late_s)

    def _look(self, late_s: float) -> None:
        now = time.monotonic()
        if late_s > _LOOK_S:  # this process had no time either, or was stopped: so had the child
            self._began += late_s
            self._moved += late_s
        usage = usage_of(self._process.pid)
        if usage is None:
            return
        if usage.cpu_s > self._cpu_s + _IDLE_SHARE * IDLE_S:
            self._cpu_s, self._moved = usage.cpu_s, now
        if usage.is_in_line:  # the clock on the wall says nothing of it
            self._began += now - self._looked
            self._moved = now
        self._looked = now
        if usage.memory_bytes > self._memory_bytes:
            self._break(Broken.MEMORY)
        elif usage.cpu_s > self._most_cpu_s + self._more_s(usage.programs_cpu_s - self._programs_before_s):
            self._break(Broken.TIME)
        elif now - self._moved > self._idle_s or now - self._began > self._wall_s:
            self._break(Broken.IDLE)

    def _more_s(self, programs_s: float) -> float:
        """Return what a file gets for what was run for it: as much again is the child's own."""
        return 2 * min(programs_s, self._programs_more_s)

    def _break(self, limit: Broken) -> None:
        self._broken = limit
        kill_group(self._process)
        self.stop()


def usage_of(pid: int) -> Usage | None:
    """Return what a process and all that it started take; None where it has ended."""
    try:
        process = psutil.Process(pid)
        programs_s, memory_bytes = _reaped_cpu_s(pid), int(process.memory_info().rss)
        cpu_s = _own_cpu_s(pid)
        in_line = process.status() == psutil.STATUS_RUNNING
        for one in process.children(recursive=True):
            with suppress(psutil.Error):
                in_line = in_line or one.status() == psutil.STATUS_RUNNING
                used_s = _own_cpu_s(one.pid)
                cpu_s += used_s
                programs_s += used_s
                memory_bytes += int(one.memory_info().rss)
    except psutil.Error:
        return None
    return Usage(cpu_s, programs_s, memory_bytes, in_line)


def _own_cpu_s(pid: int) -> float:
    """Return the processor time of a process and of those of its children that have ended."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _reaped_cpu_s(pid: int) -> float:
    """Return the processor time of the children of a process that have ended."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.children_user + times.children_system)


def kill_group(process: Started) -> None:
    """Kill a process, and all that it started."""
    if process.returncode is not None:  # already reaped: its id may be another process's by now
        return
    processes.kill_all(process.pid)
    with suppress(OSError):
        process.kill()
