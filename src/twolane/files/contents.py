"""How a worker gets at a file's content: over a shared folder, or from the blob area.

With a blob area the side that scans keeps what it finds there before the file is queued: under `content/` by
its SHA-256, so that copies are kept once, and under `files/` by its path what was found there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from twolane.documents import FileSeen, display_path
from twolane.errors import (
    BlobLostError,
    FileAwayError,
    FileChangedError,
    JobError,
    NotFoundError,
)
from twolane.files.blobs.base import Blobs
from twolane.files.scan import stamp

_BLOCK_BYTES = 1 << 20
_THREADS = 4
_TIMES = 3
_YOUNG_S = 3600.0  # what was kept just now may not be in the catalogue yet

_log = logging.getLogger(__name__)


class Content(Protocol):
    """One file's content, while it is open."""

    @property
    def size_bytes(self) -> int:
        """Its size."""

    def document(self) -> str:
        """Return its SHA-256, by which the document is known."""

    def path(self) -> Path:
        """Return where it can be read on this machine, until it is closed."""

    def check(self) -> None:
        """Raise `FileChangedError` where it has changed since it was opened."""


class Contents(Protocol):
    """The contents of all files of a library, by their paths as the catalogue has them."""

    def keep(self, files: Sequence[FileSeen]) -> None:
        """Make the content of files that a scan met reachable for workers; called before they are queued."""

    @contextmanager
    def open(self, path: Path) -> Iterator[Content]:
        """Lend a file's content. Raises `FileNotFoundError` and `JobError`."""

    def is_there(self, path: Path) -> bool:
        """Say whether a file may still be shown; only a definite no is False."""

    def clean(self, known: Iterable[Path]) -> int:
        """Forget what belongs to no known file; return how many blobs that were."""

    def close(self) -> None:
        """Give back connections."""


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content, by which its document is known."""
    digest = hashlib.sha256()
    # O_NONBLOCK: where the path has become a pipe since it was looked at, opening must not hang.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def may_be_shown(path: Path) -> bool:
    """Say whether a file may still be shown: not where its folder is here and it is not.

    A folder that is not here may be one that only workers on other machines have.
    """
    try:
        path.stat()
    except FileNotFoundError:
        return not path.parent.is_dir()
    except NotADirectoryError:
        return False
    except OSError:  # not ours to read now is not the same as gone
        return True
    return True


class SharedContents:
    """Obeys `Contents` where the files lie on this machine, or on a folder that is mounted here.

    `places` maps folders as the catalogue has them to where they are here.
    """

    def __init__(self, places: dict[Path, Path]) -> None:
        self._places = sorted(places.items(), key=lambda place: -len(place[0].parts))

    def keep(self, files: Sequence[FileSeen]) -> None:
        """They are where they are."""

    @contextmanager
    def open(self, path: Path) -> Iterator[Content]:
        here = self.here(path)
        try:
            status = os.lstat(here)
        except FileNotFoundError:
            if here.parent.is_dir():
                raise
            raise FileAwayError(
                f"{display_path(here.parent)} is not on this machine",
                "mount it for workers, or set shared_path or blobs_url; if it was deleted, add what held it",
            ) from None
        if not stat.S_ISREG(status.st_mode):
            raise JobError(f"{display_path(here)} is no longer a regular file", "add it again")
        yield _SharedContent(here, status)

    def is_there(self, path: Path) -> bool:
        return may_be_shown(self.here(path))

    def clean(self, known: Iterable[Path]) -> int:  # noqa: ARG002 - nothing was kept
        return 0

    def close(self) -> None:
        """Nothing is kept open."""

    def here(self, path: Path) -> Path:
        """Return where a file is on this machine."""
        for recorded, place in self._places:
            if path.is_relative_to(recorded):
                return place / path.relative_to(recorded)
        return path


class _SharedContent:
    def __init__(self, path: Path, status: os.stat_result) -> None:
        self._path = path
        self._status = status

    @property
    def size_bytes(self) -> int:
        return self._status.st_size

    def document(self) -> str:
        return hash_file(self._path)

    def path(self) -> Path:
        return self._path

    def check(self) -> None:
        if stamp(os.lstat(self._path)) != stamp(self._status):
            raise FileChangedError(
                f"{display_path(self._path)} changed while it was read", "it is read again by itself"
            )


@dataclass(frozen=True, slots=True)
class _Kept:
    """What lies under `files/` for a path: what a scan found there; `fault` is why there is no content."""

    stamp: str
    size_bytes: int
    document: str
    fault: str = ""


class BlobContents:
    """Obeys `Contents` over a blob area; files over `limit_bytes` are not kept, for nobody reads them."""

    def __init__(self, blobs: Blobs, *, limit_bytes: int) -> None:
        self._blobs = blobs
        self._limit_bytes = limit_bytes

    def keep(self, files: Sequence[FileSeen]) -> None:
        if files:
            self._blobs.prepare()
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="keep") as threads:
            for _ in threads.map(self._keep, files):
                pass

    @contextmanager
    def open(self, path: Path) -> Iterator[Content]:
        kept = self._kept(path)
        if kept is None or kept.fault:
            reason = kept.fault if kept else "it was added without blobs_url, or has been deleted"
            raise JobError(f"{display_path(path)} is not in the blob area: {reason}", "add it again")
        with tempfile.TemporaryDirectory(prefix="twolane-") as folder:
            # the end of the name is a hint to what it is
            try:
                yield _BlobContent(self._blobs, kept, Path(folder) / f"content{path.suffix}")
            except BlobLostError:
                self._blobs.delete([f"content/{kept.document}", _name(path)])  # or it would not be kept anew
                raise

    def is_there(self, path: Path) -> bool:  # noqa: ARG002 - scans alone say what is gone
        return True

    def clean(self, known: Iterable[Path]) -> int:
        wanted = {_name(path) for path in known}
        documents, old = set[str](), list[str]()
        for entry in self._blobs.entries("files"):
            if entry.name not in wanted and entry.age_s > _YOUNG_S:
                old.append(entry.name)
            elif kept := self._read(entry.name):
                documents.add(kept.document)
        for entry in self._blobs.entries("content"):
            if entry.age_s > _YOUNG_S and entry.name.removeprefix("content/") not in documents:
                old.append(entry.name)
        self._blobs.delete(old)
        return len(old)

    def close(self) -> None:
        self._blobs.close()

    def _keep(self, file: FileSeen) -> None:
        kept = self._kept(file.path)
        if kept and (kept.stamp, kept.size_bytes) == (file.stamp, file.size_bytes) and not kept.fault:
            return
        document, fault = "", ""
        if file.size_bytes <= self._limit_bytes:
            try:
                document = self._keep_content(file.path)
            except OSError as error:
                fault = f"it cannot be read: {error.strerror or error}"
            except FileChangedError as error:
                fault = error.what
        found = _Kept(file.stamp, file.size_bytes, document, fault)
        self._blobs.write(_name(file.path), json.dumps(asdict(found)))

    def _keep_content(self, path: Path) -> str:
        for _ in range(_TIMES):
            before = stamp(os.lstat(path))
            document = hash_file(path)
            is_new = not self._blobs.has(f"content/{document}")
            if is_new:
                self._blobs.put(f"content/{document}", path)
            if stamp(os.lstat(path)) == before:
                return document
            if is_new:  # it may hold something else; what was there before is another file's
                self._blobs.delete([f"content/{document}"])
        raise FileChangedError(f"{display_path(path)} keeps changing", "add it again when it is finished")

    def _kept(self, path: Path) -> _Kept | None:
        return self._read(_name(path))

    def _read(self, name: str) -> _Kept | None:
        try:
            return _Kept(**json.loads(self._blobs.read(name)))
        except NotFoundError:
            return None
        except (ValueError, TypeError):
            _log.warning("the blob %s is not understood", name)
            return None


class _BlobContent:
    def __init__(self, blobs: Blobs, kept: _Kept, path: Path) -> None:
        self._blobs = blobs
        self._kept = kept
        self._path = path

    @property
    def size_bytes(self) -> int:
        return self._kept.size_bytes

    def document(self) -> str:
        return self._kept.document

    def path(self) -> Path:
        if not self._path.exists():
            try:
                self._blobs.get(f"content/{self._kept.document}", self._path)
            except NotFoundError as error:
                raise BlobLostError(error.what, error.remedy) from error
            if hash_file(self._path) != self._kept.document:
                raise BlobLostError(f"the blob {self._kept.document} is damaged", "add the file again")
        return self._path

    def check(self) -> None:
        """What is kept by its hash does not change."""


def _name(path: Path) -> str:
    return f"files/{hashlib.sha256(os.fsencode(path)).hexdigest()}"
