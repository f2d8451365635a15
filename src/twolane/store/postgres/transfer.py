"""A PostgreSQL library as rows that every store takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from twolane.store.carried import CarriedRows
from twolane.store.postgres.index import MOST_INDEXED_DIMENSIONS, vector_text
from twolane.store.postgres.session import PostgresSession
from twolane.store.session import Session
from twolane.store.tables import Table, quoted, statement
from twolane.store.transfer import Record

_HEADER_BYTES = 4  # of a halfvec on the wire: its dimensions, and two bytes for later
# Booleans are transferred as 1 and 0, days as ISO dates, vectors as halves; `{}` is the column.
_SELECTED = {
    "bool": '"{}"::integer',
    "date": """to_char("{}", 'YYYY-MM-DD')""",
    "halfvec": 'halfvec_send("{}")',
}
_INSERTED = {"bool": ":{}::integer::boolean", "date": ":{}::date", "halfvec": ":{}::halfvec"}


class PostgresPortable(CarriedRows):
    """Obeys `twolane.store.transfer.Portable`."""

    def query(self, session: Session, text: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        assert isinstance(session, PostgresSession)
        return session.query(text, values)

    def tables(self) -> list[Table]:
        return [_carried(table) for table in super().tables()]

    def source(self, table: Table) -> str:
        if table.name == "jobs_done":
            return "(SELECT kind, sum(done)::bigint AS done FROM jobs_done GROUP BY kind) AS jobs_done"
        return super().source(table)

    def selected(self, column: str, kind: str) -> str:
        return _SELECTED.get(kind, '"{}"').format(column)

    def ordered(self, column: str, kind: str) -> str:
        return f'"{column}" COLLATE "C"' if kind == "text" else f'"{column}"'

    def portable(self, table: Table, row: dict[str, Any]) -> Record:
        for name, kind in table.columns.items():
            if kind == "halfvec":
                row[name] = np.frombuffer(row[name][_HEADER_BYTES:], ">f2").astype("<f2").tobytes()
            elif kind == "bytea":
                row[name] = bytes(row[name])
        return row

    def insert(self, session: Session, table: Table, rows: Sequence[Record]) -> None:
        assert isinstance(session, PostgresSession)
        inserted = {name: _INSERTED.get(table.columns[name], ":{}").format(name) for name in rows[0]}
        if derived := _DERIVED.get(table.name):
            rows = [{**row, **derived(row)} for row in rows]
            inserted |= {name: f":{name}" for name in derived(rows[0])}
        vectors = [name for name in inserted if table.columns.get(name) == "halfvec"]
        if vectors:
            rows = [{**row, **{name: _as_text(row[name]) for name in vectors}} for row in rows]
        columns, values = quoted(inserted), ", ".join(inserted.values())
        text = statement("write", table=quoted([table.name]), columns=columns, values=values)
        session.change_many(text, rows)

    def settle(self) -> None:
        dimensions = self.library()["vector_dimensions"]

        def work(session: Session) -> None:
            assert isinstance(session, PostgresSession)
            for row in session.rows("transfer.numbered"):
                # new rows are numbered after the copied ones
                session.row("transfer.number_from", sequence=row["sequence"], last=_last(session, row))
            if 0 < dimensions <= MOST_INDEXED_DIMENSIONS:
                session.run_for("search.make_index", dimensions)

        self._database.write(work)


_DERIVED: dict[str, Callable[[Record], dict[str, object]]] = {
    "jobs_done": lambda row: {"shard": 0},  # noqa: ARG005 - all in the first shard
}


def _carried(table: Table) -> Table:
    if table.name == "jobs_done":  # here a kind has a row a shard
        return Table(table.name, ("kind",), {"kind": "text", "done": "int8"})
    return table


def _as_text(halves: bytes) -> str:
    return vector_text(np.frombuffer(halves, "<f2").astype(np.float32))


def _last(session: PostgresSession, row: Mapping[str, Any]) -> int:
    text = statement("last_number", columns=quoted([row["name"]]), table=quoted([row["table_name"]]))
    return int(session.query(text, {})[0]["last"])
