"""How files come into a library: found under paths, or uploaded."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BufferedWriter
from itertools import count, islice, takewhile
from pathlib import Path
from typing import Protocol

from twolane.config.settings import Settings
from twolane.documents import FileRecord, FileSeen, FileSkipped, FileState, Filter, display_path
from twolane.errors import ConflictError, FileAwayError, StoreBusyError, StoreError, TwolaneError
from twolane.files.contents import Contents
from twolane.files.contents.base import hash_of
from twolane.files.exclusion_check import ExclusionCheck
from twolane.files.renamed import RenamedFiles
from twolane.files.scan import look_again, scan
from twolane.store.base import Catalogue, Documents
from twolane.store.scanned import Files
from twolane.store.taken_out import ExclusionKind, TakingOutRows
from twolane.store.values import ScanResult

_BATCH = 500
_LISTED_AT_ONCE = 500
UPLOADS = "uploads"
_CLEAN_S = 3600.0
_UNREAD_KEPT = 1000
_SOON_PRIORITY = 10  # of files that somebody has just chosen and waits for
_NAMED_FILES = 20  # more are most likely a folder that the shell has expanded
_NOT_SHOWN = {FileState.GONE, FileState.SKIPPED}
_MOST_NAME_BYTES = 200  # file systems take 255, and a number may follow
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class Taken(Catalogue, Documents, TakingOutRows, Protocol):
    """What taking files in needs of the store."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of an upload: the file that has its content, which `is_new` or was there before."""

    file: FileRecord
    is_new: bool


class Intake:
    """Records which files there are, and queues what is new or changed."""

    def __init__(self, settings: Settings, store: Taken, contents: Contents) -> None:
        self._settings = settings
        self._store = store
        self._contents = contents
        self._renamed = RenamedFiles(store)
        self._clean_at = 0.0
        self._unread: dict[str, Path] = {}  # the last uploads, by the hash of their content

    def add(
        self,
        paths: Sequence[Path],
        *,
        redo: bool = False,
        emptied: bool = False,
        priority: int | None = None,
        leave: Callable[[FileSeen], bool] = lambda _: False,
        named: bool = False,
    ) -> ScanResult:
        """Look for files at and under the paths and queue what is new or changed; does not wait for the work.

        A few files that are named one by one (20 at most, and no folder) go before folders, as uploads do,
        unless a `priority` is given. What `leave` is true of stays as it is known. What is excluded is left
        out, but paths that a person has `named` are excluded no more.
        Raises `NotFoundError` where a path does not exist, and `FileAwayError` where one is an empty folder
        from which files were filed, unless they were `emptied`: both before anything is queued.
        """
        roots = [path.expanduser().resolve() for path in paths]
        if not emptied:
            self._check_mounted(roots)
        if priority is None:
            is_few = len(roots) <= _NAMED_FILES and all(root.is_file() for root in roots)
            priority = _SOON_PRIORITY if is_few else 0
        check = ExclusionCheck.admitting(self._store, roots) if named else ExclusionCheck(self._store)
        found = self._scanned(roots, check.is_pruned)
        return self._take_in(found, roots, check, redo=redo, priority=priority, leave=leave)

    def follow(self, paths: Sequence[Path], *, soon: bool = False) -> ScanResult:
        """Look again at files where something has happened, and queue what is new or changed.

        A path where nothing is any more is gone, with all that was under it. Few files that somebody waits
        for go `soon`, before folders.
        """
        # of a folder that has just come, nothing is gone because it was not looked at
        paths = [path for path in paths if path.is_symlink() or not path.is_dir()]
        priority = _SOON_PRIORITY if soon else 0
        return self._take_in(look_again(paths), paths, ExclusionCheck(self._store), priority=priority)

    def _take_in(
        self,
        found: Iterable[FileSeen | FileSkipped],
        roots: Sequence[Path],
        check: ExclusionCheck,
        *,
        priority: int,
        redo: bool = False,
        leave: Callable[[FileSeen], bool] = lambda _: False,
    ) -> ScanResult:
        """Record what was found at and under the roots; what was not is gone."""
        number = self._store.next_scan()
        total = ScanResult()
        see = partial(self._see, check=check, number=number, redo=redo, priority=priority)
        closed: list[Path] = []
        displaced: list[FileSeen] = []
        taken = _taken_in(found, leave, closed)
        while batch := list(islice(taken, _BATCH)):
            later = self._renamed.displaced([one for one in batch if isinstance(one, FileSeen)])
            displaced += [one for one in batch if isinstance(one, FileSeen) and one.path in later]
            total = total + see([one for one in batch if one.path not in later])
        total = total + self._see_displaced(displaced, see)
        with self._store.writing() as write:
            if closed:
                write.spare(closed, number)
            gone = write.end_scan(roots, number)
        if gone or total.changed:
            self._clean()
        return replace(total, gone=gone)

    def save_upload(
        self, name: str, chunks: Iterable[bytes], *, within: str = UPLOADS, soon: bool = True
    ) -> Upload:
        """Keep an uploaded file in a folder of the library's own, and queue it, `soon` before all else.

        The name is reduced to its last part and made unique. What has been read already and is still there
        is not kept a second time, nor what was uploaded here just before.
        Raises `TwolaneError` where it is too large.
        """
        folder = self._settings.data_dir / within
        if self._settings.blobs_url.get_secret_value():
            # Chat servers on other machines use the same folder name, but each sees only its own files.
            folder /= socket.gethostname()
        limit_bytes = self._settings.server.upload_limit_bytes
        path = write_upload(folder, name, chunks, limit_bytes, self._store.file_at)
        with path.open("rb") as file:
            document = hash_of(file)
        if self._store.exclusions.has(ExclusionKind.CONTENT, document.encode()):
            path.unlink(missing_ok=True)
            raise ConflictError(
                f"{display_path(name)} has a content that is excluded",
                "`twolane exclude --list` shows what is",
            )
        known = self._known(document) or self._still_unread(document)
        if known is None and (same := self._same_beside(path, name, document)):
            known = self._store.file_at(same)
            if known is None or known.state in _NOT_SHOWN:
                path.unlink(missing_ok=True)
                path, known = same, None
        if known is not None:
            path.unlink(missing_ok=True)
            return Upload(known, is_new=False)
        try:
            self.add([path], priority=_SOON_PRIORITY if soon else 0, named=True)
        except TwolaneError:
            path.unlink(missing_ok=True)  # the user gets the error and can upload it again
            raise
        record = self._store.file_at(path)
        assert record is not None
        self._unread[document] = path
        for oldest in [*self._unread][:-_UNREAD_KEPT]:
            self._unread.pop(oldest, None)
        return Upload(record, is_new=True)

    def _same_beside(self, path: Path, name: str, document: str) -> Path | None:
        """Return the same content under the same name: a process that died may have kept it."""
        size_bytes = path.stat().st_size
        for other in takewhile(lambda each: each != path, _paths(path.parent, name)):
            with suppress(OSError):
                if other.stat().st_size == size_bytes:
                    with other.open("rb") as file:
                        if hash_of(file) == document:
                            return other
        return None

    def _still_unread(self, document: str) -> FileRecord | None:
        """Return an upload of this content that waits to be read, of which the library does not know it."""
        path = self._unread.get(document)
        record = self._store.file_at(path) if path else None
        waits = record is not None and record.state is FileState.WAITING and not record.document
        return record if waits and record and self._contents.is_there(record.path) else None

    def _known(self, document: str) -> FileRecord | None:
        """Return the file that has the content of an upload already, where there is one."""
        if not self._store.has_document(document):
            return None
        shown = Filter(documents=(document,), states=tuple(set(FileState) - _NOT_SHOWN))
        files = self._store.files(shown, limit=_LISTED_AT_ONCE)
        return next((record for record in files if self._contents.is_there(record.path)), None)

    def _check_mounted(self, roots: Sequence[Path]) -> None:
        for root in roots:
            if _is_empty_folder(root) and (count := self._store.count_files(Filter(folders=(root,)))):
                raise FileAwayError(
                    f"{display_path(root)} is empty, but the library has {count} files of it: is it mounted?",
                    "mount it; if these files were really deleted: `twolane add --emptied` with this folder",
                )

    def _scanned(
        self, roots: Sequence[Path], prune: Callable[[Path], bool]
    ) -> Iterator[FileSeen | FileSkipped]:
        """Yield what a scan finds. Raises `FileAwayError` where a root went away meanwhile."""
        before = [_identity(root) for root in roots]
        own = (self._settings.data_dir, self._settings.models_dir)
        yield from scan(roots, exclude=own, prune=prune)
        for root, identity in zip(roots, before, strict=True):
            if identity and _identity(root) != identity:
                raise FileAwayError(
                    f"{display_path(root)} went away while it was looked at", "mount it, then add it again"
                )

    def _see(
        self,
        batch: Sequence[FileSeen | FileSkipped],
        *,
        check: ExclusionCheck,
        number: int,
        redo: bool,
        priority: int,
    ) -> ScanResult:
        kept = check.admitted(batch, self._store.exclusions)
        files = [file for file in kept if isinstance(file, FileSeen)]
        moved = self._follow_renamed(files)
        self._contents.keep(files)
        with self._store.writing() as write:
            # again, since somebody may have taken a file out just now
            kept = check.admitted(kept, write.exclusions, hold=True)
            seen = write.see(kept, number, redo=redo, priority=priority)
        left_out = len(batch) - len(kept)
        return replace(seen, skipped=seen.skipped + left_out, moved=moved, excluded=left_out)

    def _see_displaced(
        self, files: Sequence[FileSeen], see: Callable[[Sequence[FileSeen]], ScanResult]
    ) -> ScanResult:
        """Record what is found where other files were: those may have taken each other's paths."""
        total = ScanResult(moved=self._follow_renamed(files))
        for begin in range(0, len(files), _BATCH):
            total = total + see(files[begin : begin + _BATCH])
        return total

    def _follow_renamed(self, files: Sequence[FileSeen]) -> int:
        """Record the files that were renamed, and return their number."""
        moves = self._renamed.among(files)
        if not moves:
            return 0
        found = {file.path: file for file in files}
        self._contents.follow({move.source: found[move.path] for move in moves if move.source})
        with self._store.writing() as write:
            write.mark_gone(self._renamed.overwritten(moves))
            return write.rename(moves)

    def _clean(self) -> None:
        """Delete the contents kept of files that are gone; rarely, since it lists all files."""
        if time.monotonic() < self._clean_at:
            return
        self._clean_at = time.monotonic() + _CLEAN_S
        if paths := all_paths(self._store):
            self._contents.clean(paths)


def all_paths(store: Files) -> set[Path]:
    """Return the paths of all files that are not gone, or none where their number changed meanwhile.

    A list in pages may miss a file where another one before it disappears.
    """
    number, paths = store.count_files(), set[Path]()
    for offset in range(0, number, _LISTED_AT_ONCE):
        paths |= {record.path for record in store.files(limit=_LISTED_AT_ONCE, offset=offset)}
    return paths if len(paths) == number == store.count_files() else set()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _taken_in(
    found: Iterable[FileSeen | FileSkipped], leave: Callable[[FileSeen], bool], closed: list[Path]
) -> Iterator[FileSeen | FileSkipped]:
    """Yield what is recorded of what was found, and add to `closed` what counts as found and is not."""
    for one in found:
        if isinstance(one, FileSeen) and leave(one):
            closed.append(one.path)
            continue
        if isinstance(one, FileSkipped) and one.is_closed:
            closed.append(one.path)
        yield one


def _is_empty_folder(path: Path) -> bool:
    try:
        return not any(path.iterdir())
    except OSError:  # no folder, or not readable, which the scan reports
        return False


def write_upload(
    folder: Path,
    name: str,
    chunks: Iterable[bytes],
    limit_bytes: int,
    is_known: Callable[[Path], object] = lambda _: None,
) -> Path:
    """Write an upload into a folder, under a name that is free.

    `is_known` returns what the catalogue has at a path: it may be another server's upload, on its own disk.
    Raises `TwolaneError` beyond the limit, `StoreBusyError` where the disk is full, `StoreError` for other
    faults of the disk.
    """
    path, written = None, 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _made(folder, name, is_known) as file:
            path = Path(file.name)
            for chunk in chunks:
                written += len(chunk)
                if written > limit_bytes:
                    raise TwolaneError(
                        f"{path.name} is larger than {limit_bytes:,} bytes",
                        "copy it into a folder and use `twolane add`, or raise server.upload_limit_bytes",
                    )
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())  # or what sent it could forget it, and a power failure this
    except BaseException as error:
        if path:
            with suppress(OSError):
                path.unlink(missing_ok=True)  # always the file that this call created
        if isinstance(error, OSError):
            raise _not_kept(error, folder) from error
        raise
    return path


def _made(folder: Path, name: str, is_known: Callable[[Path], object]) -> BufferedWriter:
    """Create a file under a free name, even where several uploads of one name come at once."""
    while True:
        with suppress(FileExistsError):
            return _unused_path(folder, name, is_known).open("xb")


def _not_kept(error: OSError, folder: Path) -> StoreError:
    what = f"the upload could not be kept in {display_path(folder)}: {error.strerror or error}"
    if error.errno in _NO_ROOM:
        return StoreBusyError(what, "free some space there, then upload the file again")
    return StoreError(what, "check that the folder can be written, then upload the file again")


def _unused_path(folder: Path, name: str, is_known: Callable[[Path], object]) -> Path:
    """Return a path in the folder that no file has, named after the last part of `name`."""
    return next(path for path in _paths(folder, name) if not (path.exists() or is_known(path)))


def _paths(folder: Path, name: str) -> Iterator[Path]:
    """Yield the paths that files of a name get, one after the other."""
    plain = "".join(char for char in name.replace("\\", "/").split("/")[-1] if char.isprintable()).strip()
    plain = plain.lstrip(".").replace(":", "_")[-150:]
    while len(os.fsencode(plain)) > _MOST_NAME_BYTES:  # a letter takes up to four bytes
        plain = plain[1:]
    first = folder / (plain or "upload")
    yield first
    for number in count(2):
        yield first.with_name(f"{first.stem} ({number}){first.suffix}")
