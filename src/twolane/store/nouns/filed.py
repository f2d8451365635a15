"""Files with what a plan needs to know of them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from twolane.documents import EVERYTHING, FileState, Filter, ReviewCause
from twolane.facts import GUESS_BELOW
from twolane.store.filed import FiledFile
from twolane.store.filters import filter_values, passing
from twolane.store.rows import path_of
from twolane.store.session import Row, Session


class FiledTable:
    """Obeys `twolane.store.filed.FiledRows`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, within: Filter = EVERYTHING, *, after: Path | None = None, limit: int) -> list[FiledFile]:
        statement = passing("filed.page", within, "" if within.states else "not_gone")
        begin = os.fsencode(after) if after else b""
        rows = self._session.rows(statement, filter_values(within), after=begin, limit=limit)
        return [_file_of(row) for row in rows]

    def values(self, document_ids: Collection[int]) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = defaultdict(dict)
        ids = sorted(set(document_ids))
        for row in self._session.rows("filed.values", ids=ids, least=GUESS_BELOW) if ids else ():
            found[row["document_id"]][row["field"]] = row["value"]
        return dict(found)

    def document_at(self, path: Path) -> str:
        row = self._session.row("filed.document_at", path=os.fsencode(path))
        return str(row["document"]) if row else ""


def _file_of(row: Row) -> FiledFile:
    return FiledFile(
        file_id=row["file_id"],
        path=path_of(row["path"]),
        size_bytes=row["size_bytes"],
        stamp=row["stamp"],
        state=FileState(row["state"]),
        placed_by=row["placed_by"],
        added_at=row["added_at"],
        document_id=row["document_id"],
        document=row["document"],
        correspondent=row["correspondent"],
        category=row["category"],
        reason=row["reason"],
        review_cause=ReviewCause(row["review_cause"]) if row["review_cause"] else None,
    )
