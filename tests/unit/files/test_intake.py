"""How files come in: what a look cannot see is not gone, and a few files by name go before folders."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.library import claim

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import Filter
from twolane.errors import FileAwayError
from twolane.files.handles import Listing
from twolane.work import Job


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with open_app(load_settings(env={}, flags={"data_dir": tmp_path / "library"})) as app:
        yield app


@pytest.fixture
def folder(tmp_path: Path, app: App) -> Path:
    """Return a folder of two files, one of them in a folder of its own, that the library has."""
    folder = tmp_path / "papers"
    (folder / "drive").mkdir(parents=True)
    (folder / "letter.txt").write_text("Dear neighbour")
    (folder / "drive" / "lease.txt").write_text("The rent is due")
    app.library.add([folder])
    return folder.resolve()


def test_a_folder_that_cannot_be_listed_just_now_keeps_its_files(
    app: App, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    class Failing(Listing):
        def entries(self, folder: Path) -> Iterator[tuple[str, os.stat_result | OSError]]:
            if folder.name == "drive":
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().entries(folder)

    monkeypatch.setattr("twolane.files.scan.Listing", Failing)

    # when
    found = app.library.add([folder])

    # then
    assert (found.gone, found.skipped) == (0, 1)
    assert app.store.count_files(Filter(folders=(folder / "drive" / "lease.txt",))) == 1


def test_an_empty_folder_is_asked_about_and_then_believed(app: App, folder: Path) -> None:
    # given
    (folder / "letter.txt").unlink()
    (folder / "drive" / "lease.txt").unlink()
    (folder / "drive").rmdir()

    # when
    with pytest.raises(FileAwayError, match="2 files"):
        app.library.add([folder])
    found = app.library.add([folder], emptied=True)

    # then
    assert found.gone == 2


def write_files(folder: Path, number: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{index:02}.txt" for index in range(number)]
    for path in paths:
        path.write_text(f"{path}: a letter")
    return paths


def order(app: App) -> list[Path]:
    """Return the files in the order in which workers read them."""
    jobs: list[Job] = []
    while job := claim(app.store, ["read"], "tester", 60.0):
        jobs.append(job)
    return [app.store.file(job.file_id).path for job in jobs]


def test_a_file_that_is_named_goes_before_a_folder_and_beside_an_upload(app: App, tmp_path: Path) -> None:
    # given
    bulk = write_files(tmp_path / "bulk", 5)
    named = write_files(tmp_path / "named", 2)
    app.library.add([tmp_path / "bulk"])

    # when
    app.library.add([named[0]])
    upload = app.library.save_upload("upload.txt", [b"Dear neighbour"]).file.path
    app.library.add([named[1]])

    # then
    assert order(app) == [named[0], upload, named[1], *bulk]


@pytest.mark.parametrize(("number", "first"), [(20, True), (21, False)])
def test_many_files_that_the_shell_named_are_a_folder(
    app: App, tmp_path: Path, number: int, first: bool
) -> None:
    # given
    bulk = write_files(tmp_path / "bulk", 2)
    named = write_files(tmp_path / "named", number)
    app.library.add([tmp_path / "bulk"])

    # when
    app.library.add(named)

    # then
    assert order(app) == ([*named, *bulk] if first else [*bulk, *named])


def test_a_folder_among_them_and_a_priority_that_is_given_decide(app: App, tmp_path: Path) -> None:
    # given
    bulk = write_files(tmp_path / "bulk", 2)
    one, two, three = write_files(tmp_path / "named", 3)
    other = write_files(tmp_path / "other", 1)
    app.library.add([tmp_path / "bulk"])

    # when
    app.library.add([one, tmp_path / "other"])
    app.library.add([two], priority=0)
    app.library.add([three], priority=1)

    # then
    assert order(app) == [three, *bulk, one, *other, two]


def test_what_has_changed_is_followed_without_a_look_at_the_rest(app: App, folder: Path) -> None:
    # given
    (folder / "letter.txt").rename(folder / "письмо.txt")
    (folder / "drive" / "lease.txt").unlink()
    (folder / "drive").rmdir()
    (folder / "new.txt").write_text("Nobody has said anything of this one")

    # when
    found = app.library.follow([folder / "letter.txt", folder / "письмо.txt", folder / "drive"])

    # then
    assert app.library.file_at(folder / "new.txt") is None
    assert (found.new, found.moved, found.gone) == (0, 1, 1)


def test_a_link_that_was_dropped_is_not_followed(app: App, folder: Path, tmp_path: Path) -> None:
    # given
    (tmp_path / "secret.txt").write_text("not in any folder that was added")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")

    # when
    found = app.library.follow([folder / "link.txt"])

    # then
    assert (found.new, found.skipped) == (0, 1)
    assert app.library.file_at(tmp_path / "secret.txt") is None


def test_what_is_left_for_later_is_neither_taken_nor_gone(app: App, folder: Path) -> None:
    # given
    (folder / "new.txt").write_text("still being written")
    (folder / "letter.txt").write_text("being written anew")

    # when
    left = {folder / "new.txt", folder / "letter.txt"}
    found = app.library.add([folder], leave=lambda file: file.path in left)

    # then
    assert (found.new, found.changed, found.unchanged, found.gone) == (0, 0, 1, 0)
