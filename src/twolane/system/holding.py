"""What a system can be asked of an open file: whether another program holds it, and to read it unseen."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from twolane.system import kind

_HELD = {errno.EAGAIN, errno.EACCES}
_CLONE = 0x40049409  # FICLONE: on btrfs, xfs and their like both files share their blocks


def is_held(descriptor: int) -> bool:
    """Say whether another program has locked an open file for itself, as office programs do.

    On Windows it is False: a locked file cannot even be opened there.
    """
    if kind.is_windows():
        return False
    import fcntl

    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return True
        else:
            lock(descriptor, fcntl.LOCK_UN)
    return False


def hold_folder(folder: str | os.PathLike[str]) -> int | None:
    """Lock a folder for as long as the returned descriptor is open; None where another process has it.

    On Windows folders cannot be locked, and it is None.
    """
    if kind.is_windows():
        return None
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def read_unseen(descriptor: int) -> None:
    """Have the system not count what we read of a file as a reading, where it is ours: on Linux alone.

    Elsewhere the time of its last reading moves; what a move changes of it is set back in the end.
    """
    if kind.is_linux():
        import fcntl

        with suppress(OSError):
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NOATIME)


def is_cloned(source: int, copy: int) -> bool:
    """Let an empty open file share the blocks of another; False where it must be copied byte by byte."""
    if not kind.is_linux():
        return False
    import fcntl

    try:
        fcntl.ioctl(copy, _CLONE, source)
    except OSError:
        return False
    return True


def forget_cached(descriptor: int) -> None:
    """Have what follows read from the disk, not from what the system remembers of the writing.

    macOS and Windows cannot be told: there it may be read from memory.
    """
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
