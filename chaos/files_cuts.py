"""Kills what moves files before each system call that it makes, one run a call: strace counts them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from standins.desk import Desk, Entry, desk, disagreements, snapshot

from chaos.outcome import Skipped
from twolane.plans import DraftPlan, MoveKind

# what changes names on a disk, and what else does something there; those that a system has not are never made
NAME_CALLS = (
    *("renameat2", "renameat", "rename", "linkat", "link", "symlinkat", "symlink", "unlinkat", "unlink"),
    *("mkdirat", "mkdir", "rmdir", "utimensat", "fsync", "fdatasync"),
)
CALLS = (
    *NAME_CALLS,
    *("openat", "pwrite64", "write", "ftruncate", "copy_file_range", "ioctl", "fchmod", "fchown"),
    *("fsetxattr", "close", "fcntl"),
)


# of moves: what is done, and whether on another disk
_KINDS = (
    *((MoveKind.MOVE, False), (MoveKind.MOVE, True), (MoveKind.COPY, False), (MoveKind.COPY, True)),
    *((MoveKind.HARD_LINK, False), (MoveKind.SYMBOLIC_LINK, False)),
)


@dataclass(frozen=True, slots=True)
class Cut:
    """The place of a kill: before the so manieth of a system call."""

    call: str
    number: int


def killed_before(work: Callable[[], None], cut: Cut) -> bool:
    """Do something in a process of its own that is killed there; False where it did not come to that.

    Raises `AssertionError` where it failed, and `Skipped` where processes cannot be traced here.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.kill(os.getpid(), signal.SIGSTOP)
            work()
            code = 0
        except Exception:  # noqa: BLE001 - the process ends here
            traceback.print_exc()
        finally:
            os._exit(code)
    os.waitpid(child, os.WUNTRACED)
    tracer = _attached(child, cut)
    os.kill(child, signal.SIGCONT)
    _, status = os.waitpid(child, 0)
    tracer.communicate()
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, f"what was not killed at {cut} has failed: its traceback is above"
    return False


class Cutting:
    """Applies and undoes a plan with a move of every kind, cut off at one place after the other.

    The files lie in `files`, and some of them go to `other`, which is another disk. Whatever was cut off is
    finished or undone, and compared with what there was before.
    """

    def __init__(self, files: Path, other: Path, data: Path) -> None:
        self._inbox, self._other, self._data = files / "inbox", other / "filed", data
        self._places = files, other
        with self._open() as opened:
            for number in range(len(_KINDS)):
                opened.write(f"{number}.txt", f"number {number}")
            opened.add()
        self._before = self._lay()

    def at(self, call: str, step: int = 1) -> Iterator[str]:
        """Cut off at every so manieth of a system call; yields what is wrong after each cut, or ""."""
        for is_undone in (False, True):
            number = 1
            while self._is_cut(Cut(call, number), is_undone=is_undone):
                yield from self._finished(Cut(call, number), is_undone=is_undone)
                number += step
            yield from self._finished(Cut(call, number), is_undone=is_undone)

    def _is_cut(self, cut: Cut, *, is_undone: bool) -> bool:
        with self._open() as opened:
            name = opened.save(self._draft(opened)).name
            if is_undone:
                opened.apply(name)

        def work() -> None:
            with self._open() as opened:
                opened.undo(name) if is_undone else opened.apply(name)

        return killed_before(work, cut)

    def _finished(self, cut: Cut, *, is_undone: bool) -> Iterator[str]:
        """Go on by apply or by undo, undo all, and compare."""
        with self._open() as opened:
            (plan,) = opened.store.plans.find(limit=1)
            if cut.number % 2:
                opened.apply(plan.name)
            wrong = list(disagreements(opened, plan.name))
            opened.undo(plan.name)
            wrong += [*disagreements(opened, plan.name), *opened.strays()]
        if self._lay() != self._before:
            wrong.append("what was undone is not as it was")
        yield f"{cut}, {'undo' if is_undone else 'apply'}: {wrong}" if wrong else ""

    def _draft(self, opened: Desk) -> DraftPlan:
        """Return a plan with a move of each kind."""
        draft = opened.draft(lambda record: opened.root / "new" / record.path.name)
        moves = [
            replace(move, kind=kind, target=self._other / "new" / move.target.name if is_far else move.target)
            for move, (kind, is_far) in zip(draft.moves, _KINDS, strict=True)
        ]
        return replace(draft, moves=tuple(moves))

    def _lay(self) -> list[dict[bytes, Entry]]:
        return [snapshot(place) for place in self._places]

    def _open(self) -> AbstractContextManager[Desk]:
        return desk(self._data, self._inbox)


def _attached(child: int, cut: Cut) -> subprocess.Popen[str]:
    """Start strace on a process, and wait until it has it."""
    if not (strace := shutil.which("strace")):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise Skipped("strace is not installed")
    inject = f"inject={cut.call}:signal=SIGKILL:when={cut.number}"
    command = [strace, "-f", "-p", str(child), "-e", f"trace={cut.call}", "-e", inject, "-o", os.devnull]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, encoding="utf-8")
    assert tracer.stderr
    said = tracer.stderr.readline()
    if "attached" not in said:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        tracer.communicate()
        raise Skipped(f"processes cannot be traced here: {said.strip()}")
    return tracer
