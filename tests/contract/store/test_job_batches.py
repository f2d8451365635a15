"""Jobs in batches: which are claimed together, and how they are held and ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.library import Clock, OpenStore, claim, work

from twolane.errors import LeaseLostError
from twolane.store.base import Store
from twolane.work import Claimed, JobCounts, NewJob


def queue(store: Store, kind: str, *keys: str, priority: int = 0) -> None:
    with store.writing() as write:
        write.enqueue([NewJob(kind, key, 0, priority) for key in keys])


def take(store: Store, limit: int = 8, among: int = 1, *, lease_s: float = 60.0) -> Claimed:
    return store.claim(["a", "b"], "w", lease_s, limit=limit, among=among)


def keys(claimed: Claimed) -> str:
    return "".join(job.key for job in claimed.jobs)


def test_a_batch_is_of_one_kind_and_what_is_urgent_does_not_wait_for_others(store: Store) -> None:
    # given
    queue(store, "a", "1", "2")
    queue(store, "b", "3")
    queue(store, "a", "4")
    queue(store, "b", "5", priority=5)
    queue(store, "a", "6", "7", priority=5)

    # when
    claims = [take(store) for _ in range(5)]

    # then
    assert [keys(claimed) for claimed in claims] == ["5", "67", "124", "3", ""]
    assert [claimed.more for claimed in claims] == [True, True, True, False, False]
    assert all(job.attempt == 1 for claimed in claims for job in claimed.jobs)


def test_a_batch_has_a_limit_and_takes_its_share_of_what_is_due(store: Store) -> None:
    # given
    queue(store, "a", *"123456789")

    # when
    claims = [take(store, 3), take(store, 8, 4), take(store, 8, 4), take(store, 8, 2), take(store)]

    # then
    assert [keys(claimed) for claimed in claims] == ["123", "45", "6", "78", "9"]
    assert [claimed.more for claimed in claims] == [True, True, True, True, False]


def test_what_is_not_due_is_in_no_batch(store: Store, clock: Clock) -> None:
    # given: one that is delayed, and one whose like is running
    queue(store, "a", "1", "2")
    store.release(work(store, "a"), delay_s=30)
    running = work(store, "a")
    queue(store, "a", "2", "3", "4")

    # when
    now = take(store)
    with store.finishing(running):
        pass
    clock.advance(31)
    later = take(store)

    # then
    assert (keys(now), now.more) == ("34", False)
    assert (keys(later), later.more) == ("12", False)


def test_a_suspect_is_claimed_alone(store: Store, clock: Clock) -> None:
    # given: a worker that vanished with two jobs, before others were queued
    queue(store, "a", "1", "2")
    assert keys(take(store, lease_s=10)) == "12"
    clock.advance(11)
    queue(store, "a", "3", "4")

    # when
    claims = [take(store) for _ in range(3)]
    store.release(claims[0].jobs[0])
    queue(store, "a", "5")
    again = [take(store) for _ in range(2)]

    # then
    assert [keys(claimed) for claimed in [*claims, *again]] == ["1", "2", "34", "1", "5"]
    assert [claimed.jobs[0].suspect for claimed in [*claims, *again]] == [True, True, False, True, False]


def test_each_job_of_a_batch_has_a_lease_of_its_own(store: Store, clock: Clock) -> None:
    # given
    queue(store, "a", "1", "2", "3")
    first, second, third = take(store, lease_s=10).jobs

    # when: the leases of two are extended, and one ends
    clock.advance(9)
    store.heartbeat([first, second], 10)
    with store.finishing(second):
        pass
    clock.advance(9)
    overdue = claim(store, ["a"])

    # then
    assert len({first.lease, second.lease, third.lease}) == 3
    assert overdue is not None
    assert overdue.job_id == third.job_id
    assert store.held([first, second, third]) == [first]


def test_a_batch_ends_in_one_step(store: Store) -> None:
    # given
    queue(store, "a", "1", "2", "3")
    jobs = take(store).jobs

    # when
    with pytest.raises(ZeroDivisionError), store.finishing(*jobs) as write:
        write.remember("half", str(1 / 0))
    unended = store.held(jobs)
    with store.finishing(*jobs) as write:
        write.remember("effect", "written")

    # then
    assert unended == list(jobs)
    assert (store.recall("half"), store.recall("effect")) == ("", "written")
    assert store.held(jobs) == []
    assert store.job_counts() == {"a": JobCounts(done=3)}


def test_where_one_lease_of_a_batch_is_lost_nothing_is_written(store: Store, clock: Clock) -> None:
    # given
    queue(store, "a", "1", "2")
    first, second = take(store, lease_s=10).jobs
    clock.advance(9)
    store.heartbeat([second], 10)
    clock.advance(9)
    thief = work(store, "a")

    # when
    with pytest.raises(LeaseLostError), store.finishing(first, second) as write:
        write.remember("effect", "written")

    # then
    assert thief.key == "1"
    assert store.recall("effect") == ""
    assert store.held([first, second]) == [second]


def test_a_newer_job_is_claimed_at_once_where_the_one_before_has_used_up_its_attempts(
    store: Store, clock: Clock
) -> None:
    # given
    queue(store, "a", "1")
    for _ in range(3):
        work(store, "a", lease_s=10)
        clock.advance(11)
    queue(store, "a", "1")

    # when
    claimed = take(store)

    # then
    assert [(job.key, job.attempt, job.suspect) for job in claimed.jobs] == [("1", 1, False)]
    assert store.parked()[0].attempt == 3


def test_no_job_is_in_two_batches(open_store: OpenStore) -> None:
    # given
    stores = [open_store() for _ in range(3)]
    queue(stores[0], "a", *(str(number) for number in range(200)))

    def take_all(store: Store) -> list[str]:
        taken = []
        while (claimed := store.claim(["a"], "w", 60, limit=7, among=3)).jobs or claimed.more:
            taken += [job.key for job in claimed.jobs]
            if claimed.jobs:
                with store.finishing(*claimed.jobs):
                    pass
        return taken

    # when
    with ThreadPoolExecutor(6) as pool:
        taken = [key for keys in pool.map(take_all, stores * 2) for key in keys]

    # then
    assert sorted(taken, key=int) == [str(number) for number in range(200)]
    assert stores[0].job_counts() == {"a": JobCounts(done=200)}
