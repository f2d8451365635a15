"""Opens files and folders by directory handles, so that no link on the way is ever followed.

Between the check of a path and its opening, anybody who may write to a shared folder can replace a part of it
by a link. So each part is opened below the one before it, and never as a link.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from twolane.documents import display_path
from twolane.errors import FileReplacedError
from twolane.system import kind
from twolane.system.disk import flags

HAS_HANDLES = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
# O_PATH passes through a folder without the right to list it, as /home often is.
_FOLDER = flags("O_PATH", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
_LISTED = flags("O_DIRECTORY", "O_CLOEXEC")
# O_NONBLOCK: opening must not block where a pipe has replaced the file.
_FILE = flags("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC")

_LINK = {errno.ELOOP, getattr(errno, "EMLINK", errno.ELOOP)}  # what O_NOFOLLOW meets, by system
_UNSYNCED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EROFS}  # of file systems that sync no folders


def open_file(path: Path) -> BinaryIO:
    """Open a regular file by its absolute path.

    Raises `OSError`, and `FileReplacedError` where a part of the path is a link or its end no regular file.
    """
    if not HAS_HANDLES:
        return _opened(path, _by_name(path))
    folder = open_folder(path.parent)
    try:
        return open_in(folder, path)
    finally:
        os.close(folder)


def open_in(folder: int, path: Path) -> BinaryIO:
    """Open a regular file from the open folder that holds it; raises what `open_file` does."""
    try:
        # checked before it is opened, since merely opening has an effect on some devices
        status = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            raise _link(path)
        if not stat.S_ISREG(status.st_mode):
            raise _irregular(path)
        return _opened(path, os.open(path.name, _FILE, dir_fd=folder))
    except OSError as error:
        if error.errno in _LINK:  # a link has replaced it since the check
            raise _link(path) from error
        raise


def open_folder(path: Path) -> int:
    """Open a folder by its absolute path, as a handle below which files are opened, made and renamed.

    Close it with `os.close`. Raises `OSError`, and `FileReplacedError` where a part of the path is a link.
    """
    descriptor = os.open(path.anchor, _FOLDER)
    passed = Path(path.anchor)
    for part in path.parts[1:]:
        passed /= part
        try:
            inner = _inner(passed, descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def sync_folder(folder: int) -> None:
    """Wait until the names in an open folder are on the disk, where the system can tell."""
    try:
        listed = os.open(".", _LISTED, dir_fd=folder)
    except PermissionError:
        return  # it may be passed through, and not be listed
    try:
        os.fsync(listed)
    except OSError as error:
        if error.errno not in _UNSYNCED:
            raise
    finally:
        os.close(listed)


def sync_disk(folder: int) -> bool:
    """Wait until all that was changed on the disk of an open folder is there; False where that cannot be."""
    call = _whole_sync()
    if call is None:
        return False
    try:
        listed = os.open(".", _LISTED, dir_fd=folder)
    except PermissionError:
        return False
    try:
        return bool(call(listed) == 0)
    finally:
        os.close(listed)


class Listing:
    """Lists folders one after the other; close it, or use it as a context manager.

    The folder listed last stays open, and its subfolders are opened from it: from the top, the time for a
    deep tree would grow with the square of its depth.
    """

    def __init__(self) -> None:
        self._last: tuple[Path, int] | None = None

    def __enter__(self) -> Listing:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entries(self, folder: Path) -> Iterator[tuple[str, os.stat_result | OSError]]:
        """Return a folder's entries in the order of their names, each with its status or the error.

        It must be read to its end before the next folder is listed. Raises `FileReplacedError` and `OSError`.
        """
        if not HAS_HANDLES:
            return ((path.name, _status(path, None)) for path in sorted(folder.iterdir()))
        passed = self._passed(folder)
        try:
            listed = os.open(".", _LISTED, dir_fd=passed)
        finally:
            os.close(passed)
        self.close()
        self._last = (folder, listed)
        names = sorted(os.listdir(listed))  # noqa: PTH208 - pathlib lists no handles
        return ((name, _status(name, listed)) for name in names)

    def close(self) -> None:
        """Close the folder listed last."""
        if self._last:
            os.close(self._last[1])
            self._last = None

    def _passed(self, folder: Path) -> int:
        if self._last and self._last[0] == folder.parent:
            return _inner(folder, self._last[1])
        return open_folder(folder)


def path_of(file: BinaryIO) -> Path:
    """Return a path at which this process can open an open file again, and never another file.

    On systems without such a path (Windows) it is the file's own: nothing on the way to an open file can be
    renamed there.
    """
    return Path(f"/dev/fd/{file.fileno()}") if not kind.is_windows() else Path(file.name)


@cache
def _whole_sync() -> Callable[[int], int] | None:
    call: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "syncfs", None) if HAS_HANDLES else None
    return call


def _opened(path: Path, descriptor: int) -> BinaryIO:
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _irregular(path)
        return open(path, "rb", opener=lambda *_: descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def _inner(folder: Path, outer: int) -> int:
    """Open a folder from the open folder that holds it."""
    try:
        return os.open(folder.name, _FOLDER, dir_fd=outer)
    except OSError:
        status = _status(folder.name, outer)
        if not isinstance(status, OSError) and stat.S_ISLNK(status.st_mode):
            raise _link(folder) from None
        raise


def _by_name(path: Path) -> int:
    """Open a file where folders have no handles, and check afterwards that its path holds no link."""
    descriptor = os.open(path, _FILE)
    is_own = Path(os.path.realpath(path)) == path and os.path.samestat(os.fstat(descriptor), os.lstat(path))
    if not is_own:
        os.close(descriptor)
        raise _link(path)
    return descriptor


def _status(name: str | Path, folder: int | None) -> os.stat_result | OSError:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        return error


def _link(path: Path) -> FileReplacedError:
    return FileReplacedError(
        f"{display_path(path)} is a link, and was none when it was scanned",
        "add it again; where the link is meant, name where it leads in shared_path",
    )


def _irregular(path: Path) -> FileReplacedError:
    return FileReplacedError(f"{display_path(path)} is no longer a regular file", "add it again")
