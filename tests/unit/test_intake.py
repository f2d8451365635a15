"""What a look at folders does to a library: what it cannot see is not gone."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from twolane.app import App, open_app
from twolane.config import load_settings
from twolane.errors import FileAwayError


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
    app.add([folder])
    return folder.resolve()


def test_a_folder_that_cannot_be_listed_just_now_keeps_its_files(
    app: App, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    listed = Path.iterdir

    def fail(path: Path) -> Iterator[Path]:
        if path.name == "drive":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", fail)

    # when
    found = app.add([folder])

    # then
    assert (found.gone, found.skipped) == (0, 1)
    assert app.store.count_files(roots=[folder / "drive" / "lease.txt"]) == 1


def test_an_empty_folder_is_asked_about_and_then_believed(app: App, folder: Path) -> None:
    # given
    (folder / "letter.txt").unlink()
    (folder / "drive" / "lease.txt").unlink()
    (folder / "drive").rmdir()

    # when
    with pytest.raises(FileAwayError, match="2 files"):
        app.add([folder])
    found = app.add([folder], emptied=True)

    # then
    assert found.gone == 2
