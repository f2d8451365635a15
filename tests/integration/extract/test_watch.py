"""The watch over a reading process: time is what it computes, whatever else the machine does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from twolane.extract.sandbox import watch
from twolane.extract.sandbox.watch import Broken, ResourceWatch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends groups of processes")

COMPUTE = "import sys, time\nwhile time.process_time() < float(sys.argv[1]): pass\n"
COMPUTE_IN_ANOTHER = (
    f"import subprocess, sys; subprocess.run([sys.executable, '-c', {COMPUTE!r}, sys.argv[1]])"
)
PLENTY_BYTES = 1 << 30


def program(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], start_new_session=True)


@pytest.fixture
def crowded_core() -> Iterator[int]:
    """A core on which two other programs compute without end."""
    if sys.platform != "linux":
        pytest.skip("programs are bound to a core")
    core = min(os.sched_getaffinity(0))
    busy = [program("while True: pass") for _ in range(2)]
    for process in busy:
        os.sched_setaffinity(process.pid, {core})
    yield core
    for process in busy:
        process.kill()
        process.wait()


def test_a_process_that_waits_for_others_is_not_cut_short(crowded_core: int) -> None:
    # given: it computes for 80 % of what it may, with a third of a core at most
    reader = program(COMPUTE, "0.8")
    os.sched_setaffinity(reader.pid, {crowded_core})  # type: ignore[attr-defined,unused-ignore]
    os.setpriority(os.PRIO_PROCESS, reader.pid, 5)

    # when
    watched = ResourceWatch(reader, PLENTY_BYTES)
    watched.begin(1.0)
    code = reader.wait()

    # then
    assert (code, watched.end()) == (0, Broken.NONE)
    watched.stop()


@pytest.mark.parametrize("code", [COMPUTE, COMPUTE_IN_ANOTHER], ids=["itself", "a program that it runs"])
def test_a_process_that_computes_too_long_is_ended(code: str) -> None:
    # given
    reader = program(code, "60")
    watched = ResourceWatch(reader, PLENTY_BYTES)

    # when
    watched.begin(0.3)
    reader.wait()

    # then
    assert watched.end() is Broken.TIME


def test_what_an_earlier_file_took_counts_no_more() -> None:
    # given
    reader = program(COMPUTE + "input()", "0.6")
    watched = ResourceWatch(reader, PLENTY_BYTES)
    while (usage := watch.usage_of(reader.pid)) and usage.cpu_s < 0.5:
        pass

    # when
    watched.begin(0.5)
    reader.wait()

    # then
    assert watched.end() is Broken.NONE
    watched.stop()


def test_a_process_that_waits_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(watch, "IDLE_S", 0.3)
    reader = program("import threading; threading.Event().wait()")
    watched = ResourceWatch(reader, PLENTY_BYTES)

    # when
    watched.begin(60.0)
    reader.wait()

    # then
    assert watched.end() is Broken.IDLE


def test_a_process_that_grows_too_large_is_ended() -> None:
    # given
    reader = program("held = bytearray(200 << 20)\nwhile True: pass")
    watched = ResourceWatch(reader, 100 << 20)

    # when
    watched.begin(60.0)
    reader.wait()

    # then
    assert watched.end() is Broken.MEMORY


def test_a_process_that_is_in_line_for_a_core_does_not_stand_still(
    monkeypatch: pytest.MonkeyPatch, crowded_core: int
) -> None:
    # given: it gets next to nothing of its core, and is to be ended where it does nothing for a moment
    monkeypatch.setattr(watch, "IDLE_S", 0.5)
    monkeypatch.setattr(watch, "_LEAST_WALL_S", 0.5)
    monkeypatch.setattr(watch, "_WALL_SHARE", 0.0)
    reader = program(COMPUTE, "0.3")
    os.sched_setaffinity(reader.pid, {crowded_core})  # type: ignore[attr-defined,unused-ignore]
    os.setpriority(os.PRIO_PROCESS, reader.pid, 19)

    # when
    watched = ResourceWatch(reader, PLENTY_BYTES)
    watched.begin(60.0)
    code = reader.wait()

    # then
    assert (code, watched.end()) == (0, Broken.NONE)
    watched.stop()
