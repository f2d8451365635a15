"""Files get names and places in one step, and belong to somebody, on disks and systems of every kind."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from twolane.system import disk, holding, kind
from twolane.system.disk import make_private


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be one without hard links, as FAT is."""

    def refuse(name: Path, _: Path) -> None:
        if os.path.lexists(name):
            raise FileExistsError(errno.EEXIST, "there", os.fspath(name))
        raise PermissionError(errno.EPERM, "not permitted", os.fspath(name))

    monkeypatch.setattr(Path, "hardlink_to", refuse)


def written(path: Path, text: str = "words") -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("give", [disk.put_new, disk.name_again])
def test_a_name_is_given_where_nothing_has_it(give: object, tmp_path: Path) -> None:
    # given
    file = written(tmp_path / "fresh")

    # when
    give(file, tmp_path / "name")  # type: ignore[operator]

    # then
    assert (tmp_path / "name").read_text() == "words"


@pytest.mark.usefixtures("no_links")
@pytest.mark.parametrize("give", [disk.put_new, disk.name_again])
def test_a_disk_without_links_gives_it_too(give: object, tmp_path: Path) -> None:
    # given
    file = written(tmp_path / "fresh")

    # when
    give(file, tmp_path / "name")  # type: ignore[operator]

    # then
    assert (tmp_path / "name").read_text() == "words"
    assert (tmp_path / "name").stat().st_mode & 0o077 == 0 or give is disk.put_new


@pytest.mark.parametrize("give", [disk.put_new, disk.name_again])
@pytest.mark.parametrize("has_links", [True, False])
def test_what_has_the_name_keeps_it(
    give: object, has_links: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # given
    file, other = written(tmp_path / "fresh"), written(tmp_path / "name", "other words")
    if not has_links:
        request.getfixturevalue("no_links")

    # when
    with pytest.raises(FileExistsError):
        give(file, other)  # type: ignore[operator]

    # then
    assert other.read_text() == "other words"
    assert file.read_text() == "words"


def test_windows_is_asked_again_while_another_program_has_the_old_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    file, target = written(tmp_path / "fresh"), written(tmp_path / "name", "old")
    really, refusals = Path.replace, [3]

    def busy(self: Path, other: Path) -> Path:
        if refusals[0]:
            refusals[0] -= 1
            raise PermissionError(errno.EACCES, "used by another process")
        return really(self, other)

    monkeypatch.setattr(Path, "replace", busy)
    monkeypatch.setattr(disk, "_PAUSE_S", 0)

    # when
    with pytest.raises(PermissionError):
        disk.put_in_place(file, target)  # elsewhere an open file is no reason, so it is told at once
    monkeypatch.setattr(kind, "KIND", "win32")
    disk.put_in_place(file, target)

    # then
    assert target.read_text() == "words"
    assert not file.exists()


def test_windows_is_not_asked_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    file = written(tmp_path / "fresh")
    monkeypatch.setattr(kind, "KIND", "win32")
    monkeypatch.setattr(disk, "_PAUSE_S", 0)
    asked = []

    def refuse(_: Path, target: Path) -> None:
        asked.append(target)
        raise PermissionError(errno.EACCES, "used by another process")

    monkeypatch.setattr(Path, "replace", refuse)

    # when
    with pytest.raises(PermissionError):
        disk.put_in_place(file, tmp_path / "name")

    # then
    assert len(asked) > 10
    assert file.read_text() == "words"


def test_a_file_is_ones_own_where_nobody_else_may_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    file = written(tmp_path / "file")
    file.chmod(0o600)
    mine = file.stat()
    file.chmod(0o622)
    open_to_all = file.stat()

    # then
    assert disk.is_own(mine)
    assert not disk.is_own(open_to_all)
    assert disk.is_trusted(mine)
    assert not disk.is_trusted(open_to_all)
    of_root, of_another = (os.stat_result((0o100644, 0, 0, 1, uid, 0, 0, 0, 0, 0)) for uid in (0, 4242))
    assert disk.is_trusted(of_root)
    assert disk.is_trusted(of_another) is (os.geteuid() == 4242)
    assert disk.user_number() == str(os.getuid())
    monkeypatch.setattr(os, "geteuid", lambda: mine.st_uid + 1)
    assert not disk.is_own(mine)
    monkeypatch.setattr(kind, "KIND", "win32")
    assert disk.is_own(open_to_all)  # its folder's rights say more than such a mode does there
    assert disk.user_number() == ""


def test_flags_that_a_system_lacks_are_left_out() -> None:
    assert disk.flags("O_CREAT", "O_OF_NO_SYSTEM") == os.O_CREAT
    assert disk.flags() == os.O_RDONLY


def test_syncing_a_folder_that_cannot_be_opened_is_harmless(tmp_path: Path) -> None:
    disk.sync_folder(tmp_path)
    disk.sync_folder(tmp_path / "missing")


def test_what_only_linux_or_posix_can_be_asked_is_not_asked_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    import fcntl

    with written(tmp_path / "file").open("r+b") as file, (tmp_path / "file").open("r+b") as other:
        fcntl.flock(other.fileno(), fcntl.LOCK_EX)

        # then
        assert holding.is_held(file.fileno())
        monkeypatch.setattr(kind, "KIND", "win32")
        assert not holding.is_held(file.fileno())
        assert not holding.is_cloned(file.fileno(), other.fileno())
        holding.read_unseen(file.fileno())
        monkeypatch.delattr(os, "posix_fadvise")
        holding.forget_cached(file.fileno())
        monkeypatch.setattr(kind, "KIND", "darwin")
        assert holding.is_held(file.fileno())
        assert not holding.is_cloned(file.fileno(), other.fileno())


def test_macos_is_asked_for_more_than_a_plain_sync_and_what_refuses_is_synced_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    import fcntl

    asked: list[str] = []
    refusing = [False, True]  # macOS is asked twice
    monkeypatch.setattr(os, "fsync", lambda _: asked.append("plain"))

    def whole(_: int, what: int) -> int:
        asked.append(f"whole {what}")
        if refusing.pop(0):
            raise OSError(errno.ENOTSUP, "not supported")
        return 0

    monkeypatch.setattr(fcntl, "fcntl", whole)

    # when
    with (tmp_path / "file").open("wb") as file:
        for system in ("linux", "darwin", "darwin", "win32"):
            monkeypatch.setattr(kind, "KIND", system)
            disk.sync(file)

    # then
    assert asked == ["plain", "whole 51", "whole 51", "plain", "plain"]


def test_times_of_an_open_file_are_set_where_the_system_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    file = written(tmp_path / "file")
    second_ns = 1_000_000_000

    # when
    with file.open("r+b") as opened:
        is_set = disk.set_times(opened.fileno(), second_ns, 2 * second_ns)
        monkeypatch.setattr(kind, "KIND", "win32")
        is_set_on_windows = disk.set_times(opened.fileno(), 8 * second_ns, 9 * second_ns)

    # then
    assert is_set
    assert not is_set_on_windows
    assert file.stat().st_mtime_ns == 2 * second_ns


def test_a_link_says_what_it_was_made_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    (tmp_path / "plain").symlink_to("letter.pdf")
    (tmp_path / "long").symlink_to("\\\\?\\C:\\Ada\\letter.pdf")

    # then
    assert disk.link_text(os.fspath(tmp_path / "plain"), None) == "letter.pdf"
    monkeypatch.setattr(kind, "KIND", "win32")
    assert disk.link_text(os.fspath(tmp_path / "long"), None) == "C:\\Ada\\letter.pdf"


def test_a_private_folder_is_private_with_what_is_made_around_it(tmp_path: Path) -> None:
    # given
    tmp_path.chmod(0o755)

    # when
    make_private(tmp_path / "uploads" / "@ada" / "host")
    make_private(tmp_path / "uploads")

    # then
    made = [tmp_path / "uploads", tmp_path / "uploads" / "@ada", tmp_path / "uploads" / "@ada" / "host"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in made} == {0o700}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
