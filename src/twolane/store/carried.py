"""The rows of a library by table, read and written by the columns in the database's own catalogue."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from twolane.store.session import Database, Session
from twolane.store.tables import Table, quoted, statement, tables_of
from twolane.store.transfer import MARK, Key, Record
from twolane.store.words.writing import WordsWriter


class CarriedRows(ABC):
    """Obeys `twolane.store.transfer.Portable`; a dialect overrides what it stores in a form of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @abstractmethod
    def query(self, session: Session, text: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        """Return the rows of a statement that has no name."""

    @abstractmethod
    def insert(self, session: Session, table: Table, rows: Sequence[Record]) -> None:
        """Add rows, in the dialect's own form, with what it derives from them."""

    def source(self, table: Table) -> str:
        """Return the table expression after FROM."""
        return quoted([table.name])

    def selected(self, column: str, kind: str) -> str:  # noqa: ARG002 - as it is
        """Return the expression that selects a column of a type in the form that every store takes."""
        return f'"{column}"'

    def ordered(self, column: str, kind: str) -> str:  # noqa: ARG002 - bytes already
        """Return the expression that orders by a column of a key: by the bytes of a text, in every store."""
        return f'"{column}"'

    def portable(self, table: Table, row: dict[str, Any]) -> Record:  # noqa: ARG002 - as it is
        """Return a row of a table in the form that every store takes."""
        return row

    def tables(self) -> list[Table]:
        return self._database.read(tables_of)

    def recall(self, key: str) -> str:
        row = self._database.row("memory.recall", key=key)
        return "" if row is None else str(row["value"])

    def remember(self, key: str, value: str) -> None:
        self._database.run("memory.remember" if value else "memory.forget", key=key, value=value)

    def count(self, table: Table) -> int:
        [row] = self._read(statement("count", source=self.source(table), own=_own(table)), {})
        return int(row["number"])

    def last(self, table: Table) -> Key | None:
        backwards = ", ".join(f"{column} DESC" for column in self._order(table))
        places = {"key": quoted(table.key), "source": self.source(table), "own": _own(table)}
        found = self._read(statement("last", backwards=backwards, **places), {})
        return tuple(found[0][name] for name in table.key) if found else None

    def rows(self, table: Table, after: Key | None, limit: int) -> list[Record]:
        columns = [f'{self.selected(name, kind)} AS "{name}"' for name, kind in table.columns.items()]
        values = {f"after_{place}": value for place, value in enumerate(after or ())}
        text = statement(
            "read" if after is None else "read_on",
            columns=", ".join(columns),
            source=self.source(table),
            own=_own(table),
            order=", ".join(self._order(table)),
            after=", ".join(f":{name}" for name in values),
        )
        return [self.portable(table, row) for row in self._read(text, {**values, "limit": limit})]

    def put(self, table: Table, rows: Sequence[Record]) -> None:
        with self._database.writing() as session:
            self.insert(session, table, rows)
            if table.name == "passages":
                self._index_words(session, rows)

    def kept(self, table: Table, rows: Sequence[Record]) -> Sequence[Record]:  # noqa: ARG002 - all as they are
        return rows

    def library(self) -> Record:
        row = self._database.row("transfer.read_library")
        assert row is not None
        return {name: row[name] for name in ("scan", "vector_model", "vector_dimensions")}

    def set_library(self, library: Record) -> None:
        self._database.run("transfer.write_library", library)

    def _index_words(self, session: Session, passages: Sequence[Record]) -> None:
        """Index the words of passages, with the names of their documents: they are found by these too."""
        found = session.rows("transfer.names", ids=sorted({row["document_id"] for row in passages}))
        names_of = {row["document_id"]: row["names"] for row in found}
        languages = {number: session.number("words.language", document_id=number) for number in names_of}
        WordsWriter(session).add(
            {**row, "names": names_of[row["document_id"]], "language": languages[row["document_id"]]}
            for row in passages
        )

    def _order(self, table: Table) -> list[str]:
        return [self.ordered(name, table.columns[name]) for name in table.key]

    def _read(self, text: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        return self._database.read(lambda session: self.query(session, text, values))


def _own(table: Table) -> str:
    # the target's mark of an unfinished transfer is no row of the library
    return f"key <> '{MARK}'" if table.name == "memory" else "1 = 1"
