"""The child process: takes files on its standard input, writes readings to its standard output.

Forked from `fork_server` on Linux, elsewhere run by the parent as `python -m twolane.extract.sandbox.child`.
It ends when its input does: also when the parent was killed, and also in the middle of a file.
"""

from __future__ import annotations

import base64
import faulthandler
import os
import queue
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from twolane.extract import programs
from twolane.extract.base import Later, Limits
from twolane.extract.drawing import draw_open, marks_open
from twolane.extract.opening import open_file
from twolane.extract.pictured import SoughtWords, WantedMarks, WantedPicture
from twolane.extract.read import read_open
from twolane.extract.sandbox import guard, handover, keeper, needed
from twolane.extract.sandbox.confinement import confine
from twolane.extract.sandbox.handover import CAN_SEND
from twolane.extract.sandbox.protocol import (
    SCRATCH_PREFIX,
    boxes_to_json,
    failure_to_json,
    picture_to_json,
    reading_to_json,
    receive,
    send,
)
from twolane.extract.sandbox.quick import QuickLook
from twolane.system import kind, processes
from twolane.text.identify import identifier

_REQUEST_BYTES = 1 << 20
_KEEPER_S = 5.0


def serve(handed: int | None) -> None:
    """Serve requests until the input ends; files come over the socket `handed`, where there is one."""
    answers = _take_stdout()
    faulthandler.enable()
    # before anything is forbidden, sockets among it
    files = None if handed is None else socket.socket(fileno=handed)
    hello = receive(sys.stdin.buffer, _REQUEST_BYTES)
    if hello is None:
        return
    limits = Limits(**hello["limits"])
    helper = _confine(limits)
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    # not before: the kernel confines the thread that asks for it, and those that it starts
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    if hello["is_warm"]:
        identifier()
    send(answers, {"helper": helper})
    while True:
        request = requests.get()
        descriptor = handover.receive(files) if files and request["is_sent"] else None
        guard.limit_cpu(2 * limits.most_cpu_s)
        path, name = _text(request["path"]), _text(request["name"])
        if task := request["task"]:
            send(answers, _made(task, path, name, descriptor, limits))
        elif look_s := float(request["look_s"]):
            send(answers, _quick_answer(path, name, descriptor, limits, look_s))
        else:
            send(answers, _answer(path, name, descriptor, limits))


def _confine(limits: Limits) -> int:
    """Confine this process by whatever this system has, and return the id of its keeper, 0 for none."""
    helper = 0
    if kind.is_linux():
        kept = keeper.start(limits.memory_bytes)
        helper = kept.pid
        programs.run_by(kept.run)
        guard.limit_memory(limits.memory_bytes)
        confine(needed.by_python(Path.cwd()))
        guard.forbid_network_and_programs()
    else:
        guard.forbid_network_and_programs(programs.find(programs.TESSERACT))
        guard.limit_memory(limits.memory_bytes)
    return helper


def _take_stdout() -> BinaryIO:
    """Return the answers' stream; what native code prints goes to standard error instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _listen(stream: BinaryIO, requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    while (request := receive(stream, _REQUEST_BYTES)) is not None:
        requests.put(request)
    # The parent is gone: so is everything that was made and started for it.
    if kind.is_linux():
        time.sleep(_KEEPER_S)  # the keeper sees to it: this process may not remove its own folder
    scratch = Path.cwd()
    if scratch.name.startswith(SCRATCH_PREFIX):
        shutil.rmtree(scratch, ignore_errors=True)
    processes.kill_own_session()
    os._exit(0)


def _text(coded: str) -> str:
    return os.fsdecode(base64.b64decode(coded))


def _quick_answer(
    path: str, name: str, descriptor: int | None, limits: Limits, look_s: float
) -> dict[str, Any]:
    look, began_s = QuickLook(look_s), time.process_time()
    try:
        with look:
            answer = _answer(path, name, descriptor, replace(limits, is_quick=True))
    except Later:
        answer = {"error": "later"}
    return ({"error": "later"} if look.is_over else answer) | {"cpu_s": time.process_time() - began_s}


def _answer(path: str, name: str, descriptor: int | None, limits: Limits) -> dict[str, Any]:
    return _told(
        path, descriptor, lambda opened: {"reading": reading_to_json(read_open(opened, name, limits))}
    )


def _made(
    task: dict[str, Any], path: str, name: str, descriptor: int | None, limits: Limits
) -> dict[str, Any]:
    """Return what a task makes of a page: its picture, or where words stand on it."""

    def made(opened: int | None) -> dict[str, Any]:
        if picture := task.get("picture"):
            return picture_to_json(draw_open(opened, name, limits, WantedPicture(**picture)))
        words = tuple(SoughtWords(**each) for each in task["marks"]["words"])
        wanted = WantedMarks(int(task["marks"]["page"]), words)
        return boxes_to_json(marks_open(opened, name, limits, wanted))

    return _told(path, descriptor, made)


def _told(
    path: str, descriptor: int | None, of_open: Callable[[int | None], dict[str, Any]]
) -> dict[str, Any]:
    try:
        return of_open(open_file(path) if descriptor is None and not CAN_SEND else descriptor)
    except OSError as error:
        return failure_to_json(error)
    except MemoryError:
        return {"error": "memory"}


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else None)
