"""How soon files that come in are read: a few that were named before folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from twolane.app import App, open_app
from twolane.config import load_settings
from twolane.jobs.base import Job


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    flags = {
        "data_dir": str(tmp_path / "library"),
        "filing.runtime": "scripted",
        "chat.runtime": "scripted",
        "embedding.runtime": "off",
    }
    with open_app(load_settings(env={}, flags=flags)) as opened:
        yield opened


def write_files(folder: Path, number: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{index:02}.txt" for index in range(number)]
    for path in paths:
        path.write_text(f"{path}: a letter")
    return paths


def order(app: App) -> list[Path]:
    """Return the files in the order in which workers read them."""
    jobs: list[Job] = []
    while job := app.store.claim(["read"], "tester", 60.0):
        jobs.append(job)
    return [app.store.file(job.file_id).path for job in jobs]


def test_a_file_that_is_named_goes_before_a_folder_and_beside_an_upload(app: App, tmp_path: Path) -> None:
    # given
    bulk = write_files(tmp_path / "bulk", 5)
    named = write_files(tmp_path / "named", 2)
    app.add([tmp_path / "bulk"])

    # when
    app.add([named[0]])
    upload = app.save_upload("upload.txt", [b"Dear neighbour"]).path
    app.add([named[1]])

    # then
    assert order(app) == [named[0], upload, named[1], *bulk]


@pytest.mark.parametrize(("number", "first"), [(20, True), (21, False)])
def test_many_files_that_the_shell_named_are_a_folder(
    app: App, tmp_path: Path, number: int, first: bool
) -> None:
    # given
    bulk = write_files(tmp_path / "bulk", 2)
    named = write_files(tmp_path / "named", number)
    app.add([tmp_path / "bulk"])

    # when
    app.add(named)

    # then
    assert order(app) == ([*named, *bulk] if first else [*bulk, *named])


def test_a_folder_among_them_and_a_priority_that_is_given_decide(app: App, tmp_path: Path) -> None:
    # given
    bulk = write_files(tmp_path / "bulk", 2)
    one, two, three = write_files(tmp_path / "named", 3)
    other = write_files(tmp_path / "other", 1)
    app.add([tmp_path / "bulk"])

    # when
    app.add([one, tmp_path / "other"])
    app.add([two], priority=0)
    app.add([three], priority=1)

    # then
    assert order(app) == [three, *bulk, one, *other, two]
