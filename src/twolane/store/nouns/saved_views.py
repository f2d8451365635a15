"""Saved views: what users look at again and again, under names."""

from __future__ import annotations

from twolane.errors import NotFoundError
from twolane.store.admitted import SavedView
from twolane.store.session import Database, Row
from twolane.text.full_text import clean


class SavedViewTable:
    """Obeys `twolane.store.admitted.SavedViewRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, user: str, view: str, name: str, query: str) -> SavedView:
        values = {"user_name": user, "view": view, "name": clean(name), "query": clean(query)}
        row = self._database.write(lambda session: session.row("saved_views.save", values))
        assert row is not None
        return _view_of(row)

    def of(self, user: str) -> list[SavedView]:
        return [_view_of(row) for row in self._database.rows("saved_views.of", user_name=user)]

    def drop(self, user: str, view_id: int) -> SavedView:
        values = {"user_name": user, "view_id": view_id}
        row = self._database.write(lambda session: session.row("saved_views.drop", values))
        if row is None:
            raise NotFoundError(f"there is no saved view {view_id}", "list them again: it may be gone")
        return _view_of(row)


def _view_of(row: Row) -> SavedView:
    return SavedView(
        view_id=row["view_id"],
        user=row["user_name"],
        view=row["view"],
        name=row["name"],
        query=row["query"],
        made_at=row["made_at"],
    )
