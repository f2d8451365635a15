"""A session: the five verbs by which a noun of the library uses a database of either dialect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from twolane.errors import StoreError
from twolane.principal import current_access, seeing

Values = Mapping[str, object]
T = TypeVar("T")


class Row(Protocol):
    """A row of any database: its columns by name."""

    def __getitem__(self, column: str, /) -> Any:
        """Return a column's value."""


class Session(Protocol):
    """Statements by name, such as "files.by_id"; each is looked for in the dialect, and then in `sql/common`.

    A list may be given as a value: it is an array in PostgreSQL, and JSON in SQLite. `ranges` are pairs of
    paths as bytes: a statement finds them as the arrays `lows` and `highs`, or in the table `temp.roots`.
    Every statement may use `now`, in seconds since the epoch. It is NULL where the server's own clock counts:
    `moment(now)` is then the time of that clock.
    """

    @property
    def sees_all(self) -> bool:
        """Whether its statements read the whole library, and not what somebody may see of it."""

    def of_all(self) -> Session:
        """Return the same transaction as one that sees all, for what is kept in memory for everybody."""

    def rows(self, name: str, /, values: Values | None = None, **more: object) -> Sequence[Row]:
        """Run a statement and return its rows."""

    def row(self, name: str, /, values: Values | None = None, **more: object) -> Row | None:
        """Run a statement and return its first row."""

    def number(self, name: str, /, values: Values | None = None, **more: object) -> Any:
        """Run a statement and return the first value of its first row."""

    def run(self, name: str, /, values: Values | None = None, **more: object) -> int:
        """Run a statement and return how many rows it changed."""

    def run_many(self, name: str, rows: Sequence[Values], /, **shared: object) -> Sequence[Row]:
        """Run a statement for each of many rows, which all have the same names, and return what it returns.

        `shared` values are the same for all of them. A statement of PostgreSQL that unnests is run once, and
        finds each name as an array.
        """


class Database(ABC):
    """A library's sessions. It obeys `Session` itself: there each verb is a transaction of its own.

    Reading is held to what the thread may see (`principal.current_access`). Within a transaction of the same
    thread it sees all, and what that has written, unless it reads what is `committed`.
    """

    @property
    def sees_all(self) -> bool:
        """Whether reading now would see the whole library."""
        return current_access() is None

    def of_all(self) -> Session:
        """Return the library as one who sees all of it reads it."""
        return _WholeDatabase(self)

    def require_writable(self) -> None:  # noqa: B027 - most can be written
        """Raise `StoreError` where the library can be read here and never written."""

    @abstractmethod
    def read(self, work: Callable[[Session], T], *, committed: bool = False, whole: bool = False) -> T:
        """Return what `work` reads; `work` may run again.

        `committed` reads only that; `whole` reads one snapshot of it, which a single statement does anyway.
        """

    @abstractmethod
    def write(self, work: Callable[[Session], T]) -> T:
        """Return the result of `work` in one transaction; it may run again, so it must be repeatable."""

    @abstractmethod
    def writing(self, *, synced: bool = False) -> AbstractContextManager[Session]:
        """Yield the session of a transaction that commits at the end of the block.

        A `synced` one is on the disk then, and survives a power cut.
        """

    def rows(self, name: str, /, values: Values | None = None, **more: object) -> Sequence[Row]:
        """Return the rows of a statement that only reads."""
        return self.read(lambda session: session.rows(name, values, **more))

    def row(self, name: str, /, values: Values | None = None, **more: object) -> Row | None:
        """Return the first row of a statement that only reads."""
        return self.read(lambda session: session.row(name, values, **more))

    def number(self, name: str, /, values: Values | None = None, **more: object) -> Any:
        """Return the first value of the first row of a statement that only reads."""
        return self.read(lambda session: session.number(name, values, **more))

    def run(self, name: str, /, values: Values | None = None, **more: object) -> int:
        """Run a statement in a transaction and return how many rows it changed."""
        return self.write(lambda session: session.run(name, values, **more))

    def run_many(self, name: str, rows: Sequence[Values], /, **shared: object) -> Sequence[Row]:
        """Run a statement for each of many rows in one transaction, and return what it returns."""
        return self.write(lambda session: session.run_many(name, rows, **shared))


class _WholeDatabase(Database):
    """A library of which every reader sees all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def sees_all(self) -> bool:
        return True

    def read(self, work: Callable[[Session], T], *, committed: bool = False, whole: bool = False) -> T:
        with seeing(None):
            return self._database.read(work, committed=committed, whole=whole)

    def write(self, work: Callable[[Session], T]) -> T:
        return self._database.write(work)

    def writing(self, *, synced: bool = False) -> AbstractContextManager[Session]:
        return self._database.writing(synced=synced)


class FrozenDatabase(Database):
    """One session as a database that is only read: everything is of the moment of its transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def sees_all(self) -> bool:
        return self._session.sees_all

    def read(self, work: Callable[[Session], T], *, committed: bool = False, whole: bool = False) -> T:  # noqa: ARG002 - it is both
        return work(self._session)

    def write(self, work: Callable[[Session], T]) -> T:
        with self.writing() as session:
            return work(session)

    def writing(self, *, synced: bool = False) -> AbstractContextManager[Session]:  # noqa: ARG002 - never
        raise StoreError("a moment of a library cannot be changed", "write to the library itself")
