"""The store for many machines: a PostgreSQL server with pgvector in place of a SQLite file.

Writers work side by side; a claim skips what others are claiming. Leases are judged by the server's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twolane.store.postgres.connections import PostgresConnections
from twolane.store.postgres.index import PostgresIndex
from twolane.store.postgres.search import PostgresSearch
from twolane.store.postgres.session import PostgresSession
from twolane.store.postgres.transfer import PostgresPortable
from twolane.store.queries import queries
from twolane.store.session import FrozenDatabase, Session, T
from twolane.store.store import SqlStore
from twolane.store.words.mirror import wrong_words
from twolane.store.words.writing import WordsWriter


def open_postgres(
    url: str,
    *,
    max_attempts: int,
    backoff_s: float = 1.0,
    wait_s: float = 15.0,
    clock: Callable[[], float] | None = None,
) -> PostgresStore:
    """Open a library on a server, creating or migrating it where needed.

    `wait_s` bounds the wait during an outage; `clock` returns seconds since the epoch in place of
    the server's own. Raises `StoreError` where the server refuses, has no pgvector or holds something
    else, and `StoreBusyError` where nothing answers.
    """
    connections = PostgresConnections(url, wait_s=wait_s, clock=clock)
    return PostgresStore(connections, max_attempts=max_attempts, backoff_s=backoff_s)


class PostgresStore(SqlStore, PostgresSearch):
    """Obeys `twolane.store.base.Store`."""

    most_path_bytes = 2600  # an index of the server takes no longer row

    def __init__(self, connections: PostgresConnections, *, max_attempts: int, backoff_s: float) -> None:
        SqlStore.__init__(self, connections, max_attempts=max_attempts, backoff_s=backoff_s)
        PostgresSearch.__init__(self, connections)

    def index(self, session: Session) -> PostgresIndex:
        assert isinstance(session, PostgresSession)
        return PostgresIndex(session)

    def check(self) -> Iterator[str]:
        def look(session: PostgresSession) -> list[str]:
            session, found = session.of_all(), []
            for what in queries("check", "postgres"):
                if number := session.number(f"check.{what}"):
                    found.append(f"{number} {what}")
            return [*found, *wrong_words(session)]

        return iter(self._connections.read(look, whole=True))

    def vacuum(self) -> None:
        with self._connections.writing() as session:
            WordsWriter(session).fill()  # spellings and postings of what was deleted are in no row of its own
        self._connections.vacuum()

    def portable(self) -> PostgresPortable:
        """Return the library as rows that every store takes."""
        return PostgresPortable(self._connections)

    def at_one_moment(self, work: Callable[[PostgresPortable], T]) -> T:
        """Return what `work` makes of the library as it is now; it may run again, from the beginning."""
        return self._connections.read(
            lambda session: work(PostgresPortable(FrozenDatabase(session))), whole=True
        )

    def close(self) -> None:
        self._connections.close()
