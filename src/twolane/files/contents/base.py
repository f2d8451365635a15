"""The port to files' contents, wherever they lie."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from twolane.documents import FileSeen

_BLOCK_BYTES = 1 << 20


class Content(Protocol):
    """One file's content, while it is open."""

    @property
    def size_bytes(self) -> int:
        """Its size."""

    def document(self) -> str:
        """Return its SHA-256, by which the document is known."""

    def file(self) -> BinaryIO:
        """Return the open file with the content that `document` names; its position is anywhere."""

    def is_as_scanned(self, file: FileSeen) -> bool:
        """Say whether this is the file that a scan found, unchanged."""

    def seen(self, path: Path) -> FileSeen:
        """Return the file as a scan would find it now."""

    def check(self) -> None:
        """Raise `FileChangedError` where it has changed since it was opened."""


class Contents(Protocol):
    """The contents of all files of a library, by their paths as the catalogue has them."""

    def keep(self, files: Sequence[FileSeen]) -> None:
        """Make the content of files that a scan found reachable for workers, before they are queued."""

    def follow(self, moved: Mapping[Path, FileSeen]) -> None:
        """Keep what is reachable of files that were renamed, by their paths before, under their new ones."""

    @contextmanager
    def open(self, path: Path) -> Iterator[Content]:
        """Yield a file's content. Raises `FileNotFoundError` and `JobError`.

        No link on the way is followed: `FileReplacedError` where one has been put there since the scan.
        """

    def is_there(self, path: Path) -> bool:
        """Say whether a file may still be shown; False only where it is surely gone."""

    def clean(self, known: Iterable[Path]) -> int:
        """Delete what belongs to no known file; return the number of blobs deleted."""

    def forget(self, paths: Iterable[Path], is_known: Callable[[str], bool]) -> None:
        """Delete what was kept of files that were taken out; `is_known` says which contents others have."""

    def close(self) -> None:
        """Give back connections."""


def hash_of(file: BinaryIO) -> str:
    """Return the SHA-256 of an open file's content, by which its document is known."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()
