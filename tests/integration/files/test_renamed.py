"""Scans follow files that were renamed or moved: nothing is read again, and nothing that is known is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.filesystems import disk
from tests.support.library import texts_of

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileRecord, FileState, Filter
from twolane.files.scan import identity, stamp
from twolane.store.taken_out import ExclusionKind
from twolane.store.values import FileRenamed, ScanResult
from twolane.work import READ

ALONE = {"embedding.runtime": "off", "filing.use_model": False, "chat.runtime": "scripted"}
AN_HOUR_AGO_NS = 1_700_000_000_123_456_789


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with open_app(load_settings(env={}, flags={"data_dir": str(tmp_path / "library"), **ALONE})) as opened:
        yield opened


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "papers"
    folder.mkdir()
    return folder


def file(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or f"A paper on {path.name} and nothing else.", "utf-8")
    os.utime(path, ns=(AN_HOUR_AGO_NS, AN_HOUR_AGO_NS))
    return path


def work(app: App) -> None:
    app.workers.start()
    while app.library.pending().jobs:
        app.workers.wait(0.02)
    app.workers.stop()


def filed(app: App, *paths: Path) -> list[FileRecord]:
    """Add what lies in the folders of files, do the work, and return the files."""
    app.library.add(sorted({path.parent for path in paths}))
    work(app)
    return [record_at(app, path) for path in paths]


def record_at(app: App, path: Path) -> FileRecord:
    record = app.library.file_at(path)
    assert record, path
    return record


def everything(app: App) -> dict[str, int]:
    """Return the numbers of all files by name, gone ones too."""
    files = app.library.find(Filter(states=tuple(FileState))).files
    return {record.path.name: record.file_id for record in files}


@pytest.mark.parametrize("new", ["Ärger.txt", "fort/letter.txt", "архив/r\udce9sum.txt"])
def test_a_renamed_file_is_the_same_file_and_nothing_is_to_be_done(app: App, papers: Path, new: str) -> None:
    # given
    [before] = filed(app, file(papers / "letter.txt", "About herrings."))
    app.review.correct(before.file_id, "minutes", by="ada")
    work(app)
    (papers / new).parent.mkdir(parents=True, exist_ok=True)
    (papers / "letter.txt").rename(papers / new)

    # when
    found = app.library.add([papers])

    # then
    after = record_at(app, papers / new)
    assert found == ScanResult(unchanged=1, moved=1)
    assert app.library.pending().jobs == 0
    assert (after.file_id, after.document, after.state) == (before.file_id, before.document, FileState.FILED)
    assert after.classification
    assert after.classification.category == "minutes"
    assert after.placed_by == "person"
    assert texts_of(app.store, "herrings") == ["About herrings."]
    assert len(everything(app)) == 1


def test_a_file_moves_between_two_added_folders_in_either_order(app: App, tmp_path: Path) -> None:
    # given
    one, two = tmp_path.resolve() / "one", tmp_path.resolve() / "two"
    first, second = filed(app, file(one / "a.txt"), file(two / "b.txt"))
    (one / "a.txt").rename(two / "a.txt")
    (two / "b.txt").rename(one / "b.txt")

    # when: one folder after the other, as one may have become empty
    app.library.add([one], emptied=True)
    app.library.add([two])
    work(app)

    # then
    assert everything(app) == {"a.txt": first.file_id, "b.txt": second.file_id}
    assert record_at(app, two / "a.txt").state is first.state


def test_a_renamed_folder_is_followed_in_one_go(app: App, papers: Path) -> None:
    # given
    paths = [file(papers / "old" / "deep" / f"{number}.txt") for number in range(60)]
    before = filed(app, *paths)
    (papers / "old").rename(papers / "neu")

    # when
    found = app.library.add([papers])

    # then
    assert (found.moved, found.new, found.gone) == (60, 0, 0)
    assert app.library.pending().jobs == 0
    after = [record_at(app, papers / "neu" / "deep" / path.name).file_id for path in paths]
    assert after == [record.file_id for record in before]


def test_files_and_folders_that_took_each_others_names(app: App, papers: Path) -> None:
    # given
    names = ("one/a.txt", "one/b.txt", "two/a.txt", "two/b.txt", "x.txt", "y.txt", "z.txt")
    before = dict(zip(names, filed_under(app, papers, *names), strict=True))
    (papers / "one").rename(papers / "three")
    (papers / "two").rename(papers / "one")
    (papers / "three").rename(papers / "two")
    for old, new in (("z", "end"), ("y", "z"), ("x", "y")):
        (papers / f"{old}.txt").rename(papers / f"{new}.txt")

    # when
    found = app.library.add([papers])

    # then
    now = {"one/a.txt": "two/a.txt", "one/b.txt": "two/b.txt", "two/a.txt": "one/a.txt"}
    now |= {"two/b.txt": "one/b.txt", "x.txt": "y.txt", "y.txt": "z.txt", "z.txt": "end.txt"}
    assert (found.moved, found.gone) == (7, 0)
    assert app.library.pending().jobs == 0
    for old, new in now.items():
        assert record_at(app, papers / new).file_id == before[old].file_id
        assert record_at(app, papers / new).document == before[old].document


def filed_under(app: App, folder: Path, *names: str) -> list[FileRecord]:
    paths = [file(folder / name, f"The text of {name}.") for name in names]
    app.library.add([folder])
    work(app)
    return [record_at(app, path) for path in paths]


def test_a_file_that_was_renamed_over_another_takes_its_place(app: App, papers: Path) -> None:
    # given
    first, _ = filed(app, file(papers / "a.txt", "Herrings."), file(papers / "b.txt", "Mackerels."))
    (papers / "a.txt").replace(papers / "b.txt")

    # when
    app.library.add([papers])

    # then
    assert everything(app) == {"b.txt": first.file_id}
    assert app.library.pending().jobs == 0
    assert (texts_of(app.store, "herrings"), texts_of(app.store, "mackerels")) == (["Herrings."], [])


def test_a_name_that_another_file_has_by_now_does_not_hold_the_moved_one(app: App, papers: Path) -> None:
    # given: as with scanners that begin at 0001 again when that was taken away
    [first] = filed(app, file(papers / "inbox" / "scan0001.txt"))
    (papers / "tax").mkdir()
    (papers / "inbox" / "scan0001.txt").rename(papers / "tax" / "scan0001.txt")
    file(papers / "inbox" / "scan0001.txt", "Another paper.")

    # when
    app.library.add([papers])
    work(app)

    # then
    assert record_at(app, papers / "tax" / "scan0001.txt").file_id == first.file_id
    assert record_at(app, papers / "inbox" / "scan0001.txt").file_id != first.file_id


@pytest.mark.parametrize("keeps_old", [False, True], ids=["over it", "the old one is kept beside it"])
def test_a_file_that_an_editor_saves_by_renaming_is_changed_and_not_moved(
    app: App, papers: Path, keeps_old: bool
) -> None:
    # given
    [before] = filed(app, file(papers / "letter.txt"))
    new = file(papers / "letter.txt.new", "A longer letter.")
    if keeps_old:
        (papers / "letter.txt").rename(papers / "letter.txt~")
    new.replace(papers / "letter.txt")

    # when
    found = app.library.add([papers])
    work(app)

    # then
    assert (found.moved, found.changed) == (0, 1)
    after = record_at(app, papers / "letter.txt")
    assert after.file_id == before.file_id
    assert after.document != before.document
    assert after.placed_by == ""


def test_a_file_that_was_made_anew_is_none_that_was_renamed(app: App, papers: Path) -> None:
    # given: mostly with the number of the one that was deleted
    [before] = filed(app, file(papers / "a.txt", "What it says."))
    (papers / "a.txt").unlink()
    file(papers / "b.txt", "What I wrote.")  # of the same size

    # when
    os.utime(papers / "b.txt")
    found = app.library.add([papers])

    # then
    assert (found.new, found.gone, found.moved) == (1, 1, 0)
    assert record_at(app, papers / "b.txt").file_id != before.file_id


@pytest.mark.parametrize("same", [True, False])
def test_where_times_have_whole_seconds_the_content_decides(app: App, papers: Path, same: bool) -> None:
    # given
    path = file(papers / "a.txt", "What it says.")
    os.utime(path, ns=(0, 1_700_000_000_000_000_000))
    [before] = filed(app, path)
    path.rename(papers / "b.txt")
    if not same:
        (papers / "b.txt").write_text("What I wrote.", "utf-8")
        os.utime(papers / "b.txt", ns=(0, 1_700_000_000_000_000_000))

    # when
    found = app.library.add([papers])

    # then
    assert found.moved == same
    assert (record_at(app, papers / "b.txt").file_id == before.file_id) is same


@pytest.mark.parametrize("copy", [shutil.copy2, os.link], ids=["copy", "hard link"])
def test_a_copy_and_a_second_name_are_files_of_their_own(app: App, papers: Path, copy: object) -> None:
    # given
    [before] = filed(app, file(papers / "a.txt"))
    assert callable(copy)
    copy(papers / "a.txt", papers / "b.txt")

    # when
    found = app.library.add([papers])
    work(app)

    # then
    assert (found.new, found.moved) == (1, 0)
    assert everything(app)["a.txt"] == before.file_id
    assert record_at(app, papers / "b.txt").document == before.document
    assert record_at(app, papers / "a.txt").placed_by == record_at(app, papers / "b.txt").placed_by == ""


def test_one_of_two_names_of_a_file_is_renamed(app: App, papers: Path) -> None:
    # given
    file(papers / "a.txt")
    os.link(papers / "a.txt", papers / "b.txt")
    a, b = filed(app, papers / "a.txt", papers / "b.txt")
    (papers / "b.txt").rename(papers / "c.txt")

    # when
    found = app.library.add([papers])

    # then
    assert (found.moved, found.new, found.gone) == (1, 0, 0)
    assert everything(app) == {"a.txt": a.file_id, "c.txt": b.file_id}


def test_letters_in_another_case_are_another_name(app: App, papers: Path) -> None:
    # given
    [before] = filed(app, file(papers / "letter.txt"))
    (papers / "letter.txt").rename(papers / "Letter.TXT")

    # when
    found = app.library.add([papers])

    # then
    assert (found.moved, found.new, found.gone) == (1, 0, 0)
    assert everything(app) == {"Letter.TXT": before.file_id}


def test_a_file_that_is_renamed_twice_between_scans(app: App, papers: Path) -> None:
    # given
    [before] = filed(app, file(papers / "a.txt"))
    (papers / "a.txt").rename(papers / "b.txt")
    (papers / "b.txt").rename(papers / "c.txt")

    # when
    app.library.add([papers])

    # then
    assert everything(app) == {"c.txt": before.file_id}


def test_a_file_that_waits_is_read_under_its_new_name(app: App, papers: Path) -> None:
    # given
    app.library.add([file(papers / "a.txt")])
    number = record_at(app, papers / "a.txt").file_id
    (papers / "a.txt").rename(papers / "b.txt")

    # when
    found = app.library.add([papers])
    jobs = app.library.pending().jobs
    work(app)

    # then
    assert (found.moved, found.new, jobs) == (1, 0, 1)
    assert everything(app) == {"b.txt": number}
    assert record_at(app, papers / "b.txt").document


def test_a_name_that_is_given_while_the_file_is_read_is_kept(app: App, papers: Path) -> None:
    # given: its job is taken, and by the time that it opens the file that has another name
    app.library.add([file(papers / "a.txt")])
    [job] = app.store.claim([READ], "tester", 60.0).jobs
    scanned = app.store.scanned
    first = [scanned(job.file_id)]
    (papers / "a.txt").rename(papers / "b.txt")
    app.library.add([papers])

    # when
    app.store.release(job)
    app.store.scanned = lambda file_id: first.pop() if first else scanned(file_id)  # type: ignore[method-assign]
    work(app)

    # then
    assert not first
    assert record_at(app, papers / "b.txt").file_id == job.file_id
    assert record_at(app, papers / "b.txt").document
    assert len(everything(app)) == 1


def test_a_file_that_was_moved_to_another_disk_is_the_same_file(app: App, tmp_path: Path) -> None:
    # given: what moves it there copies it with its times, and deletes it
    here, there = tmp_path.resolve() / "here", tmp_path.resolve() / "there"
    [before] = filed(app, file(here / "a.txt"))
    app.review.correct(before.file_id, "minutes")
    work(app)
    there.mkdir()
    shutil.copy2(here / "a.txt", there / "b.txt")
    (here / "a.txt").unlink()

    # when
    app.library.add([here, there], emptied=True)
    work(app)

    # then
    after = record_at(app, there / "b.txt")
    assert everything(app) == {"b.txt": before.file_id}
    assert (after.state, after.placed_by, after.document) == (FileState.FILED, "person", before.document)


def test_what_comes_back_long_after_is_no_file_that_was_moved(app: App, tmp_path: Path) -> None:
    # given
    here, there = tmp_path.resolve() / "here", tmp_path.resolve() / "there"
    [before] = filed(app, file(here / "a.txt", "The same words."))
    (here / "a.txt").unlink()
    app.library.add([here], emptied=True)
    there.mkdir()
    (there / "b.txt").write_text("The same words.", "utf-8")

    # when
    app.library.add([there])
    work(app)

    # then
    after = record_at(app, there / "b.txt")
    assert after.document == before.document
    assert (after.file_id != before.file_id, after.placed_by) == (True, "")


def test_a_file_that_is_renamed_to_what_is_excluded_leaves_the_library(app: App, papers: Path) -> None:
    # given
    filed(app, file(papers / "a.txt"), file(papers / "b.txt"))
    app.keeping_out.exclude(ExclusionKind.NAME, "*.secret")
    (papers / "a.txt").rename(papers / "a.secret")

    # when
    found = app.library.add([papers])

    # then
    assert (found.moved, found.gone, found.excluded) == (0, 1, 1)
    assert record_at(app, papers / "a.txt").state is FileState.GONE
    assert app.library.file_at(papers / "a.secret") is None


@pytest.mark.parametrize("kind", ["casefold", "exfat", "ntfs"])
def test_names_that_a_disk_takes_for_one_are_followed(app: App, tmp_path: Path, kind: str) -> None:
    with disk(kind, tmp_path.resolve()) as folder:
        # given
        first, second = filed_under(app, folder, "Größe/letter.txt", "Größe/other.txt")
        (folder / "Größe" / "letter.txt").rename(folder / "Größe" / "LETTER.txt")
        (folder / "Größe").rename(folder / "GRÖSSE")

        # when
        found = app.library.add([folder])

    # then
    assert (found.moved, found.new, found.gone) == (2, 0, 0)
    assert record_at(app, folder / "GRÖSSE" / "LETTER.txt").file_id == first.file_id
    assert record_at(app, folder / "GRÖSSE" / "other.txt").file_id == second.file_id


def test_a_copy_on_a_disk_is_no_file_that_was_moved_from_one_that_is_away(app: App, tmp_path: Path) -> None:
    with disk("ext4", tmp_path.resolve()) as away, disk("tmpfs", tmp_path.resolve()) as backup:
        # given: a file on a disk that is not there for now, and its copy on another
        [before] = filed(app, file(away / "in" / "a.txt"))
        shutil.copytree(away / "in", backup / "in")
        (away / "in").rename(away / "hidden")
        away_record = app.store.scanned(before.file_id)
        copied = backup / "in" / "a.txt"

        # when: the copy has the number of the file too, as small disks number from the same one on
        status = copied.lstat()
        same = replace(away_record, stamp=stamp(status), identity=identity(status))
        with app.store.writing() as write:
            write.rename([FileRenamed(before.file_id, same.path, same.stamp, same.identity)])
        found = app.library.add([backup])
        work(app)

    # then
    assert (found.moved, found.new) == (0, 1)
    assert record_at(app, away / "in" / "a.txt").file_id == before.file_id
    assert record_at(app, copied).file_id != before.file_id
