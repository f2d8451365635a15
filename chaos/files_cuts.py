"""Kills what moves files before each system call that it makes, one run a call: strace counts them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chaos.outcome import Skipped

# what changes something on a disk; those that a system does not have are never made
CALLS = (
    *("renameat2", "renameat", "rename", "linkat", "link", "symlinkat", "symlink", "unlinkat", "unlink"),
    *("mkdirat", "mkdir", "rmdir", "openat", "pwrite64", "write", "ftruncate", "copy_file_range", "ioctl"),
    *("fsync", "fdatasync", "utimensat", "fchmod", "fchown", "fchownat", "fsetxattr", "close"),
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


def every_cut(work: Callable[[], None], calls: tuple[str, ...] = CALLS, step: int = 1) -> Iterator[Cut]:
    """Do something again and again, killed at another place each time; yields where it was killed.

    Whoever takes these makes all as it was, before taking the next one.
    """
    for call in calls:
        number = 1
        while killed_before(work, cut := Cut(call, number)):
            yield cut
            number += step
        yield Cut(call, 0)  # it came to its end


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


