"""Who works is counted over all machines, by the store's one clock."""

from __future__ import annotations

import json
import socket
from importlib.metadata import version

from tests.support.library import Clock

from twolane.jobs.base import JobEvent, JobEventKind
from twolane.jobs.heartbeat import SILENT_S, Heartbeat, workers
from twolane.store.base import Store
from twolane.work import Job


def job(number: int) -> Job:
    return Job(number, "read", "k", 1, 0, 1, "lease")


def test_a_process_is_listed_while_it_works(store: Store, clock: Clock) -> None:
    # when
    with Heartbeat(store, lane="filing", threads=9, concurrency=2) as heartbeat:
        for number in range(3):
            heartbeat.hear(JobEvent(JobEventKind.STARTED, job(number)))
            heartbeat.hear(JobEvent(JobEventKind.FINISHED, job(number), 0.1))
        heartbeat.hear(JobEvent(JobEventKind.DELAYED, job(4), error="the model server does not answer"))
        clock.advance(30)
        [begun] = workers(store)
        heartbeat.drain()
        [draining] = workers(store)
    after = workers(store)

    # then
    assert (begun.host, begun.version) == (socket.gethostname(), version("twolane"))
    assert (begun.lane, begun.threads, begun.concurrency) == ("filing", 9, 2)
    assert not begun.draining
    assert (draining.done, draining.draining, draining.seen_at) == (3, True, clock.now)
    assert list(draining.rates) == ["read"]
    assert draining.waits_for == "the model server does not answer"
    assert after == []


def test_a_process_that_died_is_not_counted(store: Store, clock: Clock) -> None:
    # given
    with Heartbeat(store, lane="filing", threads=1) as heartbeat:
        # when
        clock.advance(SILENT_S + 1)
        silent = workers(store)
        heartbeat.drain()
        again = workers(store)

    # then
    assert (len(silent), len(again)) == (0, 1)


def test_a_clock_that_jumps_hides_a_process_until_its_next_heartbeat(store: Store, clock: Clock) -> None:
    # given
    with Heartbeat(store, lane="filing", threads=1) as heartbeat:
        for jump_s in (-7 * 86_400.0, 90 * 86_400.0):
            # when
            clock.advance(jump_s)
            heartbeat.drain()
            [record] = workers(store)

            # then
            assert 0 <= record.seen_at - record.started_at < 60


def test_what_other_versions_write_is_read(store: Store, clock: Clock) -> None:
    # given
    old = {"name": "a", "lane": "filing", "threads": 2, "started_at": clock.now, "seen_at": clock.now}
    with store.writing() as write:
        write.remember("worker a", json.dumps(old))
        write.remember("worker b", json.dumps(old | {"name": "b", "mood": "good", "version": "99"}))
        write.remember("worker c", "[1]")

    # when
    found = workers(store)

    # then
    assert [(one.name, one.version, one.concurrency) for one in found] == [("a", "", 0), ("b", "99", 0)]
