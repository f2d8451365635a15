"""Saved views: the searches and lists of files that each user looks at again and again."""

from __future__ import annotations

from twolane.errors import ConflictError
from twolane.store.admitted import Admitting, SavedView

_MOST = 200


class SavedViews:
    """The saved views of one library; each user has their own, and "" is a library without users."""

    def __init__(self, store: Admitting) -> None:
        self._rows = store.saved_views

    def list(self, user: str) -> list[SavedView]:
        """List a user's views by name."""
        return self._rows.of(user)

    def save(self, user: str, view: str, name: str, query: str) -> SavedView:
        """Keep a view under a name, in place of an earlier one of it. Raises `ConflictError`."""
        name = " ".join(name.split())
        if not name:
            raise ConflictError("a saved view needs a name", "write at least one word")
        known = self._rows.of(user)
        if len(known) >= _MOST and not any((one.view, one.name) == (view, name) for one in known):
            raise ConflictError(f"there are {len(known)} saved views, the most there can be", "delete one")
        return self._rows.save(user, view, name, query)

    def drop(self, user: str, view_id: int) -> SavedView:
        """Forget a view and return it, so that it can be kept again. Raises `NotFoundError`."""
        return self._rows.drop(user, view_id)
