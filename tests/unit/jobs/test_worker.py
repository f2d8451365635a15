"""What a worker does with jobs that succeed, fail, meet an outage, or must be left when it stops."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from standins.program import until
from tests.support.library import Clock, claim, scan, seen

from twolane.documents import FileState
from twolane.errors import (
    ExtractCrashError,
    ExtractError,
    ModelAnswerError,
    ModelFileError,
    ModelTimeoutError,
    ModelUnreachableError,
    TwolaneError,
)
from twolane.jobs.base import JobEvent, JobEventKind, one_by_one
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.jobs.worker import Worker
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.work import Job, JobCounts, NewJob


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=0.001)) as opened:
        yield opened


def worker_of(store: Store, handlers: Mapping[str, Callable[[Job], None]], **settings: Any) -> Worker:
    defaults: dict[str, Any] = {
        "wakeups": LocalWakeups(poll_s=0.01),
        "threads": 2,
        "lease_s": 60.0,
        "name": "tester",
        "poll_s": 0.01,
        "first_pause_s": 0.001,
    }
    each = {kind: one_by_one(handler) for kind, handler in handlers.items()}
    return Worker(store, each, **{**defaults, **settings})


def queue(store: Store, *keys: str, kind: str = "a") -> None:
    with store.writing() as write:
        write.enqueue([NewJob(kind, key, 0) for key in keys])


def nothing(_: Job) -> None:
    pass


def test_every_job_is_done_and_told(store: Store) -> None:
    # given
    queue(store, "1", "2", "3")
    events: list[JobEvent] = []

    # when
    worker_of(store, {"a": nothing}, on_event=events.append).run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=3)}
    told = sorted((event.kind, event.job.key) for event in events)
    assert told == [(kind, key) for kind in (JobEventKind.FINISHED, JobEventKind.STARTED) for key in "123"]


def test_jobs_of_a_kind_that_is_not_ready_wait_and_hold_up_no_others(store: Store) -> None:
    # given jobs of a kind that is ready once all others are done
    queue(store, "1", kind="late")
    queue(store, "2", "3", kind="a")
    done: list[str] = []

    def is_ready() -> bool:
        return store.job_counts()["a"].done == 2

    # when
    handlers = {kind: lambda job: done.append(job.key) for kind in ("late", "a")}
    worker_of(store, handlers, ready={"late": is_ready}).run_until_idle()

    # then
    assert sorted(done[:2]) == ["2", "3"]
    assert done[2:] == ["1"]


def test_a_kind_that_is_ready_at_last_is_found_without_a_notification(store: Store) -> None:
    # given a worker of one kind, which looks by itself only after a long while
    queue(store, "1")
    asked: list[bool] = []

    def is_ready() -> bool:
        asked.append(True)
        return len(asked) > 3

    # when
    worker = worker_of(store, {"a": nothing}, wakeups=LocalWakeups(poll_s=3600.0), ready={"a": is_ready})
    worker.run_until_idle()

    # then
    assert store.job_counts()["a"].done == 1


def test_a_handler_may_end_its_job_itself_and_queue_the_next_step(store: Store) -> None:
    # given
    queue(store, "1")

    def first(job: Job) -> None:
        with store.finishing(job) as write:
            write.enqueue([NewJob("b", job.key, 0)])

    def second(job: Job) -> None:
        with store.finishing(job) as write:
            write.remember("done", job.key)

    # when
    worker_of(store, {"a": first, "b": second}).run_until_idle()

    # then
    assert store.recall("done") == "1"
    assert store.job_counts() == {"a": JobCounts(done=1), "b": JobCounts(done=1)}


def test_jobs_run_side_by_side(store: Store) -> None:
    # given
    queue(store, "1", "2", "3")
    together = threading.Barrier(3, timeout=60)

    # when
    worker_of(store, {"a": lambda _: void(together.wait())}, threads=3).run_until_idle()

    # then
    assert store.job_counts()["a"].done == 3


def void(_: object) -> None:
    pass


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (ModelAnswerError("no answer"), 3),
        (ExtractCrashError("the reader died"), 2),
        (ExtractError("damaged"), 2),
        (ModelFileError("a damaged model", "pull it"), 1),
        (TwolaneError("damaged", "mend it"), 1),
        (ZeroDivisionError("a fault of ours"), 3),
    ],
)
def test_failures_are_tried_as_often_as_they_deserve(
    store: Store, error: Exception, attempts: int, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    scan(store, seen("/d/a"))
    tried = []

    def fail(job: Job) -> None:
        tried.append(job.attempt)
        raise error

    worker = worker_of(store, {"read": fail})

    # when
    worker.run_until_idle()

    # then
    assert tried == list(range(1, attempts + 1))
    record = store.files()[0]
    assert record.state is FileState.QUARANTINED
    assert str(error).split("\n", maxsplit=1)[0] in record.note
    assert getattr(error, "remedy", "") in record.note
    ours = isinstance(error, ZeroDivisionError)
    assert worker.unexpected_errors == (3 if ours else 0)
    assert any(entry.exc_info for entry in caplog.records) is ours


def test_a_short_outage_costs_no_attempt_and_pauses_its_kind_alone(store: Store) -> None:
    # given
    queue(store, *"123456", kind="a")
    queue(store, *"123456", kind="b")
    calls = []

    def flaky(job: Job) -> None:
        calls.append(job.attempt)
        if len(calls) < 8:
            raise ModelUnreachableError("nothing answers")

    events: list[JobEvent] = []

    # when
    worker_of(store, {"a": flaky, "b": nothing}, on_event=events.append).run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=6), "b": JobCounts(done=6)}
    assert set(calls) == {1}
    assert sum(event.kind is JobEventKind.DELAYED for event in events) == 7


def test_a_model_server_that_hangs_for_long_quarantines_nothing(store: Store) -> None:
    # given
    queue(store, "1", "2")
    calls: list[str] = []

    def hangs(job: Job) -> None:
        calls.append(job.key)
        if len(calls) <= 2 * 10:
            raise ModelTimeoutError("no answer in time")

    # when
    worker_of(store, {"a": hangs}, late_s=0.001, longest_pause_s=0.001, threads=1).run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=2)}


def test_a_job_that_is_late_while_others_are_not_is_parked(store: Store) -> None:
    # given
    queue(store, *"1234567")
    calls: list[str] = []

    def slow(job: Job) -> None:
        calls.append(job.key)
        if job.key == "1":
            raise ModelTimeoutError("no answer in time")

    # when
    worker_of(store, {"a": slow}, late_s=0.001, longest_pause_s=0.001, threads=1).run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=6, parked=1)}
    assert calls.count("1") > 3


def test_a_job_that_is_late_for_ever_is_parked_though_it_is_alone(store: Store) -> None:
    # given
    queue(store, "1")

    def slow(_: Job) -> None:
        raise ModelTimeoutError("no answer in time")

    # when
    worker_of(store, {"a": slow}, late_s=0.001, longest_pause_s=0.001).run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(parked=1)}


def test_an_outage_without_end_parks_its_jobs(store: Store) -> None:
    # given
    queue(store, "1", "2")

    def down(_: Job) -> None:
        raise ModelUnreachableError("nothing answers", "start the server")

    # when
    worker_of(store, {"a": down}, patience_s=0.01).run_until_idle()

    # then
    assert [job.error for job in store.parked()] == ["nothing answers → start the server"] * 2


def test_a_suspect_runs_alone(tmp_path: Path) -> None:
    # given: a worker that vanished with two jobs
    clock = Clock()
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, clock=clock)) as store:
        queue(store, "suspect 1", "suspect 2")
        for _ in range(2):
            claim(store, ["a"], "vanished", 1.0)
        clock.advance(2)
        queue(store, *(str(number) for number in range(20)))
        running: set[str] = set()
        beside: dict[str, set[str]] = {}

        def watch(job: Job) -> None:
            running.add(job.key)
            beside[job.key] = running - {job.key}
            running.discard(job.key)

        # when
        worker_of(store, {"a": watch}, threads=4).run_until_idle()

        # then
        assert beside["suspect 1"] == beside["suspect 2"] == set()
        assert store.job_counts()["a"].done == 22


def test_heartbeats_keep_a_long_job(tmp_path: Path) -> None:
    # given
    clock = Clock()
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, clock=clock)) as store:
        queue(store, "1")
        kept = []

        def long(job: Job) -> None:
            # time passes in steps shorter than a lease, each after a heartbeat has been written
            for _ in range(5):
                clock.advance(0.1)
                wait_for_heartbeat(store, job, lease_of(store, job))
            kept.append(claim(store, ["a"], "thief", 1.0))

        # when
        worker_of(store, {"a": long}, lease_s=0.3).run_until_idle()

        # then
        assert kept == [None]
        assert store.job_counts()["a"].done == 1


def lease_of(store: Store, job: Job) -> float:
    row = store.session.row("jobs.hold", ids=[job.job_id], leases=[job.lease])
    assert row is not None
    return float(row["lease_until"])


def wait_for_heartbeat(store: Any, job: Job, before: float) -> None:
    deadline = time.monotonic() + 60
    pause = threading.Event()
    while lease_of(store, job) <= before:
        assert time.monotonic() < deadline
        pause.wait(0.01)


def test_a_job_that_was_taken_over_is_dropped_without_a_word(tmp_path: Path) -> None:
    # given
    clock = Clock()
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, clock=clock)) as store:
        queue(store, "1")
        done = []

        def overtaken(job: Job) -> None:
            clock.advance(1000)
            thief = claim(store, ["a"], "thief", 60.0)
            assert thief is not None
            done.append(thief)
            with store.finishing(job) as write:
                write.remember("by", "the first")

        stop = threading.Event()
        worker = worker_of(store, {"a": overtaken}, lease_s=600.0, threads=1)

        # when
        worker.run(stop, until=lambda: bool(done))
        with store.finishing(done[0]) as write:
            write.remember("by", "the thief")

        # then
        assert store.recall("by") == "the thief"
        assert store.job_counts() == {"a": JobCounts(done=1)}
        assert worker.unexpected_errors == 0


def test_a_stop_lets_running_jobs_end_and_starts_no_more(store: Store) -> None:
    # given
    queue(store, "1", "2", "3")
    stop = threading.Event()

    def last(_: Job) -> None:
        stop.set()

    # when
    worker_of(store, {"a": last}, threads=1).run(stop)

    # then
    assert (store.job_counts()["a"].done, store.job_counts()["a"].queued) == (1, 2)


def test_what_does_not_end_within_the_grace_is_given_back(store: Store) -> None:
    # given
    queue(store, "1")
    stop, free, left = threading.Event(), threading.Event(), threading.Event()

    def stuck(job: Job) -> None:
        stop.set()
        free.wait(60)
        try:
            with store.finishing(job) as write:
                write.remember("late", "yes")
        finally:
            left.set()

    # when
    worker_of(store, {"a": stuck}, grace_s=0.01).run(stop)
    again = claim(store, ["a"], "next", 60)
    free.set()
    left.wait(60)

    # then
    assert again is not None
    assert again.attempt == 1
    assert store.recall("late") == ""


def test_an_interrupt_gives_jobs_back(store: Store) -> None:
    # given
    queue(store, "1", "2")

    def interrupted() -> bool:
        raise KeyboardInterrupt

    # when
    with pytest.raises(KeyboardInterrupt):
        worker_of(store, {"b": nothing}).run(threading.Event(), until=interrupted)

    # then
    assert store.job_counts()["a"].queued == 2


def test_a_notification_wakes_a_worker_at_once(store: Store) -> None:
    # given: the worker looks by itself only after an hour
    hours = LocalWakeups(poll_s=3600)
    store.on_queued(hours.notify)
    stop, done = threading.Event(), threading.Event()
    worker = worker_of(store, {"a": lambda _: done.set()}, wakeups=hours, poll_s=3600)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()

    # when
    queue(store, "1")

    # then
    assert done.wait(60)
    stop.set()
    hours.wake()
    thread.join(60)
    assert not thread.is_alive()


def test_what_the_worker_logs_names_the_job(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    # given
    queue(store, "some key")

    def faulty(_: Job) -> None:
        raise KeyError("oops")

    # when
    with caplog.at_level(logging.ERROR):
        worker_of(store, {"a": faulty}).run_until_idle()

    # then
    assert "a some key" in caplog.text
    assert "KeyError" in caplog.text


class Odd:
    """What stands around a part and raises what none should, as often as told, at one of its methods."""

    def __init__(self, inner: Any, method: str, times: int) -> None:
        self._inner = inner
        self._method = method
        self._times = times

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self._times > 0:
            self._times -= 1
            raise KeyError("nobody foresaw that")
        return getattr(self._inner, name)


def test_a_worker_that_cannot_look_for_jobs_logs_it_and_goes_on(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    queue(store, "1", "2")
    odd: Any = Odd(store, "claim", 3)
    worker = worker_of(odd, {"a": nothing}, threads=1)

    # when
    worker.run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=2)}
    assert worker.unexpected_errors == 3
    assert any(entry.exc_info for entry in caplog.records)
    assert worker.trouble == ""


def test_a_job_whose_failure_cannot_be_noted_is_let_go(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    # given: one thread, which must outlive it
    queue(store, "1", "2")
    odd: Any = Odd(store, "fail", 1)
    stop = threading.Event()

    def faulty(job: Job) -> None:
        if job.key == "1":
            raise TwolaneError("damaged", "mend it")
        stop.set()

    # when
    worker_of(odd, {"a": faulty}, threads=1, lease_s=0.3).run(stop)

    # then: nobody renews its lease, and its attempt counts
    job = until(lambda: claim(store, ["a"], "next", 60.0), "its lease has run out")
    assert (job.key, job.attempt) == ("1", 2)
    assert store.job_counts()["a"].done == 1
    assert "nobody foresaw that" in caplog.text


def test_a_job_that_was_claimed_when_the_wakeups_failed_is_given_back(store: Store) -> None:
    # given: wake-ups that fail when the first notification is acknowledged
    local: Any = LocalWakeups(poll_s=3600)

    class OddWakeups(Odd):
        def listen(self, kinds: Any) -> Any:
            return Odd(local.listen(kinds), "acknowledge", 1)

    store.on_queued(local.notify)
    attempts: list[int] = []
    stop = threading.Event()
    handlers: dict[str, Callable[[Job], None]] = {"a": lambda job: attempts.append(job.attempt)}
    worker = worker_of(store, handlers, wakeups=OddWakeups(local, "", 0), threads=1, poll_s=3600)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    until(lambda: worker.is_idle, "it listens")

    # when
    queue(store, "1")
    until(lambda: attempts, "done after all")
    stop.set()
    local.wake()
    thread.join(60)

    # then
    assert attempts == [1]
    assert worker.unexpected_errors == 1


def test_events_that_cannot_be_told_fail_no_job(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    # given
    queue(store, "1", "2")

    def broken(_: JobEvent) -> None:
        raise ZeroDivisionError

    # when
    worker_of(store, {"a": nothing}, threads=1, on_event=broken).run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=2)}
    assert "ZeroDivisionError" in caplog.text


class PanicException(BaseException):
    """No `Exception`, and no end of the program either."""


@pytest.mark.parametrize("error", [SystemExit(1), PanicException("in Rust")])
def test_a_job_that_ends_its_thread_is_parked(store: Store, error: BaseException) -> None:
    # given
    queue(store, "1", "2")

    def ends(job: Job) -> None:
        if job.key == "1":
            raise error

    worker = worker_of(store, {"a": ends}, threads=1)

    # when
    worker.run_until_idle()

    # then
    assert store.job_counts() == {"a": JobCounts(done=1, parked=1)}
    assert worker.unexpected_errors == 3
