"""A SQLite library as rows that every store takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from twolane.store.carried import CarriedRows
from twolane.store.session import Session
from twolane.store.sqlite.codes import pack
from twolane.store.sqlite.session import SqliteSession
from twolane.store.tables import Table, quoted, statement
from twolane.store.transfer import Record

_DERIVED = {"scale", "generation"}  # of a vector: each store makes its own


class SqlitePortable(CarriedRows):
    """Obeys `twolane.store.transfer.Portable`."""

    def query(self, session: Session, text: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        assert isinstance(session, SqliteSession)
        return [dict(row) for row in session.connection.execute(text, values)]

    def insert(self, session: Session, table: Table, rows: Sequence[Record]) -> None:
        assert isinstance(session, SqliteSession)
        if table.name == "vectors":
            generation = session.number("search.next_generation")
            rows = [{**row, **_packed(row["vector"]), "generation": generation} for row in rows]
        values = ", ".join(f":{name}" for name in rows[0])
        text = statement("write", table=quoted([table.name]), columns=quoted(rows[0]), values=values)
        session.connection.executemany(text, rows)

    def portable(self, table: Table, row: dict[str, Any]) -> Record:
        if table.name == "vectors":
            row["vector"] = _halves(row["vector"], row["scale"])
        return row

    def kept(self, table: Table, rows: Sequence[Record]) -> Sequence[Record]:
        if table.name != "vectors":
            return rows
        return [_own(row) | {"vector": _packed(row["vector"])["vector"]} for row in rows]

    def settle(self) -> None:
        with self._database.writing() as session:
            session.run("transfer.set_first_passages")
            session.number("search.next_generation")


def _own(row: Record) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _DERIVED}


def _halves(vector: bytes, scale: float) -> bytes:
    return (np.frombuffer(vector, dtype=np.int8).astype(np.float32) * scale).astype("<f2").tobytes()


def _packed(halves: bytes) -> dict[str, Any]:
    [packed] = pack(np.frombuffer(halves, dtype="<f2").astype(np.float32)[None])
    return {"scale": packed.scale, "vector": packed.vector}
