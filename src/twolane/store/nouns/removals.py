"""What was taken out of the library: the taking out itself, and the record of it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from twolane.errors import NotFoundError
from twolane.store.nouns.exclusions import ExclusionTable
from twolane.store.nouns.kept_decisions import decided_text, elsewhere_text, is_newer
from twolane.store.nouns.naming import follow_names
from twolane.store.nouns.quotes import forget_quotes
from twolane.store.nouns.transaction import Transaction
from twolane.store.nouns.unused_names import forget_unused_name
from twolane.store.rows import path_of
from twolane.store.session import Row, Session
from twolane.store.taken_out import DecidedElsewhere, Leaving, Removal, TakenOut
from twolane.text.full_text import clean

_ALL = 1 << 62
_MOST_ID = 1 << 62
_SOMEWHERE = b"?"  # in the trash, at a place that is not known: no path is so short


class RemovalTable:
    """Obeys `twolane.store.taken_out.RemovalRows`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, trashed: bool = False, limit: int = 0, offset: int = 0) -> Sequence[Removal]:
        statement = "removals.list_trashed" if trashed else "removals.list"
        rows = self._session.rows(statement, limit=limit or _ALL, offset=offset)
        return [_removal_of(row) for row in rows]

    def get(self, removal_id: int) -> Removal:
        known = 0 < removal_id < _MOST_ID
        row = self._session.row("removals.get", removal_id=removal_id) if known else None
        if row is None:
            raise NotFoundError(
                f"nothing was taken out under number {removal_id}", "`twolane trash` lists all"
            )
        return _removal_of(row)

    def begin(self, file_id: int, by: str = "") -> int:
        return int(
            self._session.number("removals.begin", file_id=file_id, trashed=_SOMEWHERE, removed_by=clean(by))
        )

    def found(self, removal_id: int, trashed: Path) -> None:
        self._session.run("removals.found", removal_id=removal_id, trashed=os.fsencode(trashed))

    def end(self, removal_id: int) -> None:
        self._session.run("removals.end", removal_id=removal_id)

    def drop(self, removal_id: int) -> None:
        self._session.run("removals.drop", removal_id=removal_id)


class RemovalTableWriter(Transaction):
    """Obeys `twolane.store.taken_out.TakingOutWriter`."""

    @property
    def exclusions(self) -> ExclusionTable:
        return ExclusionTable(self._session)

    @property
    def removals(self) -> RemovalTable:
        return RemovalTable(self._session)

    def expect(self, decided: Sequence[DecidedElsewhere]) -> None:
        for one in decided:
            text = elsewhere_text(one)
            kept = self._session.rows("removals.away", document=one.document)
            is_here = self._session.row("documents.id", hash=one.document) is not None
            if not text or is_here or any(is_newer(row["decision"], text) for row in kept):
                continue
            values: dict[str, object] = {
                "path": os.fsencode(one.path),
                "document": one.document,
                "size_bytes": one.size_bytes,
            }
            values |= {"trashed": b"", "decision": text, "removed_by": "", "owner": "", "category": ""}
            number = self._session.number("removals.add", values)
            self._session.run(
                "removals.end", removal_id=number
            )  # nothing was taken out that could be restored

    def take_out(self, leaving: Sequence[Leaving], *, by: str = "", forget: bool = False) -> TakenOut:
        by_file = {one.file_id: one for one in leaving}
        rows = self._held(sorted(by_file))
        if not rows:
            return TakenOut()
        documents = {row["document_id"]: row["hash"] for row in rows if row["document_id"] is not None}
        senders = self._senders(documents)
        ids = [row["file_id"] for row in rows]
        self._session.run("removals.end_reading", ids=ids, keys=[str(number) for number in ids])
        self._session.run("removals.drop_files", ids=ids)
        decided: dict[int, str] = {}
        gone: list[str] = []
        for document_id, document in sorted(documents.items()):
            if not self._is_left(document_id, document, ids):
                decided[document_id] = "" if forget else decided_text(self._session, document_id)
                self._drop(document_id, document)
                gone.append(document)
        for name_id in senders:
            forget_unused_name(self._session, name_id)
        forget_quotes(self._session, gone, whole=forget)
        self._index.visibility_changed()
        if forget:
            told = [{"path": bytes(row["path"]), "document": row["hash"] or ""} for row in rows]
            self._session.run_many("removals.forget", told)
        kept = () if forget else self._record(rows, by_file, decided, by)
        return TakenOut(tuple(path_of(row["path"]) for row in rows), tuple(gone), kept)

    def _held(self, ids: Sequence[int]) -> Sequence[Row]:
        """Return files that nobody else changes until the end; jobs are held first, then documents.

        Workers hold them in this order too, so that no two wait for each other.
        """
        found = self._session.rows("removals.files", ids=ids)
        keys = [str(number) for number in ids] + [row["hash"] for row in found if row["hash"]]
        self._session.rows("removals.hold_jobs", keys=keys)
        for document_id in sorted({row["document_id"] for row in found} - {None}):
            self._session.row("documents.lock_id", document_id=document_id)
        return self._session.rows("removals.hold_files", ids=ids)

    def _senders(self, documents: Mapping[int, str]) -> list[int]:
        """Return the spellings of whom documents are from."""
        rows = self._session.rows("removals.senders", ids=sorted(documents))
        return sorted({row["name_id"] for row in rows if row["name_id"] is not None})

    def _is_left(self, document_id: int, document: str, file_ids: Sequence[int]) -> bool:
        """Say whether another file has a document, which then loses no more than the names of these."""
        if not self._session.number("documents.is_used", document_id=document_id):
            return False
        values = {"key": document, "document_id": document_id}
        self._session.run("removals.give_jobs", values, ids=list(file_ids))
        follow_names(self._session, self._index, document_id)
        return True

    def _drop(self, document_id: int, document: str) -> None:
        self._index.forget_words(document_id)
        self._session.run("removals.end_jobs", key=document)
        self._session.run("documents.drop_orphan", document_id=document_id)
        self._session.run("decisions.note_drop", document_id=document_id)

    def _record(
        self, rows: Sequence[Row], by_file: Mapping[int, Leaving], decided: Mapping[int, str], by: str
    ) -> tuple[int, ...]:
        """Write down what was taken out; what was decided stands beside a document's first file."""
        texts = defaultdict(str, decided)
        numbers = []
        for row in rows:
            one = by_file[row["file_id"]]
            values = {
                "removal_id": one.removal_id,
                "path": bytes(row["path"]),
                "document": row["hash"] or "",
                "size_bytes": row["size_bytes"],
                "trashed": os.fsencode(one.trashed) if one.trashed else b"",
                "decision": texts.pop(row["document_id"], ""),
                "removed_by": clean(by),
                "owner": row["owner"],
                "category": row["category"],
            }
            if one.removal_id:
                self._session.run("removals.take", values)
                numbers.append(one.removal_id)
            else:
                numbers.append(int(self._session.number("removals.add", values)))
        return tuple(numbers)


def _removal_of(row: Row) -> Removal:
    trashed = bytes(row["trashed"])
    return Removal(
        removal_id=row["removal_id"],
        path=path_of(row["path"]),
        document=row["document"],
        size_bytes=row["size_bytes"],
        is_trashed=bool(trashed),
        trashed=path_of(trashed) if trashed not in {b"", _SOMEWHERE} else None,
        by=row["removed_by"],
        at=row["removed_at"],
        restored_at=row["restored_at"],
        owner=row["owner"],
    )
