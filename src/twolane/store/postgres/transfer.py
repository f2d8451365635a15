"""A PostgreSQL library as rows that any store takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from twolane.store.paths import fold
from twolane.store.postgres.connections import PostgresConnections
from twolane.store.postgres.index import MOST_INDEXED_DIMENSIONS, vector_text, words_of
from twolane.store.postgres.session import PostgresSession
from twolane.store.transfer import Record
from twolane.store.words import clean

_HEADER_BYTES = 4  # of a halfvec on the wire: its dimensions, and two bytes for later


class PostgresPortable:
    """Obeys `twolane.store.transfer.Portable`."""

    def __init__(self, connections: PostgresConnections) -> None:
        self._connections = connections

    def recall(self, key: str) -> str:
        row = self._connections.read(lambda session: session.row("memory.recall", key=key))
        return "" if row is None else str(row["value"])

    def remember(self, key: str, value: str) -> None:
        name = "memory.remember" if value else "memory.forget"
        self._connections.write(lambda session: session.run(name, key=key, value=value))

    def count(self, table: str) -> int:
        return int(self._connections.read(lambda session: session.number(f"transfer.count_{table}")))

    def last(self, table: str) -> int | str | None:
        last: int | str | None = self._connections.read(
            lambda session: session.number(f"transfer.last_{table}")
        )
        return last

    def rows(self, table: str, after: int | str, limit: int) -> Sequence[Record]:
        rows = self._connections.read(
            lambda session: session.rows(f"transfer.read_{table}", after=after, limit=limit)
        )
        for row in rows:
            if table == "vectors":
                row["vector"] = np.frombuffer(row["vector"][_HEADER_BYTES:], ">f2").astype("<f2").tobytes()
            elif table == "files":
                row["path"] = bytes(row["path"])
        return rows

    def put(self, table: str, rows: Sequence[Record]) -> None:
        values = [_as_written(table, row) for row in rows]
        with self._connections.writing() as session:
            session.run_many(f"transfer.write_{table}", values)

    def kept(self, table: str, rows: Sequence[Record]) -> Sequence[Record]:  # noqa: ARG002 - all as they are
        return rows

    def library(self) -> Record:
        row = self._connections.read(lambda session: session.row("transfer.read_library"))
        assert row is not None
        return row

    def set_library(self, library: Record) -> None:
        self._connections.write(lambda session: session.run("transfer.write_library", library))

    def settle(self) -> None:
        dimensions = self.library()["vector_dimensions"]

        def work(session: PostgresSession) -> None:
            session.rows("transfer.set_sequences")
            if 0 < dimensions <= MOST_INDEXED_DIMENSIONS:
                session.run_for("search.make_index", dimensions)

        self._connections.write(work)


def _as_written(table: str, row: Record) -> dict[str, Any]:
    written = dict(row)
    if table == "vectors":
        written["vector"] = vector_text(np.frombuffer(row["vector"], "<f2").astype(np.float32))
    elif table == "files":
        written["folded_path"] = clean(fold(row["path"]))
    elif table == "documents":
        written["folded_title"] = fold(row["title"])
    elif table == "passages":
        written |= words_of(row["names"], row["heading"], row["text"])
    return written
