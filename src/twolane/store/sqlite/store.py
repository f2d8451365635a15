"""The embedded store: one SQLite file with the catalogue, the queue, the full text and the vectors.

Writers are serialised, readers never wait. Connections are lent to one thread at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from twolane.store.kept import OnPages
from twolane.store.queries import queries
from twolane.store.session import Session
from twolane.store.sqlite.codes_file import drop_codes
from twolane.store.sqlite.connections import Connections
from twolane.store.sqlite.index import SqliteIndex
from twolane.store.sqlite.search import SqliteSearch
from twolane.store.sqlite.session import SqliteSession
from twolane.store.sqlite.transfer import SqlitePortable
from twolane.store.store import SqlStore
from twolane.store.words.mirror import wrong_words
from twolane.store.words.writing import WordsWriter


def open_sqlite(
    path: Path,
    *,
    max_attempts: int,
    backoff_s: float = 1.0,
    busy_timeout_s: float = 30.0,
    clock: Callable[[], float] = time.time,
    remedy: Callable[[], str] = str,
) -> SqliteStore:
    """Open a library, creating or migrating it where needed.

    `remedy` says what to do where the file is damaged, or "" for what is said anyway.
    `clock` returns seconds since the epoch, alike in every process. Raises `StoreError` where the file is no
    library, is of a newer version, cannot be written, or lies on a file system that cannot hold one.
    """
    connections = Connections(path, busy_timeout_s=busy_timeout_s, clock=clock, remedy=remedy)
    return SqliteStore(connections, max_attempts=max_attempts, backoff_s=backoff_s)


class SqliteStore(SqlStore, SqliteSearch):
    """Obeys `twolane.store.base.Store`."""

    def __init__(self, connections: Connections, *, max_attempts: int, backoff_s: float) -> None:
        SqlStore.__init__(self, connections, max_attempts=max_attempts, backoff_s=backoff_s)
        SqliteSearch.__init__(self, connections)

    def index(self, session: Session) -> SqliteIndex:
        assert isinstance(session, SqliteSession)
        return SqliteIndex(session)

    def check(self) -> Iterator[str]:
        found: list[str] = []
        with self._connections.writing() as session:
            connection = session.connection
            found += _damage(session)
            found += wrong_words(session)
            for what, statement in queries("check", "sqlite").items():
                count = connection.execute(statement).fetchone()[0]
                if count:
                    found.append(f"{count} {what}")
        return iter(found)

    def vacuum(self) -> None:
        with self._connections.writing() as session:
            WordsWriter(session).fill()  # spellings and postings of what was deleted are in no row of its own
        self._connections.vacuum()
        drop_codes(self._codes_path)  # made anew from the rows when they are next needed

    def damage(self) -> list[str]:
        """Return a line for each thing that is broken in the file; `check` looks at its content too."""
        return self._connections.read(_damage)

    def portable(self) -> SqlitePortable:
        """Return the library as rows that every store takes."""
        return SqlitePortable(self._connections)

    def copy_to(self, path: Path, on_pages: OnPages) -> None:
        """Copy the library as it is now into a new file; see `Connections.copy_to`."""
        self._connections.copy_to(path, on_pages)

    def close(self) -> None:
        self._connections.close()


def _damage(session: SqliteSession) -> list[str]:
    rows = session.connection.execute("PRAGMA quick_check").fetchall()
    return [f"the file is damaged: {row[0]}" for row in rows if row[0] != "ok"]
