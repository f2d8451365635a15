"""What workers make of all wake-ups: priorities, lost and doubled notifications, killed workers, poison."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from standins.brokers import wait_until
from tests.contract.jobs.conftest import Line

from twolane.jobs.base import one_by_one
from twolane.jobs.worker import Worker
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.work import Job, JobCounts, NewJob, Notification

SCRIPT = Path(__file__).parents[2] / "support" / "crash_worker.py"
DEADLINE_S = 120


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=0.001)) as opened:
        yield opened


def put(store: Store, *keys: str, priority: int = 0) -> None:
    with store.writing() as write:
        write.enqueue([NewJob("a", key, 0, priority) for key in keys])


@contextmanager
def working(store: Store, line: Line, handler: Callable[[Job], None], **settings: Any) -> Iterator[Worker]:
    """Run a worker with a channel of wake-ups of its own until the end of the block."""
    wakeups = line.open()
    stop = threading.Event()
    options: dict[str, Any] = {"threads": 1, "lease_s": 60.0, "name": "tester", "poll_s": 0.05}
    worker = Worker(store, {"a": one_by_one(handler)}, wakeups=wakeups, **{**options, **settings})
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield worker
    finally:
        stop.set()
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


def nothing(_: Job) -> None:
    pass


def is_done(store: Store, number: int) -> bool:
    return store.job_counts().get("a") == JobCounts(done=number)


def test_an_urgent_job_goes_before_all_that_was_notified_earlier(store: Store, line: Line) -> None:
    # given: a worker that is busy while a folder, and then one file, are added
    store.on_queued(line.open().notify)
    gate, order = threading.Event(), list[str]()

    def work(job: Job) -> None:
        assert gate.wait(DEADLINE_S)
        order.append(job.key)

    with working(store, line, work):
        put(store, "first")
        wait_until(lambda: store.job_counts()["a"].running, "the worker is busy")
        put(store, *(f"bulk-{number}" for number in range(20)))
        put(store, "dropped", priority=10)

        # when
        gate.set()

        # then
        wait_until(lambda: is_done(store, 22), "all jobs are done")
    assert order[:2] == ["first", "dropped"]
    assert sorted(order[2:]) == sorted(f"bulk-{number}" for number in range(20))


def test_what_was_never_notified_is_found(store: Store, line: Line) -> None:
    # given
    with working(store, line, nothing):
        wait_until(lambda: True, "the worker has started")

        # when: as if the notifications had been lost
        put(store, *(f"job-{number}" for number in range(30)))

        # then
        wait_until(lambda: is_done(store, 30), "all jobs are done")


def test_late_doubled_and_foreign_notifications_do_no_harm(store: Store, line: Line) -> None:
    # given
    wakeups, runs = line.open(), Counter[str]()
    store.on_queued(lambda jobs: wakeups.notify([*jobs, *jobs, Notification(999_999, "a")]))
    with working(store, line, lambda job: runs.update([job.key]), threads=2):
        put(store, *(f"job-{number}" for number in range(10)))
        wait_until(lambda: is_done(store, 10), "all jobs are done")

        # when
        wakeups.notify([Notification(number, "a") for number in range(1, 11)])
        put(store, "last")

        # then
        wait_until(lambda: is_done(store, 11), "the last job is done")
    assert set(runs.values()) == {1}


@pytest.mark.skipif(os.name == "nt", reason="freezes processes")
@pytest.mark.parametrize("line", ["redis", "rabbitmq"], indirect=True)
def test_a_frozen_server_holds_up_neither_who_queues_nor_who_works(store: Store, line: Line) -> None:
    # given
    assert line.server is not None
    store.on_queued(line.open().notify)
    with working(store, line, nothing):
        put(store, "before")
        wait_until(lambda: is_done(store, 1), "the first job is done")

        # when
        with line.server.frozen():
            put(store, *(f"job-{number}" for number in range(10)))

            # then
            wait_until(lambda: is_done(store, 11), "the jobs are done without the server")
        put(store, "after")
        wait_until(lambda: is_done(store, 12), "the last job is done")


def test_a_failed_job_is_tried_again_though_nobody_notifies_of_it(store: Store, line: Line) -> None:
    # given
    store.on_queued(line.open().notify)
    runs: list[int] = []

    def work(job: Job) -> None:
        runs.append(job.attempt)
        if job.attempt < 3:
            raise ZeroDivisionError

    # when
    with working(store, line, work):
        put(store, "1")
        wait_until(lambda: is_done(store, 1), "the job is done")

    # then
    assert runs == [1, 2, 3]


@pytest.mark.skipif(os.name == "nt", reason="kills processes")
@pytest.mark.parametrize("line", ["redis", "rabbitmq"], indirect=True)
def test_killed_workers_and_poison_leave_the_neighbours_alone(tmp_path: Path, line: Line) -> None:
    # given: a worker process with four threads, started anew as often as it dies
    assert line.server is not None
    library = tmp_path / "poison.db"
    good = [f"job-{number}" for number in range(40)]
    wakeups = line.open()
    with closing(open_sqlite(library, max_attempts=3)) as store:
        store.on_queued(wakeups.notify)
        with store.writing() as write:
            write.enqueue([NewJob("work", key, 0) for key in [*good[:20], "poison-1", *good[20:]]])

    # when
    deaths = []
    arguments = [str(library), str(tmp_path / "starts"), "4", "1.0", "4", line.server.url, line.name]
    while (code := subprocess.run([sys.executable, SCRIPT, *arguments], timeout=DEADLINE_S).returncode) != 0:
        deaths.append(code)
        assert len(deaths) < 6

    # then
    assert deaths == [-signal.SIGKILL] * 3
    with closing(open_sqlite(library, max_attempts=3)) as store:
        assert [job.key for job in store.parked()] == ["poison-1"]
        assert store.job_counts()["work"] == JobCounts(done=len(good), parked=1)
        assert store.job_counts()["effect"].queued == len(good)
