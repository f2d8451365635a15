"""Small texts that are remembered under a key."""

from __future__ import annotations

from twolane.store.nouns.transaction import Transaction
from twolane.store.session import Database
from twolane.text.full_text import clean


class MemoryTable:
    """Obeys `twolane.store.base.Memory`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self, key: str) -> str:
        row = self._database.row("memory.recall", key=key)
        return "" if row is None else str(row["value"])

    def recall_all(self, prefix: str) -> dict[str, str]:
        rows = self._database.rows("memory.recall_all", prefix=prefix)
        return dict(sorted((row["key"], row["value"]) for row in rows))


class MemoryTableWriter(Transaction):
    """Obeys `twolane.store.base.MemoryWriter`."""

    def remember(self, key: str, value: str) -> None:
        if value:
            self._session.run("memory.remember", key=key, value=clean(value))
        else:
            self._session.run("memory.forget", key=key)
