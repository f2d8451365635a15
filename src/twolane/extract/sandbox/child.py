"""The child process: takes files on its standard input, writes readings to its standard output.

Run by the parent as `python -m twolane.extract.sandbox.child`. It ends when its input does: also when the
parent was killed, and also in the middle of a file.
"""

from __future__ import annotations

import base64
import errno
import faulthandler
import os
import queue
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from twolane.extract.base import Limits
from twolane.extract.read import open_file, read_open
from twolane.extract.sandbox import guard, handover
from twolane.extract.sandbox.protocol import SCRATCH_PREFIX, reading_to_json, receive, send

_REQUEST_BYTES = 1 << 20


def main() -> None:
    """Serve requests until the input ends."""
    answers = _take_stdout()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    faulthandler.enable()
    # before the guard, which forbids creating sockets
    files = socket.socket(fileno=int(sys.argv[1])) if len(sys.argv) > 1 else None
    hello = requests.get()
    limits = Limits(**hello["limits"])
    guard.forbid_network_and_programs()
    guard.limit_memory(limits.memory_bytes)
    send(answers, {"ready": True})
    while True:
        request = requests.get()
        descriptor = handover.receive(files) if files and request["is_sent"] else None
        guard.limit_cpu(2 * limits.most_cpu_s)
        send(answers, _answer(_text(request["path"]), _text(request["name"]), descriptor, limits))


def _take_stdout() -> BinaryIO:
    """Return the answers' stream; what native code prints goes to standard error instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _listen(stream: BinaryIO, requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    while (request := receive(stream, _REQUEST_BYTES)) is not None:
        requests.put(request)
    # The parent is gone: so is everything that was made and started for it.
    scratch = Path.cwd()
    if scratch.name.startswith(SCRATCH_PREFIX):
        shutil.rmtree(scratch, ignore_errors=True)
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _text(coded: str) -> str:
    return os.fsdecode(base64.b64decode(coded))


def _answer(path: str, name: str, descriptor: int | None, limits: Limits) -> dict[str, Any]:
    try:
        opened = open_file(path) if descriptor is None else descriptor
        return {"reading": reading_to_json(read_open(opened, name, limits))}
    except FileNotFoundError:
        return {"error": "gone"}
    except OSError as error:
        if error.errno == errno.ENOMEM:
            return {"error": "memory"}
        return {"error": "os", "reason": error.strerror or type(error).__name__}
    except MemoryError:
        return {"error": "memory"}


if __name__ == "__main__":
    main()
