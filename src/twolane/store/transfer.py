"""A library on its way from one store to another: copied by tables, resumed where it stopped, verified."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from twolane.errors import StoreError

Record = Mapping[str, Any]
IDENTITY = "library id"  # in the memory of both
MARK = "moving from"  # in the target's memory until it is whole: which library comes


@dataclass(frozen=True, slots=True)
class Table:
    """What is copied together; `key` is the column by which its rows are ordered."""

    name: str
    key: str
    batch: int
    first: int | str = 0


# in an order in which every row finds what it refers to
TABLES = (
    Table("memory", "key", 500, ""),
    Table("documents", "document_id", 500),
    Table("pages", "page_id", 100),
    Table("passages", "passage_id", 500),
    Table("vectors", "passage_id", 500),
    Table("classifications", "document_id", 500),
    Table("files", "file_id", 1000),
    Table("jobs", "job_id", 1000),
    Table("done", "kind", 500, ""),
)


@dataclass(frozen=True, slots=True)
class TransferStep:
    """How far a transfer is: rows copied and verified, of all that are to be."""

    doing: str
    done: int
    total: int


class Portable(Protocol):
    """A store's rows, the same in every store; vectors are halves (little-endian) of length 1."""

    def recall(self, key: str) -> str:
        """Return what is remembered under a key, or ""."""

    def remember(self, key: str, value: str) -> None:
        """Keep a text under a key, or with "" forget it."""

    def count(self, table: str) -> int:
        """Count a table's rows."""

    def last(self, table: str) -> int | str | None:
        """Return the greatest key of a table."""

    def rows(self, table: str, after: int | str, limit: int) -> Sequence[Record]:
        """Return rows with a greater key than `after`, by key."""

    def put(self, table: str, rows: Sequence[Record]) -> None:
        """Add rows in one transaction."""

    def kept(self, table: str, rows: Sequence[Record]) -> Sequence[Record]:
        """Return rows of any store as this one gives them back: its vectors may be coarser."""

    def library(self) -> Record:
        """Return the scan number and the vectors' model and dimensions."""

    def set_library(self, library: Record) -> None:
        """Set these."""

    def settle(self) -> None:
        """Bring numbers and indexes in line with what has been put."""


def transfer(
    source: Portable, target: Portable, names: tuple[str, str]
) -> Generator[TransferStep, None, None]:
    """Copy a library into an empty store, or go on where an earlier transfer stopped; yield how far it is.

    A library that is there already is only verified. `names` are both for messages. Raises `StoreError` where
    the target holds another library, or is not the same in the end: nobody else may work on either.
    """
    if source.recall(MARK):
        raise StoreError(f"{names[0]} is itself a copy that was not finished", "finish that one first")
    identity = source.recall(IDENTITY) or secrets.token_hex(16)
    source.remember(IDENTITY, identity)
    moved = target.recall(IDENTITY) == identity and not target.recall(MARK)
    if not moved and target.recall(MARK) != identity:
        if any(target.count(table.name) for table in TABLES):
            remedy = "name an empty store: nothing is ever mixed or overwritten"
            raise StoreError(f"{names[1]} holds another library", remedy)
        target.remember(MARK, identity)
    progress = _Progress(2 * sum(source.count(table.name) for table in TABLES))
    if moved:
        progress.done = progress.total // 2
    else:
        yield from _copy(source, target, progress)
    yield from _verify(source, target, names, progress)
    target.remember(MARK, "")


@dataclass(slots=True)
class _Progress:
    total: int
    done: int = 0

    def step(self, doing: str, rows: int) -> TransferStep:
        self.done += rows
        return TransferStep(doing, min(self.done, self.total), self.total)


def _copy(source: Portable, target: Portable, progress: _Progress) -> Iterator[TransferStep]:
    for table in TABLES:
        yield progress.step(table.name, target.count(table.name))
        last = target.last(table.name)
        for rows in _batches(source, table, table.first if last is None else last):
            target.put(table.name, rows)
            yield progress.step(table.name, len(rows))
    target.set_library(source.library())
    yield progress.step("indexes", 0)
    target.settle()


def _verify(
    source: Portable, target: Portable, names: tuple[str, str], progress: _Progress
) -> Iterator[TransferStep]:
    for table in TABLES:
        digests = []
        for store, share in ((source, 1), (target, 0)):
            digest = hashlib.sha256()
            for rows in _batches(store, table, table.first):
                for row in target.kept(table.name, rows):
                    digest.update(json.dumps(row, sort_keys=True, default=bytes.hex).encode())
                yield progress.step(f"verifying {table.name}", len(rows) * share)
            digests.append(digest.hexdigest())
        if digests[0] != digests[1]:
            raise _differs(names, f"its {table.name} ({target.count(table.name)})")
    if dict(source.library()) != dict(target.library()):
        raise _differs(names, "its numbers and model")


def _differs(names: tuple[str, str], what: str) -> StoreError:
    return StoreError(
        f"{names[1]} is not the same as {names[0]}: {what}",
        "one of them was worked on: stop every twolane that uses them, empty the new one, and run this again",
    )


def _batches(store: Portable, table: Table, after: int | str) -> Iterator[Sequence[Record]]:
    while rows := store.rows(table.name, after, table.batch):
        after = rows[-1][table.key]
        yield rows
