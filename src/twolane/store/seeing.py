"""What the thread at work may see of a library, with what that knows of its categories."""

from __future__ import annotations

from twolane.principal import ShareKind, current_access
from twolane.store.seen import NO_LINEAGES, Lineages, Seen, seen_by
from twolane.store.session import Session


class Onlookers:
    """Makes of accesses what statements take; the taxonomy's newest version is kept."""

    def __init__(self) -> None:
        self._kept: tuple[int, Lineages] = (-1, NO_LINEAGES)

    def current(self, session: Session) -> Seen | None:
        """Return what this thread may see, as of a session that sees all; None for everything."""
        access = current_access()
        if access is None:
            return None
        has_categories = any(share.kind is ShareKind.CATEGORY for share in access.shares)
        return seen_by(access, self._lineages(session) if has_categories else NO_LINEAGES)

    def _lineages(self, session: Session) -> Lineages:
        version, lineages = self._kept
        newest = int(session.number("taxonomies.newest"))
        if newest != version:
            lineages = lineages_in(session)
            self._kept = (newest, lineages)
        return lineages


def lineages_in(session: Session) -> Lineages:
    """Return where the categories of the newest taxonomy lie."""
    around: dict[str, set[str]] = {}
    for row in session.rows("taxonomies.places"):
        around.setdefault(row["category"], set()).add(row["lies_within"])
    moved = {row["category"]: row["moved_to"] for row in session.rows("taxonomies.moves")}
    return Lineages(around, moved)
