"""The children of a pool: each is started when it is needed, watched, and replaced when a file breaks it."""

from __future__ import annotations

import base64
import math
import os
import queue
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from twolane.documents import display_path
from twolane.errors import ExtractCrashError, ExtractError, ExtractStalledError, ExtractTimeoutError
from twolane.extract.base import Limits
from twolane.extract.opening import open_file
from twolane.extract.readers.picture import ocr
from twolane.extract.sandbox import handover
from twolane.extract.sandbox.patience import Patience
from twolane.extract.sandbox.protocol import (
    failure_to_json,
    frame_limit_bytes,
    receive,
    send,
)
from twolane.extract.sandbox.quick import ENDED_AT, LONGEST_CPU_S, LONGEST_IDLE_S, OVER
from twolane.extract.sandbox.scratch import Scratch
from twolane.extract.sandbox.start import ForkServer, ReaderProcess
from twolane.extract.sandbox.watch import Broken, ResourceWatch, kill_group
from twolane.system.processes import give_way, reap_session

# Starting a child takes as long as reading 200 short texts; what its libraries leak is watched besides.
FILES_PER_CHILD = 1000
_START_CPU_S = 60.0
_STDERR_TAIL_BYTES = 2000
# What a child weighs before it reads anything, with all its libraries loaded.
_BASELINE_BYTES = 402_653_184
_READING: Mapping[str, object] = {}


class Children:
    """The children of one kind, which start when they are needed; quick ones with their patience.

    `nice` is their priority, as the system counts it; `doing` is what they do to a file, in words.
    """

    def __init__(
        self,
        forks: ForkServer,
        limits: Limits,
        count: int,
        *,
        nice: int,
        patience: Patience | None = None,
        doing: str = "reading",
    ) -> None:
        self._forks = forks
        self._nice = nice
        self._doing = doing
        self._limits = limits
        self._count = count
        self._patience = patience
        # The child used last is the first to be used again: its libraries are loaded.
        self._slots: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(count):
            self._slots.put(None)
        self._closed = threading.Event()

    def ask(self, path: Path, file: BinaryIO | None, task: Mapping[str, object] = _READING) -> dict[str, Any]:
        """Return a child's answer about a file: its reading, or what a `task` says; see `_Child.ask`."""
        child = self._slots.get()
        try:
            if self._closed.is_set():
                raise ExtractError(f"{display_path(path)} was not read: the reader is closed")
            child = child or _Child(self._forks, self._limits, self._patience, self._nice)
            answer = child.ask(path, file, task, f"{self._doing} {display_path(path)}")
        except BaseException:
            if child:
                child.kill()
            self._slots.put(None)
            raise
        used_up = child.files >= FILES_PER_CHILD or answer.get("error") == "memory"
        if used_up or self._closed.is_set():
            child.kill()
        self._slots.put(None if used_up or self._closed.is_set() else child)
        return answer

    def close(self) -> None:
        """End the children, after the files that they are reading now."""
        self._closed.set()
        for _ in range(self._count):
            child = self._slots.get()
            if child:
                child.kill()
        for _ in range(self._count):
            self._slots.put(None)


class _Child:
    """One child process with its scratch folder; used by one thread at a time."""

    def __init__(self, forks: ForkServer, limits: Limits, patience: Patience | None, nice: int) -> None:
        self.files = 0
        self._patience = patience
        self._tail = ""
        self._limits = limits
        self._scratch = Scratch()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        ends = handover.pair()
        self._handover = ends.ours if ends else None
        self._reader = ReaderProcess(forks, self._scratch.path, self._stderr.fileno(), ends)
        self._process = self._reader.process
        give_way(self._process.pid, nice)
        self._watch = ResourceWatch(self._process, limits.memory_bytes + _BASELINE_BYTES)
        try:
            hello = {"limits": asdict(limits), "is_warm": bool(patience)}
            ready = self._exchange(hello, _START_CPU_S, "starting the reading process")
            if isinstance(helper := ready.get("helper"), int) and helper:
                self._watch.also(helper)
                # once more: only by now does a forked one have a session of its own
                give_way(self._process.pid, nice)
        except BaseException:
            self.kill()
            raise

    def ask(
        self, path: Path, file: BinaryIO | None, task: Mapping[str, object], doing: str
    ) -> dict[str, Any]:
        """Return the child's answer about a file; raises when a limit or a crash ended the child."""
        self.files += 1
        if not self._handover:  # a child that cannot be sent files opens them
            return self._ask(path, Path(file.name) if file else path.absolute(), None, task, doing)
        if file:
            return self._ask(path, path, file.fileno(), task, doing)
        try:
            opened = open_file(os.fspath(path))
        except OSError as error:
            return failure_to_json(error)
        try:
            return self._ask(path, path, opened, task, doing)
        finally:
            if opened is not None:
                os.close(opened)

    def _ask(
        self, path: Path, where: Path, descriptor: int | None, task: Mapping[str, object], doing: str
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "path": base64.b64encode(os.fsencode(where)).decode("ascii"),
            "name": base64.b64encode(os.fsencode(path.name)).decode("ascii"),
            "is_sent": descriptor is not None,
            "look_s": 0.0,
            "task": dict(task),
        }
        if self._patience:
            return self._look(self._patience, request, doing, descriptor)
        return self._exchange(request, self._limits.cpu_s, doing, descriptor)

    def _look(
        self, patience: Patience, request: dict[str, Any], doing: str, descriptor: int | None
    ) -> dict[str, Any]:
        look_s = patience.look_s()
        request["look_s"] = look_s
        try:
            answer = self._exchange(request, LONGEST_CPU_S, doing, descriptor, LONGEST_IDLE_S)
        except ExtractError:
            patience.lost(ENDED_AT * look_s)
            raise
        cpu_s = answer.get("cpu_s")  # whatever a broken child says
        note = patience.lost if answer.get("error") == "later" else patience.read
        note(cpu_s if isinstance(cpu_s, float) else look_s)
        return answer

    def _exchange(
        self,
        request: dict[str, Any],
        cpu_s: float,
        doing: str,
        descriptor: int | None = None,
        idle_s: float = math.inf,
    ) -> dict[str, Any]:
        more_s = 0.0 if self._patience else self._limits.most_cpu_s - self._limits.cpu_s
        inside = ocr.available(self._limits.ocr) == "rapidocr"  # which is no program of its own
        self._watch.begin(cpu_s + more_s if inside else cpu_s, more_s, idle_s)
        try:
            if descriptor is not None and self._handover:
                handover.send(self._handover, descriptor)
            send(self._reader.requests, request)
            answer = receive(self._reader.answers, frame_limit_bytes(self._limits.text_chars))
        except (OSError, ValueError):
            answer = None
        finally:
            broken = self._watch.end()
        if answer is not None and not broken:
            return answer
        self.kill()
        raise self._failure(broken, doing, cpu_s)

    def _failure(self, broken: Broken, doing: str, cpu_s: float) -> ExtractError:
        """Return what to say of a child that was ended, or has ended, over a file."""
        limit = f"{self._limits.memory_bytes >> 20:,} MiB"
        if broken is Broken.TIME or (self._patience and self._process.returncode == OVER):
            return ExtractTimeoutError(
                f"{doing} took more than {cpu_s:g} s of processor time",
                "raise extract.cpu_limit_s if the file is worth it, then add it again",
            )
        if broken is Broken.IDLE:
            return ExtractStalledError(
                f"{doing} came to a standstill", "look whether its disk answers, then add it again"
            )
        if broken is Broken.MEMORY:
            return ExtractCrashError(
                f"{doing} took more memory than {limit}",
                "raise extract.memory_limit_bytes if the file is worth it, then add it again",
            )
        return ExtractCrashError(
            f"{doing} ended the reading process (exit code {self._process.returncode}){self._tail}",
            f"the file is damaged or hostile, or needs more memory than {limit}; it is left where it is",
        )

    def _last_words(self) -> str:
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _STDERR_TAIL_BYTES))
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        # A fatal error names its cause in its first line, a traceback in its last.
        causes = [line for line in lines if line.startswith("Fatal Python error")] or lines[-1:]
        return f": {causes[0][:200]}" if causes else ""

    def kill(self) -> None:
        """End the child and whatever it started, and remove its scratch folder; harmless when repeated."""
        self._watch.stop()
        kill_group(self._process)
        self._process.wait()
        reap_session(self._process.pid)
        self._reader.close()
        if not self._stderr.closed:
            self._tail = self._last_words()
            self._stderr.close()
        if self._handover:
            self._handover.close()
        self._scratch.remove()
