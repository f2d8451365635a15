"""Pictures of pages that were drawn: in a bounded folder beside the library, gone with their documents."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from twolane.system.disk import make_private

PICTURES = "pictures"
_SHARE_KEPT = 0.8  # of the limit, once it was reached
_DOCUMENT = re.compile(r"[0-9a-f]{8,128}")


@dataclass(frozen=True, slots=True)
class PictureKey:
    """Which picture of a document: of which page, and how wide; of its first page one is small."""

    document: str
    page: int
    width_px: int
    is_small: bool = False

    @property
    def name(self) -> str:
        """The name of its file."""
        return "small.webp" if self.is_small else f"{self.page}-{self.width_px}.webp"


class KeptPictures:
    """Keeps pictures by their documents' hashes; safe to use from several threads and processes.

    Beyond `limit_bytes` those go first that were not looked at for longest, and large ones before small ones.
    An empty one says that there is none. They can all be drawn again: nothing here is in a backup.
    """

    def __init__(self, data_dir: Path, limit_bytes: int) -> None:
        self._folder = data_dir / PICTURES
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._bytes: int | None = None  # not counted yet

    def get(self, key: PictureKey) -> bytes | None:
        """Return a picture, empty where the document has none of this page; None where it is not kept."""
        path = self._path(key)
        if path is None:
            return None
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def keep(self, key: PictureKey, data: bytes) -> None:
        """Keep a picture, if it can be: it is drawn again otherwise."""
        path = self._path(key)
        if path is None or not self._limit_bytes:
            return
        try:
            make_private(path.parent)
            number, name = tempfile.mkstemp(dir=path.parent)  # which only its owner may read
            with os.fdopen(number, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            return
        self._count(len(data))

    def forget(self, documents: Iterable[str]) -> None:
        """Delete all pictures of documents that have left the library."""
        for document in documents:
            if _DOCUMENT.fullmatch(document):
                shutil.rmtree(self._of(document), ignore_errors=True)

    def _of(self, document: str) -> Path:
        return self._folder / document[:2] / document

    def _path(self, key: PictureKey) -> Path | None:
        return self._of(key.document) / key.name if _DOCUMENT.fullmatch(key.document) else None

    def _count(self, added_bytes: int) -> None:
        with self._lock:
            if self._bytes is None:
                self._bytes = sum(size for _, _, size, _ in self._all())
            else:
                self._bytes += added_bytes
            if self._bytes > self._limit_bytes:
                self._bytes = self._cleared()

    def _cleared(self) -> int:
        """Delete what was not looked at for longest, and return what is left."""
        found = sorted(self._all())
        left_bytes = sum(size for _, _, size, _ in found)
        for _, _, size, path in found:
            if left_bytes <= _SHARE_KEPT * self._limit_bytes:
                break
            with suppress(OSError):
                path.unlink()
                left_bytes -= size
        return left_bytes

    def _all(self) -> Iterator[tuple[bool, float, int, Path]]:
        for path in self._folder.glob("*/*/*.webp"):
            with suppress(OSError):
                status = path.stat()
                yield path.name == "small.webp", status.st_mtime, status.st_size, path
