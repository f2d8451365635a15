"""Why a system refused something, as people read it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twolane.documents import display_path
from twolane.errors import FileReplacedError, MoveError, NoRoomError

_FULL = {errno.ENOSPC: "its disk is full", errno.EDQUOT: "the quota there is used up"}
_WORDS = {
    errno.ENOENT: "it is no longer there",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
    errno.EEXIST: "something lies there already",
    errno.EACCES: "its permissions, or those of its folder, do not allow it",
    errno.EPERM: "the system does not permit it: it may be protected against changes, or belong to another",
    errno.EROFS: "its disk can only be read",
    errno.EBUSY: "another program, or the system itself, holds it",
    errno.ETXTBSY: "it is a program that runs",
    errno.ENAMETOOLONG: "its name is too long for that disk",
    errno.EINVAL: "that disk takes no such name",
    errno.EILSEQ: "that disk takes no such name",
    errno.EFBIG: "it is larger than a file on that disk may be",
    errno.EMLINK: "it has as many names as that disk allows",
    errno.ENOTSUP: "that disk cannot do it",
    errno.ENOSYS: "that disk cannot do it",
    errno.EIO: "the disk failed",
    errno.ENODEV: "its disk is not there",
    errno.ENXIO: "its disk is not there",
    errno.ENOTCONN: "its disk is not there",
    errno.ESTALE: "its disk is not there",
}
_WINDOWS_HELD = {32, 33}  # another program has it open, or has locked a part


def refused(error: OSError, path: Path) -> MoveError:
    """Return what the system refused to do with a path."""
    code = error.errno or 0
    shown = display_path(path)
    if code in _FULL:
        return NoRoomError(
            f"there is no room for {shown}: {_FULL[code]}",
            "free some space there, then run the same command again: it goes on where it stopped",
        )
    if getattr(error, "winerror", 0) in _WINDOWS_HELD:
        return MoveError(f"{shown}: another program has it open")
    return MoveError(f"{shown}: {_WORDS.get(code) or error.strerror or error}")


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Raise what the system refuses within the block as a `MoveError` about a path."""
    try:
        yield
    except FileReplacedError as error:
        raise MoveError(error.what, error.remedy) from error
    except OSError as error:
        raise refused(error, path) from error
