"""The child process: takes paths on its standard input, answers readings on its standard output.

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
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from twolane.extract.base import Limits
from twolane.extract.read import read_file
from twolane.extract.sandbox import guard
from twolane.extract.sandbox.protocol import SCRATCH_PREFIX, reading_to_json, receive, send

_REQUEST_BYTES = 1 << 20


def main() -> None:
    """Serve requests until the input ends."""
    answers = _take_stdout()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    faulthandler.enable()
    hello = requests.get()
    limits = Limits(**hello["limits"])
    guard.forbid_network_and_programs()
    guard.limit_memory(limits.memory_bytes)
    send(answers, {"ready": True})
    while True:
        path = os.fsdecode(base64.b64decode(requests.get()["path"]))
        guard.limit_cpu(2 * limits.timeout_s)
        send(answers, _answer(path, limits))


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


def _answer(path: str, limits: Limits) -> dict[str, Any]:
    try:
        return {"reading": reading_to_json(read_file(path, limits))}
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
