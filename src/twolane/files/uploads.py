"""Uploads: files that come by the page, the API or mail, and are kept in a folder of the library's own."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedWriter
from itertools import count, takewhile
from pathlib import Path

from twolane.config.settings import Settings
from twolane.documents import FileRecord, FileState, Filter, display_path
from twolane.errors import ConflictError, StoreBusyError, StoreError, TwolaneError
from twolane.files.contents import Contents
from twolane.files.contents.base import hash_of
from twolane.files.intake import SOON_PRIORITY, Intake, Taken
from twolane.store.taken_out import ExclusionKind
from twolane.system.disk import make_private, privately, sync
from twolane.system.names import takeable

UPLOADS = "uploads"
_LISTED_AT_ONCE = 500
_UNREAD_KEPT = 1000
_NOT_SHOWN = {FileState.GONE, FileState.SKIPPED}
_MOST_NAME_BYTES = 200  # file systems take 255, and a number may follow
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of an upload: the file that has its content, which `is_new` or was there before."""

    file: FileRecord
    is_new: bool


class Uploads:
    """Keeps uploads, each content once, and queues them."""

    def __init__(self, settings: Settings, store: Taken, contents: Contents, intake: Intake) -> None:
        self._settings = settings
        self._store = store
        self._contents = contents
        self._intake = intake
        self._unread: dict[str, Path] = {}  # the last ones, by the hash of their content

    def save(
        self,
        name: str,
        chunks: Iterable[bytes],
        *,
        within: str = UPLOADS,
        soon: bool = True,
        owner: str = "",
    ) -> Upload:
        """Keep an uploaded file in a folder of the library's own, and queue it, `soon` before all else.

        The name is reduced to its last part and made unique. What has been read already and is still there
        is not kept a second time, nor what was uploaded here just before; what the uploader does not see is
        not there. With an `owner` it is that user's, in a folder apart.
        Raises `TwolaneError` where it is too large.
        """
        folder, limit_bytes = self._folder(within, owner), self._settings.server.upload_limit_bytes
        path = made = write_upload(folder, name, chunks, limit_bytes, self._store.file_at)
        with path.open("rb") as file:
            document = hash_of(file)
        if self._store.exclusions.has(ExclusionKind.CONTENT, document.encode()):
            path.unlink(missing_ok=True)
            raise ConflictError(
                f"{display_path(name)} has a content that is excluded",
                "take it out of what is kept out: on the page under Lanes, or by `twolane exclude`",
            )
        known = self._known(document) or self._still_unread(document)
        if known is None and (same := self._same_beside(path, name, document)):
            known = self._store.file_at(same)
            if known is None or known.state in _NOT_SHOWN:
                path.unlink(missing_ok=True)
                path, known = same, None
        if known is not None:
            # the same sent twice at once may have taken this very one
            if not _is_same_file(path, known.path):
                path.unlink(missing_ok=True)
            return Upload(known, is_new=False)
        try:
            priority = SOON_PRIORITY if soon else 0
            self._intake.add([path], priority=priority, named=True, owner=owner)
        except TwolaneError:
            made.unlink(missing_ok=True)  # the user gets the error and can upload it again
            raise
        record = self._store.file_at(path)
        assert record is not None
        self._unread[document] = path
        for oldest in [*self._unread][:-_UNREAD_KEPT]:
            self._unread.pop(oldest, None)
        return Upload(record, is_new=True)

    def _folder(self, within: str, owner: str) -> Path:
        folder = (self._settings.data_dir / within).resolve()  # as the catalogue knows its files
        if owner:
            folder /= f"@{owner}"
        if self._settings.blobs_url.get_secret_value():
            # Chat servers on other machines use the same folder name, but each sees only its own files.
            folder /= socket.gethostname()
        return folder

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


def _is_same_file(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.samefile(other)
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
        make_private(folder)
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
            sync(file)  # or what sent it could forget it, and a power failure this
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
            return open(_unused_path(folder, name, is_known), "xb", opener=privately)


def _not_kept(error: OSError, folder: Path) -> StoreError:
    what = f"the upload could not be kept in {display_path(folder)}: {error.strerror or error}"
    if error.errno in _NO_ROOM:
        return StoreBusyError(what, "free some space there, then upload the file again")
    return StoreError(what, "check that the folder can be written, then upload the file again")


def _unused_path(folder: Path, name: str, is_known: Callable[[Path], object]) -> Path:
    """Return a path in the folder that no file has, named after the last part of `name`."""
    return next(path for path in _paths(folder, name) if not (os.path.lexists(path) or is_known(path)))


def _paths(folder: Path, name: str) -> Iterator[Path]:
    """Yield the paths that files of a name get, one after the other."""
    plain = "".join(char for char in name.replace("\\", "/").split("/")[-1] if char.isprintable()).strip()
    plain = takeable(plain.lstrip(".").replace(":", "_")[-150:])
    while len(os.fsencode(plain)) > _MOST_NAME_BYTES:  # a letter takes up to four bytes
        plain = plain[1:]
    first = folder / (plain or "upload")
    yield first
    for number in count(2):
        yield first.with_name(f"{first.stem} ({number}){first.suffix}")
