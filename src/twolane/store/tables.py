"""The tables of a library, as its database's own catalogue lists them: there is no second list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from twolane.errors import StoreError
from twolane.store.queries import sql
from twolane.store.session import Session


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns with their types, and the key by which its rows are ordered."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str] = field(hash=False)


def tables_of(session: Session) -> list[Table]:
    """List the tables of a library, each after those that its rows refer to; not `library`, which is one row.

    Raises `StoreError` where a table has no primary key.
    """
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    keys: dict[str, dict[int, str]] = defaultdict(dict)
    for row in session.rows("transfer.columns"):
        columns[row["table_name"]][row["name"]] = row["type"]
        if row["key_place"] is not None:
            keys[row["table_name"]][row["key_place"]] = row["name"]
    refers: dict[str, set[str]] = {name: set() for name in sorted(columns)}
    for row in session.rows("transfer.references"):
        if row["table_name"] != row["refers_to"]:
            refers[row["table_name"]].add(row["refers_to"])
    return [
        Table(name, _key(name, keys[name]), columns[name])
        for name in TopologicalSorter(refers).static_order()
        if name != "library"
    ]


def statement(name: str, **parts: str) -> str:
    """Return a statement about some table: one of `sql/common/transfer.sql` with its places filled."""
    return sql(f"transfer.{name}", "common").format(**parts)


def quoted(names: Iterable[str]) -> str:
    """Return names of columns or tables, quoted and joined for a statement."""
    return ", ".join(f'"{name}"' for name in names)


def _key(table: str, places: Mapping[int, str]) -> tuple[str, ...]:
    if not places:
        raise StoreError(f"the table {table} has no primary key", "give it one in a migration")
    return tuple(places[place] for place in sorted(places))
