"""The file systems that the tests of this folder stand on are what they say they are."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from standins.disks import KINDS, fill, limited, remount
from tests.support.filesystems import OnDisk, disk


@pytest.mark.parametrize("name", KINDS)
def test_a_disk_is_empty_and_folds_case_or_does_not(name: str, on_disk: OnDisk) -> None:
    # given
    place = on_disk(name)
    assert names(place.path) == []

    # when
    (place.path / "Grüße 文.txt").write_text("one")

    # then
    assert (place.path / "gRüßE 文.TXT").exists() == place.kind.folds_case
    assert names(place.path) == ["Grüße 文.txt"]


def test_a_disk_can_be_full_used_up_or_only_be_read(tmp_path: Path) -> None:
    # given
    codes = []
    for name in ("small", "quota", "closed"):
        (tmp_path / name).mkdir()

    # when
    with disk("tmpfs", tmp_path / "small", size_mb=1) as small:
        fill(small)
        codes.append(refusal(small))
    with disk("btrfs", tmp_path / "quota") as place:
        codes.append(refusal(limited(place, 1 << 20)))
    with disk("ext4", tmp_path / "closed") as closed:
        remount(closed, "ro")
        codes.append(refusal(closed))

    # then
    assert codes == [errno.ENOSPC, errno.EDQUOT, errno.EROFS]


def refusal(folder: Path) -> int | None:
    try:
        (folder / "new").write_bytes(b"x" * (2 << 20))
    except OSError as error:
        return error.errno
    return None


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]
