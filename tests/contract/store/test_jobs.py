"""The queue: each job is done once by one worker at a time, whatever happens to workers."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.support.library import Clock, OpenStore, add, claim, classification, reading, scan, seen, work

from twolane.documents import Decision, FileState
from twolane.errors import LeaseLostError
from twolane.store.base import Store
from twolane.work import JobCounts, JobState, NewJob, Notification


def queue(store: Store, *jobs: NewJob) -> None:
    with store.writing() as write:
        write.enqueue(jobs)


def test_the_highest_priority_goes_first_then_the_oldest(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1), NewJob("a", "2", 2, priority=5), NewJob("b", "3", 3, priority=5))

    # when
    order = [job.key for _ in range(3) if (job := claim(store, ["a", "b"], "w", 60))]

    # then
    assert order == ["2", "3", "1"]
    assert claim(store, ["a", "b"], "w", 60) is None


def test_only_the_asked_kinds_are_claimed(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1))

    # then
    assert claim(store, ["b"], "w", 60) is None
    assert claim(store, [], "w", 60) is None


def test_a_queued_job_is_not_queued_twice_but_raised(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1), NewJob("a", "2", 2), NewJob("a", "1", 1))

    # when
    queue(store, NewJob("a", "2", 2, priority=9))

    # then
    assert store.pending().jobs == 2
    assert work(store, "a").key == "2"


def test_a_job_queued_while_it_runs_runs_once_more_afterwards(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    running = work(store, "a")
    queue(store, NewJob("a", "1", 1))

    # when
    meanwhile = claim(store, ["a"], "other", 60)
    with store.finishing(running):
        pass

    # then
    assert meanwhile is None
    assert work(store, "a").key == "1"


def test_a_finished_job_is_counted_and_leaves_the_queue(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1), NewJob("a", "2", 2))

    # when
    with store.finishing(work(store, "a")) as write:
        write.enqueue([NewJob("b", "1", 1)])

    # then
    counts = store.job_counts()
    assert counts == {"a": JobCounts(queued=1, done=1), "b": JobCounts(queued=1)}


def test_the_age_of_the_oldest_job_is_told(store: Store, clock: Clock) -> None:
    # given
    queue(store, NewJob("a", "1", 1))

    # when
    clock.advance(7)

    # then
    assert store.job_counts()["a"].oldest_s == pytest.approx(7)


def test_a_result_that_fails_is_not_written_and_the_job_goes_on(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    job = work(store, "a")

    # when
    with pytest.raises(ZeroDivisionError), store.finishing(job) as write:
        write.remember("half", str(1 / 0))

    # then
    assert store.recall("half") == ""
    assert store.held([job]) == [job]


def test_a_lease_that_ran_out_is_claimed_again_and_its_first_holder_writes_nothing(
    store: Store, clock: Clock
) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    first = work(store, "a", lease_s=10)
    clock.advance(11)
    second = work(store, "a", lease_s=10)

    # when
    with pytest.raises(LeaseLostError), store.finishing(first) as write:
        write.remember("by", "the first")
    store.heartbeat([first], 60)
    held = store.held([first, second])
    with pytest.raises(LeaseLostError):
        store.fail(first, "too late", retry=True)
    with pytest.raises(LeaseLostError):
        store.release(first)
    with store.finishing(second) as write:
        write.remember("and", "the second")

    # then
    assert (first.attempt, first.suspect, second.attempt, second.suspect) == (1, False, 2, True)
    assert held == [second]
    assert (store.recall("by"), store.recall("and")) == ("", "the second")
    assert store.job_counts()["a"].done == 1


def test_an_expired_lease_that_nobody_took_still_counts(store: Store, clock: Clock) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    job = work(store, "a", lease_s=10)

    # when
    clock.advance(11)
    with store.finishing(job) as write:
        write.remember("late", "but alone")

    # then
    assert store.recall("late") == "but alone"


def test_a_heartbeat_keeps_the_lease(store: Store, clock: Clock) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    job = work(store, "a", lease_s=10)

    # when
    for _ in range(5):
        clock.advance(9)
        store.heartbeat([job], 10)

    # then
    assert claim(store, ["a"], "other", 10) is None


def test_a_job_that_kills_its_workers_is_parked_with_the_reason(store: Store, clock: Clock) -> None:
    # given
    file_id = add(store, "/d/a", "text")
    queue(store, NewJob("a", "1", file_id))
    for _ in range(3):
        work(store, "a", lease_s=10)
        clock.advance(11)

    # when
    nothing = claim(store, ["any other kind"], "w", 10)

    # then
    assert nothing is None
    [parked] = store.parked()
    assert (parked.state, parked.attempt) == (JobState.PARKED, 3)
    assert "died 3 times" in parked.error
    record = store.file(file_id)
    assert record.state is FileState.QUARANTINED
    assert "died 3 times" in record.note


def test_a_failed_job_waits_longer_each_time_and_is_parked_in_the_end(store: Store, clock: Clock) -> None:
    # given
    file_id = add(store, "/d/a", "text")
    queue(store, NewJob("a", "1", file_id))

    # when
    for wait_s in (1.0, 2.0):
        assert store.fail(work(store, "a"), "the server said no", retry=True)
        assert claim(store, ["a"], "w", 10) is None
        clock.advance(wait_s / 2 - 0.01)  # by chance up to half less
        assert claim(store, ["a"], "w", 10) is None
        clock.advance(wait_s / 2 + 0.01)
    last = work(store, "a")
    again = store.fail(last, "the server said no", retry=True)

    # then
    assert not again
    assert last.error == "the server said no"
    assert store.file(file_id).state is FileState.QUARANTINED
    assert store.file(file_id).note == "the server said no"
    assert store.job_counts()["a"] == JobCounts(parked=1)


def test_damage_is_parked_at_once(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1))

    # when
    again = store.fail(work(store, "a"), "damaged\0\ud800", retry=False)

    # then
    assert not again
    assert [job.error for job in store.parked()] == ["damaged ?"]


def test_a_released_job_has_lost_nothing(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1))

    # when
    store.release(work(store, "a"))

    # then
    assert work(store, "a").attempt == 1


def test_a_job_released_with_a_delay_lets_others_go_first(store: Store, clock: Clock) -> None:
    # given
    queue(store, NewJob("a", "first", 1), NewJob("a", "second", 2))

    # when
    store.release(work(store, "a"), delay_s=30.0)

    # then
    assert work(store, "a").key == "second"
    assert claim(store, ["a"], "tester", 60.0) is None
    clock.advance(31.0)
    again = work(store, "a")
    assert (again.key, again.attempt) == ("first", 1)


@pytest.mark.parametrize("end", ["fail", "release"])
def test_a_job_that_goes_back_gives_way_to_a_newer_one(store: Store, end: str) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    job = work(store, "a")
    queue(store, NewJob("a", "1", 1, priority=3))

    # when
    if end == "fail":
        assert store.fail(job, "no", retry=True)
    else:
        store.release(job)

    # then
    newer = work(store, "a")
    assert (newer.priority, newer.attempt) == (3, 1)
    assert store.pending().jobs == 1


def test_a_newer_job_waits_until_the_lost_one_is_done(store: Store, clock: Clock) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    lost = work(store, "a", lease_s=10)
    queue(store, NewJob("a", "1", 1, priority=9))
    clock.advance(11)

    # when
    claimed = work(store, "a")

    # then
    assert claimed.job_id == lost.job_id
    assert claim(store, ["a"], "w", 60) is None


def test_parked_jobs_can_be_tried_again_with_fresh_attempts(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "text")
    queue(store, NewJob("a", "1", file_id))
    store.fail(work(store, "a"), "damaged", retry=False)

    # when
    number = store.retry_parked()

    # then
    assert number == 1
    assert store.file(file_id).state is FileState.WAITING
    assert work(store, "a").attempt == 1
    assert store.parked() == []


def test_queuing_anew_forgets_the_parked_job(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    store.fail(work(store, "a"), "damaged", retry=False)

    # when
    queue(store, NewJob("a", "1", 1))

    # then
    assert store.parked() == []
    assert store.job_counts()["a"] == JobCounts(queued=1)


def test_parking_twice_keeps_one(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1))
    first = work(store, "a")
    queue(store, NewJob("a", "1", 1))

    # when
    store.fail(first, "one", retry=False)
    store.fail(work(store, "a"), "two", retry=False)

    # then
    assert [job.error for job in store.parked()] == ["two"]


def test_a_quarantined_file_is_done_again_when_it_is_added_again(store: Store) -> None:
    # given
    scan(store, seen("/d/a"))
    store.fail(work(store), "damaged", retry=False)

    # when
    result = scan(store, seen("/d/a"))

    # then
    assert result.changed == 1
    assert work(store).attempt == 1


def test_what_is_pending_under_a_folder_is_counted(store: Store) -> None:
    # given
    scan(store, seen("/d/a"), seen("/d2/b"))

    # then
    assert (store.pending([Path("/d")]).jobs, store.pending().jobs) == (1, 2)


def test_jobs_for_later_are_counted_apart(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "text", document="h")
    with store.writing() as write:
        write.enqueue([NewJob("classify", "h", file_id), NewJob("idle", "h", file_id)])

    # when
    apart = [store.pending(roots, later=["idle"]) for roots in ([], [Path("/d")], [Path("/e")])]

    # then
    assert [(one.jobs, one.later) for one in apart] == [(1, 1), (1, 1), (0, 0)]
    assert (store.pending().jobs, store.pending().later) == (2, 0)


def test_a_result_of_a_job_and_its_end_are_one_step(store: Store) -> None:
    # given
    scan(store, seen("/d/a"))
    job = work(store)

    # when
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "h", 1, reading("text"), [])
        write.enqueue([NewJob("classify", "h", job.file_id)])
    with store.finishing(work(store, "classify")) as write:
        write.decide("h", Decision(classification()))

    # then
    assert store.pending() == store.pending([Path("/")])
    assert store.pending().jobs == store.pending().files == 0
    assert store.file(job.file_id).state is FileState.FILED
    assert list(store.check()) == []


def test_copies_wait_for_the_one_job_of_their_document_and_share_its_fate(store: Store) -> None:
    # given
    first = add(store, "/d/a", "text", document="h")
    scan(store, seen("/copies/a"))
    job = work(store)
    with store.finishing(job) as write:
        write.link(job.file_id, "h")
        write.enqueue([NewJob("classify", "h", first)])
    pending = store.pending([Path("/copies")]).jobs

    # when
    store.fail(work(store, "classify"), "no model", retry=False)
    states = {file.state for file in store.files()}
    store.retry_parked()

    # then
    assert pending == 1
    assert states == {FileState.QUARANTINED}
    assert {file.state for file in store.files()} == {FileState.WAITING}


def test_what_was_queued_for_content_that_is_no_more_is_forgotten(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "old", document="old")
    queue(store, NewJob("classify", "old", file_id))

    # when
    with store.writing() as write:
        write.save_reading(file_id, "new", 1, reading("new"), [])

    # then
    assert claim(store, ["classify"], "w", 60) is None


def test_no_job_is_claimed_twice_by_many_threads(open_store: OpenStore) -> None:
    # given
    stores = [open_store() for _ in range(3)]
    queue(stores[0], *(NewJob("a", str(number), number) for number in range(60)))

    def take_all(store: Store) -> list[str]:
        taken = []
        while job := claim(store, ["a"], "w", 60):
            taken.append(job.key)
            with store.finishing(job):
                pass
        return taken

    # when
    with ThreadPoolExecutor(6) as pool:
        taken = [key for keys in pool.map(take_all, stores * 2) for key in keys]

    # then
    assert sorted(taken, key=int) == [str(number) for number in range(60)]
    assert stores[0].job_counts() == {"a": JobCounts(done=60)}


def test_what_was_queued_is_told_when_it_is_committed(store: Store) -> None:
    # given
    told: list[Notification] = []
    store.on_queued(told.extend)

    # when
    with contextlib.suppress(ZeroDivisionError), store.writing() as write:
        write.enqueue([NewJob("a", "never", 1)])
        write.remember("half", str(1 / 0))
    scan(store, seen("/d/a"))
    by_scan = list(told)
    with store.finishing(work(store)) as write:
        write.enqueue([NewJob("a", "1", 1), NewJob("b", "1", 1)])
        within = len(told)

    # then
    assert [one.kind for one in by_scan] == ["read"]
    assert within == len(by_scan)
    assert [one.kind for one in told[within:]] == ["a", "b"]
    assert told[within].job_id == work(store, "a").job_id


def test_what_goes_back_is_told_again(store: Store) -> None:
    # given
    queue(store, NewJob("a", "1", 1), NewJob("b", "1", 1))
    first, second = work(store, "a"), work(store, "b")
    store.fail(second, "damaged", retry=False)
    told: list[Notification] = []
    store.on_queued(told.extend)

    # when
    store.release(first)
    store.retry_parked()

    # then
    assert told == [Notification(first.job_id, "a"), Notification(second.job_id, "b")]


def test_what_is_remembered_is_found_by_its_beginning_and_forgotten_when_it_is_empty(store: Store) -> None:
    # given
    with store.writing() as write:
        for key in ("worker a", "worker_b", "worker c", "other"):
            write.remember(key, f"text of {key}")

    # when
    with store.writing() as write:
        write.remember("worker c", "")

    # then
    assert store.recall_all("worker ") == {"worker a": "text of worker a"}
    assert store.recall("worker c") == ""


def test_what_a_clock_put_off_that_was_ahead_becomes_due(store: Store, clock: Clock) -> None:
    # given: one job queued and one claimed three years ahead, by a worker that died then
    clock.advance(3 * 365 * 86_400)
    queue(store, NewJob("a", "claimed", 1), NewJob("a", "queued", 2))
    claim(store, ["a"], "gone", 60)
    clock.advance(-3 * 365 * 86_400)
    assert claim(store, ["a"], "w", 60) is None

    # when
    found = store.far_jobs()
    freed = store.bring_near()
    clock.advance(1)

    # then
    assert (found.jobs, freed) == (2, 2)
    assert found.ahead_s == pytest.approx(3 * 365 * 86_400, rel=0.01)
    assert {work(store, "a").key for _ in range(2)} == {"claimed", "queued"}
    assert store.far_jobs().jobs == 0


def test_what_waits_as_delays_and_leases_do_is_left(store: Store, clock: Clock) -> None:
    # given
    queue(store, NewJob("a", "running", 1), NewJob("a", "delayed", 2))
    running = work(store, "a")
    store.release(work(store, "a"), delay_s=300.0)
    clock.advance(-60)  # as clocks are set right by a little

    # when
    freed = store.bring_near()

    # then
    assert freed == 0
    assert store.held([running]) == [running]
    assert claim(store, ["a"], "w", 60) is None
