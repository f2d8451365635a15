"""How a reading process starts: forked from one that is warm where the system can, else as a program."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from twolane.config.environment import HOMES, child_environment
from twolane.extract.sandbox.handover import Ends
from twolane.system import processes

MESSAGE_BYTES = 1 << 16
_START_S = 120.0
_ANSWER_S = 30.0
_KEPT_ENVIRONMENT = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "WINDIR", "PATHEXT", "TESSDATA_PREFIX", "PYTHONPATH",
    "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
)  # fmt: skip
_LISTS = frozenset({"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"})


class Started(Protocol):
    """A reading process; `returncode` is None until it was waited for."""

    pid: int

    @property
    def returncode(self) -> int | None:
        """How it ended."""

    def kill(self) -> None:
        """Kill it; harmless once it was waited for."""

    def wait(self) -> int:
        """Wait for its end, and return how it ended."""


class Forked:
    """A reading process that another one has forked, and which that one waits for."""

    def __init__(self, pid: int, server: ForkServer) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def kill(self) -> None:
        """Kill it; harmless once it was waited for."""
        if self.returncode is None:
            processes.kill(self.pid)

    def wait(self) -> int:
        """Wait for its end, which is near: it was killed, or has closed its streams."""
        if self.returncode is None:
            self.returncode = self._server.reap(self.pid)
        return self.returncode


class ForkServer:
    """The warm process of one pool of readers, which starts when it is first needed; safe for many threads.

    A process is no other's child, so its number is nobody else's until `reap` was asked for it.
    """

    def __init__(self, nice: int) -> None:
        self._nice = nice
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_usable = processes.CAN_FORK

    def fork(self, scratch: str, files: tuple[int, int, int, int]) -> Forked | None:
        """Return a new reading process with these files; None where none can be forked here."""
        with self._lock:
            for _ in range(2):  # once more with a new server where somebody has killed it
                if not self._is_usable or not (self._line or self._start()):
                    return None
                if answer := self._asked({"scratch": scratch}, files):
                    return Forked(int(answer["pid"]), self)
        return None

    def reap(self, pid: int) -> int:
        """Return how a process that has been killed ended."""
        with self._lock:
            answer = self._asked({"reap": pid}) if self._line else None
        status = answer["status"] if answer else None
        return processes.KILLED if status is None else int(status)

    def close(self) -> None:
        """End the server; what it has forked does not end with it."""
        with self._lock:
            self._stop()

    def _start(self) -> bool:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = ours
        with theirs:
            self._process = processes.start_apart(
                _command("fork_server", (theirs.fileno(),)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                folder="/",
                environment=environment("/"),
                descriptors=(theirs.fileno(),),
            )
        processes.give_way(self._process.pid, self._nice)
        ours.settimeout(_START_S)
        if self._answer() is None:
            self._is_usable = False
        ours.settimeout(_ANSWER_S)
        return self._is_usable

    def _asked(self, request: dict[str, Any], files: tuple[int, ...] = ()) -> dict[str, Any] | None:
        assert self._line
        try:
            socket.send_fds(self._line, [json.dumps(request).encode()], files)
        except OSError:
            self._stop()
            return None
        return self._answer()

    def _answer(self) -> dict[str, Any] | None:
        assert self._line
        try:
            answer: dict[str, Any] = json.loads(self._line.recv(MESSAGE_BYTES))
        except (OSError, ValueError):
            self._stop()
            return None
        return answer

    def _stop(self) -> None:
        if self._line:
            self._line.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._line = self._process = None


class ReaderProcess:
    """A reading process that has just been started, and the streams to it."""

    def __init__(self, server: ForkServer, scratch: str, stderr: int, ends: Ends | None) -> None:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        self.requests = os.fdopen(ours_out, "wb")
        self.answers = os.fdopen(ours_in, "rb")
        try:
            forked = ends and server.fork(scratch, (theirs_in, theirs_out, stderr, ends.theirs.fileno()))
            self.process: Started = forked or _spawned(scratch, theirs_in, theirs_out, stderr, ends)
        except BaseException:
            self.close()
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
            if ends:
                ends.theirs.close()

    def close(self) -> None:
        """Close the streams; safe to call twice."""
        for stream in (self.requests, self.answers):
            with suppress(OSError):
                stream.close()


def _spawned(
    scratch: str, stdin: int, stdout: int, stderr: int, ends: Ends | None
) -> subprocess.Popen[bytes]:
    number = (ends.theirs.fileno(),) if ends else ()
    return processes.start_apart(
        _command("child", number),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        folder=scratch,
        environment=environment(scratch),
        descriptors=number,
    )


def _command(module: str, descriptors: tuple[int, ...]) -> list[str]:
    # -P keeps a json.py that lies in the working folder from being imported.
    name = f"twolane.extract.sandbox.{module}"
    return [sys.executable, "-P", "-X", "utf8", "-m", name, *map(str, descriptors)]


def environment(scratch: str) -> dict[str, str]:
    """Return the child's environment: only the variables that it needs, no proxies, no secrets."""
    inherited = child_environment(_KEPT_ENVIRONMENT)
    root = str(Path(__file__).resolve().parents[3])
    given = inherited.get("PYTHONPATH", "").split(os.pathsep)
    # An empty entry, as a colon at the end makes one, is the working folder: what the child writes there
    # would be loaded by every program that is started for it.
    for name in _LISTS.intersection(inherited):
        inherited[name] = os.pathsep.join(
            p for p in inherited[name].split(os.pathsep) if Path(p).is_absolute()
        )
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join([root, *(str(Path(p).resolve()) for p in given if p)]),
        **dict.fromkeys(HOMES, scratch),
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
