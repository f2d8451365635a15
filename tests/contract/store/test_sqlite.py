"""What is particular to the SQLite library: opening, versions, other processes, and a full disk."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.support.library import add, claim, embed, scan, seen, texts_of, unit_vectors

from twolane.errors import StoreBusyError, StoreError
from twolane.store.sqlite.connections import require_wal, translated
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.words import writing
from twolane.work import NewJob


@contextmanager
def opened(path: Path, *, busy_timeout_s: float = 30.0) -> Iterator[SqliteStore]:
    with closing(open_sqlite(path, max_attempts=3, busy_timeout_s=busy_timeout_s)) as store:
        yield store


def test_a_library_keeps_what_it_holds(tmp_path: Path) -> None:
    # given
    path = tmp_path / "new" / "folder" / "library.db"
    with opened(path) as store:
        add(store, "/d/a", "about herrings", document="a")
        embed(store, "a", unit_vectors(1))

    # when
    with opened(path) as store:
        found, near = texts_of(store, "herrings"), store.search_vector(unit_vectors(1)[0], 1)

    # then
    assert found == ["about herrings"]
    assert len(near) == 1


@pytest.mark.skipif(os.name == "nt", reason="no modes there")
def test_a_library_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"

    # when
    with opened(path) as store:
        scan(store, seen("/d/a"))
        modes = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}

    # then
    assert modes == {"library.db": 0, "library.db-wal": 0, "library.db-shm": 0}


def test_what_is_no_library_is_refused_with_a_remedy_and_left_alone(tmp_path: Path) -> None:
    # given
    text = tmp_path / "notes.txt"
    text.write_bytes(b"not a database at all, but long enough to be looked at as one" * 20)
    foreign = tmp_path / "photos.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE photos (id)")
    newer = tmp_path / "newer.db"
    with opened(newer):
        pass
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 99")
    (tmp_path / "file").write_text("")
    cases = {
        text: "no.* twolane library",
        foreign: "another program",
        newer: "version 99",
        tmp_path: "cannot be opened",
        tmp_path / "file" / "library.db": "cannot be opened",
    }

    # when
    for path, message in cases.items():
        with pytest.raises(StoreError, match=message) as caught, opened(path):
            pass
        assert caught.value.remedy

    # then
    assert text.read_bytes().startswith(b"not a database")
    with closing(sqlite3.connect(foreign)) as connection:
        assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["photos"]


def test_a_file_system_without_shared_memory_is_refused(tmp_path: Path) -> None:
    # given: locks by files, as on a network drive, know no shared memory
    path = tmp_path / "library.db"
    with closing(sqlite3.connect(f"file:{path}?vfs=unix-dotfile", uri=True)) as connection:
        # then
        with pytest.raises(StoreError, match="shared memory") as caught:
            require_wal(connection, path, time.monotonic())
        assert "network" in caught.value.remedy


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"
    with opened(path) as store:
        add(store, "/d/a", "about herrings")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

            # when
            connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError) as caught:
                connection.execute("INSERT INTO memory VALUES ('much', ?)", ("x" * 1_000_000,))
            error = translated(caught.value, path)

        # then: no file is at fault, so a job that meets it is done again and not parked
        assert isinstance(error, StoreBusyError)
        assert "disk is full" in error.what
        assert "free" in error.remedy
        assert list(store.check()) == ["1 waiting files without a job (add them again)"]


def test_a_library_held_by_another_process_is_busy_but_can_be_read(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"
    with opened(path, busy_timeout_s=0.05) as store, closing(sqlite3.connect(path)) as other:
        add(store, "/d/a", "about herrings")
        other.execute("BEGIN IMMEDIATE")

        # when
        with pytest.raises(StoreBusyError) as caught, store.writing():
            pass

        # then
        assert caught.value.retryable
        assert texts_of(store, "herrings") == ["about herrings"]


def test_writers_of_one_process_wait_for_each_other(tmp_path: Path) -> None:
    # given
    with opened(tmp_path / "library.db") as store:

        def count() -> None:
            for _ in range(50):
                with store.writing() as write:
                    write.remember("count", str(int(store.recall("count") or 0) + 1))

        threads = [threading.Thread(target=count) for _ in range(4)]

        # when
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        # then
        assert store.recall("count") == "200"


def open_and_write(path: Path, barrier: threading.Barrier) -> None:
    barrier.wait()
    with opened(path) as store, store.writing() as write:
        write.enqueue([NewJob("a", str(multiprocessing.current_process().pid), 1)])


def test_many_processes_may_make_the_same_library_at_once(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(4)
    processes = [context.Process(target=open_and_write, args=(path, barrier)) for _ in range(4)]

    # when
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    # then
    assert [process.exitcode for process in processes] == [0] * 4
    with opened(path) as store:
        assert store.job_counts()["a"].queued == 4


def test_a_library_that_a_newer_program_has_changed_is_written_no_more(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"
    with opened(path) as store:
        scan(store, seen("/d/a"))
        with closing(sqlite3.connect(path)) as newer:
            newer.execute("UPDATE library SET version = 99")
            newer.commit()

        # when
        with pytest.raises(StoreError, match="by a newer twolane") as claiming:
            claim(store, ["read"], "worker", 60.0)
        with pytest.raises(StoreError, match="by a newer twolane"):
            scan(store, seen("/d/b"))

        # then: what was there is as it was
        assert "stop this one" in claiming.value.remedy
        assert store.job_counts()["read"].queued == 1
        assert store.count_files() == 1


def test_a_program_from_before_versions_were_written_takes_no_job_of_a_newer_library(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"
    with opened(path) as store:
        scan(store, seen("/d/a"))

        # when
        with closing(sqlite3.connect(path)) as older:
            with pytest.raises(sqlite3.OperationalError, match="known_version"):
                older.execute("UPDATE jobs SET state = 'running'")
            with pytest.raises(sqlite3.OperationalError, match="known_version"):
                older.execute("INSERT INTO files (path) VALUES ('/d/b')")

        # then
        assert claim(store, ["read"], "worker", 60.0)


def test_check_tells_what_is_wrong(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"
    with opened(path) as store:
        add(store, "/d/a", "about herrings")
        with closing(sqlite3.connect(path)) as other:
            other.execute("UPDATE files SET state = 'filed'")
            other.execute("DELETE FROM passages")
            other.commit()

        # when
        wrong = list(store.check())

    # then
    assert wrong == ["1 words without passages", "1 filed files without a decision"]


def test_closing_closes_the_connections_of_every_thread(tmp_path: Path) -> None:
    # given
    with opened(tmp_path / "library.db") as store:
        threads = [threading.Thread(target=store.counts) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # then: the last connection to close removes the log
    assert [file.name for file in tmp_path.iterdir()] == ["library.db"]


def test_an_exact_search_agrees_with_the_codes(tmp_path: Path) -> None:
    # given: more passages than are always scored
    vectors = unit_vectors(6_000, 64)
    with opened(tmp_path / "library.db") as store:
        add(store, "/d/a", *("text" for _ in vectors), document="a")
        embed(store, "a", vectors)

        # when
        pairs = [
            (store.search_vector(vectors[n], 1), store.search_vector(vectors[n], 1, exact=True))
            for n in range(0, 6_000, 500)
        ]

    # then
    assert all(quick == exact for quick, exact in pairs)


def test_a_library_whose_words_have_another_form_is_indexed_anew(tmp_path: Path) -> None:
    # given one that an earlier version has written
    path = tmp_path / "library.db"
    with opened(path) as store:
        add(store, "/d/a", "herrings in the harbour")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DELETE FROM words_kept; UPDATE library SET words_form = 0;")

    # when
    with opened(path) as store:
        found, wrong = texts_of(store, "herring"), list(store.check())

    # then
    assert found == ["herrings in the harbour"]
    assert not [line for line in wrong if "waiting files" not in line]


def test_words_of_what_is_no_more_are_freed_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a library whose large segments are small, and most of what they held is gone
    monkeypatch.setattr(writing, "_MOST_OPEN", 2)
    monkeypatch.setattr(writing, "_MOST_SEGMENTS", 2)
    monkeypatch.setattr(writing, "_SIZES", (3, 6))
    path = tmp_path / "library.db"
    with opened(path) as store:
        for number in range(20):
            add(store, f"/d/{number}", "herring", "salmon", document=f"old {number}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM passages WHERE passage_id > 1")
        connection.commit()

    # when
    with opened(path) as store:
        for number in range(20):
            add(store, f"/e/{number}", "herring", "trout", document=f"new {number}")
        found, wrong = texts_of(store, "herring"), [*store.check()]

    # then
    with closing(sqlite3.connect(path)) as connection:
        [indexed] = connection.execute("SELECT sum(passages) FROM words_segments").fetchone()
    assert indexed < 60  # of 41 passages, where 80 were added
    assert len(found) == 10
    assert not [line for line in wrong if "waiting files" not in line]


def test_damage_of_the_words_is_found(tmp_path: Path) -> None:
    # given enough passages for a segment, and a few more
    path = tmp_path / "library.db"
    with opened(path) as store:
        add(store, "/d/a", *(f"herring {number}" for number in range(600)))
        add(store, "/d/b", "herring")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DELETE FROM words_postings; DELETE FROM words_open;")

    # when
    with opened(path) as store:
        wrong = "\n".join(store.check())
        with pytest.raises(StoreError, match="damaged") as error:
            texts_of(store, "herring")

    # then
    assert "1 passages that no words find" in wrong
    assert "the full text index is damaged" in wrong
    assert error.value.remedy


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells which locks there are")
def test_a_second_store_of_one_process_leaves_the_first_its_locks(tmp_path: Path) -> None:
    # given
    path = tmp_path / "library.db"
    with opened(path) as store:
        store.count_files()
        before = locks_on(path)

        # when
        with opened(path):
            pass
        store.copy_to(tmp_path / "copy.db", lambda done, total: None)

        # then: whoever comes next does not take the log away from under it
        assert before
        assert locks_on(path) == before
        other = (
            f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('SELECT 1 FROM files'); c.close()"
        )
        subprocess.run([sys.executable, "-c", other], check=True)
        assert Path(f"{path}-wal").exists()
    assert path.stat().st_mode & 0o777 == 0o600


def locks_on(path: Path) -> set[str]:
    """Return the locks of this process on a file, as the system tells them."""
    number = f":{path.stat().st_ino}"
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return {
        " ".join(line[1:]) for line in lines if line[-4] == str(os.getpid()) and line[-3].endswith(number)
    }
