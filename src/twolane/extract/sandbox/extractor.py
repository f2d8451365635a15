"""The parent's pool of child processes that read files: no file is parsed in the parent itself."""

from __future__ import annotations

import base64
import math
import os
import queue
import shutil
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from twolane.config.settings import ExtractSettings
from twolane.documents import Reading, ReadStatus, display_path
from twolane.errors import (
    ExtractCrashError,
    ExtractError,
    ExtractSlowError,
    ExtractStalledError,
    ExtractTimeoutError,
    NotFoundError,
)
from twolane.extract.base import Limits
from twolane.extract.opening import open_file
from twolane.extract.readers.picture import ocr
from twolane.extract.sandbox import handover
from twolane.extract.sandbox.counts import ReaderCounts, reader_counts
from twolane.extract.sandbox.patience import Patience
from twolane.extract.sandbox.protocol import (
    SCRATCH_PREFIX,
    failure_to_json,
    frame_limit_bytes,
    reading_from_json,
    receive,
    send,
)
from twolane.extract.sandbox.quick import ENDED_AT, LONGEST_CPU_S, LONGEST_IDLE_S, OVER
from twolane.extract.sandbox.start import ForkServer, ReaderProcess
from twolane.extract.sandbox.watch import Broken, ResourceWatch, kill_group
from twolane.system.processes import give_way, reap_session

# Starting a child takes as long as reading 200 short texts; what its libraries leak is watched besides.
FILES_PER_CHILD = 1000
_START_CPU_S = 60.0
_STDERR_TAIL_BYTES = 2000
_NICE = 5  # gets a quarter of a contended core; a lower priority would starve beside long work
_SLOW_NICE = 15  # a tenth of what a quick one gets; at the lowest a scan would never end on a busy machine
_LATER = "it is read later by itself"
# What a child weighs before it reads anything, with all its libraries loaded.
_BASELINE_BYTES = 402_653_184


class Extractor:
    """Reads files in child processes, quick and slow ones; safe to use from many threads.

    Children start when they are first needed, live for some hundred files, and are replaced when a file
    breaks them. Close it, or use it as a context manager. They run at a low priority.
    """

    def __init__(self, settings: ExtractSettings, counts: ReaderCounts | None = None) -> None:
        self._settings = settings
        counts = counts or reader_counts(settings)
        limits = Limits(
            settings.cpu_limit_s,
            settings.memory_limit_bytes,
            settings.file_limit_bytes,
            settings.text_limit_chars,
            settings.ocr,
            settings.ocr_languages,
            settings.ocr_pages,
            settings.ocr_page_cpu_limit_s,
        )
        self._forks = ForkServer(_NICE)
        self._quick = _Readers(self._forks, limits, counts.quick, Patience())
        self._slow = _Readers(self._forks, limits, counts.slow, None)

    def __enter__(self) -> Extractor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ocr_engine(self) -> str:
        """Return what reads scans here: "tesseract", "rapidocr", or the empty string for nothing."""
        return ocr.available(self._settings.ocr)

    def read(self, path: Path, file: BinaryIO | None = None, *, quickly: bool = False) -> Reading:
        """Return what a file holds; waits for a free child.

        With `quickly` it raises ExtractSlowError after a moment, so that nobody waits for a slow file.
        `file`, where given, is the file already open: it is read, whatever lies at the path by now.
        A damaged, encrypted, empty, unsupported or too large file is a reading with that status and a note.
        Raises NotFoundError when the file is gone, ExtractTimeoutError and ExtractCrashError when a limit
        ended the child, ExtractError when the file cannot be opened.
        """
        if not quickly:
            return self._result(path, self._slow.ask(path, file))
        try:
            answer = self._quick.ask(path, file)
        except (ExtractStalledError, ExtractTimeoutError) as error:
            raise ExtractSlowError(error.what, _LATER) from error
        if answer.get("error") == "later":
            raise ExtractSlowError(f"{display_path(path)} takes more than a moment to read", _LATER)
        return self._result(path, answer)

    def _result(self, path: Path, answer: dict[str, Any]) -> Reading:
        shown, error = display_path(path), answer.get("error")
        if error == "gone":
            raise NotFoundError(f"{shown} is gone")
        if error == "memory":
            limit = self._settings.memory_limit_bytes >> 20
            note = f"it needs more memory than the limit of {limit:,} MiB (extract.memory_limit_bytes)"
            return Reading(ReadStatus.TOO_LARGE, note=note, seen=0.0)
        if error is not None:
            reason = str(answer.get("reason", ""))[:200]
            raise ExtractError(
                f"{shown} cannot be opened: {reason}", "check its permissions, then add it again"
            )
        try:
            return reading_from_json(answer["reading"])
        except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
            raise ExtractCrashError(f"{shown}: the reading process sent nonsense") from problem

    def close(self) -> None:
        """End the children, after the files that they are reading now."""
        self._quick.close()
        self._slow.close()
        self._forks.close()


class _Readers:
    """The children of one kind, which start when they are needed; quick ones with their patience."""

    def __init__(self, forks: ForkServer, limits: Limits, count: int, patience: Patience | None) -> None:
        self._forks = forks
        self._limits = limits
        self._count = count
        self._patience = patience
        # The child used last is the first to be used again: its libraries are loaded.
        self._slots: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(count):
            self._slots.put(None)
        self._closed = threading.Event()

    def ask(self, path: Path, file: BinaryIO | None) -> dict[str, Any]:
        """Return a child's answer about a file; see `_Child.ask`."""
        child = self._slots.get()
        try:
            if self._closed.is_set():
                raise ExtractError(f"{display_path(path)} was not read: the reader is closed")
            child = child or _Child(self._forks, self._limits, self._patience)
            answer = child.ask(path, file)
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

    def __init__(self, forks: ForkServer, limits: Limits, patience: Patience | None) -> None:
        self.files = 0
        self._patience = patience
        self._tail = ""
        self._limits = limits
        self._scratch = tempfile.mkdtemp(prefix=SCRATCH_PREFIX)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        ends = handover.pair()
        self._handover = ends.ours if ends else None
        self._reader = ReaderProcess(forks, self._scratch, self._stderr.fileno(), ends)
        self._process = self._reader.process
        give_way(self._process.pid, _NICE if patience else _SLOW_NICE)
        self._watch = ResourceWatch(self._process, limits.memory_bytes + _BASELINE_BYTES)
        try:
            hello = {"limits": asdict(limits), "is_warm": bool(patience)}
            ready = self._exchange(hello, _START_CPU_S, "starting the reading process")
            if isinstance(helper := ready.get("helper"), int) and helper:
                self._watch.also(helper)
                # once more: only by now does a forked one have a session of its own
                give_way(self._process.pid, _NICE if patience else _SLOW_NICE)
        except BaseException:
            self.kill()
            raise

    def ask(self, path: Path, file: BinaryIO | None) -> dict[str, Any]:
        """Return the child's answer about a file; raises when a limit or a crash ended the child."""
        self.files += 1
        if not self._handover:  # a child that cannot be sent files opens them
            return self._ask(path, Path(file.name) if file else path.absolute(), None)
        if file:
            return self._ask(path, path, file.fileno())
        try:
            opened = open_file(os.fspath(path))
        except OSError as error:
            return failure_to_json(error)
        try:
            return self._ask(path, path, opened)
        finally:
            if opened is not None:
                os.close(opened)

    def _ask(self, path: Path, where: Path, descriptor: int | None) -> dict[str, Any]:
        request = {
            "path": base64.b64encode(os.fsencode(where)).decode("ascii"),
            "name": base64.b64encode(os.fsencode(path.name)).decode("ascii"),
            "is_sent": descriptor is not None,
            "look_s": 0.0,
        }
        doing = f"reading {display_path(path)}"
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
        shutil.rmtree(self._scratch, ignore_errors=True)
