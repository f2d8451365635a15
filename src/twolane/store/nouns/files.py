"""Files: what scans find, and the state of each."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from twolane.answers import UnreadCause, UnreadFiles
from twolane.documents import (
    EVERYTHING,
    FileRecord,
    FileSeen,
    FileSkipped,
    FileState,
    Filter,
    ReadStatus,
    display_path,
    is_cut_below,
)
from twolane.errors import ConflictError, FileReplacedError, NotFoundError
from twolane.principal import current_access
from twolane.store.filters import filter_values, passing
from twolane.store.nouns.jobs import JobTableWriter
from twolane.store.nouns.records import records_of
from twolane.store.nouns.renames import rename
from twolane.store.paths import fold, root_ranges
from twolane.store.rows import file_of, path_of
from twolane.store.scanned import FilePlace, KnownFile, PlannedPlace
from twolane.store.session import Database, Row, Session
from twolane.store.values import FileOrder, FileRenamed, ScanResult
from twolane.text.full_text import clean
from twolane.work import READ, NewJob

_NOBODYS_NAME = "\n"
_log = logging.getLogger(__name__)
_HIDDEN = frozenset({FileState.GONE, FileState.SKIPPED})
_ALWAYS_REDONE = frozenset({FileState.GONE, FileState.SKIPPED, FileState.QUARANTINED})
_LISTS: dict[FileOrder, str] = {
    "path": "files.list",
    "date": "files.list_by_date",
    "added": "files.list_by_added",
    "name": "files.list_by_name",
    "correspondent": "files.list_by_correspondent",
    "category": "files.list_by_category",
    "state": "files.list_by_state",
}
_UNREAD_STATES = {
    FileState.WAITING.value: UnreadCause.WAITING,
    FileState.QUARANTINED.value: UnreadCause.FAILED,
}
_UNREAD_STATUSES = {
    ReadStatus.NEEDS_OCR.value: UnreadCause.SCAN,
    ReadStatus.ENCRYPTED.value: UnreadCause.ENCRYPTED,
    ReadStatus.DAMAGED.value: UnreadCause.DAMAGED,
    ReadStatus.TOO_LARGE.value: UnreadCause.TOO_LARGE,
}
_ALL = _NEVER = 1 << 62
_MOST_IDS = 1 << 63

_SEPARATOR = os.fsencode(os.sep)


class FileTable:
    """Obeys `twolane.store.scanned.Files`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_scan(self) -> int:
        return self._database.write(lambda session: int(session.number("files.next_scan")))

    def file(self, file_id: int) -> FileRecord:
        known = 0 < file_id < _MOST_IDS  # databases refuse a greater number as an error of the program
        row = self._database.row("files.by_id", file_id=file_id) if known else None
        if row is None:
            raise _unknown(file_id)
        return file_of(row)

    def read_file(self, file_id: int, document: str = "") -> FileRecord:
        record = self.file(file_id)
        name = display_path(record.path)
        if not record.document:
            raise ConflictError(f"{name} has not been read yet", "wait until it has been, or add it again")
        if document and record.document != document:
            raise FileReplacedError(f"{name} has changed just now", "look at it again, then decide")
        return record

    def only_by(self, *documents: str) -> str | None:
        access = current_access()
        if access is None:
            return None
        everything = self._database.of_all()
        hides = any(
            self._database.number("files.count_of", hash=document)
            != everything.number("files.count_of", hash=document)
            for document in documents
        )
        return (access.user or _NOBODYS_NAME) if hides else None

    def scanned(self, file_id: int) -> FileSeen:
        row = self._database.row("files.scanned", file_id=file_id)
        if row is None:
            raise _unknown(file_id)
        return FileSeen(path_of(row["path"]), row["size_bytes"], row["stamp"], row["owner"], row["identity"])

    def file_at(self, path: Path) -> FileRecord | None:
        row = self._database.row("files.by_path", path=os.fsencode(path))
        return None if row is None else file_of(row)

    def file_ids(self, paths: Iterable[Path]) -> dict[Path, int]:
        ranges = [(path, path) for path in map(os.fsencode, paths)]
        rows = self._database.rows("files.ids_at", ranges=ranges)
        return {path_of(row["path"]): row["file_id"] for row in rows}

    def known_at(self, paths: Iterable[Path]) -> list[KnownFile]:
        ranges = [(path, path) for path in map(os.fsencode, paths)]
        return [_known_file(row) for row in self._database.rows("files.known_at", ranges=ranges)]

    def known_as(self, identities: Iterable[str]) -> list[KnownFile]:
        rows = self._database.rows("files.known_as", identities=list(identities))
        return [_known_file(row) for row in rows]

    def places(self, documents: Iterable[str]) -> dict[str, list[FilePlace]]:
        places: dict[str, list[FilePlace]] = {}
        for row in self._database.rows("files.places", hashes=list(documents)):
            places.setdefault(row["hash"], []).append(FilePlace(row["file_id"], path_of(row["path"])))
        return places

    def planned(self, file_ids: Sequence[int]) -> list[PlannedPlace]:
        rows = self._database.rows("files.planned", ids=list(file_ids)) if file_ids else []
        return [PlannedPlace(row["file_id"], path_of(row["path"]), row["placed_by"]) for row in rows]

    def files(
        self,
        within: Filter = EVERYTHING,
        *,
        limit: int = 0,
        offset: int = 0,
        order: FileOrder = "path",
        reverse: bool = False,
    ) -> list[FileRecord]:
        statement = passing(_LISTS[order], within, _listed(within))
        if reverse:
            end = max(0, self.count_files(within) - offset)
            offset = max(0, end - (limit or _ALL))
            limit = end - offset
            if not limit:
                return []
        values = {**filter_values(within), "limit": limit or _ALL, "offset": offset}

        def look(session: Session) -> list[FileRecord]:
            ids = [row["file_id"] for row in session.rows(statement, values)]
            records = records_of(session, ids)
            return [records[file_id] for file_id in ids if file_id in records]

        found = self._database.read(look)
        return found[::-1] if reverse else found

    def count_files(self, within: Filter = EVERYTHING) -> int:
        statement = passing("files.count", within, _listed(within))
        return int(self._database.number(statement, filter_values(within)))

    def folders(self) -> list[Path]:
        nearest = {row["path"].rpartition(_SEPARATOR)[0] for row in self._database.rows("files.paths")}
        paths = {Path(os.fsdecode(folder or _SEPARATOR)) for folder in nearest}
        return sorted(paths.union(*(path.parents for path in paths)))

    def unread(self, within: Filter = EVERYTHING) -> tuple[UnreadFiles, ...]:
        counts: Counter[UnreadCause] = Counter()
        for row in self._database.rows(passing("files.count_unread", within), filter_values(within)):
            cause = _UNREAD_STATES.get(row["state"]) or _UNREAD_STATUSES.get(row["status"])
            if cause:
                counts[cause] += row["files"]
        return tuple(UnreadFiles(cause, counts[cause]) for cause in UnreadCause if counts[cause])


class FileTableWriter(JobTableWriter):
    """Obeys `twolane.store.scanned.FileWriter`."""

    def see(
        self,
        files: Sequence[FileSeen | FileSkipped],
        scan: int,
        *,
        redo: bool = False,
        priority: int = 0,
        cut_below_s: float = 0.0,
    ) -> ScanResult:
        found = {path: file for file in files if self._fits(path := os.fsencode(file.path))}
        known = self._known(found)
        cut = {path for path, row in known.items() if is_cut_below(row["read_note"], cut_below_s)}
        same = {path for path, row in known.items() if not redo and _is_unchanged(row, found[path])} - cut
        new = [path for path in found if path not in known]
        changed = [path for path in found if path in known and path not in same]
        ids: dict[bytes, int] = {path: row["file_id"] for path, row in known.items()}
        self._session.run_many("files.meet", [{"file_id": ids[path]} for path in same], scan=scan)
        added = [{"path": path, "folded_path": clean(fold(path)), **_as_found(found[path])} for path in new]
        for row in self._session.run_many("files.add", added, scan=scan):
            ids[bytes(row["path"])] = row["file_id"]
        self._session.run_many(
            "files.change", [{"file_id": ids[path], **_as_found(found[path])} for path in changed], scan=scan
        )
        if any((known[path]["state"] in _HIDDEN) != isinstance(found[path], FileSkipped) for path in changed):
            self._index.visibility_changed()
        if stale := changed if redo else cut:
            self._session.run_many("files.mark_stale", [{"file_id": ids[path]} for path in stale])
        to_read = [ids[path] for path in (*new, *changed) if isinstance(found[path], FileSeen)]
        self.enqueue([NewJob(READ, str(file_id), file_id, priority) for file_id in to_read])
        skipped = sum(isinstance(file, FileSkipped) for file in found.values())
        new_skipped = sum(isinstance(found[path], FileSkipped) for path in new)
        return ScanResult(
            new=len(new) - new_skipped,
            changed=len(changed) - (skipped - new_skipped),
            unchanged=len(same),
            skipped=skipped,
            again=sum(path in cut or _has_failed(known[path]) for path in changed),
        )

    def spare(self, folders: Sequence[Path], scan: int) -> None:
        self._session.run("files.meet_under", ranges=list(root_ranges(folders)), scan=scan)

    def end_scan(self, roots: Sequence[Path], scan: int) -> int:
        gone = self._session.run("files.gone_since", ranges=list(root_ranges(roots)), scan=scan)
        if gone:
            self._index.visibility_changed()
        return gone

    def rename(self, moves: Sequence[FileRenamed]) -> int:
        fitting = [move for move in moves if self._fits(os.fsencode(move.path))]
        return rename(self._session, self._index, fitting) if fitting else 0

    def mark_gone(self, paths: Sequence[Path]) -> None:
        self.end_scan(paths, _NEVER)

    def set_state(self, file_id: int, state: FileState, note: str = "") -> None:
        self._session.run("files.set_state", file_id=file_id, state=state.value, note=clean(note))
        self._index.visibility_changed()

    def set_owner(self, file_ids: Sequence[int], owner: str) -> None:
        rows = [{"file_id": file_id, "owner": clean(owner)} for file_id in file_ids]
        self._session.run_many("files.set_owner", rows)

    def _known(self, paths: Iterable[bytes]) -> dict[bytes, Row]:
        rows = self._session.rows("files.known", ranges=[(path, path) for path in paths])
        return {bytes(row["path"]): row for row in rows}

    def _fits(self, path: bytes) -> bool:
        fits = len(path) <= self._most_path_bytes
        if not fits:
            shown = os.fsdecode(path)
            _log.warning("left out, its path is longer than %d bytes: %s", self._most_path_bytes, shown)
        return fits


def _known_file(row: Row) -> KnownFile:
    return KnownFile(
        file_id=row["file_id"],
        path=path_of(row["path"]),
        identity=row["identity"],
        state=FileState(row["state"]),
        document=row["document"],
        placed_by=row["placed_by"],
    )


def _has_failed(known: Row) -> bool:
    return bool(known["state"] == FileState.QUARANTINED)


def _unknown(file_id: int) -> NotFoundError:
    return NotFoundError(f"there is no file number {file_id}", "`twolane files` lists them")


def _listed(within: Filter) -> str:
    # gone files are listed only where the filter names states
    return "" if within.states else "not_gone"


def _as_found(file: FileSeen | FileSkipped) -> dict[str, object]:
    if isinstance(file, FileSkipped):
        return {
            "state": FileState.SKIPPED.value,
            "note": clean(file.reason),
            "size_bytes": 0,
            "stamp": "",
            "owner": "",
            "identity": "",
        }
    return {
        "state": FileState.WAITING.value,
        "note": "",
        "size_bytes": file.size_bytes,
        "stamp": file.stamp,
        "owner": clean(file.owner),
        "identity": file.identity,
    }


def _is_unchanged(known: Row, file: FileSeen | FileSkipped) -> bool:
    return (
        isinstance(file, FileSeen)
        and known["size_bytes"] == file.size_bytes
        and known["stamp"] == file.stamp
        and known["state"] not in _ALWAYS_REDONE
    )
