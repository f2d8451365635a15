"""The records of files whose numbers another statement found."""

from __future__ import annotations

from collections.abc import Collection

from twolane.documents import FileRecord
from twolane.store.rows import file_of
from twolane.store.session import Session


def records_of(session: Session, file_ids: Collection[int]) -> dict[int, FileRecord]:
    """Return the records of files by their numbers, of those that are still there."""
    rows = session.rows("files.records", ids=list(file_ids)) if file_ids else ()
    return {row["file_id"]: file_of(row) for row in rows}
