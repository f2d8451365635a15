"""Connections to one SQLite library: checked, lent to one thread at a time, one of them writing."""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from twolane.documents import display_path
from twolane.errors import StoreBusyError, StoreError, StoreReadOnlyError
from twolane.outages import OutageLog
from twolane.store.kept import OnPages
from twolane.store.paths import fold
from twolane.store.queries import migrations
from twolane.store.seeing import Onlookers
from twolane.store.session import Database, T
from twolane.store.sqlite.only_read import address_of, is_only_read
from twolane.store.sqlite.session import SqliteSession
from twolane.store.words.writing import WordsWriter, has_words

APPLICATION_ID = int.from_bytes(b"twln", "big")
_OLDEST_SQLITE = (3, 35, 0)  # RETURNING
_NEW_S = 60.0
_COPIED_PAGES = 2048  # between two looks at whether to go on

_REMEDIES = {
    "SQLITE_NOTADB": ("is not a twolane library", "move the file away, or name another in store_url"),
    "SQLITE_CORRUPT": (
        "is damaged",
        "move the file away and add your folders again: originals are untouched",
    ),
    "SQLITE_FULL": (
        "cannot grow: the disk is full",
        "free some space and try again; nothing was half written",
    ),
    "SQLITE_READONLY": (
        "is read-only here: nothing in it can be changed",
        "check the permissions of the file and its folder",
    ),
    "SQLITE_PERM": ("cannot be written", "check the permissions of the file and its folder"),
    "SQLITE_CANTOPEN": ("cannot be opened", "check that its folder exists and can be written"),
    "SQLITE_IOERR": (
        "cannot be read or written by the system",
        "check the disk; use a local one, no network drive",
    ),
    "SQLITE_CONSTRAINT_TRIGGER": (
        "was brought up to date by a newer twolane",
        "stop this one, and start the newer one",
    ),
    "SQLITE_PROTOCOL": ("cannot be locked here", "keep it on a local disk: set data_dir or store_url"),
}


# Faults of the machine, not of a file: the job is tried again instead of parked. SQLite reports an I/O error
# where it cannot grow its shared memory on a full disk.
_KINDS = {
    "SQLITE_FULL": StoreBusyError,
    "SQLITE_IOERR": StoreBusyError,
    "SQLITE_READONLY": StoreReadOnlyError,
}
_DAMAGE = ("SQLITE_NOTADB", "SQLITE_CORRUPT")  # where a backup is the remedy


# What the driver raises; the latter where it cannot say what it has read in a damaged file.
_DRIVER_ERRORS = (sqlite3.Error, UnicodeDecodeError)


def translated(error: Exception, path: Path, remedy_of_damage: Callable[[], str] = str) -> StoreError:
    """Return a driver's error as a `StoreError`, with its remedy."""
    is_unreadable = isinstance(error, UnicodeDecodeError)
    name = "SQLITE_CORRUPT" if is_unreadable else getattr(error, "sqlite_errorname", "")
    shown = display_path(path)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(
            f"the library {shown} is held by another process", "wait until it is done, or stop it"
        )
    for prefix, (what, remedy) in _REMEDIES.items():
        if name.startswith(prefix):
            kind = _KINDS.get(prefix, StoreError)
            better = remedy_of_damage() if prefix in _DAMAGE else ""
            return kind(f"the library {shown} {what}", better or remedy)
    return StoreError(f"the library {shown} failed: {error}", "run `twolane doctor`")


_log = logging.getLogger(__name__)


class Connections(Database):
    """A pool of connections to one library; `busy_timeout_s` bounds the wait for other writers.

    `remedy` says what to do where the file is damaged, or "" for what is said anyway.
    `clock` returns seconds since the epoch, alike in every process.
    """

    def __init__(
        self,
        path: Path,
        *,
        busy_timeout_s: float = 30.0,
        clock: Callable[[], float] = time.time,
        remedy: Callable[[], str] = str,
    ) -> None:
        self.path = path
        self._remedy = remedy
        self._clock = clock
        self._busy_timeout_s = busy_timeout_s
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writers = threading.Lock()
        self._local = threading.local()
        self._told = OutageLog(_log)
        self._onlookers = Onlookers()
        self._closed = False
        _check_sqlite()
        if is_only_read(path):
            self._open_only_read()
            return
        _make_file(path)
        with self._translating():
            # only here may the file turn out to be no library
            with closing(self._connect()) as connection:
                require_wal(connection, path, time.monotonic() + busy_timeout_s)
                _migrate(connection, path)

    def _open_only_read(self) -> None:
        with self._translating(), closing(self._connect()) as connection:
            if _version(connection) != len(migrations()) or _application(connection) != APPLICATION_ID:
                raise StoreError(
                    f"the library {display_path(self.path)} is read-only here, and of another version",
                    "open it once where it can be written, or read it with the twolane that wrote it",
                )

    def require_writable(self) -> None:
        """Raise `StoreError` where the library can be read here and never written."""
        if is_only_read(self.path):
            what, remedy = _REMEDIES["SQLITE_READONLY"]
            raise StoreReadOnlyError(f"the library {display_path(self.path)} {what}", remedy)

    def read(self, work: Callable[[SqliteSession], T], *, committed: bool = False, whole: bool = False) -> T:
        """Return what `work` reads; within this thread's writer it reads what that has written.

        `committed` reads only that; `whole` reads one snapshot of it.
        """
        own: SqliteSession | None = getattr(self._local, "writer", None)
        if own is not None and not (committed or whole):
            return work(own)
        with self._translating(), self._borrowed() as connection:
            if whole:
                connection.execute("BEGIN")
            return work(self._session(connection))

    def _session(self, connection: sqlite3.Connection) -> SqliteSession:
        """Return a session that sees what this thread may see."""
        session = SqliteSession(connection, self._clock())
        seen = self._onlookers.current(session)
        return session if seen is None else session.seeing(seen)

    def write(self, work: Callable[[SqliteSession], T]) -> T:
        """Return the result of `work` in one transaction."""
        with self.writing() as session:
            return work(session)

    @contextmanager
    def writing(self, *, synced: bool = False) -> Iterator[SqliteSession]:
        """Yield the session of a transaction that commits at the end of the block, to disk if `synced`."""
        if getattr(self._local, "writer", None) is not None:
            raise StoreError("this thread is within a transaction already", "write with the writer it has")
        with self._told.around(f"the library {display_path(self.path)}"), self._translating():
            if not self._writers.acquire(timeout=self._busy_timeout_s):
                raise StoreBusyError(
                    f"the library {display_path(self.path)} is held by another thread", "try again"
                )
            try:
                with self._borrowed() as connection, _syncing(connection, synced):
                    connection.execute("BEGIN IMMEDIATE")
                    self._local.writer = session = SqliteSession(connection, self._clock())
                    yield session
                    connection.execute("COMMIT")
            finally:
                self._local.writer = None
                self._writers.release()

    def vacuum(self) -> None:
        """Write the file anew without what was deleted, and empty its log.

        Raises `StoreBusyError` where others hold it, and `StoreError`.
        """
        with self._translating(), closing(self._connect()) as connection:
            # a copy of the whole library: memory may not hold it
            connection.execute("PRAGMA temp_store = FILE")
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StoreBusyError(
                f"the log of the library {display_path(self.path)} is still read by another process",
                "run it again once that is done: what was deleted may be in the log still",
            )

    def copy_to(self, path: Path, on_pages: OnPages) -> None:
        """Copy the library as it is at one moment into a new file, while others read and write it.

        What `on_pages` raises ends it. Raises `StoreBusyError` where the disk of the file is full.
        """
        _make_file(path)
        with self._translating(), self._borrowed() as connection, closing(sqlite3.connect(path)) as copy:
            # Held open, this moment is copied to its end: without it each write would begin the copy anew.
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            try:
                connection.backup(
                    copy, pages=_COPIED_PAGES, progress=lambda _, left, total: on_pages(total - left, total)
                )
            except sqlite3.Error as error:
                if error.sqlite_errorname.startswith("SQLITE_FULL"):
                    what = f"{display_path(path.parent)} has no room for a copy of the library"
                    raise StoreBusyError(what, "make room there, or name another place") from error
                raise

    def close(self) -> None:
        """Close every connection; one in use is closed when it is returned."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except _DRIVER_ERRORS as error:
            raise translated(error, self.path, self._remedy) from error

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise StoreError(f"the library {display_path(self.path)} is closed", "open it again")
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with self._lock:
                keep = not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            address_of(self.path),
            uri=True,
            timeout=self._busy_timeout_s,
            isolation_level=None,  # begins no transactions by itself
            cached_statements=256,  # those of people who may not see all are others than those of the rest
            check_same_thread=False,  # used by one thread at a time, closed by any
        )
        connection.row_factory = sqlite3.Row
        try:
            # NORMAL may lose the last commits on a power cut, never on a crash: their jobs are done again
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA cache_size = -4096")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            connection.execute("CREATE TEMP TABLE roots (low BLOB NOT NULL, high BLOB NOT NULL)")
            # for migration 0004, which stores folded texts
            connection.create_function("fold", 1, fold, deterministic=True)
            # here the given time always counts; a server may use its own clock
            connection.create_function("moment", 1, lambda given: given, deterministic=True)
            # for migration 0005: a library of a later version is written by no program that does not know it
            connection.create_function("known_version", 0, _known_version, deterministic=True)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


@contextmanager
def _syncing(connection: sqlite3.Connection, synced: bool) -> Iterator[None]:
    """Have what is committed within the block written to the disk before the commit returns, if `synced`."""
    if not synced:
        yield
        return
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # on macOS a plain sync leaves it in the disk's own memory
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")  # within a transaction the pragmas do nothing
        connection.execute("PRAGMA fullfsync = OFF")
        connection.execute("PRAGMA synchronous = NORMAL")


def require_wal(connection: sqlite3.Connection, path: Path, deadline: float) -> None:
    """Turn the write-ahead log on. Raises `StoreError` where the file system cannot have one."""
    while True:
        try:
            mode: str = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            # The change of mode does not wait for locks, and another process may be making it just now.
            busy = error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            break
    if mode != "wal":
        raise StoreError(
            f"the file system of {display_path(path)} has no shared memory for the library's log",
            "keep the library on a local disk, not a network drive: set data_dir or store_url",
        )


def _check_sqlite() -> None:
    remedy = "use a Python that is built with SQLite 3.35 or later and FTS5"
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old", remedy)
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("SELECT json_array()")
            # a new library is made by all migrations, and the first ones make such a table
            connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61')")
        except sqlite3.Error as error:
            raise StoreError(f"this Python's SQLite lacks what the library needs: {error}", remedy) from error


def _make_file(path: Path) -> None:
    """Make an empty file where nothing is, for its owner alone: a library holds private documents.

    What is there is never opened but by SQLite: a process that closes any descriptor of a file loses all the
    locks it has on it (POSIX), and then others take a log away that this one still writes.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = _found(path) or _made(path)
    except OSError as error:
        raise StoreError(
            f"the library {display_path(path)} cannot be opened: {error.strerror}",
            "check that its folder exists and can be written, or set data_dir",
        ) from error
    # One that is being made is empty for a moment; what has been so for long was a library, and was cut.
    if found.st_size == 0 and time.time() - found.st_mtime > _NEW_S:
        raise StoreError(
            f"the library {display_path(path)} has nothing in it, not even its tables",
            "bring it back by `twolane restore`, or delete the file to begin a new one",
        )


def _found(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _made(path: Path) -> os.stat_result:
    """Put an empty file at a path unless somebody just has; it is closed before it gets that name."""
    target = path.resolve()  # a link may lead to what is to be made
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(descriptor)
    fresh = Path(name)
    try:
        target.hardlink_to(fresh)
    except FileExistsError:
        pass
    except OSError:  # FAT and some of the network's have no links: SQLite makes it
        with closing(sqlite3.connect(target)):
            target.chmod(0o600)
    finally:
        fresh.unlink()
    return target.stat()


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    steps = migrations()
    session = SqliteSession(connection, time.time())
    is_known = _version(connection) == len(steps) and _application(connection) == APPLICATION_ID
    if is_known and has_words(session):
        return
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)  # another process may have been faster
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and _application(connection) != APPLICATION_ID:
        raise StoreError(
            f"{display_path(path)} is the database of another program",
            "name another file in store_url",
        )
    if version > len(steps):
        raise StoreError(
            f"the library {display_path(path)} has version {version}; this twolane knows up to {len(steps)}",
            "update twolane",
        )
    for step in steps[version:]:
        for statement in step:
            connection.execute(statement)
    # in the same transaction: a library is never without the words of its passages
    if not has_words(session):
        WordsWriter(session).fill()
    connection.execute(f"PRAGMA user_version = {len(steps)}")
    connection.execute("UPDATE library SET version = ?", [len(steps)])
    connection.execute("COMMIT")


def used_by_nobody(path: Path) -> bool:
    """Write a library's log into its file, and say whether nobody else has the library open.

    Raises `StoreError` where the file is no database, or a damaged one.
    """
    try:
        with closing(sqlite3.connect(path, timeout=0.0)) as connection:
            # the log can be left only by whoever is alone
            mode: str = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            return mode == "delete"
    except _DRIVER_ERRORS as error:
        found = translated(error, path)
        if isinstance(found, StoreBusyError):
            return False
        raise found from error


@cache
def _known_version() -> int:
    return len(migrations())


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _application(connection: sqlite3.Connection) -> int:
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return application
