"""Whether a folder is there, and on what: some disks tell nothing of changes, and some refuse many names."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from twolane.system import kind

_MOUNTS = Path("/proc/self/mountinfo")
_REMOTE = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "afs", "ceph", "lustre", "gfs2"),
        *("fakeowner", "ocfs2", "vboxsf", "vmhgfs", "prl_fs", "drvfs", "davfs", "ncpfs", "coda", "beegfs"),
        *("orangefs", "glusterfs", "afpfs", "webdav"),
    }
)
# of Windows and of sticks, by Linux' and by macOS' names for them; a share may lie on one
_CHOOSY = frozenset(
    {
        *("vfat", "msdos", "exfat", "texfat", "ntfs", "ntfs3", "ntfs-3g", "ufsd", "ufsd_NTFS", "fuseblk"),
        *("cifs", "smb3", "smbfs", "drvfs", "fakeowner"),
    }
)
_OF_PROGRAMS = "fuse."  # sshfs, rclone and the like; a disk by FUSE is "fuseblk"
_ESCAPED = re.compile(rb"\\([0-7]{3})")


def folder_identity(path: Path) -> tuple[int, int] | None:
    """Return what a folder is known by for as long as its disk is mounted; None where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def remote_kind(path: Path, mounts: Path = _MOUNTS) -> str:
    """Return the kind of the network's or a program's file system that a path is on, or "" on any other.

    Known on Linux and macOS; on Windows it is "".
    """
    found = _kind_of(path, mounts)
    return found if found in _REMOTE or found.startswith(_OF_PROGRAMS) else ""


def is_choosy(path: Path, mounts: Path = _MOUNTS) -> bool:
    """Say whether the disk of a path, which need not be there yet, refuses names that others take.

    Those of Windows do, with their drives wherever they are mounted, and shares that may be such.
    """
    return kind.is_windows() or _kind_of(path, mounts).removeprefix(_OF_PROGRAMS) in _CHOOSY


def _kind_of(path: Path, mounts: Path) -> str:
    found, longest = "", -1
    for point, name in _mounted(mounts) if kind.is_linux() else _partitions():
        # the last one of several at the same place is the one that is seen
        if path.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = name, len(point.parts)
    return found


def _partitions() -> list[tuple[Path, str]]:
    """Return the mount points and kinds of file systems where there is no /proc: macOS' `getfsstat`."""
    import psutil

    with suppress(OSError, psutil.Error):
        return [(Path(one.mountpoint), one.fstype) for one in psutil.disk_partitions(all=True)]
    return []


def _mounted(mounts: Path) -> list[tuple[Path, str]]:
    """Return the mount points and kinds of file systems, in the order in which they were mounted.

    Source of the format: proc_pid_mountinfo(5).
    """
    try:
        lines = mounts.read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        before, _, after = line.partition(b" - ")
        fields, kinds = before.split(b" "), after.split(b" ")
        if len(fields) > 4:
            point = _ESCAPED.sub(lambda match: bytes([int(match[1], 8)]), fields[4])
            found.append((Path(os.fsdecode(point)), os.fsdecode(kinds[0])))
    return found
