"""Contents where files lie: on this machine, or on a folder that is mounted here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from twolane.documents import FileSeen, display_path
from twolane.errors import FileAwayError, FileChangedError
from twolane.files.contents.base import Content, hash_of
from twolane.files.handles import open_file
from twolane.files.scan import seen, stamp

# Machines that mount one folder by several protocols see its times in steps of up to two seconds.
_TIME_STEP_NS = 2_000_000_000


def may_be_shown(path: Path) -> bool:
    """Say whether a file may still be shown: not where its folder exists here without it.

    A folder that does not exist here may be one that only workers on other machines have.
    """
    try:
        path.stat()
    except FileNotFoundError:
        return not path.parent.is_dir()
    except NotADirectoryError:
        return False
    except OSError:  # not readable now is not the same as gone
        return True
    return True


class SharedContents:
    """Obeys `Contents` where the files lie on this machine, or on a folder that is mounted here.

    `places` maps folders as the catalogue has them to their paths on this machine.
    """

    def __init__(self, places: dict[Path, Path]) -> None:
        self._places = sorted(places.items(), key=lambda place: -len(place[0].parts))

    def keep(self, files: Sequence[FileSeen]) -> None:
        """Do nothing: workers read the files themselves."""

    def follow(self, moved: Mapping[Path, FileSeen]) -> None:
        """Do nothing: workers open files where they lie."""

    @contextmanager
    def open(self, path: Path) -> Iterator[Content]:
        here = self.here(path)
        try:
            file = open_file(here)
        except FileNotFoundError:
            if here.parent.is_dir():
                raise
            raise FileAwayError(
                f"{display_path(here.parent)} is not on this machine",
                "mount it for workers, or set shared_path or blobs_url; if it was deleted, add what held it",
            ) from None
        with file:
            yield _SharedContent(here, file, mapped=here != path)

    def is_there(self, path: Path) -> bool:
        return may_be_shown(self.here(path))

    def clean(self, known: Iterable[Path]) -> int:  # noqa: ARG002 - nothing was kept
        return 0

    def forget(self, paths: Iterable[Path], is_known: Callable[[str], bool]) -> None:
        """Do nothing: nothing was kept."""

    def close(self) -> None:
        """Do nothing: nothing is kept open."""

    def here(self, path: Path) -> Path:
        """Return a file's path on this machine."""
        for recorded, place in self._places:
            if path.is_relative_to(recorded):
                # links in the place's own path are the user's choice; below it, the scan followed none
                return place.resolve() / path.relative_to(recorded)
        return path


class _SharedContent:
    def __init__(self, path: Path, file: BinaryIO, *, mapped: bool) -> None:
        self._path = path
        self._file = file
        self._mapped = mapped
        self._status = os.fstat(file.fileno())

    @property
    def size_bytes(self) -> int:
        return self._status.st_size

    def document(self) -> str:
        return hash_of(self._file)

    def file(self) -> BinaryIO:
        return self._file

    def is_as_scanned(self, file: FileSeen) -> bool:
        if file.stamp == stamp(self._status):
            return True
        # in a folder that two machines mount, the same file may have another inode number on each
        scanned_ns = file.stamp.partition(":")[0]
        return (
            self._mapped
            and file.size_bytes == self._status.st_size
            and scanned_ns.isdigit()
            and abs(int(scanned_ns) - self._status.st_mtime_ns) <= _TIME_STEP_NS
        )

    def seen(self, path: Path) -> FileSeen:
        return seen(path, self._status)

    def check(self) -> None:
        if stamp(os.fstat(self._file.fileno())) != stamp(self._status):
            raise FileChangedError(
                f"{display_path(self._path)} changed while it was read", "it is read again by itself"
            )
