"""A SQLite library as rows that any store takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from twolane.store.queries import sql
from twolane.store.sqlite.codes import pack
from twolane.store.sqlite.connections import Connections
from twolane.store.transfer import Record
from twolane.store.words import indexed


class SqlitePortable:
    """Obeys `twolane.store.transfer.Portable`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def recall(self, key: str) -> str:
        found = self._read("memory.recall", key=key)
        return str(found[0]["value"]) if found else ""

    def remember(self, key: str, value: str) -> None:
        self._connections.run("memory.remember" if value else "memory.forget", key=key, value=value)

    def count(self, table: str) -> int:
        return int(next(iter(self._read(f"transfer.count_{table}")[0].values())))

    def last(self, table: str) -> int | str | None:
        last: int | str | None = next(iter(self._read(f"transfer.last_{table}")[0].values()))
        return last

    def rows(self, table: str, after: int | str, limit: int) -> Sequence[Record]:
        rows = self._read(f"transfer.read_{table}", after=after, limit=limit)
        if table == "vectors":
            for row in rows:
                row["vector"] = _halves(row["vector"], row.pop("scale"))
        return rows

    def put(self, table: str, rows: Sequence[Record]) -> None:
        if table == "vectors":
            rows = [{**row, **_packed(row["vector"])} for row in rows]
        with self._connections.writing() as session:
            session.run_many(f"transfer.write_{table}", rows)
            if table == "passages":
                session.run_many("search.add_words", [_words(row) for row in rows])

    def kept(self, table: str, rows: Sequence[Record]) -> Sequence[Record]:
        if table != "vectors":
            return rows
        return [{**row, "vector": _packed(row["vector"])["vector"]} for row in rows]

    def library(self) -> Record:
        return self._read("transfer.read_library")[0]

    def set_library(self, library: Record) -> None:
        self._connections.run("transfer.write_library", library)

    def settle(self) -> None:
        with self._connections.writing() as session:
            session.run("transfer.set_first_passages")
            session.number("search.next_generation")

    def _read(self, name: str, **values: object) -> list[dict[str, Any]]:
        with self._connections.reading() as connection:
            return [dict(row) for row in connection.execute(sql(name), values)]


def _halves(vector: bytes, scale: float) -> bytes:
    return (np.frombuffer(vector, dtype=np.int8).astype(np.float32) * scale).astype("<f2").tobytes()


def _packed(halves: bytes) -> dict[str, Any]:
    [packed] = pack(np.frombuffer(halves, dtype="<f2").astype(np.float32)[None])
    return {"code": packed.code, "scale": packed.scale, "vector": packed.vector}


def _words(row: Record) -> dict[str, object]:
    return {
        "passage_id": row["passage_id"],
        "names": row["names"],
        "heading": indexed(row["heading"]),
        "text": indexed(row["text"]),
    }
