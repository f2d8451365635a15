"""What is particular to a PostgreSQL library: its address, outages, many workers at once, and its index."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from standins.postgres import PASSWORD, PostgresServer, postgres_server
from standins.program import until
from tests.support.library import (
    add,
    claim,
    embed,
    passages,
    reading,
    scan,
    seen,
    texts_of,
    unit_vectors,
    work,
)

from twolane.errors import StoreBusyError, StoreError
from twolane.jobs.base import JobEvent, JobEventKind, one_by_one
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.jobs.worker import Worker
from twolane.store.postgres.store import PostgresStore, open_postgres
from twolane.work import Job, NewJob


@pytest.fixture
def url() -> Iterator[str]:
    with postgres_server().library() as address:
        yield address


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    with closing(open_postgres(url, max_attempts=4)) as opened:
        yield opened


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server for this file alone, to be stopped and started again."""
    postgres_server()  # skips where there is none
    own = PostgresServer()
    yield own
    own.close()


def open_and_write(url: str, barrier: Any) -> None:
    barrier.wait()
    with closing(open_postgres(url, max_attempts=3)) as store, store.writing() as write:
        write.enqueue([NewJob("a", str(os.getpid()), 1)])


def test_many_processes_may_make_the_same_library_at_once(url: str) -> None:
    # given
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    processes = [context.Process(target=open_and_write, args=(url, barrier)) for _ in range(3)]

    # when
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    # then
    assert [process.exitcode for process in processes] == [0] * 3
    with closing(open_postgres(url, max_attempts=3)) as store:
        assert store.job_counts()["a"].queued == 3


def test_what_is_no_library_is_refused_with_a_remedy_and_left_alone(url: str) -> None:
    # given
    plain = postgres_server().url()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("CREATE TABLE photos (id integer)")
    with postgres_server().library() as newer:
        with closing(open_postgres(newer, max_attempts=3)):
            pass
        with psycopg.connect(newer, autocommit=True) as admin:
            admin.execute("UPDATE library SET version = 99")
        cases = {
            url: "another program",
            newer: "version 99",
            plain.replace("/library", "/nowhere"): "does not exist",
            plain.replace("hush", "wrong"): "password authentication failed",
            plain + "?sslmode=perhaps": "sslmode",
            url.split("?", maxsplit=1)[0]
            + "?options=-csearch_path%3Dnowhere%2Cpublic": "no schema 'nowhere'",
        }

        # when
        for address, message in cases.items():
            with pytest.raises(StoreError, match=message) as caught:
                open_postgres(address, max_attempts=3, wait_s=0.5)

            # then
            assert caught.value.remedy
            assert not isinstance(caught.value, StoreBusyError)
            assert not [secret for secret in (PASSWORD, "hush", "%40ss") if secret in str(caught.value)]


def test_a_library_that_a_newer_program_has_changed_is_written_no_more(
    store: PostgresStore, url: str
) -> None:
    # given
    scan(store, seen("/d/a"))
    with psycopg.connect(url, autocommit=True) as newer:
        newer.execute("UPDATE library SET version = 99")

    # when
    with pytest.raises(StoreError, match="by a newer twolane") as claiming:
        claim(store, ["read"], "worker", 60.0)
    with pytest.raises(StoreError, match="by a newer twolane"):
        scan(store, seen("/d/b"))

    # then: what was there is as it was
    assert "stop this one" in claiming.value.remedy
    assert store.job_counts()["read"].queued == 1
    assert store.count_files() == 1


def test_a_program_from_before_versions_were_named_takes_no_job_of_a_newer_library(
    store: PostgresStore, url: str
) -> None:
    # given
    scan(store, seen("/d/a"))

    # when
    with (
        psycopg.connect(url, autocommit=True) as older,
        pytest.raises(psycopg.Error, match="a newer twolane has changed the library"),
    ):
        older.execute("UPDATE jobs SET state = 'running'")

    # then
    assert claim(store, ["read"], "worker", 60.0)


def test_an_address_where_nobody_answers_is_busy_and_keeps_the_password() -> None:
    # when
    with pytest.raises(StoreBusyError, match="cannot be reached") as caught:
        open_postgres("postgresql://me:hush@127.0.0.1:1/library", max_attempts=3, wait_s=0.1)

    # then
    assert "me:***@127.0.0.1:1/library" in caught.value.what
    assert "hush" not in str(caught.value)


def claim_all(url: str, seed: int, taken: Any) -> None:
    keys = []
    with closing(open_postgres(url, max_attempts=4)) as store:

        def take() -> None:
            while job := claim(store, ["a", "b"][seed % 2 :: 2] if seed < 2 else ["a", "b"], f"w{seed}", 60):
                keys.append(job.key)
                with store.finishing(job) as write:
                    write.enqueue([NewJob("effect", f"{job.key} {job.lease}", 0)])

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    taken.put(keys)


def test_two_thousand_jobs_are_each_done_once_by_many_threads_and_processes(
    store: PostgresStore, url: str
) -> None:
    # given
    with store.writing() as write:
        write.enqueue([NewJob("ab"[number % 2], f"{number}", 0, number % 3) for number in range(2_000)])
    context = multiprocessing.get_context("spawn")
    taken = context.Queue()

    # when
    processes = [context.Process(target=claim_all, args=(url, seed, taken)) for seed in (0, 2)]
    for process in processes:
        process.start()
    keys = [key for _ in processes for key in taken.get()]
    for process in processes:
        process.join()

    # then
    assert sorted(keys, key=int) == [str(number) for number in range(2_000)]
    counts = store.job_counts()
    assert (counts["a"].done, counts["b"].done, counts["effect"].queued) == (1_000, 1_000, 2_000)
    assert store.pending().jobs == 2_000


def hold_a_job(url: str, held: Any) -> None:
    with closing(open_postgres(url, max_attempts=4)) as store:
        job = claim(store, ["a"], "dies", 0.2)
        assert job is not None
        with store.finishing(job) as write:
            write.remember("half", "written")
            held.set()
            threading.Event().wait()


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_a_worker_killed_within_its_last_transaction_leaves_nothing_and_another_does_the_job(
    store: PostgresStore, url: str
) -> None:
    # given
    with store.writing() as write:
        write.enqueue([NewJob("a", "1", 0)])
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=hold_a_job, args=(url, held))
    process.start()
    assert held.wait(30)

    # when
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    again = wait_for_job(store, "a")
    with store.finishing(again):
        pass

    # then
    assert (again.attempt, again.suspect) == (2, True)
    assert store.recall("half") == ""
    assert store.job_counts()["a"].done == 1


def wait_for_job(store: PostgresStore, kind: str, timeout_s: float = 30.0) -> Job:
    deadline, pause = time.monotonic() + timeout_s, threading.Event()
    while time.monotonic() < deadline:
        with contextlib.suppress(StoreBusyError):  # the pool pauses between its attempts to connect
            if job := claim(store, [kind], "other", 60):
                return job
        pause.wait(0.05)
    pytest.fail("no job came")


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_restarts_fails_no_job_and_readers_find_it_again(
    own_server: PostgresServer, mode: str
) -> None:
    # given
    events: list[JobEvent] = []
    working = threading.Event()
    pause = threading.Event()
    with (
        own_server.library() as url,
        closing(open_postgres(url, max_attempts=2, wait_s=30)) as store,
    ):
        with store.writing() as write:
            write.enqueue([NewJob("a", str(number), 0) for number in range(120)])

        def handle(job: Job) -> None:
            working.set()
            pause.wait(0.01)
            with store.finishing(job) as write:
                write.enqueue([NewJob("effect", f"{job.key} {job.lease}", 0)])

        worker = Worker(
            store,
            {"a": one_by_one(handle)},
            wakeups=LocalWakeups(poll_s=0.05),
            threads=4,
            lease_s=3,
            name="w",
            on_event=events.append,
            poll_s=0.05,
            first_pause_s=0.05,
        )
        stop = threading.Event()
        done = threading.Thread(target=worker.run, args=(stop,), kwargs={"until": lambda: settled(store)})
        done.start()
        assert working.wait(30)

        # when
        own_server.stop(mode)
        reader_found: list[int] = []
        reader = threading.Thread(target=lambda: reader_found.append(store.count_files()))
        reader.start()
        own_server.start()
        reader.join(60)
        done.join(120)
        stop.set()

        # then
        assert reader_found == [0]
        assert not done.is_alive()
        assert not [event for event in events if event.kind is JobEventKind.PARKED]
        assert store.parked() == []
        effects = Counter(key.split()[0] for key in effect_keys(url))
        assert effects == Counter(str(number) for number in range(120))
        assert list(store.check()) == []


def settled(store: PostgresStore) -> bool:
    counts = store.job_counts().get("a")
    return counts is not None and counts.queued + counts.running == 0


def effect_keys(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT key FROM jobs WHERE kind = 'effect'")]


def test_a_writer_that_loses_its_server_is_busy_and_its_job_is_done_again(
    own_server: PostgresServer,
) -> None:
    # given
    with (
        own_server.library() as url,
        closing(open_postgres(url, max_attempts=2, wait_s=0.5)) as store,
    ):
        with store.writing() as write:
            write.enqueue([NewJob("a", "1", 0)])
        job = work(store, "a", lease_s=0.2)

        def finish() -> None:
            with store.finishing(job) as write:
                own_server.stop()
                write.remember("half", "written")

        # when
        with pytest.raises(StoreBusyError) as caught:
            finish()
        with pytest.raises(StoreBusyError):
            store.release(job)
        with pytest.raises(StoreBusyError):
            claim(store, ["a"], "w", 1)
        own_server.start()

        # then
        assert caught.value.retryable
        assert wait_for_job(store, "a").attempt == 2
        assert store.recall("half") == ""
        assert store.held([job]) == []


def test_two_readings_of_the_same_content_at_once_leave_one(store: PostgresStore) -> None:
    # given
    scan(store, *(seen(f"/d/{number}") for number in range(6)))
    jobs = [work(store) for _ in range(6)]
    together = threading.Barrier(6)

    def read(job: Job) -> None:
        together.wait()
        with store.finishing(job) as write:
            write.save_reading(job.file_id, "same", 1, reading("herring"), passages("herring", "whale"))

    # when
    threads = [threading.Thread(target=read, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    counts = store.counts()
    assert (counts.documents, counts.passages) == (1, 2)
    assert texts_of(store, "herring") == ["herring"]
    assert len(store.document("same").paths) == 6


def test_the_first_vectors_of_many_workers_make_one_index(store: PostgresStore, url: str) -> None:
    # given
    for number in range(4):
        add(store, f"/d/{number}", "text", document=str(number))
    together = threading.Barrier(4)

    def save(number: int) -> None:
        together.wait()
        embed(store, str(number), unit_vectors(1, seed=number))

    # when
    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert len(store.search_vector(unit_vectors(1)[0], 9)) == 4
    with psycopg.connect(url) as admin:
        rows = admin.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'vectors_near'").fetchall()
    assert "halfvec(32)" in str(rows)


def test_who_brings_the_first_vectors_never_stands_in_the_way_of_another_who_does(
    store: PostgresStore, url: str
) -> None:
    # given: another worker has seen that there are no vectors yet, and is about to bring its own
    add(store, "/d/a", "text", document="a")
    with psycopg.connect(url) as other:
        other.execute("SELECT vector_model FROM library FOR SHARE")
        saving = threading.Thread(target=embed, args=(store, "a", unit_vectors(1)))
        saving.start()
        with psycopg.connect(url, autocommit=True) as admin:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            until(lambda: admin.execute(waiting).fetchone() == (1,) or None, "the first waits for the other")

        # when
        other.execute("UPDATE library SET vector_model = 'tester', vector_dimensions = 32")
        other.commit()
        saving.join()

    # then
    assert store.counts().vectors == 1


def test_more_dimensions_than_the_index_holds_are_compared_one_by_one(store: PostgresStore) -> None:
    # given
    vectors = unit_vectors(3, 5_000)
    add(store, "/d/a", "one", "two", "three", document="a")
    ids = embed(store, "a", vectors)

    # then
    assert store.search_vector(vectors[1], 1)[0].passage_id == ids[1]


def test_the_index_agrees_with_comparing_all_and_loses_no_row_behind_a_filter(
    store: PostgresStore, url: str
) -> None:
    # given: every other document is gone, and the server is made to use the index
    vectors = unit_vectors(1_500, 24)
    for number in range(10):
        add(store, f"/{'gone' if number % 2 else 'd'}/{number}", *["text"] * 150, document=str(number))
        embed(store, str(number), vectors[number * 150 : (number + 1) * 150])
    with store.writing() as write:
        write.mark_gone([Path("/gone")])
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("ANALYZE")
    forced = url.replace("?options=", "?options=-cenable_sort%3Doff%20-cenable_seqscan%3Doff%20")

    # when
    with closing(open_postgres(forced, max_attempts=3)) as indexed:
        found = [
            (indexed.search_vector(vectors[n], 60), indexed.search_vector(vectors[n], 60, exact=True))
            for n in range(0, 1_500, 150)
        ]

    # then
    shared = [len({hit.passage_id for hit in a} & {hit.passage_id for hit in b}) for a, b in found]
    assert all(len(a) == len(b) == 60 for a, b in found)
    assert sum(shared) / len(shared) > 55


def test_rare_words_count_more_than_common_ones(store: PostgresStore, url: str) -> None:
    # given
    common = [f"the contract of customer number {number} about rent" for number in range(200)]
    add(store, "/d/many", *common, document="many")
    add(store, "/d/one", "contract contract contract contract", "a herring", document="one")
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("ANALYZE passages")

    # when
    found = texts_of(store, "contract herring", 3)

    # then
    assert found[0] == "a herring"


def test_a_path_that_no_index_takes_is_left_out_and_the_others_are_added(store: PostgresStore) -> None:
    # when
    result = scan(store, seen("/d/a"), seen("/d/" + "\u00e4\u4e2d" * 700), seen("/d/b"))

    # then
    assert result.new == 2
    assert [str(file.path) for file in store.files()] == ["/d/a", "/d/b"]
