"""Port 4, blobs: a place for the contents of files, from which workers on other machines read.

Names are relative, of letters, digits and slashes, such as `content/1f2e...`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """A blob, and how long ago it was written."""

    name: str
    age_s: float


class Blobs(Protocol):
    """A place for bytes by name; safe to use from several threads and processes.

    Everything raises `BlobsError` where the place cannot be used. Memory stays small whatever the size.
    """

    def prepare(self) -> None:
        """Create the place where it is missing; only before writing, since a reader waits for it."""

    def put(self, name: str, file: BinaryIO) -> None:
        """Keep an open file's content, from its start, under a name: readers see all of it or nothing.

        Raises `OSError` as well.
        """

    def get(self, name: str, to: Path) -> None:
        """Write a blob's content to a file. Raises `NotFoundError`."""

    def write(self, name: str, text: str) -> None:
        """Keep a small text under a name."""

    def read(self, name: str) -> str:
        """Return a small text. Raises `NotFoundError`."""

    def has(self, name: str) -> bool:
        """Say whether there is a blob of this name."""

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the blobs in one folder of names, such as "content"."""

    def delete(self, names: Sequence[str]) -> None:
        """Delete blobs; missing ones are no error."""

    def close(self) -> None:
        """Give back connections."""
