"""Processes are started apart, killed with all their own and lowered, each as its system can."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from twolane.system import kind, processes

WAITS = "import sys, time; print('up', flush=True); time.sleep(600)"
WITH_CHILD = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-P", "-c", {WAITS!r}])
print(child.pid, flush=True)
time.sleep(600)
"""


def started(code: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start a program apart that says one line, and return it."""
    return processes.start_apart(
        [sys.executable, "-P", "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        folder=os.fspath(folder),
        environment={"PATH": os.defpath},
    )


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_what_was_started_apart_is_killed_with_all_that_it_started(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    process = started(WITH_CHILD, tmp_path)
    assert process.stdout
    child = psutil.Process(int(process.stdout.readline()))

    # when
    monkeypatch.setattr(kind, "KIND", system)
    if system == "win32":
        monkeypatch.delattr(os, "killpg")
    processes.kill_all(process.pid)
    process.communicate(timeout=30)

    # then
    _, alive = psutil.wait_procs([child], 30)
    assert process.returncode == processes.KILLED
    assert not alive


def test_what_is_started_apart_has_a_session_of_its_own(tmp_path: Path) -> None:
    # when
    process = started("import os; print(os.getsid(0))", tmp_path)
    out, _ = process.communicate(timeout=30)

    # then
    assert int(out) == process.pid


def test_on_windows_it_gets_a_group_that_ctrl_c_passes_by_and_no_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    asked: dict[str, Any] = {}
    monkeypatch.setattr(kind, "KIND", "win32")
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: asked.update(how, command=command))

    # when
    started("pass", tmp_path)

    # then
    assert asked["creationflags"] == 0x0000_0200 | 0x0800_0000
    assert asked["start_new_session"] is False
    assert asked["pass_fds"] == ()


def test_ending_what_has_ended_already_is_harmless_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    process = started("print()", tmp_path)
    process.communicate(timeout=30)

    # then
    for system in ("linux", "win32"):
        monkeypatch.setattr(kind, "KIND", system)
        processes.kill(process.pid)
        processes.kill_all(process.pid)
        processes.reap_session(process.pid)


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_a_process_that_gives_way_is_lowered_and_never_raised(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    process = started(WAITS, tmp_path)
    assert process.stdout
    process.stdout.readline()
    below_normal = 12  # of Windows a class; here it is a number as well, so that it can be seen
    if system == "win32":
        monkeypatch.setattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", below_normal, raising=False)
    monkeypatch.setattr(kind, "KIND", system)

    # when
    processes.give_way(process.pid, 7)
    processes.give_way(process.pid, 3)
    nice = psutil.Process(process.pid).nice()
    processes.kill_all(process.pid)
    process.communicate(timeout=30)

    # then
    assert nice == (below_normal if system == "win32" else max(7, os.getpriority(os.PRIO_PROCESS, 0)))


def test_a_paused_process_goes_on_where_it_was(tmp_path: Path) -> None:
    # given
    process = started(WAITS, tmp_path)
    assert process.stdout
    process.stdout.readline()

    # when
    processes.pause(process)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    stopped = psutil.Process(process.pid).status()
    processes.go_on(process)
    os.waitid(os.P_PID, process.pid, os.WCONTINUED | os.WNOWAIT)
    status = psutil.Process(process.pid).status()
    processes.kill(process.pid)
    process.communicate(timeout=30)

    # then
    assert stopped == psutil.STATUS_STOPPED
    assert status != psutil.STATUS_STOPPED
    assert process.returncode == processes.KILLED
