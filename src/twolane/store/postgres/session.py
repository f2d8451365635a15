"""A PostgreSQL connection as the store uses it: statements by name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from twolane.store.narrowing import narrowed, require_all
from twolane.store.queries import for_psycopg, sql
from twolane.store.seen import Seen
from twolane.store.session import Values


class Cursor(Protocol):
    """What a session needs of the driver's cursor."""

    @property
    def rowcount(self) -> int: ...

    @property
    def description(self) -> Any: ...

    def fetchall(self) -> list[dict[str, Any]]: ...

    def fetchone(self) -> dict[str, Any] | None: ...

    def executemany(self, query: Any, params_seq: Any, /) -> None: ...


class Connection(Protocol):
    """What a session needs of the driver's connection."""

    def execute(self, query: Any, params: Any = None, /, *, prepare: bool | None = None) -> Cursor: ...

    def cursor(self) -> AbstractContextManager[Cursor]: ...


class PostgresSession:
    """Obeys `twolane.store.session.Session`; without `now` the server's clock counts.

    With `seen` it only reads, and sees no more than that of the tables of `schema`.
    """

    def __init__(
        self, connection: Connection, now: float | None, seen: Seen | None = None, schema: str = ""
    ) -> None:
        self._connection = connection
        self._now = now
        self._seen = seen
        self._own = '"' + schema.replace('"', '""').replace("%", "%%") + '".'

    @property
    def sees_all(self) -> bool:
        return self._seen is None

    def seeing(self, seen: Seen, schema: str) -> PostgresSession:
        """Return the same transaction as one that only reads, and sees no more than this."""
        return PostgresSession(self._connection, self._now, seen, schema)

    def of_all(self) -> PostgresSession:
        return PostgresSession(self._connection, self._now)

    def rows(self, name: str, /, values: Values | None = None, **more: object) -> list[dict[str, Any]]:
        return self._run(name, values, more).fetchall()

    def row(self, name: str, /, values: Values | None = None, **more: object) -> dict[str, Any] | None:
        return self._run(name, values, more).fetchone()

    def number(self, name: str, /, values: Values | None = None, **more: object) -> Any:
        row = self.row(name, values, **more)
        assert row is not None
        return next(iter(row.values()))

    def run(self, name: str, /, values: Values | None = None, **more: object) -> int:
        return self._run(name, values, more).rowcount

    def run_many(self, name: str, rows: Sequence[Values], /, **shared: object) -> list[dict[str, Any]]:
        statement = sql(name, "postgres")
        if not rows:
            return []
        if "unnest(" in statement:
            columns = {column: [row[column] for row in rows] for column in rows[0]}
            cursor = self._run(name, columns, shared)
            return cursor.fetchall() if cursor.description else []
        each = [self._parameters({**shared, **row}) for row in rows]
        if "RETURNING" in statement:
            return [row for values in each for row in self._connection.execute(statement, values).fetchall()]
        with self._connection.cursor() as cursor:
            cursor.executemany(statement, each)
        return []

    def run_for(self, name: str, dimensions: int, /, **values: object) -> list[dict[str, Any]]:
        """Run a statement with a number of dimensions, which cannot be a parameter, and return its rows."""
        statement = self._statement(name).replace("{dimensions}", str(int(dimensions)))
        cursor = self._connection.execute(statement, self._parameters({**values}), prepare=_prepared(name))
        return cursor.fetchall() if cursor.description else []

    def query(self, text: str, values: Values) -> list[dict[str, Any]]:
        """Run a statement that has no name, with parameters written `:name`, and return its rows."""
        require_all(self._seen)
        return self._connection.execute(for_psycopg(text), dict(values)).fetchall()

    def change_many(self, text: str, rows: Sequence[Values]) -> None:
        """Run a statement that has no name, with parameters written `:name`, for each of many rows."""
        require_all(self._seen)
        with self._connection.cursor() as many:
            many.executemany(for_psycopg(text), rows)

    def statement(self, text: str) -> dict[str, Any] | None:
        """Run a statement that has no name and return its first row, if it returns rows."""
        require_all(self._seen)
        cursor = self._connection.execute(text)
        return cursor.fetchone() if cursor.description else None

    def _run(self, name: str, values: Values | None, more: Values) -> Cursor:
        parameters = self._parameters({**(values or {}), **more})
        return self._connection.execute(self._statement(name), parameters, prepare=_prepared(name))

    def _statement(self, name: str) -> str:
        if self._seen is None:
            return sql(name, "postgres")
        return narrowed(name, "postgres", self._own, self._seen.shape)

    def _parameters(self, values: dict[str, Any]) -> dict[str, Any]:
        parameters = {"now": self._now, **values, **(self._seen.values if self._seen is not None else {})}
        if "ranges" in parameters:
            ranges = parameters.pop("ranges")
            parameters["lows"], parameters["highs"] = [low for low, _ in ranges], [high for _, high in ranges]
        return parameters


def _prepared(name: str) -> bool | None:
    # One plan for all values of a filter cannot know whether few or many pass: it took 50 ms instead of 1.
    _, _, conditions = name.partition(" where ")
    return None if set(conditions.split()) <= {"visible", "not_gone"} else False
