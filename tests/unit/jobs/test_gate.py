"""The gate of a process: a suspect runs alone among all of its workers, and nobody waits for ever."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from standins.program import until
from tests.support.library import Clock, claim

from twolane.jobs.base import one_by_one
from twolane.jobs.gate import Gate
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.jobs.worker import Worker
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.work import Job, JobCounts, NewJob

LEASE_S = 0.3


class Process:
    """Workers that share a gate, each in a thread, as the pools of one process do."""

    def __init__(self, store: Store) -> None:
        self.gate = Gate()
        self.stop = threading.Event()
        self._store = store
        self._threads: list[threading.Thread] = []

    def start(self, **handlers: Callable[[Job], None]) -> None:
        """Start a worker for each kind of job."""
        for kind, handler in handlers.items():
            worker = Worker(
                self._store,
                {kind: one_by_one(handler)},
                wakeups=LocalWakeups(poll_s=0.01),
                threads=2,
                lease_s=LEASE_S,
                name=kind,
                gate=self.gate,
                poll_s=0.01,
            )
            self.run(partial(worker.run, self.stop))

    def run(self, target: Callable[[], object]) -> None:
        """Run something beside the test; `end` sees that it ends."""
        thread = threading.Thread(target=target)
        thread.start()
        self._threads.append(thread)

    def end(self) -> None:
        """Stop everything."""
        self.stop.set()
        self.gate.wake()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def are_waiting(self, number: int) -> bool:
        """Say whether so many stand at the gate, the one that passes included."""
        return len(self.gate._waiting) == number


@pytest.fixture
def clock() -> Clock:
    return Clock(time.time())


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    path = tmp_path / "library.db"
    with closing(open_sqlite(path, max_attempts=3, backoff_s=0.001, clock=clock)) as opened:
        yield opened


@pytest.fixture
def process(store: Store) -> Iterator[Process]:
    started = Process(store)
    yield started
    started.end()


def put(store: Store, kind: str, *keys: str) -> None:
    with store.writing() as write:
        write.enqueue([NewJob(kind, key, 0) for key in keys])


def put_suspects(store: Store, clock: Clock, kind: str, *keys: str) -> None:
    """Queue jobs whose last worker vanished."""
    put(store, kind, *keys)
    for _ in keys:
        assert claim(store, [kind], "vanished", 0.001)
    clock.advance(0.01)


def counts(store: Store, kind: str) -> JobCounts:
    return store.job_counts().get(kind, JobCounts())


def lease_until(library: Path, key: str) -> float:
    with closing(sqlite3.connect(library)) as connection:
        row = connection.execute("SELECT lease_until FROM jobs WHERE key = ?", (key,)).fetchone()
    return float(row[0])


def test_who_came_first_passes_first(process: Process) -> None:
    # given
    passed: list[int] = []

    def passes(number: int) -> None:
        with process.gate.passing(process.stop) as ours:
            passed.append(number if ours else -1)

    # when
    with process.gate.passing(process.stop):
        for number in range(5):
            process.run(partial(passes, number))
            until(partial(process.are_waiting, number + 2), "in the line")
        before = list(passed)
    until(lambda: len(passed) == 5, "all through")

    # then
    assert before == []
    assert passed == [0, 1, 2, 3, 4]


def test_a_stop_ends_the_wait_at_the_gate(process: Process) -> None:
    # given
    passed: list[bool] = []

    def passes() -> None:
        with process.gate.passing(process.stop) as ours:
            passed.append(ours)

    with process.gate.passing(threading.Event()):
        process.run(passes)
        until(partial(process.are_waiting, 2), "in the line")

        # when
        process.end()

    # then
    assert passed == [False]


def test_a_suspect_waits_for_every_worker_and_keeps_its_lease(
    store: Store, clock: Clock, process: Process, tmp_path: Path
) -> None:
    # given: a job of another kind that takes long
    story: list[str] = []
    free = threading.Event()

    def note(job: Job) -> None:
        story.append(f"{job.key} beside {process.gate.held - 1}")
        if job.key == "long":
            free.wait(60)

    library = tmp_path / "library.db"
    put(store, "b", "long")
    process.start(b=note)
    until(lambda: story, "the long job runs")
    put_suspects(store, clock, "a", "suspect")

    # when: another kind's job comes, and time passes in steps shorter than a lease
    process.start(a=note)
    until(lambda: process.gate.held == 2, "the suspect waits")
    put(store, "b", "later")
    until(partial(process.are_waiting, 2), "the other waits for it")
    for _ in range(5):
        before = lease_until(library, "suspect"), lease_until(library, "long")
        clock.advance(0.1)
        until(lambda: lease_until(library, "suspect") > before[0], "renewed")  # noqa: B023 - asked now
        until(lambda: lease_until(library, "long") > before[1], "renewed")  # noqa: B023 - asked now
    taken = claim(store, ["a"], "thief", 1.0)
    meanwhile = list(story)
    free.set()
    until(lambda: counts(store, "b").done == 2, "all done")

    # then
    assert taken is None
    assert meanwhile == ["long beside 0"]
    assert story[1] == "suspect beside 0"
    assert counts(store, "a") == JobCounts(done=1)


def test_a_stop_gives_a_waiting_suspect_back(store: Store, clock: Clock, process: Process) -> None:
    # given
    free = threading.Event()
    put(store, "b", "long")
    process.start(b=lambda _: void(free.wait(60)))
    until(lambda: counts(store, "b").running, "the long job runs")
    put_suspects(store, clock, "a", "suspect")
    process.start(a=nothing)
    until(lambda: process.gate.held == 2, "the suspect waits")

    # when
    process.stop.set()
    process.gate.wake()
    until(lambda: counts(store, "a").queued, "given back, while the other still runs")
    again = claim(store, ["a"], "next", 60.0)
    free.set()

    # then
    assert again is not None
    assert (again.attempt, again.suspect) == (2, True)


def nothing(_: Job) -> None:
    pass


def void(_: object) -> None:
    pass


def test_suspects_of_several_workers_run_one_after_the_other(
    store: Store, clock: Clock, process: Process
) -> None:
    # given
    beside: list[int] = []
    for kind in "abc":
        put_suspects(store, clock, kind, *(f"{kind}{number}" for number in range(5)))
        put(store, kind, *(f"innocent {kind}{number}" for number in range(5)))

    def note(job: Job) -> None:
        if job.suspect:
            beside.append(process.gate.held - 1)

    # when
    process.start(a=note, b=note, c=note)
    until(lambda: all(counts(store, kind).done == 10 for kind in "abc"), "all done")

    # then
    assert beside == [0] * 15


def test_neither_suspects_nor_a_steady_load_are_starved(store: Store, clock: Clock, process: Process) -> None:
    # given: a load that never ends, and as many suspects as a large process leaves behind
    done_before_suspect: list[int] = []
    loads: list[Job] = []
    lock = threading.Lock()

    def load(job: Job) -> None:
        with lock:
            loads.append(job)
            key = f"after {len(loads)}"
        put(store, "b", key)

    def suspect(job: Job) -> None:
        done_before_suspect.append(len(loads))
        until(partial(process.are_waiting, 2), "the load waits")

    put(store, "b", "1", "2")
    put_suspects(store, clock, "a", *(f"suspect {number}" for number in range(10)))

    # when
    process.start(a=suspect, b=load)
    until(lambda: counts(store, "a").done == 10, "the suspects are done")

    # then: between two suspects something of the load was done
    assert done_before_suspect == sorted(set(done_before_suspect))


def test_what_never_ends_is_not_waited_for_by_every_suspect(
    store: Store, clock: Clock, process: Process
) -> None:
    # given
    free = threading.Event()
    process.gate.quiet_s = 0.05
    put(store, "b", "hangs", "1", "2", "3")
    put_suspects(store, clock, "a", "suspect 1", "suspect 2")

    def hang(job: Job) -> None:
        if job.key == "hangs":
            free.wait(60)

    # when
    process.start(b=hang)
    until(lambda: counts(store, "b").done == 3, "the others of its kind are done")
    process.start(a=nothing)
    until(lambda: process.gate._stuck, "waited in vain")
    put(store, "a", "4")
    put(store, "b", "5")
    until(lambda: (counts(store, "a").done, counts(store, "b").done) == (1, 4), "the others go on")
    before = counts(store, "a")
    free.set()
    until(lambda: counts(store, "b").done == 5, "it ended after all")
    clock.advance(1)
    until(lambda: counts(store, "a").done == 3, "and the suspects are done")

    # then
    assert before.queued + before.running == 2
    assert not store.parked()
