"""What is on the disk for certain, what is put in another's place, and who may write it."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from twolane.system import kind

_TRIES, _PAUSE_S = 20, 0.05
_WHOLE_SYNC = 51  # F_FULLFSYNC of macOS
_LONG = "\\\\?\\"  # before a path of Windows that may be longer than 259 characters
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def is_no_room(error: OSError) -> bool:
    """Say whether something could not be written since the disk is full, or a quota used up."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def has_room(folder: Path, size_bytes: int) -> bool:
    """Say whether so much can still be written in a folder; what was written for that is gone again."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"-" * size_bytes)
            sync(file)
    except OSError as error:
        return not is_no_room(error)
    return True


def flags(*names: str) -> int:
    """Return the flags of `os.open` with these names, as far as this system has them."""
    found = 0
    for name in names:
        found |= getattr(os, name, 0)
    return found


def sync(file: IO[Any]) -> None:
    """Wait until all that was written to a file is on the disk. Raises `OSError`.

    macOS answers a plain sync while it still is in the disk's own memory, unless it is asked for more.
    """
    file.flush()
    if not (kind.is_macos() and _is_synced_whole(file.fileno())):
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk, where that can be asked for: Windows opens no folders."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def put_in_place(fresh: Path, target: Path) -> None:
    """Give a file the name of another, which it replaces in one step. Raises `OSError`.

    On Windows that is refused while any program has the other one open, as those that look for viruses do
    for a moment: it is tried for a second there.
    """
    for _ in range(_TRIES if kind.is_windows() else 0):
        with suppress(PermissionError):
            fresh.replace(target)
            return
        time.sleep(_PAUSE_S)
    fresh.replace(target)


def name_again(file: Path, name: Path) -> None:
    """Give a file a second name, which nothing has; where the disk has no links, a private copy has it.

    Raises `FileExistsError` where something has the name, and `OSError`.
    """
    try:
        name.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:  # FAT, exFAT and some of the network's have no links
        with file.open("rb") as source, open(name, "xb", opener=privately) as copy:
            shutil.copyfileobj(source, copy)


def put_new(file: Path, name: Path) -> None:
    """Give a finished file a name that nothing has; it may keep its old one too.

    Raises `FileExistsError` where something has the name, and `OSError`.
    """
    try:
        name.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:  # a disk without links: the name is taken first
        os.close(privately(os.fspath(name), os.O_CREAT | os.O_EXCL))
        file.replace(name)
    sync_folder(name.parent)


def set_times(descriptor: int, accessed_ns: int, modified_ns: int) -> bool:
    """Set when an open file was last read and changed; False where that takes its path (Windows).

    There it is to be set once the file is closed: closing it counts as a change. Raises `OSError`.
    """
    if kind.is_windows():
        return False
    os.utime(descriptor, ns=(accessed_ns, modified_ns))
    return True


def link_text(path: str, folder: int | None) -> str:
    """Return what a symbolic link leads to, as it was given when it was made. Raises `OSError`.

    Windows answers in a form of its own, with a mark in front that lifts its limit of a path's length.
    """
    text = os.readlink(path, dir_fd=folder)
    return text.removeprefix(_LONG) if kind.is_windows() else text


def is_own(status: os.stat_result) -> bool:
    """Say whether a file is this user's, and only this user may write it.

    Windows says neither: what lies in a user's own folders is there no other user's by the rights of these.
    """
    if kind.is_windows():
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def is_trusted(status: os.stat_result) -> bool:
    """Say whether only this user, or the one who runs the system, could have written a file or folder.

    Windows says neither, as for `is_own`.
    """
    if kind.is_windows():
        return True
    return status.st_uid in {0, os.geteuid()} and not status.st_mode & _OTHERS_WRITE


def user_number() -> str:
    """Return the number that this user has on disks; "" on Windows, whose users have none."""
    return "" if kind.is_windows() else str(os.getuid())


def _is_synced_whole(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.fcntl(descriptor, _WHOLE_SYNC)
    except OSError:  # a disk that knows no more than a plain sync, as the network's
        return False
    return True


def make_private(folder: Path) -> None:
    """Make a folder, and what is lacking of those around it, that no other user may look into."""
    lacking = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(lacking):
        one.mkdir(mode=0o700, exist_ok=True)


def privately(path: str, how: int) -> int:
    """Open a file that is made for this user alone: what `open` takes as its `opener`. Raises `OSError`."""
    return os.open(path, how, 0o600)
