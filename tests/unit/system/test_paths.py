"""What a user names is one path to the library, however it was typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from twolane.system import kind, paths
from twolane.system.names import folded
from twolane.system.paths import below, path_of_named


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk take names for one that differ by case or form, as macOS' do."""

    def same(one: Path, other: Path) -> bool:
        return folded(os.fspath(one)) == folded(os.fspath(other))

    monkeypatch.setattr(Path, "samefile", same)


@pytest.mark.usefixtures("folds")
@pytest.mark.parametrize("system", ["darwin", "linux"])
def test_a_path_is_written_as_it_lies_on_a_disk_that_folds_names(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(kind, "KIND", system)
    monkeypatch.setattr(paths, "is_choosy", lambda _: system == "linux")  # a stick
    lies = tmp_path / "Documents" / "Gru\u0308n" / "Letter.PDF"
    lies.parent.mkdir(parents=True)
    lies.touch()

    # then
    assert path_of_named(tmp_path / "documents" / "gr\u00fcn" / "letter.pdf") == lies
    assert path_of_named(lies) == lies
    assert path_of_named(tmp_path / "DOCUMENTS" / "New.txt") == tmp_path / "Documents" / "New.txt"
    assert path_of_named(tmp_path / "Other" / "a") == tmp_path / "Other" / "a"


@pytest.mark.parametrize("system", ["darwin", "linux"])
def test_two_names_that_are_two_to_the_disk_stay_two(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a disk of macOS may tell case apart, and those of Linux do
    monkeypatch.setattr(kind, "KIND", system)
    for name in ("Inbox", "inbox"):
        (tmp_path / name).mkdir()

    # then
    assert {path_of_named(tmp_path / name).name for name in ("Inbox", "inbox")} == {"Inbox", "inbox"}
    assert path_of_named(tmp_path / "INBOX") == tmp_path / "INBOX"


def test_a_link_and_the_home_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    # then
    assert path_of_named(Path("~/link/x")) == tmp_path / "real" / "x"


def test_names_of_another_system_become_ones_that_the_disk_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    names = ("Re: rent", "con", "...", "a?.pdf")

    # then
    assert below(tmp_path, names) == tmp_path.joinpath(*names)
    monkeypatch.setattr(paths, "is_choosy", lambda _: True)
    assert below(tmp_path, names) == tmp_path / "Re - rent" / "con_" / "_" / "a.pdf"
