"""Places in folders that are held open, so that no link on the way to them is ever followed."""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from twolane.documents import display_path
from twolane.errors import MoveError
from twolane.files.handles import HAS_HANDLES, open_file, open_folder, open_in, sync_disk, sync_folder
from twolane.system.disk import link_text
from twolane.system.holding import read_unseen

_MOST_OPEN = 64
_MOST_SYNCED = 8  # folders one by one: of more, a sync of their whole disk takes less
_OTHERS = 0o777


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """Where a file is or will be: a name in an open folder, or a path where folders have no handles."""

    path: Path
    folder: int | None

    @property
    def name(self) -> str:
        """What the system's calls take beside the folder's handle."""
        return os.fspath(self.path) if self.folder is None else self.path.name

    def status(self) -> os.stat_result | None:
        """Return what lies there, None where nothing does; a link is not followed. Raises `OSError`."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def open(self) -> BinaryIO:
        """Open the regular file there for reading. Raises `OSError` and `FileReplacedError`."""
        file = open_file(self.path) if self.folder is None else open_in(self.folder, self.path)
        read_unseen(file.fileno())
        return file

    def beside(self, name: str) -> OpenPlace:
        """Return another place in the same folder."""
        return OpenPlace(self.path.with_name(name), self.folder)

    def link_to(self, other: OpenPlace) -> None:
        """Give what lies there a second name, at a place that nothing has. Raises `OSError`."""
        os.link(self.name, other.name, src_dir_fd=self.folder, dst_dir_fd=other.folder, follow_symlinks=False)

    def remove(self) -> None:
        """Remove the name, whatever has it. Raises `OSError`."""
        os.unlink(self.name, dir_fd=self.folder)


class OpenFolders:
    """Opens folders and keeps those used last open; close it, or use it as a context manager."""

    def __init__(self) -> None:
        self._open: OrderedDict[Path, int] = OrderedDict()

    def __enter__(self) -> OpenFolders:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all; what is used afterwards is opened anew."""
        while self._open:
            os.close(self._open.popitem()[1])

    def place(self, path: Path) -> OpenPlace:
        """Return an absolute path's place, good until 64 others are asked for. Raises as `handle` does."""
        return OpenPlace(path, self.handle(path.parent))

    def handle(self, folder: Path) -> int | None:
        """Return an open folder's handle. Raises `OSError`, and `FileReplacedError` for a link on the way."""
        if not HAS_HANDLES:
            if Path(os.path.realpath(folder)) != folder:
                raise MoveError(f"{display_path(folder)} is reached by a link")
            return None
        if folder in self._open:
            self._open.move_to_end(folder)
            return self._open[folder]
        while len(self._open) >= _MOST_OPEN:
            os.close(self._open.popitem(last=False)[1])
        self._open[folder] = descriptor = open_folder(folder)
        return descriptor

    def status(self, folder: Path) -> os.stat_result:
        """Return what a folder is like. Raises as `handle` does."""
        handle = self.handle(folder)
        return folder.stat() if handle is None else os.fstat(handle)

    def missing(self, folder: Path) -> list[Path]:
        """Return which of a folder and those it lies in are not there yet, the outer ones first."""
        missing: list[Path] = []
        while True:
            try:
                self.handle(folder)
            except FileNotFoundError:
                missing.append(folder)
                folder = folder.parent
            else:
                return missing[::-1]

    def make(self, folder: Path) -> bool:
        """Make a folder that its neighbours' permissions and owner suit; False where it is there already."""
        outer = self.status(folder.parent)
        handle = self.handle(folder.parent)
        name = os.fspath(folder) if handle is None else folder.name
        try:
            os.mkdir(name, outer.st_mode & _OTHERS or _OTHERS, dir_fd=handle)
        except FileExistsError:
            self.handle(folder)  # whether it is a folder at all
            return False
        if handle is not None and os.geteuid() == 0 and (outer.st_uid or outer.st_gid):
            os.chown(name, outer.st_uid, outer.st_gid, dir_fd=handle, follow_symlinks=False)
        return True

    def remove(self, folder: Path) -> bool:
        """Remove an empty folder; False where it is not empty, not there, or no longer a folder."""
        try:
            handle = self.handle(folder.parent)
            os.rmdir(os.fspath(folder) if handle is None else folder.name, dir_fd=handle)
        except OSError:
            return False
        if folder in self._open:
            os.close(self._open.pop(folder))
        return True

    def set_times(self, folder: Path, accessed_ns: int, modified_ns: int) -> None:
        """Set when a folder was last read and changed. Raises `OSError`."""
        handle = self.handle(folder.parent)
        name = os.fspath(folder) if handle is None else folder.name
        os.utime(name, ns=(accessed_ns, modified_ns), dir_fd=handle, follow_symlinks=handle is None)

    def sync(self, *folders: Path) -> None:
        """Wait until the names in folders are on the disk. Raises as `handle` does."""
        by_disk: dict[int, list[Path]] = {}
        for folder in folders:
            by_disk.setdefault(self.status(folder).st_dev, []).append(folder)
        for together in by_disk.values():
            handle = self.handle(together[0])
            if handle is None or (len(together) > _MOST_SYNCED and sync_disk(handle)):
                continue
            for folder in together:
                handle = self.handle(folder)
                if handle is not None:
                    sync_folder(handle)


def is_file(status: os.stat_result | None) -> bool:
    """Whether a regular file lies there."""
    return status is not None and stat.S_ISREG(status.st_mode)


def same_entry(one: os.stat_result, other: os.stat_result) -> bool:
    """Whether two looks met the same file, which nobody has written to in between."""
    return (
        os.path.samestat(one, other) and one.st_size == other.st_size and one.st_mtime_ns == other.st_mtime_ns
    )


def link_at(place: OpenPlace) -> str | None:
    """Return what the symbolic link at a place leads to; None where there is none. Raises `OSError`."""
    found = place.status()
    if found is None or not stat.S_ISLNK(found.st_mode):
        return None
    return link_text(place.name, place.folder)
