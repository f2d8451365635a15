"""Contents in the blob area.

The scanning process stores each file there before it is queued: its content under `content/` by its SHA-256,
so that copies are stored once, and a record of it under `files/` by its path.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar

from twolane.documents import FileSeen, display_path
from twolane.errors import BlobLostError, FileChangedError, FileReplacedError, JobError, NotFoundError
from twolane.files.blobs.base import Blobs
from twolane.files.contents.base import Content, hash_of
from twolane.files.handles import open_file
from twolane.files.scan import identity_of, stamp
from twolane.system.paths import path_digest

_THREADS = 4
_TIMES = 3
_YOUNG_S = 3600.0  # a younger blob may not be in the catalogue yet

T = TypeVar("T")
R = TypeVar("R")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Record:
    """The blob under `files/` for a path: what a scan found there; `fault` is why there is no content."""

    stamp: str
    size_bytes: int
    document: str
    fault: str = ""


class BlobContents:
    """Obeys `Contents` over a blob area; files over `limit_bytes` are never read and so not stored."""

    def __init__(self, blobs: Blobs, *, limit_bytes: int) -> None:
        self._blobs = blobs
        self._limit_bytes = limit_bytes

    def keep(self, files: Sequence[FileSeen]) -> None:
        if files:
            self._blobs.prepare()
        self._each(self._keep, files)

    def follow(self, moved: Mapping[Path, FileSeen]) -> None:
        # all are read before any is written: files may have taken each other's paths
        records = dict(zip(moved, self._each(self._record, moved), strict=True))
        # the records of their paths before are deleted with those of other files that are gone
        self._each(lambda path: self._follow(records[path], moved[path]), moved)

    @contextmanager
    def open(self, path: Path) -> Iterator[Content]:
        record = self._record(path)
        if record is None or record.fault:
            reason = record.fault if record else "it was added without blobs_url, or has been deleted"
            raise JobError(f"{display_path(path)} is not in the blob area: {reason}", "add it again")
        with tempfile.TemporaryDirectory(prefix="twolane-") as folder:
            content = _BlobContent(self._blobs, record, Path(folder) / "content")
            try:
                yield content
            except BlobLostError:
                # without its record, the next scan stores the content again
                self._blobs.delete([f"content/{record.document}", _name(path)])
                raise
            finally:
                content.close()

    def is_there(self, path: Path) -> bool:  # noqa: ARG002 - only scans know what is gone
        return True

    def clean(self, known: Iterable[Path]) -> int:
        names = {_name(path) for path in known}
        documents, old = set[str](), list[str]()
        for entry in self._blobs.entries("files"):
            if entry.name not in names and entry.age_s > _YOUNG_S:
                old.append(entry.name)
            elif record := self._read(entry.name):
                documents.add(record.document)
        for entry in self._blobs.entries("content"):
            if entry.age_s > _YOUNG_S and entry.name.removeprefix("content/") not in documents:
                old.append(entry.name)
        self._blobs.delete(old)
        return len(old)

    def forget(self, paths: Iterable[Path], is_known: Callable[[str], bool]) -> None:
        kept = {path: record for path in paths if (record := self._record(path)) is not None}
        documents = {record.document for record in kept.values() if record.document}
        names = [_name(path) for path in kept]
        # one that a file which waits to be read has too is stored again by its next scan
        names += [f"content/{document}" for document in documents if not is_known(document)]
        if names:
            self._blobs.delete(names)

    def close(self) -> None:
        self._blobs.close()

    def _each(self, work: Callable[[T], R], many: Iterable[T]) -> list[R]:
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="keep") as threads:
            return list(threads.map(work, many))

    def _follow(self, record: _Record | None, file: FileSeen) -> None:
        if record and not record.fault and identity_of(record.stamp, record.size_bytes) == file.identity:
            self._blobs.write(_name(file.path), json.dumps(asdict(replace(record, stamp=file.stamp))))

    def _keep(self, file: FileSeen) -> None:
        record = self._record(file.path)
        if record and (record.stamp, record.size_bytes) == (file.stamp, file.size_bytes) and not record.fault:
            return
        document, fault = "", ""
        if file.size_bytes <= self._limit_bytes:
            try:
                document = self._keep_content(file.path)
            except OSError as error:
                fault = f"it cannot be read: {error.strerror or error}"
            except (FileChangedError, FileReplacedError) as error:
                fault = error.what
        found = _Record(file.stamp, file.size_bytes, document, fault)
        self._blobs.write(_name(file.path), json.dumps(asdict(found)))

    def _keep_content(self, path: Path) -> str:
        for _ in range(_TIMES):
            with open_file(path) as file:
                before = stamp(os.fstat(file.fileno()))
                document = hash_of(file)
                is_new = not self._blobs.has(f"content/{document}")
                if is_new:
                    self._blobs.put(f"content/{document}", file)
                if stamp(os.fstat(file.fileno())) == before:
                    return document
            if is_new:  # it may hold other content by now; an older blob belongs to another file
                self._blobs.delete([f"content/{document}"])
        raise FileChangedError(f"{display_path(path)} keeps changing", "add it again when it is finished")

    def _record(self, path: Path) -> _Record | None:
        return self._read(_name(path))

    def _read(self, name: str) -> _Record | None:
        try:
            return _Record(**json.loads(self._blobs.read(name)))
        except NotFoundError:
            return None
        except (ValueError, TypeError):
            _log.warning("the blob %s is not understood", name)
            return None


class _BlobContent:
    def __init__(self, blobs: Blobs, record: _Record, path: Path) -> None:
        self._blobs = blobs
        self._record = record
        self._path = path
        self._file: BinaryIO | None = None

    @property
    def size_bytes(self) -> int:
        return self._record.size_bytes

    def document(self) -> str:
        return self._record.document

    def file(self) -> BinaryIO:
        if self._file is None:
            try:
                self._blobs.get(f"content/{self._record.document}", self._path)
            except NotFoundError as error:
                raise BlobLostError(error.what, error.remedy) from error
            self._file = self._path.open("rb")
            if hash_of(self._file) != self._record.document:
                raise BlobLostError(f"the blob {self._record.document} is damaged", "add the file again")
        return self._file

    def is_as_scanned(self, file: FileSeen) -> bool:  # noqa: ARG002 - it was stored by that scan
        return True

    def seen(self, path: Path) -> FileSeen:
        return FileSeen(path, self._record.size_bytes, self._record.stamp)

    def check(self) -> None:
        """Do nothing: a blob named by its hash does not change."""

    def close(self) -> None:
        if self._file:
            self._file.close()


def _name(path: Path) -> str:
    return f"files/{path_digest(path)}"
