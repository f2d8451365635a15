"""Finding files: walks folders without opening, following or changing anything."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from twolane.documents import FileSeen, FileSkipped
from twolane.errors import FileReplacedError, NotFoundError
from twolane.files.clutter import Clutter, clutter_but
from twolane.files.handles import Listing
from twolane.files.taken_out.excluded import EXCLUDED
from twolane.system.paths import path_of_named

_DATALESS = 0x4000_0000  # SF_DATALESS of macOS
_RECALLED = 0x0040_0000 | 0x0004_0000 | 0x0000_1000  # Windows: recalled on access or on opening, or offline
_ELSEWHERE = "its content lies in the cloud: have it kept on this device, then add it again"
_OWN = "twolane's own data"
_LONGEST_PATH_BYTES = 4096  # the systems' limit, which directory handles would pass
_SPECIAL = {
    stat.S_IFIFO: "a pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}


def scan(
    roots: Sequence[Path],
    exclude: Sequence[Path] = (),
    *,
    clutter: Clutter | None = None,
    prune: Callable[[Path], bool] = lambda _: False,
) -> Iterator[FileSeen | FileSkipped]:
    """Yield everything at and under the roots, in a stable order; links are reported, never followed.

    A root that is itself a link is resolved: the user named it. Raises `NotFoundError` for a root that does
    not exist, before anything is yielded. What cannot be listed is yielded as skipped, and so is a folder
    that is to be pruned.
    """
    for root in roots:
        if not root.expanduser().exists():
            raise NotFoundError(f"{root}: no such file or folder", "check the path")
    skipped = {path.resolve() for path in exclude}
    for root in roots:
        yield from _Walk(skipped, clutter or clutter_but(), prune).within(path_of_named(root))


def look_again(paths: Sequence[Path], clutter: Clutter | None = None) -> Iterator[FileSeen | FileSkipped]:
    """Yield what is at the paths now, of what is not a folder; nothing for a path where nothing is.

    No path is resolved: a link at its end is reported, and one on its way is refused when the file is read.
    """
    for path in paths:
        try:
            status = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            yield _closed(path, error)
            continue
        if not stat.S_ISDIR(status.st_mode):
            yield _look(path, status, clutter or clutter_but())


def is_folder(path: Path | str) -> bool:
    """Say whether a folder is at a path, and no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def is_left_out(path: Path, root: Path, exclude: Sequence[Path] = (), clutter: Clutter | None = None) -> bool:
    """Say whether a scan of the root would not come to a path below it, for the folder that it is in."""
    if any(path.is_relative_to(folder) for folder in exclude):
        return True
    for folder in path.parents:
        if folder == root:
            return False
        if (clutter or clutter_but()).why_folder(folder):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a walk passes over."""

    exclude: set[Path]
    clutter: Clutter
    prune: Callable[[Path], bool]

    def within(self, root: Path) -> Iterator[FileSeen | FileSkipped]:
        try:
            status = os.lstat(root)
        except OSError as error:
            yield _closed(root, error)
            return
        if not stat.S_ISDIR(status.st_mode):
            yield FileSkipped(root, _OWN) if root in self.exclude else _look(root, status, self.clutter)
            return
        # A stack instead of recursion: a hostile tree may be deeper than Python's limit.
        waiting = [root]
        with Listing() as listing:
            while waiting:
                folder = waiting.pop()
                if (passed := self._passed(folder, root)) is not None:
                    yield passed
                    continue
                folders: list[Path] = []
                yield from self._entries(folder, listing, folders)
                waiting.extend(reversed(folders))

    def _passed(self, folder: Path, root: Path) -> FileSkipped | None:
        """Return why a folder is passed over, or None."""
        if folder in self.exclude:
            return FileSkipped(folder, _OWN)
        if folder != root and (why := self.clutter.why_folder(folder)):
            return FileSkipped(folder, why, is_clutter=True)
        if self.prune(folder):
            return FileSkipped(folder, EXCLUDED)
        if len(os.fsencode(folder)) > _LONGEST_PATH_BYTES:
            return _closed(folder, OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG)))
        return None

    def _entries(
        self, folder: Path, listing: Listing, folders: list[Path]
    ) -> Iterator[FileSeen | FileSkipped]:
        """Yield the files of one folder, and add the folders in it to `folders`."""
        try:
            for name, status in listing.entries(folder):
                path = folder / name
                if isinstance(status, OSError):
                    yield _closed(path, status)
                elif stat.S_ISDIR(status.st_mode):
                    folders.append(path)
                else:
                    own = path in self.exclude
                    yield FileSkipped(path, _OWN) if own else _look(path, status, self.clutter)
        except OSError as error:
            yield _closed(folder, error)
        except FileReplacedError as error:
            yield FileSkipped(folder, error.what)


def _closed(path: Path, error: OSError) -> FileSkipped:
    is_closed = not isinstance(error, FileNotFoundError)
    return FileSkipped(path, f"cannot be read: {error.strerror or error}", is_closed)


def _look(path: Path, status: os.stat_result, clutter: Clutter) -> FileSeen | FileSkipped:
    if stat.S_ISLNK(status.st_mode):
        return FileSkipped(path, "a link: not followed")
    if not stat.S_ISREG(status.st_mode):
        return FileSkipped(path, _SPECIAL.get(stat.S_IFMT(status.st_mode), "not a regular file"))
    if why := clutter.why_file(path.name):
        return FileSkipped(path, why, is_clutter=True)
    if _is_elsewhere(status):
        return FileSkipped(path, _ELSEWHERE)
    return seen(path, status)


def _is_elsewhere(status: os.stat_result) -> bool:
    """Say whether a sync program has left only the name here: to read the file would fetch it."""
    return bool(
        getattr(status, "st_flags", 0) & _DATALESS or getattr(status, "st_file_attributes", 0) & _RECALLED
    )


def seen(path: Path, status: os.stat_result) -> FileSeen:
    """Return a regular file as it is found at a path."""
    return FileSeen(path, status.st_size, stamp(status), identity=identity(status))


def identity(status: os.stat_result) -> str:
    """Return what a file keeps under any name of its disk, "" where the disk does not number its files."""
    return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}" if status.st_ino else ""


def identity_of(stamp: str, size_bytes: int) -> str:
    """Return the identity of a file that had a stamp."""
    changed_ns, _, number = stamp.partition(":")
    return f"{number.rpartition(':')[2]}:{size_bytes}:{changed_ns}"


def stamp(status: os.stat_result) -> str:
    """Return a text that changes when a file's content may have changed."""
    return f"{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"
