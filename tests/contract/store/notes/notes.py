"""Notes on documents: a noun that no store knows of, as somebody would add it."""

from __future__ import annotations

from twolane.store.session import Session


class Notes:
    """What people noted on documents; over a store's session, or over a transaction's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, document: str, text: str, *, pinned: bool = False) -> None:
        self._session.run("notes.add", document=document, text=text, pinned=pinned)

    def of(self, document: str) -> list[tuple[str, bool]]:
        rows = self._session.rows("notes.of", document=document)
        return [(row["text"], bool(row["pinned"])) for row in rows]
