"""Finding files: walks folders without opening, following or changing anything."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from twolane.documents import FileSeen, FileSkipped
from twolane.errors import NotFoundError

_SKIPPED_FOLDERS = {".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__", "$RECYCLE.BIN"}
_CLUTTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
_UNFINISHED = (".part", ".crdownload", ".partial")
_SPECIAL = {
    stat.S_IFIFO: "a pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}


def scan(roots: Sequence[Path], exclude: Sequence[Path] = ()) -> Iterator[FileSeen | FileSkipped]:
    """Yield everything at and under the roots, in a stable order; links are reported, never followed.

    A root that is itself a link is resolved: the user named it. Raises `NotFoundError` for a root that does
    not exist, before anything is yielded. What cannot be listed is yielded as skipped.
    """
    for root in roots:
        if not root.expanduser().exists():
            raise NotFoundError(f"{root}: no such file or folder", "check the path")
    skipped = {path.resolve() for path in exclude}
    for root in roots:
        yield from _walk(root.expanduser().resolve(), skipped)


def _walk(root: Path, exclude: set[Path]) -> Iterator[FileSeen | FileSkipped]:
    # An own stack instead of recursion: a hostile tree is deeper than Python's limit.
    waiting = [root]
    while waiting:
        path = waiting.pop()
        if path in exclude:
            yield FileSkipped(path, "twolane's own data")
            continue
        try:
            status = os.lstat(path)
            if stat.S_ISDIR(status.st_mode):
                if path.name in _SKIPPED_FOLDERS and path != root:
                    yield FileSkipped(path, "a folder of programs, not of documents")
                    continue
                children = sorted(path.iterdir(), reverse=True)
            else:
                yield _look(path, status)
                continue
        except OSError as error:
            is_closed = not isinstance(error, FileNotFoundError)
            yield FileSkipped(path, f"cannot be read: {error.strerror or error}", is_closed)
            continue
        waiting.extend(children)


def _look(path: Path, status: os.stat_result) -> FileSeen | FileSkipped:
    if stat.S_ISLNK(status.st_mode):
        return FileSkipped(path, "a link: not followed")
    if not stat.S_ISREG(status.st_mode):
        return FileSkipped(path, _SPECIAL.get(stat.S_IFMT(status.st_mode), "not a regular file"))
    if path.name in _CLUTTER or path.name.startswith("~$"):
        return FileSkipped(path, "a system's or program's own note, not a document")
    if path.name.endswith(_UNFINISHED):
        return FileSkipped(path, "an unfinished download")
    return FileSeen(path, status.st_size, stamp(status))


def stamp(status: os.stat_result) -> str:
    """Return a text that changes when a file's content may have changed."""
    return f"{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"
