"""The library that measurements work on: a SQLite file, or a PostgreSQL server of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twolane.store.base import Store

STORES = ("sqlite", "postgres")


def open_library(address: str) -> Store:
    """Open a library by its address, or by the path of its file; a job may be tried a thousand times."""
    if address.startswith("postgresql://"):
        from twolane.store.postgres.store import open_postgres

        return open_postgres(address, max_attempts=1000, backoff_s=0.01)
    from twolane.store.sqlite.store import open_sqlite

    return open_sqlite(Path(address), max_attempts=1000, backoff_s=0.01)


@contextmanager
def library(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty library; a server has fsync on, as a user's has."""
    if kind == "sqlite":
        yield str(folder / "library.db")
        return
    from standins.postgres import PostgresServer

    server = PostgresServer(fsync=True)
    try:
        with server.library() as url:
            yield url
    finally:
        server.close()
