"""Libraries as backups keep them: each in one SQLite file of its own, whatever store it is from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twolane.documents import FileSeen

OnPages = Callable[[int, int], None]  # how much is done, of how much


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What a library is: its own id, the number of its newest migration, and its rows by table."""

    identity: str
    schema: int
    counts: Mapping[str, int]


class KeptLibraries(Protocol):
    """The library of the settings, and files that hold a library as it once was."""

    @property
    def schema(self) -> int:
        """The number of the newest migration that is known."""

    @property
    def folder(self) -> Path:
        """The folder in which a library can become that of the settings by getting its name."""

    def identity(self) -> str:
        """Return the id of the library of the settings. Raises `NotFoundError` and `StoreError`."""

    def take(self, path: Path, on_pages: OnPages, remedy: Callable[[], str]) -> LibraryFacts:
        """Write the library as it is at one moment into a new file, and check it; others go on working.

        What `on_pages` raises ends it; `remedy` says what to do where it is damaged. Raises `NotFoundError`
        where there is no library, `StoreError` where its file is damaged, and `StoreBusyError` where the disk
        is full.
        """

    def look(self, path: Path) -> LibraryFacts:
        """Check a file that holds a library, and bring it up to date. Raises `StoreError`."""

    def paths(self, path: Path) -> Iterator[Path]:
        """Yield the paths of all files that the library in a file can find."""

    def move(self, path: Path, moved: Mapping[Path, FileSeen]) -> None:
        """Tell the library in a file where files lie now, by where they lay."""

    def stands(self) -> bool:
        """Say whether there is a library with content where the settings say, sound or not."""

    def require_free(self) -> None:
        """Raise `StoreBusyError` where another process uses the library that is there.

        Raises `StoreError` where a library lies on a server, which can be filled only while it is empty.
        """

    def put(self, path: Path, on_pages: OnPages) -> Path | None:
        """Make the library in a file that of the settings, and return where the one before was set aside.

        At any moment there is one of both, whole. Raises `StoreBusyError` where anybody uses the one that is
        there, and `StoreError` where it cannot be set aside.
        """
