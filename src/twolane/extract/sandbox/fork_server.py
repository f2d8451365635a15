"""The process that reading processes are forked from: it has imported what they need, and opens no file.

Run by the parent as `python -m twolane.extract.sandbox.fork_server SOCKET`, on Linux alone. It has one
thread, parses nothing, and ends when its parent is gone. What it forks confines itself as any reader does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twolane.config.environment import live_in
from twolane.extract.sandbox import child, kernel
from twolane.text.identify import identifier

MESSAGE_BYTES = 1 << 16
# Files of its standard input, output and errors, and the socket over which it is sent files.
_FILES = 4
# What readers of ordinary files import when they first meet one.
_LIBRARIES = (
    "PIL.Image", "PIL.ImageOps", "charset_normalizer", "email.parser", "lxml.etree",
    "lxml.html", "numpy", "olefile", "pypdfium2.raw", "rapidfuzz", "selectolax.lexbor",
    "striprtf.striprtf", "zoneinfo",
)  # fmt: skip
_REAP_TRIES, _REAP_S = 400, 0.005


@dataclass(frozen=True, slots=True)
class ForkFiles:
    """What a reading process is given: its standard streams, its socket for files, and its folder."""

    scratch: str
    stdin: int
    stdout: int
    stderr: int
    files: int


def main() -> None:
    """Fork reading processes, and take their ends, until the parent is gone."""
    line = socket.socket(fileno=int(sys.argv[1]))
    with suppress(OSError):
        kernel.give_up_new_rights()
    _warm_up()
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        return  # what other threads hold at a fork is held for ever: children are started one by one
    line.send(b"{}")
    while True:
        message, numbers, *_ = socket.recv_fds(line, MESSAGE_BYTES, _FILES)
        if not message:
            return
        asked: dict[str, Any] = json.loads(message)
        if "reap" in asked:
            line.send(json.dumps({"status": _reaped(int(asked["reap"]))}).encode())
            continue
        pid = _fork(ForkFiles(str(asked["scratch"]), *numbers), line)
        for number in numbers:
            os.close(number)
        line.send(json.dumps({"pid": pid}).encode())


def _warm_up() -> None:
    for name in _LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    identifier()
    gc.collect()
    gc.freeze()  # or the first collection of a child would copy all of it


def _reaped(pid: int) -> int | None:
    """Return how a process ended that was killed; None where it will not end, or is not ours."""
    for _ in range(_REAP_TRIES):
        try:
            done, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return None
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(_REAP_S)
    return None


def _fork(given: ForkFiles, line: socket.socket) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        line.close()  # first of all: whoever holds it can have processes forked
        _become(given)
        child.serve(given.files)
    finally:  # nothing may get back into the server's loop
        if sys.exc_info()[1]:
            traceback.print_exc()  # to where the parent finds a child's last words
        os._exit(1)


def _become(given: ForkFiles) -> None:
    """Make this fork what a process that was started for it would be."""
    os.setsid()
    os.chdir(given.scratch)
    for number, stream in enumerate((given.stdin, given.stdout, given.stderr)):
        os.dup2(stream, number)
    for one in list(Path("/proc/self/fd").iterdir()):
        if int(one.name) > 2 and int(one.name) != given.files:
            with suppress(OSError):
                os.close(int(one.name))
    live_in(given.scratch)
    tempfile.tempdir = None


if __name__ == "__main__":
    main()
