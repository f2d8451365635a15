"""Backups of real libraries: one moment of them while they are used, put back into any store, never half."""

from __future__ import annotations

import errno
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from standins.postgres import postgres_server
from tests.support.library import add, classification, scan, seen, unit_vectors, work
from tests.support.scripted import scripted_app
from typer.testing import CliRunner

from twolane.app import open_backups
from twolane.backup import restoring
from twolane.backup.archive import ArchiveWriter
from twolane.backup.backups import Backups
from twolane.backup.manifest import manifest_bytes
from twolane.backup.names import name_of, names_in
from twolane.backup.schedule import BackupSchedule
from twolane.backup.values import BackupStep, Manifest, MemberKind, OnStep
from twolane.cancel import Cancelled
from twolane.cli.main import cli
from twolane.config.loading import load_settings
from twolane.config.settings import Settings
from twolane.doctor import checkup
from twolane.documents import Decision, Tier
from twolane.errors import (
    BackupError,
    ConflictError,
    NotFoundError,
    SettingsError,
    StoreBusyError,
    StoreError,
    TwolaneError,
)
from twolane.store.base import Store
from twolane.store.opening import open_store
from twolane.store.postgres.store import PostgresStore
from twolane.store.snapshots import LibrarySnapshots
from twolane.store.sqlite.store import SqliteStore, open_sqlite

pytestmark = pytest.mark.timeout(120)


def settings_of(data_dir: Path, **flags: str) -> Settings:
    return load_settings(env={}, flags={"data_dir": str(data_dir), **flags})


def backups_of(data_dir: Path, **flags: str) -> Backups:
    return open_backups(settings_of(data_dir, **flags))


@contextmanager
def opened(data_dir: Path, **flags: str) -> Iterator[Store]:
    with closing(open_store(settings_of(data_dir, **flags))) as store:
        yield store


def fill(store: Store, count: int = 3) -> None:
    for number in range(count):
        add(store, f"/d/{number} Über 合同.txt", f"about herrings and whales, number {number}")
    ids = [found for found, _ in store.passages_without_vectors(hash_of(0))]
    with store.writing() as write:
        write.decide(hash_of(0), Decision(replace(classification("letter"), tier=Tier.PERSON), "somebody"))
        write.save_vectors("tester", ids, unit_vectors(len(ids)))


def hash_of(number: int) -> str:
    return f"hash of {os.fsencode(f'/d/{number} Über 合同.txt')!r}"


def counts(store: Store) -> dict[str, int]:
    assert isinstance(store, SqliteStore | PostgresStore)
    portable = store.portable()
    return {table.name: portable.count(table) for table in portable.tables()}


@contextmanager
def library_on(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the flags of an empty library of a kind."""
    if kind == "sqlite":
        yield {"data_dir": str(folder)}
        return
    with postgres_server().library() as url:
        yield {"data_dir": str(folder), "store_url": url}


@pytest.mark.parametrize(
    ("source", "target"), [("sqlite", "sqlite"), ("sqlite", "postgres"), ("postgres", "sqlite")]
)
def test_a_library_comes_back_as_it_was_into_any_store(tmp_path: Path, source: str, target: str) -> None:
    with library_on(source, tmp_path / "old") as old, library_on(target, tmp_path / "new") as new:
        # given
        with closing(open_store(load_settings(env={}, flags=old))) as store:
            fill(store)
            before = counts(store)
            found_before = [hit.passage_id for hit in store.search_words(store.query_words("whales"), 9)]
        backup = tmp_path / "kept.zip"

        # when
        open_backups(load_settings(env={}, flags=old)).make(backup)
        restored = open_backups(load_settings(env={}, flags=new)).restore(backup)

        # then
        with closing(open_store(load_settings(env={}, flags=new))) as store:
            shared = counts(store)
            own = {"words_open", "words_segments", "words_kept", "words_postings", "words_spelt", "memory"}
            assert {name: shared[name] for name in before if name in shared and name not in own} == {
                name: number for name, number in before.items() if name in shared and name not in own
            }
            assert [
                hit.passage_id for hit in store.search_words(store.query_words("whales"), 9)
            ] == found_before
            assert store.decisions.of(hash_of(0))[-1].by == "somebody"
            assert not [line for line in store.check() if "waiting" not in line]
        assert restored.aside is None
        assert restored.counts["files"] == 3

        # and what is there by now is not written over
        with pytest.raises(TwolaneError, match="already"):
            open_backups(load_settings(env={}, flags=new)).restore(backup)
        if target == "postgres":
            with pytest.raises(StoreError, match="not empty"):
                open_backups(load_settings(env={}, flags=new)).restore(backup, set_aside=True)


def test_a_backup_is_one_moment_of_a_library_that_is_filed_into(tmp_path: Path) -> None:
    # given: a thread that adds a file, and decides on it, in one transaction each
    ended = threading.Event()
    with opened(tmp_path / "library") as store:
        fill(store)

        def file_on() -> None:
            number = 0
            while not ended.is_set() and number < 300:
                number += 1
                scan(store, seen(f"/busy/{number}"))
                job = work(store)
                with store.finishing(job) as write:
                    write.link(job.file_id, hash_of(0))
                    write.decide(hash_of(0), Decision(classification("letter"), str(number)))

        thread = threading.Thread(target=file_on)
        thread.start()
        try:
            # when
            made = [backups_of(tmp_path / "library").make(tmp_path / f"{n}.zip") for n in range(3)]
        finally:
            ended.set()
            thread.join()

    # then: each has as many decisions as files that were decided on, and the next has more
    seen_files = []
    for one in made:
        there = tmp_path / one.path.stem
        backups_of(there).restore(one.path)
        with opened(there) as store:
            found = counts(store)
            newest = int(store.decisions.of(hash_of(0))[-1].by) if found["files"] > 3 else 0
            busy = store.count_files() - 3
            assert newest in {busy, busy - 1}  # the last one may still wait to be read
            seen_files.append(busy)
    assert seen_files == sorted(seen_files)
    assert seen_files[-1] > 0


def test_its_own_files_come_back_and_the_library_knows_where(tmp_path: Path) -> None:
    # given: two uploads, and another file under the name of one where it is restored
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "uploads").mkdir(parents=True)
    (new / "uploads").mkdir(parents=True)
    names = ["a.txt", os.fsdecode(b"caf\xe9.txt")]
    for name in names:
        (old / "uploads" / name).write_bytes(b"sent as " + os.fsencode(name))
        os.utime(old / "uploads" / name, (1_600_000_000, 1_600_000_000))
    (new / "uploads" / "a.txt").write_text("somebody else's")
    with opened(old) as store:
        for name in names:
            add(store, old / "uploads" / name, "a text")

    # when
    made = backups_of(old).make(tmp_path / "kept.zip")
    restored = backups_of(new).restore(tmp_path / "kept.zip")

    # then
    assert (made.copies, restored.copies) == (2, 2)
    with opened(new) as store:
        found = {record.path.name: record for record in store.files()}
    assert set(found) == {"a (2).txt", names[1]}
    for record in found.values():
        assert record.path.is_relative_to(new)
        assert record.path.read_bytes().startswith(b"sent as ")
        assert record.path.stat().st_mtime == 1_600_000_000
    assert (new / "uploads" / "a.txt").read_text() == "somebody else's"


def test_documents_are_in_it_where_that_is_asked_and_come_back_elsewhere(tmp_path: Path) -> None:
    # given: a document that is still there when it is restored, one that is not, and one that was gone before
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in ("kept.txt", "lost.txt"):
        (papers / name).write_text(f"the words of {name}")
    with opened(tmp_path / "old") as store:
        for name in ("kept.txt", "lost.txt", "gone.txt"):
            add(store, papers / name, "words", document=name)
    without = backups_of(tmp_path / "old").make(tmp_path / "without.zip")
    made = backups_of(tmp_path / "old").make(tmp_path / "with.zip", with_files=True)
    (papers / "lost.txt").unlink()
    papers.rename(tmp_path / "mounted")
    places = json.dumps([{"recorded": str(papers), "here": str(tmp_path / "mounted")}])
    elsewhere = backups_of(tmp_path / "old", shared_path=places).make(tmp_path / "2.zip", with_files=True)
    (tmp_path / "mounted").rename(papers)

    # when
    plain = backups_of(tmp_path / "plain").restore(tmp_path / "with.zip")
    full = backups_of(tmp_path / "new").restore(tmp_path / "with.zip", files_to=tmp_path / "files")

    # then
    assert without.documents == 0
    assert (made.documents, made.left) == (2, 1)
    assert (elsewhere.documents, elsewhere.left) == (1, 2)
    assert (plain.documents, plain.kept) == (0, 2)
    assert (full.documents, full.kept) == (2, 0)
    there = (tmp_path / "files").joinpath(*papers.parts[1:])
    assert (there / "lost.txt").read_text() == "the words of lost.txt"
    with opened(tmp_path / "new") as store:
        paths = {record.document: record.path for record in store.files()}
    assert paths == {
        "kept.txt": papers / "kept.txt",
        "lost.txt": there / "lost.txt",
        "gone.txt": papers / "gone.txt",
    }


def test_room_is_asked_of_each_disk_for_what_goes_there_and_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: an upload that is larger than what is free
    upload = tmp_path / "old" / "uploads" / "scan.pdf"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(bytes(5_000_000))
    with opened(tmp_path / "old") as store:
        fill(store)
    backups_of(tmp_path / "old").make(tmp_path / "kept.zip")
    usage = shutil.disk_usage(tmp_path)
    free = restoring._SPARE_BYTES + 4_000_000
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))

    # when
    with pytest.raises(BackupError, match="has room for"):
        backups_of(tmp_path / "new").restore(tmp_path / "kept.zip")
    restored = backups_of(tmp_path / "old").restore(tmp_path / "kept.zip", set_aside=True)

    # then: where it lies already, it needs none
    assert restored.copies == 1
    assert not (tmp_path / "new" / "library.db").exists()


def test_a_library_that_is_there_is_set_aside_and_only_when_nobody_uses_it(tmp_path: Path) -> None:
    # given
    with opened(tmp_path / "library") as store:
        fill(store)
        backups_of(tmp_path / "library").make(tmp_path / "kept.zip")
        add(store, "/d/later.txt", "came later")
        backups = backups_of(tmp_path / "library")

        # when
        with pytest.raises(ConflictError, match="already"):
            backups.restore(tmp_path / "kept.zip")
        with pytest.raises(StoreBusyError, match="used by another"):
            backups.restore(tmp_path / "kept.zip", set_aside=True)
    restored = backups.restore(tmp_path / "kept.zip", set_aside=True)

    # then
    with opened(tmp_path / "library") as store:
        assert store.count_files() == 3
    assert restored.aside
    with closing(open_sqlite(restored.aside, max_attempts=3)) as store:
        assert store.count_files() == 4


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [(b"SQLite format 3", b"no database at "), (b"CREATE TABLE files", b"CREATE TABL\xff files")],
)
def test_a_damaged_library_names_the_newest_backup_which_puts_it_right(
    tmp_path: Path, sound: bytes, damaged: bytes
) -> None:
    # given
    data_dir = tmp_path / "library"
    with opened(data_dir) as store:
        fill(store)
    backups = backups_of(data_dir)
    backups.make(tmp_path / "kept.zip")
    file = data_dir / "library.db"
    file.write_bytes(file.read_bytes().replace(sound, damaged))

    # when
    with pytest.raises(StoreError) as told:
        open_store(settings_of(data_dir), backups.remedy)
    with pytest.raises(StoreError, match=r"not a twolane library|is damaged"):
        backups.make(tmp_path / "of damage.zip")
    restored = backups.restore(tmp_path / "kept.zip", set_aside=True)

    # then
    assert f"twolane restore --replace {tmp_path / 'kept.zip'}" in told.value.remedy
    assert restored.aside
    assert damaged in restored.aside.read_bytes()
    assert not (tmp_path / "of damage.zip").exists()
    with opened(data_dir) as store:
        assert store.count_files() == 3


def test_the_log_of_a_library_that_was_moved_away_is_not_read_into_the_restored_one(tmp_path: Path) -> None:
    # given: the log of a process that was killed, beside a library of which only the file was moved away
    data_dir = tmp_path / "library"
    with opened(data_dir) as store:
        fill(store)
        backups_of(data_dir).make(tmp_path / "kept.zip")
        add(store, "/d/after the backup.txt", "about whales")
        log = (data_dir / "library.db-wal").read_bytes()
    (data_dir / "library.db").rename(tmp_path / "moved away.db")
    (data_dir / "library.db-wal").write_bytes(log)

    # when
    restored = backups_of(data_dir).restore(tmp_path / "kept.zip")

    # then
    assert restored.counts["files"] == 3
    with opened(data_dir) as store:
        assert isinstance(store, SqliteStore)
        assert store.count_files() == 3
        assert not store.damage()
    assert [path.read_bytes() for path in data_dir.glob("library.db.before-*-wal")] == [log]


def test_nothing_is_left_of_a_backup_that_was_stopped_or_found_no_room(tmp_path: Path) -> None:
    # given
    data_dir, target = tmp_path / "library", tmp_path / "target"
    target.mkdir()
    with opened(data_dir) as store:
        fill(store)

    def stop(step: BackupStep) -> None:
        if step.doing == "packing":
            raise Cancelled

    def full(step: BackupStep) -> None:
        if step.doing == "packing":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    # when
    with pytest.raises(Cancelled):
        backups_of(data_dir).make(target, on_step=stop)
    with pytest.raises(BackupError, match="No space left") as told:
        backups_of(data_dir).make(target, on_step=full)

    # then
    assert told.value.remedy
    assert not [*target.iterdir()]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    # given
    with opened(tmp_path / "library") as store:
        fill(store)
    (tmp_path / "there.zip").write_text("mine")
    (tmp_path / "link.zip").symlink_to(tmp_path / "nowhere")
    backups = backups_of(tmp_path / "library")

    # then
    for name in ("there.zip", "link.zip"):
        with pytest.raises(BackupError, match="not written over"):
            backups.make(tmp_path / name)
    with pytest.raises(BackupError, match="cannot be written"):
        backups.make(tmp_path / "there.zip" / "below.zip")
    with pytest.raises(NotFoundError, match="no library"):
        backups_of(tmp_path / "nothing").make(tmp_path / "new.zip")
    for own in ("uploads", "mail/ada"):
        (tmp_path / "library" / own).mkdir(parents=True)
        with pytest.raises(BackupError, match="hold itself"):
            backups.make(tmp_path / "library" / own)
    assert (tmp_path / "there.zip").read_text() == "mine"


def test_a_backup_of_a_newer_twolane_or_with_no_library_in_it_is_refused(tmp_path: Path) -> None:
    # given: one of the future, one with another program's database, and one with another library
    with opened(tmp_path / "library") as store:
        fill(store)
        schema = LibrarySnapshots(settings_of(tmp_path / "library")).schema
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    library = tmp_path / "library" / "library.db"
    future = made_of(tmp_path / "future.zip", library, schema=10_000)
    foreign = made_of(tmp_path / "foreign.zip", other, schema=1)
    wrong = made_of(tmp_path / "wrong.zip", library, schema=schema)

    # then
    for path, words in ((future, "newer twolane"), (foreign, "another program"), (wrong, "something else")):
        with pytest.raises(TwolaneError, match=words) as told:
            backups_of(tmp_path / "new").restore(path)
        assert told.value.remedy
    assert not (tmp_path / "new" / "library.db").exists()


def made_of(path: Path, library: Path, *, schema: int) -> Path:
    writer = ArchiveWriter(path)
    with library.open("rb") as file:
        writer.add(MemberKind.LIBRARY, "library.db", file, library, lambda _: None)
    manifest = Manifest(1, "99", schema, "ab" * 16, 1.0, library.parent, {}, tuple(writer.members))
    writer.seal(manifest)
    assert manifest_bytes(manifest)
    return path


def test_planned_ones_are_made_when_they_are_due_and_old_ones_go(tmp_path: Path) -> None:
    # given: a folder with older ones of this library, one of another, and a file of somebody's
    data_dir, folder = tmp_path / "library", tmp_path / "kept"
    with opened(data_dir) as store:
        fill(store)
    folder.mkdir()
    other = folder / name_of("f" * 32, time.time())
    other.touch()
    flags = {"backup.folder": str(folder), "backup.keep": "2", "backup.keep_weeks": "0"}
    backups = backups_of(data_dir, **flags)
    first = backups.make_planned(only_due=True)
    assert first
    for days in (2, 3, 4):
        (folder / name_of(first.library, time.time() - days * 86_400)).touch()
    (folder / "notes.zip").touch()

    # when: another process asks, the same day and after it
    again = backups_of(data_dir, **flags).make_planned(only_due=True)
    first.path.rename(folder / name_of(first.library, time.time() - 90_000))
    later = backups_of(data_dir, **flags).make_planned(only_due=True)

    # then
    assert again is None
    assert later
    assert len(names_in(folder, first.library)) == 2
    assert other.exists()
    assert (folder / "notes.zip").exists()
    assert later.path in {one.path for one in backups.found()}
    with pytest.raises(SettingsError, match="no folder"):
        backups_of(data_dir).make_planned()


def test_the_command_without_a_target_keeps_to_the_plan(tmp_path: Path) -> None:
    # given
    folder = tmp_path / "kept"
    folder.mkdir()
    with opened(tmp_path / "library") as store:
        fill(store)
    (tmp_path / "s.toml").touch()
    here = ["--settings", str(tmp_path / "s.toml"), "--data-dir", str(tmp_path / "library")]
    planned = {"backup.folder": folder, "backup.keep": 1, "backup.keep_weeks": 0}
    flags = [word for name, value in planned.items() for word in ("--set", f"{name}={value}")]

    # when
    first = CliRunner().invoke(cli, [*here, *flags, "backup"], standalone_mode=False)
    [made] = folder.glob("*.zip")
    library = made.name.split("-")[1]
    made.rename(older := folder / made.name.replace("-20", "-19"))
    second = CliRunner().invoke(cli, [*here, *flags, "backup"], standalone_mode=False)
    without = CliRunner().invoke(cli, [*here, "backup"], standalone_mode=False)

    # then
    assert (first.exception, second.exception) == (None, None)
    [left] = folder.glob("*.zip")
    assert left != older
    assert left.name.split("-")[1] == library
    assert isinstance(without.exception, SettingsError)


def test_a_planned_one_that_failed_is_told_and_tried_again_later(tmp_path: Path) -> None:
    # given: a folder that is not there
    data_dir = tmp_path / "library"
    with opened(data_dir) as store:
        fill(store)
    backups = backups_of(data_dir, **{"backup.folder": str(tmp_path / "folder")})

    # when
    with pytest.raises(BackupError):
        backups.make_planned(only_due=True)
    failed = backups.state()
    again = backups.make_planned(only_due=True)
    (tmp_path / "folder").mkdir()
    made = backups.make_planned()

    # then
    assert "folder" in failed.failure
    assert failed.remedy
    assert failed.due_at
    assert failed.due_at > time.time()
    assert again is None
    assert made
    assert not backups.fault()


def test_a_folder_on_a_disk_that_was_lost_is_told_like_one_that_is_missing(tmp_path: Path) -> None:
    # given: whatever is asked of it is answered with an error, as on a disk of another machine that is off
    lost = tmp_path / ("x" * 300)
    with opened(tmp_path / "library") as store:
        fill(store)
    backups = backups_of(tmp_path / "library", **{"backup.folder": str(lost)})

    # then
    with pytest.raises(BackupError, match="is not there"):
        backups.make_planned()
    assert "is not there" in backups.state().failure
    with pytest.raises(BackupError, match="cannot be written"):
        backups.make(lost)
    with pytest.raises(BackupError, match="cannot be read"):
        backups.found()


def test_a_clock_that_was_wrong_once_does_not_end_the_planned_ones(tmp_path: Path) -> None:
    # given: the newest was made in a year to come, by its name
    with opened(tmp_path / "library") as store:
        fill(store)
    backups = backups_of(tmp_path / "library", **{"backup.folder": str(tmp_path)})
    first = backups.make_planned()
    assert first
    first.path.rename(tmp_path / name_of(first.library, time.time() + 10 * 365 * 86_400))

    # when
    made = backups.make_planned(only_due=True)

    # then
    assert made
    assert backups.make_planned(only_due=True) is None


def test_a_server_that_ends_stops_a_backup_in_the_middle() -> None:
    # given: one that would go on for ever
    begun, stopped = threading.Event(), threading.Event()

    def make(on_step: OnStep) -> None:
        begun.set()
        try:
            while True:
                on_step(BackupStep("packing", 1, 2, in_bytes=True))
        finally:
            stopped.set()

    # when
    with BackupSchedule(make, is_planned=True, look_s=60.0):
        assert begun.wait(60)

    # then
    assert stopped.is_set()


def test_a_server_makes_them_by_itself(tmp_path: Path) -> None:
    # given
    data_dir, folder = tmp_path / "library", tmp_path / "kept"
    with opened(data_dir) as store:
        fill(store)
    folder.mkdir()
    backups = backups_of(data_dir, **{"backup.folder": str(folder)})

    # when
    with backups.by_plan(look_s=0.01):
        deadline = time.monotonic() + 60
        while not (folder.is_dir() and names_in(folder)) and time.monotonic() < deadline:
            threading.Event().wait(0.02)

    # then
    [one] = backups.found()
    assert not backups.verified(one).fault
    with backups_of(data_dir).by_plan() as idle:
        assert idle is not None


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    # given: a backup as an earlier version would have made it
    [released, *_] = sorted((Path(__file__).parents[2] / "contract" / "store" / "released").iterdir())
    library = tmp_path / "earlier.db"
    library.write_bytes(gzip.decompress((released / "library.db.gz").read_bytes()))
    with closing(sqlite3.connect(library)) as connection:
        [(schema,)] = connection.execute("PRAGMA user_version").fetchall()
        [(files,)] = connection.execute("SELECT count(*) FROM files").fetchall()
    backup = made_of(tmp_path / "earlier.zip", library, schema=schema)

    # when
    backups_of(tmp_path / "new").restore(backup)

    # then
    with opened(tmp_path / "new") as store:
        assert counts(store)["files"] == files > 0
        assert not [*store.check()]


@pytest.mark.parametrize("doing", ["make", "restore"])
def test_a_kill_at_any_call_leaves_one_library_whole(tmp_path: Path, doing: str) -> None:
    # given: a library of four files, and a backup of it with three
    with opened(tmp_path / "library") as store:
        fill(store)
        backups_of(tmp_path / "library").make(tmp_path / "kept.zip")
        add(store, "/d/later.txt", "came later")

    # when
    program = Path(__file__).parents[2] / "support" / "killed_backups.py"
    done = subprocess.run(
        [sys.executable, str(program), doing, str(tmp_path), "5"], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]

    # then: it is the old one, or the new one with the old one aside
    assert len(found) > 8
    for one in found:
        assert not one["torn"]
        assert one["files"] == 4 or (doing == "restore" and one["files"] == 3 and one["aside"] == 4), one
    assert any(one["made"] or one["files"] == 3 for one in found)

    # and what killed processes leave is gone the next time
    for folder in (tmp_path, tmp_path / "library"):
        for left in folder.glob(".twolane-backup-*"):
            os.utime(left, (1, 1))
    backups_of(tmp_path / "library").make(tmp_path / "last.zip")
    backups_of(tmp_path / "library").restore(tmp_path / "last.zip", set_aside=True)
    assert not [*tmp_path.glob(".twolane-backup-*"), *(tmp_path / "library").glob(".twolane-backup-*")]


def test_the_doctor_says_how_old_the_last_one_is_and_warns_where_one_is_missing(tmp_path: Path) -> None:
    # given
    with scripted_app(tmp_path) as app:
        before = [one for one in checkup(app) if one.what.startswith("backup")]
        fill(app.store)
        undone = [one for one in checkup(app) if one.what.startswith("backup")]

        # when
        made = app.backups.make(tmp_path / "kept.zip")
        kept = [one for one in checkup(app) if one.what.startswith("backup")]
        made.path.unlink()
        gone = [one for one in checkup(app) if one.what.startswith("backup")]

    # then
    assert before == []
    assert [(one.level, "1 files" in one.what) for one in undone] == [("warning", True)]
    assert [(one.level, str(made.path) in one.what) for one in kept] == [("ok", True)]
    assert [(one.level, "not there now" in one.what) for one in gone] == [("warning", True)]
