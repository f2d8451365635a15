"""A SQLite connection as the store uses it: statements by name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from twolane.store.narrowing import narrowed, require_all
from twolane.store.queries import sql, steps
from twolane.store.seen import Seen
from twolane.store.session import Values

_OWN = "main."  # its tables, and not what takes their place in a statement


class SqliteSession:
    """Obeys `twolane.store.session.Session`; `now` is the time of its statements.

    With `seen` it only reads, and sees no more than that.
    """

    def __init__(self, connection: sqlite3.Connection, now: float, seen: Seen | None = None) -> None:
        self._connection = connection
        self._now = now
        self._seen = seen

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for statements without a name. Raises `StoreError` where not all is seen."""
        require_all(self._seen)
        return self._connection

    @property
    def sees_all(self) -> bool:
        return self._seen is None

    def seeing(self, seen: Seen) -> SqliteSession:
        """Return the same transaction as one that only reads, and sees no more than this."""
        return SqliteSession(self._connection, self._now, seen)

    def of_all(self) -> SqliteSession:
        return SqliteSession(self._connection, self._now)

    def rows(self, name: str, /, values: Values | None = None, **more: object) -> list[sqlite3.Row]:
        return self._run(name, values, more).fetchall()

    def row(self, name: str, /, values: Values | None = None, **more: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._run(name, values, more).fetchone()
        return row

    def number(self, name: str, /, values: Values | None = None, **more: object) -> Any:
        row = self.row(name, values, **more)
        assert row is not None
        return row[0]

    def run(self, name: str, /, values: Values | None = None, **more: object) -> int:
        return self._run(name, values, more).rowcount

    def run_many(self, name: str, rows: Sequence[Values], /, **shared: object) -> list[sqlite3.Row]:
        statement = sql(name, "sqlite")
        same = {"now": self._now, **shared}
        if "RETURNING" not in statement:
            self.connection.executemany(statement, ({**same, **row} for row in rows))
            return []
        cursor = self.connection.cursor()
        return [found for row in rows for found in cursor.execute(statement, {**same, **row}).fetchall()]

    def _run(self, name: str, values: Values | None, more: Values) -> sqlite3.Cursor:
        parameters = self._parameters({**(values or {}), **more})
        if self._seen is not None:
            text = narrowed(name, "sqlite", _OWN, self._seen.shape)
            return self._connection.execute(text, parameters | self._seen_values)
        *before, last = steps(name)
        for statement in before:
            self.connection.execute(statement, parameters)
        return self.connection.execute(last, parameters)

    @property
    def _seen_values(self) -> dict[str, Any]:
        values = self._seen.values if self._seen is not None else {}
        return {
            name: json.dumps(value) if isinstance(value, list) else value for name, value in values.items()
        }

    def _parameters(self, values: dict[str, Any]) -> dict[str, Any]:
        parameters: dict[str, Any] = {"now": self._now}
        for name, value in values.items():
            if name == "ranges":
                self._set_ranges(value)
            else:
                parameters[name] = json.dumps(value) if isinstance(value, list) else value
        return parameters

    def _set_ranges(self, ranges: Iterable[tuple[bytes, bytes]]) -> None:
        self._connection.execute("DELETE FROM temp.roots")
        self._connection.executemany("INSERT INTO temp.roots (low, high) VALUES (?, ?)", ranges)
