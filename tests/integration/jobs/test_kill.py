"""kill -9 at any moment: no job is lost, none has its effect twice, and poison is parked alone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.library import claim

from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.work import JobState, NewJob

SCRIPT = Path(__file__).parents[2] / "support" / "crash_worker.py"
LEASE_S = 1.0
THREADS = 4
DEADLINE_S = 200

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills process groups")


def start(library: Path, batch: int) -> subprocess.Popen[bytes]:
    files = (str(SCRIPT), str(library), str(library.with_suffix(".starts")))
    command = [sys.executable, *files, str(THREADS), str(LEASE_S), str(batch)]
    return subprocess.Popen(command, start_new_session=True)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for_work(library: Path, goal: int, running: list[subprocess.Popen[bytes]]) -> None:
    """Return when so many jobs have been started, or nobody is left to start one."""
    deadline, pause = time.monotonic() + DEADLINE_S, threading.Event()
    while len(starts(library)) < goal and any(process.poll() is None for process in running):
        assert time.monotonic() < deadline, "waited too long"
        pause.wait(0.01)


def starts(library: Path) -> list[str]:
    path = library.with_suffix(".starts")
    return path.read_text().splitlines() if path.exists() else []


def effects(library: Path) -> Counter[str]:
    """How often each job has had its effect, by the jobs that these have queued."""
    found: Counter[str] = Counter()
    with closing(open_sqlite(library, max_attempts=1)) as store:
        while job := claim(store, ["effect"], "counter", 3600):
            found[job.key.split()[0]] += 1
            with store.finishing(job):
                pass
    return found


def queue(store: Store, keys: list[str]) -> None:
    with store.writing() as write:
        write.enqueue([NewJob("work", key, 0) for key in keys])


@pytest.mark.parametrize(("processes", "batch"), [(1, 1), (2, 1), (2, 5)])
def test_killed_workers_lose_nothing_and_do_nothing_twice(tmp_path: Path, processes: int, batch: int) -> None:
    # given
    library = tmp_path / "library.db"
    keys = [f"job-{number}" for number in range(150)]
    chance = random.Random(processes)
    with closing(open_sqlite(library, max_attempts=30)) as store:
        queue(store, keys)

    # when: each generation works some jobs, then its processes are killed one after the other
    for _ in range(5):
        running = [start(library, batch) for _ in range(processes)]
        goal = len(starts(library)) + chance.randint(1, 25)
        wait_for_work(library, goal, running)
        for process in running:
            kill(process) if process.poll() is None else process.wait()
    last = [start(library, batch) for _ in range(processes)]
    codes = [process.wait(DEADLINE_S) for process in last]

    # then
    assert codes == [0] * processes
    assert len(starts(library)) > len(keys), "no kill hit a running job"
    assert effects(library) == Counter(keys)
    with closing(open_sqlite(library, max_attempts=30)) as store:
        assert store.parked() == []
        assert store.job_counts()["work"].done == len(keys)
        assert list(store.check()) == []


@pytest.mark.parametrize("batch", [1, 5])
def test_poison_is_parked_and_its_neighbours_are_done(tmp_path: Path, batch: int) -> None:
    # given
    library = tmp_path / "poison.db"
    good = [f"job-{number}" for number in range(40)]
    with closing(open_sqlite(library, max_attempts=3)) as store:
        queue(store, [*good[:20], "poison-1", *good[20:], "poison-2"])

    # when: a supervisor starts the worker again as often as it dies
    deaths = 0
    while start(library, batch).wait(DEADLINE_S) != 0:
        deaths += 1
        assert deaths < 10

    # then
    assert deaths == 6
    assert effects(library) == Counter(good)
    with closing(open_sqlite(library, max_attempts=3)) as store:
        parked = store.parked()
        assert sorted(job.key for job in parked) == ["poison-1", "poison-2"]
        assert all(job.state is JobState.PARKED and "died 3 times" in job.error for job in parked)
        assert list(store.check()) == []
