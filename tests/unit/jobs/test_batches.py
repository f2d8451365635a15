"""What a worker makes of jobs that it does together, and what one that fails does to the others."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from standins.program import until
from tests.support.library import Clock, claim

from twolane.errors import (
    ExtractCrashError,
    ModelTimeoutError,
    ModelUnreachableError,
    StoreBusyError,
    TwolaneError,
)
from twolane.jobs.base import Handler, JobEvent, JobEventKind
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.jobs.worker import Worker
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.work import Claimed, Job, JobCounts, NewJob


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=0.001)) as opened:
        yield opened


def worker_of(store: Store, handler: Handler, **settings: Any) -> Worker:
    defaults: dict[str, Any] = {
        "wakeups": LocalWakeups(poll_s=0.01),
        "threads": 1,
        "batch": 4,
        "batch_s": math.inf,
        "lease_s": 60.0,
        "name": "tester",
        "poll_s": 0.01,
        "first_pause_s": 0.001,
        "longest_pause_s": 0.001,
        "late_s": 0.001,
    }
    return Worker(store, {"a": handler}, **{**defaults, **settings})


def queue(store: Store, *keys: str) -> None:
    with store.writing() as write:
        write.enqueue([NewJob("a", key, 0) for key in keys])


def keys(jobs: Sequence[Job]) -> str:
    return "".join(job.key for job in jobs)


class Telling:
    """A handler that notes each batch, then lets `check` raise for any of its jobs."""

    def __init__(self, **faults: BaseException) -> None:
        self.batches: list[str] = []
        self._faults = faults

    def __call__(self, jobs: Sequence[Job]) -> None:
        self.batches.append(keys(jobs))
        for job in jobs:
            if fault := self._faults.get(f"at_{job.key}"):
                raise fault


class Asked:
    """A store that counts how often it was asked to claim."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.claims = 0

    def claim(self, *args: Any, **more: Any) -> Claimed:
        self.claims += 1
        claimed: Claimed = self._store.claim(*args, **more)
        return claimed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_one_thread_gets_what_is_due_up_to_its_limit(store: Store) -> None:
    # given
    queue(store, *"1234567")
    handler = Telling()
    events: list[JobEvent] = []

    # when
    worker_of(store, handler, on_event=events.append).run_until_idle()

    # then
    assert handler.batches == ["1234", "567"]
    told = sorted((event.kind, event.job.key) for event in events)
    both = (JobEventKind.FINISHED, JobEventKind.STARTED)
    assert told == [(kind, key) for kind in both for key in "1234567"]
    assert store.job_counts() == {"a": JobCounts(done=7)}


def test_what_is_due_is_spread_over_the_threads(store: Store) -> None:
    # given
    queue(store, *"123456")
    batches: list[str] = []
    begun = threading.Event()

    def handler(jobs: Sequence[Job]) -> None:
        batches.append(keys(jobs))
        if len(batches) == 3:
            begun.set()
        begun.wait(60)

    # when
    worker_of(store, handler, threads=3, batch=8).run_until_idle()

    # then: a third of what was due each time, and what was left for who was ready first
    assert sorted(batches[:3]) == ["12", "34", "5"]
    assert batches[3:] == ["6"]


def test_one_bad_job_harms_no_neighbour_and_only_its_own_attempts_count(store: Store) -> None:
    # given: a handler that ends the first of its jobs before it meets the bad one
    queue(store, *"1234")
    runs: list[str] = []

    def handler(jobs: Sequence[Job]) -> None:
        runs.append(keys(jobs))
        for job in jobs:
            if job.key == "3":
                raise TwolaneError("damaged", "mend it")
            with store.finishing(job) as write:
                write.remember(f"effect {job.key}", str(job.attempt))

    events: list[JobEvent] = []

    # when
    worker_of(store, handler, on_event=events.append).run_until_idle()

    # then
    assert runs == ["1234", "3", "4"]
    assert [(job.key, job.attempt, job.error) for job in store.parked()] == [("3", 1, "damaged → mend it")]
    assert store.job_counts() == {"a": JobCounts(done=3, parked=1)}
    assert store.recall_all("effect ") == {"effect 1": "1", "effect 2": "1", "effect 4": "1"}
    ends = Counter((event.job.key, event.kind) for event in events if event.kind is not JobEventKind.STARTED)
    assert ends == {("3", JobEventKind.PARKED): 1} | {(key, JobEventKind.FINISHED): 1 for key in "124"}


@pytest.mark.parametrize("fault", [SystemExit(1), ZeroDivisionError("a fault of ours")])
def test_a_job_that_ends_its_thread_takes_no_neighbour_along(store: Store, fault: BaseException) -> None:
    # given
    queue(store, *"123")
    worker = worker_of(store, Telling(at_2=fault))

    # when
    worker.run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=2, parked=1)}
    assert store.parked()[0].attempt == 3
    assert worker.unexpected_errors == 3


def test_an_outage_costs_no_job_of_a_batch_an_attempt(store: Store) -> None:
    # given: a server that is away for the first few calls
    queue(store, *"1234")
    calls: list[str] = []
    attempts: set[int] = set()

    def handler(jobs: Sequence[Job]) -> None:
        calls.append(keys(jobs))
        attempts.update(job.attempt for job in jobs)
        if len(calls) < 5:
            raise ModelUnreachableError("nothing answers")

    events: list[JobEvent] = []

    # when
    worker_of(store, handler, on_event=events.append).run_until_idle()

    # then: one job of each batch was tried alone, and the others waited with it
    assert calls[:2] == ["1234", "1"]
    assert attempts == {1}
    assert store.job_counts() == {"a": JobCounts(done=4)}
    delayed = [event.job.key for event in events if event.kind is JobEventKind.DELAYED]
    assert sorted(delayed) == sorted("1234" * 2)


def test_a_job_that_is_always_late_is_parked_and_its_neighbours_are_done(store: Store) -> None:
    # given
    queue(store, *"12345")

    # when
    worker_of(store, Telling(at_2=ModelTimeoutError("no answer in time"))).run_until_idle()

    # then
    assert [job.key for job in store.parked()] == ["2"]
    assert store.job_counts() == {"a": JobCounts(done=4, parked=1)}


def test_a_file_whose_reader_died_is_read_again_without_others(store: Store) -> None:
    # given
    queue(store, *"123")
    handler = Telling(at_2=ExtractCrashError("the reader died"))

    # when
    worker_of(store, handler).run_until_idle()

    # then
    assert handler.batches == ["123", "1", "2", "3", "2"]
    assert [(job.key, job.attempt) for job in store.parked()] == [("2", 2)]


def test_a_job_that_must_run_alone_waits_for_the_others_of_its_batch(store: Store) -> None:
    # given: both readers died, so that both are due again while others come
    queue(store, "1", "2")
    crash = ExtractCrashError("the reader died")
    running: set[str] = set()
    beside: dict[str, set[str]] = {}
    lock = threading.Lock()

    def handler(jobs: Sequence[Job]) -> None:
        with lock:
            running.update(job.key for job in jobs)
            beside[keys(jobs)] = running - {job.key for job in jobs}
        try:
            if jobs[0].attempt == 1 and jobs[0].key in "12":
                if len(jobs) == 1 and jobs[0].key == "2":
                    queue(store, *"3456")
                raise crash
        finally:
            with lock:
                running.difference_update(job.key for job in jobs)

    # when
    worker_of(store, handler, threads=2).run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=6)}
    assert beside["1"] == beside["2"] == set()


def test_a_lease_that_was_lost_ends_no_other_job(tmp_path: Path) -> None:
    # given: the first of three is taken over while they run
    clock = Clock()
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, clock=clock)) as store:
        queue(store, *"123")
        thieves: list[Job] = []
        runs: list[str] = []

        def handler(jobs: Sequence[Job]) -> None:
            runs.append(keys(jobs))
            if not thieves:
                store.heartbeat(jobs[1:], 10_000)
                clock.advance(1_000)
                thief = claim(store, ["a"], "thief")
                assert thief is not None
                thieves.append(thief)
            with store.finishing(*jobs) as write:
                write.remember("by", f"{store.recall('by')}{keys(jobs)}")

        stop = threading.Event()
        worker = worker_of(store, handler, lease_s=600.0)

        # when
        worker.run(stop, until=lambda: store.job_counts()["a"].done == 2)

        # then
        assert runs == ["123", "2", "3"]
        assert store.recall("by") == "23"
        assert store.held(thieves) == thieves
        assert worker.unexpected_errors == 0


def test_a_store_that_cannot_be_asked_what_is_left_lets_the_leases_run_out(store: Store) -> None:
    # given
    queue(store, "1", "2")
    stop = threading.Event()
    fault = StoreBusyError("the disk is full", "free some space")

    class Full(Asked):
        def held(self, _: Sequence[Job]) -> list[Job]:
            stop.set()
            raise fault

    full: Any = Full(store)

    # when
    worker_of(full, Telling(at_1=fault), lease_s=0.3).run(stop)
    again = until(lambda: claim(store, ["a"], "next"), "its lease has run out")

    # then
    assert (again.attempt, again.suspect) == (2, True)


def test_a_stop_gives_back_what_a_batch_has_not_ended(store: Store) -> None:
    # given
    queue(store, *"123")
    stop, free = threading.Event(), threading.Event()

    def handler(jobs: Sequence[Job]) -> None:
        with store.finishing(jobs[0]):
            pass
        stop.set()
        free.wait(60)

    # when
    worker_of(store, handler, grace_s=0.01).run(stop)
    left = store.claim(["a"], "next", 60.0, limit=8)
    free.set()

    # then
    assert [(job.key, job.attempt) for job in left.jobs] == [("2", 1), ("3", 1)]
    assert store.job_counts()["a"].done == 1


def test_many_notifications_make_one_claim(store: Store) -> None:
    # given: a worker that waits, and would look by itself only after an hour
    hours = LocalWakeups(poll_s=3600)
    store.on_queued(hours.notify)
    asked: Any = Asked(store)
    handler = Telling()
    stop = threading.Event()
    worker = worker_of(asked, handler, wakeups=hours, batch=50)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    until(lambda: worker.is_idle, "it listens")
    before = asked.claims

    # when
    queue(store, *(f"{number} " for number in range(40)))
    until(lambda: store.job_counts()["a"].done == 40, "all are done")
    until(lambda: not hours.take(["a"], 0, 0, 0)[0] and asked.claims > before + 1, "it has looked once more")
    stop.set()
    hours.wake()
    thread.join(60)

    # then: one claim for all, and one look after their end
    assert len(handler.batches) == 1
    assert asked.claims - before == 2
