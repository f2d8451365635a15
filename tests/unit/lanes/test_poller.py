"""Snapshots of a real catalogue and made-up runtimes: what is waited for, and what holds up nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.library import add, classification, scan, seen, work
from tests.support.watched import DOWN, READY, STEPS, FakeWorkforce, poller

from twolane.documents import Decision, FileState
from twolane.errors import ModelUnreachableError, StoreBusyError
from twolane.jobs.base import Step, WorkerRecord
from twolane.lanes.snapshot import StepJobs, Trouble
from twolane.llm.base import Health
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.values import Counts


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        yield opened


def test_a_snapshot_tells_how_lanes_queue_library_and_workers_stand(store: SqliteStore) -> None:
    # given a filed letter, one that waits to be read, and one that no reader could read
    add(store, "/in/letter.txt", "Dear neighbour", document="letter")
    with store.writing() as write:
        write.decide("letter", Decision(classification("letter")))
    scan(store, seen("/in/broken.pdf"))
    store.fail(work(store), "the reader died", retry=False)
    scan(store, seen("/in/late.txt"))
    record = WorkerRecord("host:1", "filing", 4, 0.0, 0.0)

    # when
    now = poller(store, workers=FakeWorkforce(3, [record, replace(record, draining=True)])).snapshot()

    # then
    assert [(lane.name, lane.model, lane.health) for lane in now.lanes] == [
        ("filing", "small:1b", READY),
        ("chat", "large:8b", DOWN),
    ]
    assert not now.ready
    assert (now.embedder.ready, now.embedder.detail) == (True, "off: full-text search only")
    assert now.counts.files[FileState.FILED] == 1
    assert list(now.jobs) == ["read", "classify", "embed"]
    assert (now.jobs["read"].lane, now.jobs["read"].queued, now.jobs["read"].parked) == ("filing", 1, 1)
    assert now.jobs["embed"] == StepJobs("filing")
    assert (now.waiting, now.parked) == (1, 1)
    assert now.troubles == (Trouble("broken.pdf", "the reader died"),)
    assert (now.workers, now.pools, now.version) == (1, 3, "1.2.3")
    assert now.working == (record, replace(record, draining=True))
    assert now.uptime_s >= 0


def test_steps_of_other_versions_come_after_those_of_the_registry(store: SqliteStore) -> None:
    # given
    scan(store, seen("/in/a"))
    later = (Step("fields", "chat", 1, lambda _: None),)

    # then
    assert list(poller(store, steps=later).snapshot().jobs) == ["fields", "read"]


def test_the_size_of_a_model_is_told_where_its_runtime_knows_it(store: SqliteStore) -> None:
    # given a chat lane that is ready, whose runtime cannot list its models
    polled = poller(store, chat=lambda: READY)

    # then
    assert [lane.size_bytes for lane in polled.snapshot().lanes] == [1_300_000_000, 0]


def test_what_cannot_be_opened_is_not_ready(store: SqliteStore) -> None:
    # given
    def broken() -> Health:
        raise ModelUnreachableError("its address is no address", "correct chat.url")

    # when
    chat = poller(store, chat=broken).lane("chat")

    # then
    assert (chat.health.ready, chat.health.remedy) == (False, "correct chat.url")


def test_a_catalogue_that_is_away_hides_no_lane(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    def away() -> Counts:
        raise StoreBusyError("another process holds it", "wait")

    monkeypatch.setattr(store, "counts", away)
    polled = poller(store)

    # when
    now = polled.recent()

    # then
    assert (now.store_answers, now.jobs, now.lanes[0].health.ready) == (False, {}, True)
    with pytest.raises(StoreBusyError):
        polled.snapshot()


def test_a_frozen_catalogue_holds_up_no_lane(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a database that says nothing until the end of the test
    end = threading.Event()
    counts = store.counts

    def frozen() -> Counts:
        end.wait()
        return counts()

    monkeypatch.setattr(store, "counts", frozen)
    polled = poller(store)
    try:
        # when
        now = polled.recent(limit_s=0.2)
        lanes = polled.recent_lanes(60.0)
    finally:
        end.set()

    # then
    assert not now.store_answers
    assert lanes[0].health.ready


def test_a_frozen_lane_holds_up_nobody(store: SqliteStore) -> None:
    # given a model server that says nothing until the end of the test
    end = threading.Event()

    def frozen() -> Health:
        end.wait()
        return DOWN

    polled = poller(store, chat=frozen)
    try:
        # when
        filing, chat = polled.recent(limit_s=0.5).lanes
        again = polled.recent_lanes(limit_s=0.0)
        hanging = [thread for thread in threading.enumerate() if thread.name == "twolane-poll chat"]
    finally:
        end.set()

    # then
    assert (filing.health.ready, chat.health.ready) == (True, False)
    assert "does not answer" in chat.health.detail
    assert not again[1].health.ready
    assert len(hanging) == 1


def test_a_frozen_server_of_the_wake_ups_holds_up_nobody(store: SqliteStore) -> None:
    # given a broker that says nothing until the end of the test
    end = threading.Event()

    def frozen() -> str:
        end.wait()
        return ""

    polled = poller(store, workers=FakeWorkforce(1, fault=frozen))
    try:
        # when
        now = polled.recent(limit_s=0.5)
    finally:
        end.set()

    # then
    assert now.queue_fault == "the server of the wake-ups does not answer in time"
    assert now.lanes[0].health.ready


def test_a_lane_is_asked_again_by_the_next_poll_but_one(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    answers = [READY, DOWN]
    monkeypatch.setattr("twolane.lanes.poller.FRESH_S", 0.0)  # no answer is fresh
    polled = poller(store, filing=lambda: answers[0])
    first = polled.recent_lanes()[0]
    answers.pop(0)

    # when
    second = polled.recent_lanes()[0]

    # then
    assert (first.health.ready, second.health.ready) == (True, False)


def test_what_changes_by_itself_all_the_time_is_no_change(store: SqliteStore) -> None:
    # given
    scan(store, seen("/in/a"))
    polled = poller(store, steps=STEPS)
    first, second = polled.snapshot(), polled.snapshot()

    # when
    scan(store, seen("/in/b"))
    third = polled.snapshot()

    # then
    assert first != second
    assert first.lasting() == second.lasting()
    assert second.lasting() != third.lasting()
