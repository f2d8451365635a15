"""Opens a store by its address, a SQLite file or a PostgreSQL server, and moves a library to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from twolane.config.addresses import without_password
from twolane.config.places import is_postgres, sqlite_path
from twolane.config.settings import Settings
from twolane.errors import NotFoundError
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.transfer import TransferStep, transfer

if TYPE_CHECKING:
    from twolane.store.postgres.store import PostgresStore


def open_store(settings: Settings, remedy: Callable[[], str] = str) -> SqliteStore | PostgresStore:
    """Open the library that `store_url` names; `remedy` says what to do where its file is damaged, or "".

    Raises `StoreError`.
    """
    if is_postgres(settings.store_url):
        from twolane.store.postgres.store import open_postgres

        return open_postgres(settings.store_url, max_attempts=settings.max_attempts)
    return open_sqlite(sqlite_path(settings), max_attempts=settings.max_attempts, remedy=remedy)


def move_library(source: Settings, target: Settings) -> Iterator[TransferStep]:
    """Copy the library that one settings' `store_url` names into the other's, and yield how far it is.

    Raises `NotFoundError` where there is no library to copy, and `StoreError` where either cannot be used or
    they differ in the end.
    """
    if not is_postgres(source.store_url) and not sqlite_path(source).is_file():
        raise NotFoundError(f"there is no library {sqlite_path(source)}", "name an existing one as FROM")
    with closing(open_store(source)) as old, closing(open_store(target)) as new:
        names = (without_password(source.store_url), without_password(target.store_url))
        yield from transfer(old.portable(), new.portable(), names)
