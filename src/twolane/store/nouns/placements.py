"""Placements: files that persons have put into folders of other categories, and what they said of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from twolane.store.paths import root_ranges
from twolane.store.placed import FolderUse, Placement
from twolane.store.rows import path_of
from twolane.store.session import Row, Session

_SEPARATOR = os.fsencode(os.sep)


class PlacementTable:
    """Obeys `twolane.store.placed.PlacementRows`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def notice(self, file_id: int, document: str, category: str, folder: Path) -> None:
        values = {"file_id": file_id, "document": document, "category": category}
        self._session.run("placements.notice", values, folder=os.fsencode(folder))

    def drop_open(self, file_ids: Sequence[int]) -> None:
        self._session.run_many("placements.drop_open", [{"file_id": number} for number in file_ids])

    def open(self, *, limit: int, offset: int = 0, file_id: int = 0) -> list[Placement]:
        rows = self._session.rows("placements.open", limit=limit, offset=offset, file_id=file_id)
        return [_placement_of(row) for row in rows]

    def count(self) -> int:
        return int(self._session.number("placements.count"))

    def answer(self, placement: Placement, *, accepted: bool) -> None:
        self._session.run(
            "placements.answer",
            file_id=placement.file_id,
            document=placement.document,
            category=placement.category,
            state="accepted" if accepted else "declined",
        )

    def uses(self, folder: Path, but: Sequence[int]) -> list[FolderUse]:
        *_, (low, high) = root_ranges([folder])
        values = {"low": low, "high": high, "after": len(low) + 1, "separator": _SEPARATOR}
        rows = self._session.rows("placements.uses", values, folder=os.fsencode(folder), but=list(but))
        return [FolderUse(row["category"], row["files"], row["decided"], row["planned"]) for row in rows]


def _placement_of(row: Row) -> Placement:
    return Placement(
        file_id=row["file_id"],
        document=row["document"],
        category=row["category"],
        folder=path_of(row["folder"]),
        path=path_of(row["path"]),
        filed_as=row["filed_as"],
        seen_at=row["seen_at"],
    )
