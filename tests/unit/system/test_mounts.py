"""Which file systems tell nothing of what others change on them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from twolane.system import kind
from twolane.system.mounts import is_choosy, remote_kind

TABLE = rb"""22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
23 22 0:21 / /proc rw - proc proc rw
60 22 0:50 / /mnt rw shared:4 - nfs4 server:/share rw
61 60 0:51 / /mnt/my\040disk rw - fuseblk /dev/sdb1 rw
62 22 0:52 / /home/ada/far\134away rw - fuse.sshfs ada@far: rw
63 22 0:53 / /media/gr\303\266\303\237e rw - cifs //nas/share rw
64 22 0:54 / /over rw - nfs4 server:/old rw
65 64 0:55 / /over rw - tmpfs none rw
torn line
"""


def test_what_is_on_the_network_or_a_program_s_is_known_by_its_mount(tmp_path: Path) -> None:
    # given
    table = tmp_path / "mountinfo"
    table.write_bytes(TABLE)

    # when
    kinds = {
        path: remote_kind(Path(path), table)
        for path in (
            *("/home/ada", "/mnt/papers", "/mnt/my disk/papers", "/home/ada/far\\away/x", "/media/größe/x"),
            *("/over/papers", "/mnt2"),
        )
    }

    # then
    assert kinds == {
        "/home/ada": "",
        "/mnt/papers": "nfs4",
        "/mnt/my disk/papers": "",
        "/home/ada/far\\away/x": "fuse.sshfs",
        "/media/größe/x": "cifs",
        "/over/papers": "",
        "/mnt2": "",
    }
    assert remote_kind(Path("/home"), tmp_path / "not Linux") == ""


STICKS = rb"""22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
70 22 8:17 / /media/stick rw - vfat /dev/sdb1 rw
71 22 8:18 / /media/card rw - exfat /dev/sdb2 rw
72 22 8:19 / /media/old rw - fuseblk /dev/sdb3 rw
73 22 8:20 / /media/new rw - ntfs3 /dev/sdb4 rw
74 22 0:60 / /media/user rw - fuse.ntfs-3g /dev/sdb5 rw
75 22 0:61 / /srv/share rw - cifs //nas/share rw
76 22 0:62 / /srv/nfs rw - nfs4 nas:/share rw
77 70 8:21 / /media/stick/inner rw - btrfs /dev/sdc1 rw
"""
CHOOSY = {"/media/stick", "/media/card", "/media/old", "/media/new", "/media/user", "/srv/share"}
OTHERS = {"/", "/srv/nfs", "/media/stick/inner"}


def test_disks_of_windows_and_sticks_refuse_names_that_others_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    table = tmp_path / "mountinfo"
    table.write_bytes(STICKS)

    # when
    found = {place for place in CHOOSY | OTHERS if is_choosy(Path(place) / "not there yet", table)}

    # then
    assert found == CHOOSY
    monkeypatch.setattr(kind, "KIND", "win32")
    assert all(is_choosy(Path(place), table) for place in OTHERS)


def test_macos_says_by_itself_what_is_mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    mounted = {"/": "apfs", "/Volumes/STICK": "msdos", "/Volumes/share": "smbfs", "/Volumes/home": "nfs"}
    parts = [SimpleNamespace(mountpoint=point, fstype=name) for point, name in mounted.items()]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: parts)
    monkeypatch.setattr(kind, "KIND", "darwin")

    # then
    assert {point for point in mounted if is_choosy(Path(point))} == {"/Volumes/STICK", "/Volumes/share"}
    assert [remote_kind(Path(point)) for point in mounted] == ["", "", "smbfs", "nfs"]


def test_a_system_that_does_not_say_what_is_mounted_is_taken_for_a_plain_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    def refuse(**_: bool) -> None:
        raise OSError("not permitted")

    monkeypatch.setattr(psutil, "disk_partitions", refuse)
    monkeypatch.setattr(kind, "KIND", "darwin")

    # then
    assert not is_choosy(Path("/Volumes/STICK"))
    assert remote_kind(Path("/Volumes/share")) == ""
