"""Port 4, blobs: where the content of files lies that workers on other machines read.

Names are relative, of letters, digits and slashes, such as `content/1f2e...`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """A blob that is there, and how long ago it was written."""

    name: str
    age_s: float


class Blobs(Protocol):
    """A place for bytes by name; safe to use from several threads and processes.

    Everything raises `BlobsError` where the place cannot be used. Memory stays small whatever the size.
    """

    def prepare(self) -> None:
        """Make the place where it is missing: for who writes; who only reads rather waits for it."""

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
        """Yield what lies in one folder of names, such as "content"."""

    def delete(self, names: Sequence[str]) -> None:
        """Delete blobs; those that are not there are no error."""

    def close(self) -> None:
        """Give back connections."""
