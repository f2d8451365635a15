"""Moves a library from one store to another: copied by tables, resumed where it stopped, verified."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from twolane.errors import StoreError
from twolane.store.tables import Table

Record = Mapping[str, Any]
IDENTITY = "library id"  # in the memory of both
Key = tuple[Any, ...]  # the values by which the rows of a table are ordered
MARK = "moving from"  # in the target's memory until the copy is complete: the id of the source
_BATCH = 250  # rows of a table that are read and written together


@dataclass(frozen=True, slots=True)
class TransferStep:
    """How far a transfer is: rows copied and verified, of all that are to be."""

    doing: str
    done: int
    total: int


class Portable(Protocol):
    """A store's rows, in one form for every store; vectors are halves (little-endian) of length 1."""

    def recall(self, key: str) -> str:
        """Return what is remembered under a key, or ""."""

    def remember(self, key: str, value: str) -> None:
        """Keep a text under a key; "" deletes the key."""

    def tables(self) -> Sequence[Table]:
        """List the tables with their columns, each after those that its rows refer to."""

    def count(self, table: Table) -> int:
        """Count a table's rows."""

    def last(self, table: Table) -> Key | None:
        """Return the greatest key of a table, or None where it is empty."""

    def rows(self, table: Table, after: Key | None, limit: int) -> Sequence[Record]:
        """Return rows with a greater key than `after`, or the first ones, by key."""

    def put(self, table: Table, rows: Sequence[Record]) -> None:
        """Add rows in one transaction."""

    def kept(self, table: Table, rows: Sequence[Record]) -> Sequence[Record]:
        """Return rows of any store as this one gives them back: its vectors may be coarser."""

    def library(self) -> Record:
        """Return the scan number and the vectors' model and dimensions."""

    def set_library(self, library: Record) -> None:
        """Set what `library` returns."""

    def settle(self) -> None:
        """Update sequences and indexes after rows have been added."""


def transfer(
    source: Portable, target: Portable, names: tuple[str, str]
) -> Generator[TransferStep, None, None]:
    """Copy a library into an empty store, or go on where an earlier transfer stopped; yield how far it is.

    A library that was copied already is only verified. `names` name both in messages. Raises `StoreError`
    where the target holds another library, or differs in the end: nothing else may use either meanwhile.
    """
    if source.recall(MARK):
        raise StoreError(f"{names[0]} is itself a copy that was not finished", "finish that one first")
    identity = identity_of(source)
    tables = _pairs(source, target)
    moved = target.recall(IDENTITY) == identity and not target.recall(MARK)
    if not moved and target.recall(MARK) != identity:
        if any(target.count(pair.target) for pair in tables):
            remedy = "name an empty store: nothing is ever mixed or overwritten"
            raise StoreError(f"{names[1]} holds another library", remedy)
        target.remember(MARK, identity)
    progress = _TransferProgress(2 * sum(source.count(pair.source) for pair in tables))
    if moved:
        progress.done = progress.total // 2
    else:
        yield from _copy(source, target, tables, progress)
    yield from _verify(source, target, tables, names, progress)
    target.remember(MARK, "")


def identity_of(library: Portable) -> str:
    """Return the id by which a library is known wherever it is copied to; one without gets it now."""
    identity = library.recall(IDENTITY)
    if not identity:
        identity = secrets.token_hex(16)
        library.remember(IDENTITY, identity)
    return identity


@dataclass(frozen=True, slots=True)
class _Pair:
    """A table in both stores; a column that only one of them has is derived there from the others."""

    source: Table
    target: Table

    @property
    def name(self) -> str:
        return self.source.name

    def shared(self, rows: Sequence[Record]) -> list[Record]:
        names = [name for name in self.source.columns if name in self.target.columns]
        return [{name: row[name] for name in names} for row in rows]


def _pairs(source: Portable, target: Portable) -> list[_Pair]:
    targets = {table.name: table for table in target.tables()}
    return [_Pair(table, targets[table.name]) for table in source.tables()]


@dataclass(slots=True)
class _TransferProgress:
    total: int
    done: int = 0

    def step(self, doing: str, rows: int) -> TransferStep:
        self.done += rows
        return TransferStep(doing, min(self.done, self.total), self.total)


def _copy(
    source: Portable, target: Portable, tables: Sequence[_Pair], progress: _TransferProgress
) -> Iterator[TransferStep]:
    for pair in tables:
        yield progress.step(pair.name, target.count(pair.target))
        for rows in _batches(source, pair.source, target.last(pair.target)):
            target.put(pair.target, pair.shared(rows))
            yield progress.step(pair.name, len(rows))
    target.set_library(source.library())
    yield progress.step("indexes", 0)
    target.settle()


def _verify(
    source: Portable,
    target: Portable,
    tables: Sequence[_Pair],
    names: tuple[str, str],
    progress: _TransferProgress,
) -> Iterator[TransferStep]:
    for pair in tables:
        digests = []
        for store, table, share in ((source, pair.source, 1), (target, pair.target, 0)):
            digest = hashlib.sha256()
            for rows in _batches(store, table, None):
                for row in target.kept(pair.target, pair.shared(rows)):
                    digest.update(json.dumps(row, sort_keys=True, default=bytes.hex).encode())
                yield progress.step(f"verifying {pair.name}", len(rows) * share)
            digests.append(digest.hexdigest())
        if digests[0] != digests[1]:
            raise _differs(names, f"its {pair.name} ({target.count(pair.target)})")
    if dict(source.library()) != dict(target.library()):
        raise _differs(names, "its numbers and model")


def _differs(names: tuple[str, str], what: str) -> StoreError:
    return StoreError(
        f"{names[1]} is not the same as {names[0]}: {what}",
        "one of them was worked on: stop every twolane that uses them, empty the new one, and run this again",
    )


def _batches(store: Portable, table: Table, after: Key | None) -> Iterator[Sequence[Record]]:
    while rows := store.rows(table, after, _BATCH):
        after = tuple(rows[-1][name] for name in table.key)
        yield rows
