"""Files are taken out of a library and kept out, go into the trash, and come back with what was decided."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.trash import own_trash

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileRecord, FileState, Filter, Tier
from twolane.errors import ConflictError, NotFoundError, SettingsError, TrashError
from twolane.files.scan import is_left_out
from twolane.files.taken_out import trash
from twolane.store.taken_out import ExclusionKind, Leaving

ALONE = {"embedding.runtime": "off", "filing.use_model": False, "chat.runtime": "scripted"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One library for all: the first process that reads takes longer to start than any of them."""
    data_dir = tmp_path_factory.mktemp("library")
    with open_app(load_settings(env={}, flags={"data_dir": str(data_dir), **ALONE})) as app:
        yield app


@pytest.fixture
def app(opened: App) -> Iterator[App]:
    yield opened
    for removal in opened.store.removals.list():
        opened.store.removals.drop(removal.removal_id)
    everything = opened.library.find(Filter(states=tuple(FileState))).files
    with opened.store.writing() as write:
        write.take_out([Leaving(record.file_id) for record in everything], forget=True)
    for exclusion in opened.keeping_out.exclusions():
        opened.keeping_out.admit_number(exclusion.exclusion_id)


@pytest.fixture
def bin_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return own_trash(tmp_path / "home", monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def written(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"On the paper {name} stands what {name} says.", "utf-8")
    return [folder / name for name in names]


def work(app: App) -> None:
    app.workers.start()
    while app.library.pending().jobs:
        app.workers.wait(0.02)
    app.workers.stop()


def filed(app: App, *paths: Path) -> list[FileRecord]:
    app.library.add([*paths])
    work(app)
    records = [app.library.file_at(path) for path in paths]
    return [record for record in records if record]


def inside(app: App) -> list[str]:
    shown = tuple(set(FileState) - {FileState.SKIPPED, FileState.GONE})
    return [record.path.name for record in app.library.find(Filter(states=shown)).files]


def test_what_was_taken_out_stays_out_until_it_is_named(app: App, folder: Path) -> None:
    # given
    one, two = written(folder, "one.txt", "two.txt")
    filed(app, folder)

    # when
    removed = app.taking_out.remove(Filter(folders=(one,)))
    again = app.library.add([folder])

    # then
    assert (removed.files, removed.documents, removed.trashed) == (1, 1, 0)
    assert one.exists()
    assert inside(app) == ["two.txt"]
    assert (again.skipped, again.excluded, again.unchanged) == (1, 1, 1)
    assert app.library.file_at(one) is None

    # when something happens to it in a folder that is watched
    one.write_text("something else", "utf-8")
    assert app.library.follow([one]).excluded == 1

    # then
    assert inside(app) == ["two.txt"]

    # when a person names it
    named = app.library.add([one], named=True)
    work(app)

    # then
    assert named.new == 1
    assert sorted(inside(app)) == ["one.txt", "two.txt"]
    assert app.keeping_out.exclusions() == []
    assert two.exists()


def test_a_folder_is_excluded_with_what_comes_into_it(app: App, folder: Path) -> None:
    # given
    written(folder, "private/a.txt", "private/deep/b.txt", "c.txt")
    filed(app, folder)

    # when
    app.taking_out.remove(Filter(folders=(folder / "private",)))
    written(folder, "private/new.txt", "private/deep/new.txt")
    found = app.library.add([folder])
    work(app)

    # then
    assert inside(app) == ["c.txt"]
    assert [one.shown for one in app.keeping_out.exclusions()] == [str(folder / "private")]
    assert (found.new, found.excluded, found.gone) == (0, 1, 0)

    # when one file of it is named, it is followed from then on, and the others are not
    app.library.add([folder / "private/a.txt"], named=True)
    work(app)
    found = app.library.add([folder])

    # then
    assert inside(app) == ["c.txt", "a.txt"]
    assert (found.unchanged, found.excluded, found.gone) == (2, 2, 0)

    # when the folder is named
    app.library.add([folder / "private"], named=True)
    work(app)

    # then
    assert len(inside(app)) == 5
    assert app.keeping_out.exclusions() == []


def test_what_a_person_decided_comes_back_with_the_file(app: App, folder: Path) -> None:
    # given
    [path] = written(folder, "Brief an Łukasz.txt")
    [record] = filed(app, path)
    app.review.correct(record.file_id, "minutes", by="ada")
    app.facts.correct(record.file_id, "title", "Łukasz", by="ada")
    app.facts.tag(record.file_id, ["合同"])

    # when
    app.taking_out.remove_files([record.file_id])
    [removal] = app.taking_out.removals(trashed=False)
    back = app.taking_out.restore(removal.removal_id)
    work(app)

    # then
    assert back
    known = app.library.file_at(path)
    assert known
    assert known.classification
    assert (known.classification.category, known.classification.tier) == ("minutes", Tier.PERSON)
    assert (known.title, known.tags) == ("Łukasz", ("合同",))
    with pytest.raises(ConflictError):
        app.taking_out.restore(removal.removal_id)
    assert app.taking_out.removals(trashed=False) == []


def test_a_deleted_file_lies_in_the_trash_and_comes_back_as_it_was(
    app: App, folder: Path, bin_: Path
) -> None:
    # given
    path = folder / os.fsdecode(b"caf\xe9 = 50%.txt")
    path.write_text("The kitchen is let.", "utf-8")
    os.utime(path, ns=(1_000_000_000_123_456_789, 1_100_000_000_987_654_321))
    path.chmod(0o640)
    [record] = filed(app, path)

    # when
    removed = app.taking_out.remove_files([record.file_id], delete_file=True)

    # then
    assert (removed.files, removed.trashed, removed.left) == (1, 1, ())
    assert not path.exists()
    assert [entry.read_text("utf-8") for entry in bin_.iterdir()] == ["The kitchen is let."]
    [removal] = app.taking_out.removals()
    assert (removal.path, removal.trashed and removal.trashed.parent) == (path, bin_)
    assert app.keeping_out.exclusions() == []

    # when
    app.taking_out.restore(removal.removal_id)
    work(app)

    # then
    status = path.stat()
    assert (status.st_mtime_ns, status.st_mode & 0o777) == (1_100_000_000_987_654_321, 0o640)
    assert app.library.file_at(path)
    assert not any((bin_.parent / "info").iterdir())
    assert app.taking_out.removals() == []


def test_files_of_one_name_each_come_back_to_their_own_place(app: App, folder: Path, bin_: Path) -> None:
    # given: names that the trash makes one of, and one as it would make itself
    names = ("a/счёт.txt", "b/счёт.txt", "счёт 1.txt", "c/счёт 1.txt", "noending", "a/noending")
    paths = written(folder, *names)
    before = {path: path.read_bytes() for path in paths}
    filed(app, folder)

    # when: all of them at once
    app.taking_out.remove(Filter(folders=(folder,)), delete_file=True)

    # then
    assert not any(path.exists() for path in paths)
    places = {one.path: one.trashed for one in app.taking_out.removals()}
    assert set(places) == set(paths)
    assert sorted(filter(None, places.values())) == sorted(bin_.iterdir())

    # when
    for one in app.taking_out.removals():
        app.taking_out.restore(one.removal_id)

    # then
    assert {path: path.read_bytes() for path in paths} == before


def test_nothing_is_overwritten_by_what_comes_back(app: App, folder: Path, bin_: Path) -> None:
    # given
    [path] = written(folder, "one.txt")
    [record] = filed(app, path)
    app.taking_out.remove_files([record.file_id], delete_file=True)
    path.write_text("another one", "utf-8")
    [removal] = app.taking_out.removals()

    # when
    with pytest.raises(ConflictError):
        app.taking_out.restore(removal.removal_id)

    # then
    assert path.read_text("utf-8") == "another one"
    assert len(list(bin_.iterdir())) == 1

    # when the system's trash was emptied
    for entry in bin_.iterdir():
        entry.unlink()

    # then
    assert app.taking_out.removals() == []
    with pytest.raises(TrashError):
        app.taking_out.restore(removal.removal_id)


def test_a_file_that_is_another_by_now_is_not_deleted(app: App, folder: Path, bin_: Path) -> None:
    # given
    changed, touched, linked, gone = written(folder, "changed.txt", "touched.txt", "linked.txt", "gone.txt")
    filed(app, changed, touched, linked, gone)
    changed.write_text("something new", "utf-8")
    os.utime(touched)
    linked.unlink()
    linked.symlink_to(changed)
    gone.unlink()

    # when
    removed = app.taking_out.remove(Filter(folders=(folder,)), delete_file=True)

    # then
    assert (removed.files, removed.trashed) == (2, 1)
    assert [left.path.name for left in removed.left] == ["changed.txt", "linked.txt"]
    assert changed.read_text("utf-8") == "something new"
    assert linked.is_symlink()
    assert [entry.name for entry in bin_.iterdir()] == ["touched.txt"]
    assert app.library.file_at(changed)
    assert app.library.file_at(gone) is None


@pytest.mark.parametrize(
    "trash", [".Trash-1000/files", ".Trash/1000", ".Trashes/501", ".local/share/Trash/files"]
)
def test_what_lies_in_a_trash_is_not_in_the_library(app: App, folder: Path, trash: str) -> None:
    # given
    one, two = written(folder, "one.txt", "Trash/two.txt")
    filed(app, folder)
    thrown = folder / trash / one.name
    thrown.parent.mkdir(parents=True)

    # when: by any program, with what it leaves beside
    one.rename(thrown)
    written(thrown.parent, "one.txt.trashinfo")
    app.library.add([folder])

    # then
    assert inside(app) == [two.name]
    assert is_left_out(thrown, folder)
    assert not is_left_out(two, folder)
    assert not is_left_out(thrown, thrown.parent)  # who names it means it


def test_a_file_stays_where_there_is_no_trash(
    app: App, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given a trash that nobody can write to
    own_trash(tmp_path / "home", monkeypatch)
    (tmp_path / "home").write_text("no folder", "utf-8")
    one, two = written(folder, "one.txt", "two.txt")
    filed(app, one, two)

    # when
    removed = app.taking_out.remove(Filter(folders=(folder,)), delete_file=True)

    # then
    assert (removed.files, len(removed.left)) == (0, 2)
    assert "trash" in removed.left[0].why
    assert one.exists()
    assert inside(app) == ["one.txt", "two.txt"]
    assert app.taking_out.removals(trashed=False) == []


def test_uploads_go_into_the_trash_since_nobody_else_has_them(app: App, bin_: Path) -> None:
    # given
    upload = app.library.save_upload("letter.txt", [b"Dear Ada, the roof is red."])
    work(app)

    # when
    preview = app.taking_out.preview(Filter(documents=(app.library.file(upload.file.file_id).document,)))
    removed = app.taking_out.remove_files([upload.file.file_id])

    # then
    assert (preview.files, preview.own) == (1, 1)
    assert removed.trashed == 1
    assert [entry.name for entry in bin_.iterdir()] == ["letter.txt"]

    # when the same is uploaded again, it is taken in; then the first comes back beside it
    again = app.library.save_upload("letter.txt", [b"Dear Ada, the roof is red."])
    assert again.is_new
    work(app)
    [removal] = app.taking_out.removals()
    with pytest.raises(ConflictError):
        app.taking_out.restore(removal.removal_id)


def test_a_record_that_was_begun_for_a_file_that_never_left_is_dropped(
    app: App, folder: Path, bin_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a process that was killed just before, and one just after a file went into the trash
    before, after = written(folder, "before.txt", "after.txt")
    records = filed(app, before, after)
    with app.store.writing() as write:
        for record in records:
            write.removals.begin(record.file_id)
    trash.send(after)

    # when
    monkeypatch.setattr("twolane.files.taken_out.taking_out._SETTLED_S", -1.0)
    found = app.taking_out.removals()

    # then
    assert [(one.path, one.trashed) for one in found] == [(after, bin_ / "after.txt")]
    app.taking_out.restore(found[0].removal_id)
    assert after.exists()
    assert app.taking_out.removals() == []


def test_names_are_excluded_by_pattern(app: App, folder: Path) -> None:
    # given
    written(folder, "Draft-1.txt", "letter.txt", "drafts/x.txt", "deep/DRAFT-2.TXT")
    filed(app, folder)

    # when
    meant = app.keeping_out.meant(ExclusionKind.NAME, "draft*")
    removed = app.keeping_out.exclude(ExclusionKind.NAME, "draft*")
    written(folder, "draft-3.txt")
    found = app.library.add([folder])

    # then
    assert (meant, removed.files) == (3, 3)
    assert inside(app) == ["letter.txt"]
    assert found.excluded == 4
    with pytest.raises(SettingsError):
        app.keeping_out.exclude(ExclusionKind.NAME, "*")
    with pytest.raises(SettingsError):
        app.keeping_out.exclude(ExclusionKind.NAME, "a/b")

    # when
    app.keeping_out.admit(ExclusionKind.NAME, "DRAFT*")
    app.library.add([folder])
    work(app)

    # then
    assert len(inside(app)) == 5
    with pytest.raises(NotFoundError):
        app.keeping_out.admit(ExclusionKind.NAME, "draft*")


def test_a_content_is_excluded_wherever_it_comes_from(app: App, folder: Path, tmp_path: Path) -> None:
    # given
    one, two = written(folder, "one.txt", "two.txt")
    (folder / "copy.txt").write_bytes(one.read_bytes())
    filed(app, folder)

    # when
    removed = app.keeping_out.exclude(ExclusionKind.CONTENT, app.keeping_out.content_of(one))
    other = tmp_path / "other"
    other.mkdir()
    (other / "again.txt").write_bytes(one.read_bytes())
    filed(app, folder, other)

    # then
    assert (removed.files, removed.documents) == (2, 1)
    assert inside(app) == ["two.txt"]
    assert two.exists()
    record = app.library.file_at(other / "again.txt")
    assert record
    assert (record.state, record.note) == (FileState.SKIPPED, "its content is excluded")
    with pytest.raises(ConflictError):
        app.library.save_upload("one.txt", [one.read_bytes()])


def test_what_is_forgotten_stays_out_and_leaves_no_name(app: App, folder: Path) -> None:
    # given
    [path] = written(folder, "one.txt")
    [record] = filed(app, path)
    app.review.correct(record.file_id, "minutes")

    # when
    removed = app.taking_out.remove_files([record.file_id], forget=True)
    found = app.library.add([folder])

    # then
    assert removed.removal_ids == ()
    assert found.excluded == 1
    assert inside(app) == []
    [exclusion] = app.keeping_out.exclusions()
    assert (exclusion.kind, exclusion.shown) == (ExclusionKind.FORGOTTEN, "")
    assert app.taking_out.removals(trashed=False) == []

    # when
    app.keeping_out.admit(ExclusionKind.PATH, path)
    filed(app, folder)

    # then
    known = app.library.file_at(path)
    assert known
    assert not known.classification or known.classification.tier is not Tier.PERSON


def test_files_that_are_gone_leave_the_library_and_may_come_again(app: App, folder: Path) -> None:
    # given
    [path] = written(folder, "one.txt")
    text = path.read_bytes()
    filed(app, folder)
    path.unlink()
    app.library.add([folder], emptied=True)

    # when
    removed = app.taking_out.remove(Filter(states=(FileState.GONE,)))
    path.write_bytes(text)
    filed(app, folder)

    # then
    assert removed.files == 1
    assert inside(app) == ["one.txt"]
    with pytest.raises(NotFoundError):
        app.taking_out.remove(Filter(states=(FileState.GONE,)))


def test_a_name_of_clutter_is_taken_in_where_people_want_it(app: App, folder: Path) -> None:
    # given: who keeps versions by Syncthing, and wants to find them
    (folder / ".stversions").mkdir(parents=True)
    [old] = written(folder / ".stversions", "old.txt")
    found = app.library.add([folder])
    assert (found.new, found.skipped, found.clutter) == (0, 1, 1)

    # when
    app.keeping_out.admit(ExclusionKind.NAME, ".stversions")

    # then
    assert app.library.add([folder]).new == 1
    assert app.library.follow([old]).unchanged == 1
    left = {one.pattern: one.is_left_out for one in app.keeping_out.clutter()}
    assert not left[".stversions"]
    assert left["@eaDir"]
    assert app.keeping_out.exclusions() == []

    # when
    app.keeping_out.leave_clutter(".stversions")

    # then: what was under it is no longer there for the scan
    assert app.library.add([folder]).gone == 1


def test_only_names_of_the_list_are_taken_in(app: App) -> None:
    with pytest.raises(NotFoundError):
        app.keeping_out.take_clutter("letters")
