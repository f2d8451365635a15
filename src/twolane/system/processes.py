"""Processes that are started apart, killed with all that they started, paused, and made to give way."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from twolane.system import kind

CAN_FORK = kind.is_linux()
"""Whether a warm process may fork others: macOS' own libraries do not survive it, and Windows cannot."""

CAN_PAUSE = kind.is_linux()
"""Whether an embedded model's process can be paused in the middle of a call: only where it is sure to end
with its owner, since nobody else would resume it. On Linux the kernel sees to that."""

KILLED = -9
"""How a process ends that was killed, as `subprocess` says it."""

CRASHED = frozenset(
    -getattr(signal, name)
    for name in ("SIGILL", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE")
    if hasattr(signal, name)
)
"""How a process ends by a fault of its code, as `subprocess` says it; Windows says it otherwise."""

_REAP_TRIES, _REAP_S = 50, 0.01
_NEW_GROUP, _NO_WINDOW = 0x0000_0200, 0x0800_0000  # CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW of Windows


def start_apart(
    command: Sequence[str],
    *,
    stdin: int,
    stdout: int,
    stderr: int,
    folder: str,
    environment: Mapping[str, str] | None = None,
    descriptors: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a program that the terminal's Ctrl-C does not reach, and that can be killed with all its own.

    It has a session of its own; on Windows, which has none, a group that Ctrl-C passes by. Without another
    `environment` it has this process's. `descriptors` are handed on under their numbers, and must be none on
    Windows. Raises `OSError`.
    """
    flags = _NEW_GROUP | _NO_WINDOW if kind.is_windows() else 0
    return subprocess.Popen(
        command,
        pass_fds=descriptors,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env=environment,
        start_new_session=not kind.is_windows(),
        creationflags=flags,
    )


def kill(pid: int) -> None:
    """Kill a process at once; harmless where it has ended, or is another user's."""
    if kind.is_windows():
        _kill_trees([pid])
        return
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def kill_all(pid: int) -> None:
    """Kill a process that was started apart, and all that it started.

    Where there are no sessions (Windows), what it started is found by whose child it is: what has lost its
    parent meanwhile is not.
    """
    if kind.is_windows():
        _kill_trees([pid])
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def kill_own_session() -> None:
    """Kill this process and all that it started, where it was started apart."""
    if kind.is_windows():
        _kill_trees(_children_of(os.getpid()))
    elif os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


def reap_session(session: int) -> None:
    """Take what a killed process left to this one, where that is the first of a container."""
    if kind.is_windows() or os.getpid() != 1:
        return
    for _ in range(_REAP_TRIES):
        try:
            while os.waitpid(-session, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(_REAP_S)


def pause(process: subprocess.Popen[bytes]) -> None:
    """Stop a child where it is, without ending it; only where `CAN_PAUSE`."""
    process.send_signal(signal.SIGSTOP)


def go_on(process: subprocess.Popen[bytes]) -> None:
    """Let a child go on that was paused; harmless where it was not."""
    process.send_signal(signal.SIGCONT)


def give_way(pid: int, least_nice: int) -> None:
    """Lower a process's priority, and that of its session: Linux may share the processor by sessions.

    Windows has classes instead of numbers: it gets the one below normal.
    """
    import psutil

    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        # Never above the parent's own priority, which may be low already.
        nice = max(int(process.nice()), least_nice)
        process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", nice))
        if kind.is_linux():
            Path(f"/proc/{pid}/autogroup").write_text(str(nice), "ascii")


def _children_of(pid: int) -> list[int]:
    import psutil

    with suppress(psutil.Error):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def _kill_trees(pids: Sequence[int]) -> None:
    import psutil

    for one in [*pids, *(child for pid in pids for child in _children_of(pid))]:
        with suppress(psutil.Error):
            psutil.Process(one).kill()
