"""The keeper: a process beside the reading one that parses nothing, runs OCR for it, and cleans up after it.

The reading process may start nothing and may not touch the folder that its scratch folder lies in. The
keeper was forked from it before it was confined. It runs one program, which is confined likewise; when the
parent is gone it ends the reading process and removes the scratch folder.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from twolane.extract import programs
from twolane.extract.programs import ProgramOutput, ProgramRun
from twolane.extract.sandbox import guard, kernel, landlock, needed, seccomp
from twolane.extract.sandbox.landlock import Touched
from twolane.extract.sandbox.protocol import SCRATCH_PREFIX, receive, send

_PARENT = 0  # the standard input, which the parent holds open as long as it lives
_FRAME_BYTES = 1 << 20
_MOST_BYTES = 256 << 20
_MOST_ARGUMENTS = 40
_LOOK_S = 1.0
# What tesseract takes for its languages, beside what it may take for a picture.
_OWN_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class Keeper:
    """The reading process's end of the line to its keeper."""

    pid: int
    requests: BinaryIO
    answers: BinaryIO

    def run(self, asked: ProgramRun) -> ProgramOutput:
        """Return what the program wrote; nothing where it needed more than its time."""
        arguments, size = list(asked.arguments), len(asked.data)
        try:
            send(self.requests, {"arguments": arguments, "cpu_s": asked.cpu_s, "bytes": size})
            self.requests.write(asked.data)
            self.requests.flush()
            answer = receive(self.answers, _FRAME_BYTES)
            data = self.answers.read(int(answer["bytes"])) if answer else b""
        except OSError:
            answer = None
        if answer is None:  # without a keeper nothing that is said of scans would be true
            os._exit(70)
        return ProgramOutput(data, float(answer["cpu_s"]))


def start(memory_bytes: int) -> Keeper:
    """Fork the keeper of this process, which must have no other thread yet."""
    ours, theirs = socket.socketpair()
    reader = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            _Work(theirs.detach(), reader, memory_bytes).serve()
        finally:
            if sys.exc_info()[1]:
                traceback.print_exc()  # to where the parent finds a child's last words
            os._exit(0)
    theirs.close()
    number = ours.detach()
    # Plain reading and writing: the reading process may send nothing over sockets.
    return Keeper(pid, os.fdopen(os.dup(number), "wb"), os.fdopen(number, "rb"))


class _Work:
    """What the keeper does, from its fork to its end."""

    def __init__(self, line: int, reader: int, memory_bytes: int) -> None:
        self._line = line
        self._reader = reader
        self._memory_bytes = memory_bytes + _OWN_BYTES
        self._program = programs.find(programs.TESSERACT)
        self._touched: Touched | None = None
        self._requests = os.fdopen(line, "rb")
        self._answers = os.fdopen(os.dup(line), "wb")
        self._poll = select.poll()
        self._poll.register(_PARENT, 0)  # told of its end alone: what it sends is the reader's

    def serve(self) -> None:
        """Run programs until either side is gone."""
        self._let_go()
        self._poll.register(self._line, select.POLLIN)
        while True:
            self._look(None)
            request = receive(self._requests, _FRAME_BYTES)
            if request is None:
                return
            given = self._requests.read(min(int(request["bytes"]), _MOST_BYTES))
            before_s = _programs_s()
            data = self._run([str(one) for one in request["arguments"]], given, float(request["cpu_s"]))
            send(self._answers, {"cpu_s": _programs_s() - before_s, "bytes": len(data)})
            self._answers.write(data)
            self._answers.flush()

    def _let_go(self) -> None:
        """Close what else was inherited: above all the answers' stream, whose end tells of the reader's."""
        kept = {_PARENT, 2, self._requests.fileno(), self._answers.fileno()}
        for one in list(Path("/proc/self/fd").iterdir()):
            if int(one.name) not in kept:
                with suppress(OSError):
                    os.close(int(one.name))

    def _look(self, wait_ms: int | None) -> bool:
        """Wait for a request, or for the reader's end; ends everything where the parent is gone."""
        happened = self._poll.poll(wait_ms)
        if any(number == _PARENT for number, _ in happened):
            self._end()
        return bool(happened)

    def _end(self) -> None:
        with suppress(OSError):
            os.kill(self._reader, signal.SIGKILL)
        scratch = Path.cwd()
        if scratch.name.startswith(SCRATCH_PREFIX):
            shutil.rmtree(scratch, ignore_errors=True)
        if os.getpgrp() == self._reader:
            os.killpg(0, signal.SIGKILL)
        os._exit(0)

    def _run(self, arguments: list[str], data: bytes, cpu_s: float) -> bytes:
        """Return what the program wrote; nothing where it was ended."""
        if not self._program or len(arguments) > _MOST_ARGUMENTS:
            return b""
        if self._touched is None:
            self._touched = needed.by_program(Path(self._program))
        with (
            _in_memory(data) as given,
            subprocess.Popen(
                [self._program, *arguments],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",  # nothing that the reading process wrote is taken for the program's own
                env=programs.environment(),
                close_fds=False,  # all of them close themselves
                preexec_fn=partial(self._become, cpu_s),  # noqa: PLW1509 - the keeper has one thread
            ) as process,
        ):
            while True:
                try:
                    written = process.communicate(timeout=_LOOK_S)[0]
                    return b"" if process.returncode < 0 else written
                except subprocess.TimeoutExpired:
                    if self._look(0):
                        process.kill()

    def _become(self, cpu_s: float) -> None:
        """Confine the process that becomes the program."""
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        guard.limit_memory(self._memory_bytes)
        guard.limit_cpu(cpu_s)
        assert self._touched
        with suppress(OSError):
            landlock.restrict(self._touched)
        seccomp.restrict(may_run=True)


def _in_memory(data: bytes) -> BinaryIO:
    """Return a file of its own for data.

    A pipe has to be filled while the program runs: what it had not taken by the first look would never come.
    """
    with os.fdopen(os.memfd_create("given"), "wb") as file:
        file.write(data)
        file.flush()
        return Path(f"/proc/self/fd/{file.fileno()}").open("rb")  # which the program may only read


def _programs_s() -> float:
    times = os.times()
    return times.children_user + times.children_system
