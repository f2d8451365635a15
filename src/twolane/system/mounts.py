"""Whether a folder is there, and on what: on some file systems no event tells what others have changed."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_REMOTE = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "afs", "ceph", "lustre", "gfs2"),
        *("fakeowner", "ocfs2"),
        *(
            "vboxsf",
            "vmhgfs",
            "prl_fs",
            "drvfs",
            "davfs",
            "ncpfs",
            "coda",
            "beegfs",
            "orangefs",
            "glusterfs",
        ),
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

    Known on Linux alone; elsewhere it is "".
    """
    found, longest = "", -1
    for point, kind in _mounted(mounts):
        # the last one of several at the same place is the one that is seen
        if path.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = kind, len(point.parts)
    return found if found in _REMOTE or found.startswith(_OF_PROGRAMS) else ""


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
