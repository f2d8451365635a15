"""Connections to a library on a PostgreSQL server: pooled, checked before use, restored after an outage.

Only this module knows the driver. A reader whose connection is lost tries again for a while; a writer raises
`StoreBusyError`, after which its worker waits.
"""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from twolane.config.addresses import without_password
from twolane.errors import StoreBusyError, StoreError, StoreReadOnlyError
from twolane.installed import install_line
from twolane.outages import OutageLog
from twolane.store.postgres.session import PostgresSession
from twolane.store.queries import migration_scripts, sql
from twolane.store.seeing import Onlookers
from twolane.store.session import Database, T
from twolane.store.words.writing import WordsWriter, has_words

if TYPE_CHECKING:
    import psycopg
    import psycopg_pool

    Pool = psycopg_pool.ConnectionPool[psycopg.Connection[dict[str, Any]]]

_log = logging.getLogger(__name__)

MAX_CONNECTIONS = 16
_TRUSTED_S = 1.0  # a connection that worked so lately is not asked whether it lives: a round trip each time
_IDLE_S = 30.0  # then a burst's connections are closed, so that other processes can have them
OLDEST_SERVER = 14  # the first with functions whose body is parsed when they are created
_RETRY_EVERY_S = 0.2
_ASK_EVERY_S = 1.0

# With these keepalives, a server that has vanished is noticed within half a minute.
_CONNECTION = {
    "application_name": "twolane",
    "client_encoding": "utf8",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_SESSION = {
    # a scan of the vectors' index goes on until enough rows have passed the filter
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "160",
    "lock_timeout": "30s",
    # a frozen worker must not keep others waiting for its locks
    "idle_in_transaction_session_timeout": "120s",
    "jit": "off",
}
_UNAVAILABLE = ("08", "53", "57P")  # connection lost, no resources (disk, memory, connections), going down
_FULL = "53"
_HELD = {"40001", "40P01", "55P03", "25P03"}
_REPLICA = "25006"
_REMEDIES = {
    "53100": ("has no room on its disk", "free some space there; nothing was half written"),
    "53300": ("has no connection left", "raise its max_connections, or run fewer workers"),
    "TWOLD": (
        "holds a library that was brought up to date by a newer twolane",
        "stop this one, and start the newer one",
    ),
    "42501": ("does not permit this", "grant this user all rights on the library's schema"),
    _REPLICA: ("can only be read", "name the primary server in store_url, not a replica"),
}


class PostgresConnections(Database):
    """A pool of connections to one library, which is created or migrated first.

    `wait_s` bounds how long a reader tries again, and a writer waits for a connection, during an outage;
    `clock` replaces the server's own. Raises `StoreError` where the server refuses, lacks pgvector or
    holds something else, and `StoreBusyError` where nothing answers.
    """

    def __init__(self, url: str, *, wait_s: float = 15.0, clock: Callable[[], float] | None = None) -> None:
        self.shown = without_password(url)
        self._wait_s = wait_s
        self._clock = clock
        self._local = threading.local()
        self._unreachable, self._unwritable = OutageLog(_log), OutageLog(_log)
        self._closed = False
        self._onlookers, self._schema = Onlookers(), ""
        self._used_at: WeakKeyDictionary[psycopg.Connection[Any], float] = WeakKeyDictionary()
        psycopg, psycopg_pool = _driver()
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # each failed attempt would be a warning
        with self._translating():
            self._url = psycopg.conninfo.make_conninfo(**{**_CONNECTION, **_parts(psycopg, url)})
        self._prepare(psycopg)
        self._pool: Pool = psycopg_pool.ConnectionPool(
            self._url,
            kwargs={"autocommit": True, "row_factory": psycopg.rows.dict_row},
            configure=_configure,
            check=self._check,
            min_size=0,
            max_size=MAX_CONNECTIONS,
            max_idle=_IDLE_S,
            timeout=wait_s,
            # give up early, so that the next request starts anew: the pauses between attempts only grow
            reconnect_timeout=_ASK_EVERY_S,
            open=True,
        )

    def read(
        self, work: Callable[[PostgresSession], T], *, committed: bool = False, whole: bool = False
    ) -> T:
        """Return what `work` reads; within this thread's writer it reads what that has written.

        `committed` reads only that; `whole` reads one snapshot of it. `work` runs again where the connection
        is lost.
        """
        own: PostgresSession | None = getattr(self._local, "writer", None)
        if own is not None and not (committed or whole):
            return work(own)

        def attempt() -> T:
            with self._borrowed() as connection:
                if not whole:
                    return work(self._reading(connection))
                with _transaction(connection, "ISOLATION LEVEL REPEATABLE READ READ ONLY"):
                    return work(self._reading(connection))

        return self._patiently(attempt)

    def write(self, work: Callable[[PostgresSession], T]) -> T:
        """Return the result of `work` in a transaction; it runs again where the connection is lost.

        So `work` must be repeatable: a transaction may have been committed before its connection was lost.
        """

        def attempt() -> T:
            with self._writing() as session:
                return work(session)

        return self._patiently(attempt)

    @contextmanager
    def writing(self, *, synced: bool = False) -> Iterator[PostgresSession]:
        """Yield a session within a transaction that commits at the end of the block, to disk if `synced`."""
        with self._translating(), self._writing() as session:
            if synced:
                session.row("library.sync")
            yield session

    def vacuum(self) -> None:
        """Write each table anew without what was deleted; nobody can use it meanwhile."""

        def write_anew(session: PostgresSession) -> None:
            for row in session.rows("library.tables"):
                session.statement(f"VACUUM (FULL) {row['name']}")

        self.read(write_anew)

    def close(self) -> None:
        """Close every connection; safe to call twice."""
        self._closed = True
        self._pool.close()

    @contextmanager
    def _writing(self) -> Iterator[PostgresSession]:
        if getattr(self._local, "writer", None) is not None:
            raise StoreError("this thread is within a transaction already", "write with the writer it has")
        with self._borrowed() as connection, connection.transaction():
            self._local.writer = session = self._session(connection)
            try:
                yield session
            finally:
                self._local.writer = None
        self._unwritable.ended(f"the library {self.shown} can be written again")

    def _reading(self, connection: psycopg.Connection[dict[str, Any]]) -> PostgresSession:
        """Return a session that sees what this thread may see."""
        session = self._session(connection)
        seen = self._onlookers.current(session)
        return session if seen is None else session.seeing(seen, self._schema)

    def _session(self, connection: psycopg.Connection[dict[str, Any]]) -> PostgresSession:
        return PostgresSession(connection, None if self._clock is None else self._clock())

    @contextmanager
    def _borrowed(self) -> Iterator[psycopg.Connection[dict[str, Any]]]:
        if self._closed:
            raise StoreError(f"the library {self.shown} is closed", "open it again")
        connection = self._lent()
        try:
            with connection:
                yield connection
            self._unreachable.ended(f"the server of {self.shown} answers again")
        finally:
            self._used_at[connection] = time.monotonic()
            self._pool.putconn(connection)

    def _check(self, connection: psycopg.Connection[Any]) -> None:
        if time.monotonic() - self._used_at.get(connection, -math.inf) > _TRUSTED_S:
            import psycopg_pool

            psycopg_pool.ConnectionPool.check_connection(connection)

    def _lent(self) -> psycopg.Connection[dict[str, Any]]:
        """Ask the pool again and again until it has a connection.

        A pool that has given up connecting does not try again for requests that already wait: after an
        outage of 12 s, they still failed at 15 s although the server was back.
        """
        import psycopg_pool

        deadline, failures = time.monotonic() + self._wait_s, self._failures()
        while True:
            left_s = deadline - time.monotonic()
            try:
                return self._pool.getconn(timeout=min(_ASK_EVERY_S, max(0.0, left_s)))
            except psycopg_pool.PoolTimeout:
                if self._failures() > failures:
                    self._unreachable.began(
                        f"the server of {self.shown} cannot be reached: trying again and again"
                    )
                if left_s <= _ASK_EVERY_S:
                    raise psycopg_pool.PoolTimeout(f"no connection within {self._wait_s:.0f} s") from None

    def _failures(self) -> int:
        """Return how many attempts to connect have failed."""
        return int(self._pool.get_stats().get("connections_errors", 0))

    def _patiently(self, attempt: Callable[[], T]) -> T:
        import psycopg

        deadline = time.monotonic() + self._wait_s
        while True:
            try:
                return attempt()
            except psycopg.Error as error:
                if not _is_outage(error) or time.monotonic() > deadline:
                    raise self._translated(error) from error
                time.sleep(_RETRY_EVERY_S)

    @contextmanager
    def _translating(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            raise self._translated(error) from error

    def _translated(self, error: psycopg.Error) -> StoreError:
        if self._closed:
            return StoreError(f"the library {self.shown} is closed", "open it again")
        found = translated(error, self.shown)
        if (error.sqlstate or "").startswith(_FULL):
            self._unwritable.began(found.what)
        elif _is_outage(error):
            self._unreachable.began(f"{found.what}: trying again and again")
        return found

    def _prepare(self, psycopg: Any) -> None:
        """Create or migrate the library; this first connection also reports a wrong address at once."""

        def attempt() -> None:
            row_factory = psycopg.rows.dict_row
            with psycopg.connect(self._url, autocommit=True, row_factory=row_factory) as connection:
                connection.add_notice_handler(lambda _: None)
                session = PostgresSession(connection, None)
                _migrate(session, self.shown)
                self._schema = session.number("library.schema")

        self._patiently(attempt)


def _driver() -> tuple[Any, Any]:
    try:
        import psycopg
        import psycopg_pool
    except ImportError as error:
        raise StoreError(
            f"store_url names a PostgreSQL server, but its driver is not installed ({error})",
            f"run: {install_line('postgres')}",
        ) from error
    return psycopg, psycopg_pool


def _parts(psycopg: Any, url: str) -> dict[str, Any]:
    parts: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(url)
    return parts


def _configure(connection: psycopg.Connection[Any]) -> None:
    connection.add_notice_handler(lambda _: None)
    connection.execute(sql("library.set_session", "postgres"), _as_given(_SESSION | _known_version()))


@cache
def _known_version() -> dict[str, str]:
    """Return the setting by which the triggers of migration 0004 know how new this program is."""
    return {"twolane.version": str(len(migration_scripts("postgres")))}


def _as_given(settings: dict[str, str]) -> dict[str, object]:
    return {"names": list(settings), "values": list(settings.values())}


@contextmanager
def _transaction(connection: psycopg.Connection[Any], kind: str) -> Iterator[None]:
    connection.execute("BEGIN " + kind)
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute("ROLLBACK")  # it was read-only


def _is_outage(error: psycopg.Error) -> bool:
    import psycopg
    import psycopg_pool

    state = error.sqlstate
    if state is not None:
        return state.startswith(_UNAVAILABLE)
    if isinstance(error, psycopg_pool.PoolTimeout | psycopg.InterfaceError):
        return True
    # a server that refuses a connection answers FATAL: an outage only where that is soon over
    text = str(error)
    passing = re.search("starting up|shutting down|recovery|too many|remaining connection slots", text)
    refused = re.search("FATAL|invalid .* value", text)
    return isinstance(error, psycopg.OperationalError) and (not refused or bool(passing))


def translated(error: psycopg.Error, shown: str) -> StoreError:
    """Return a driver's error as a `StoreError`; `shown` is the address without a password."""
    import psycopg

    state = error.sqlstate or ""
    if state in _REMEDIES:
        what, remedy = _REMEDIES[state]
        is_passing, is_replica = state.startswith(_UNAVAILABLE), state == _REPLICA
        kind = StoreBusyError if is_passing else StoreReadOnlyError if is_replica else StoreError
        return kind(f"the server of {shown} {what}", remedy)
    if state in _HELD:
        return StoreBusyError(f"the library {shown} is held by another worker", "try again")
    if _is_outage(error):
        what = f"the server of {shown} cannot be reached: {_first_line(error)}"
        return StoreBusyError(what, "start it, or correct store_url; what was under way is done again")
    if not state and isinstance(error, psycopg.OperationalError):
        return _refused(shown, error)
    if not state and isinstance(error, psycopg.ProgrammingError):
        # without the driver's message: it quotes what it cannot parse, which may be a password
        what = f"the address {shown} is not one that PostgreSQL's driver reads"
        remedy = "write it like postgresql://user:password@host:5432/twolane, an @ of the password as %40"
        return StoreError(what, remedy)
    return StoreError(f"the library {shown} failed: {_first_line(error)}", "run `twolane doctor`")


def _refused(shown: str, error: Exception) -> StoreError:
    text = _first_line(error)
    remedy = "correct the user, the password, the database or the options in store_url"
    if "database" in text and "does not exist" in text:
        remedy = "make the database first: createdb --encoding UTF8 NAME"
    return StoreError(f"the server of {shown} refuses: {text}", remedy)


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return without_password(lines[0]) if lines else type(error).__name__


def _migrate(session: PostgresSession, shown: str) -> None:
    steps = migration_scripts("postgres")
    if _version(session, shown) == len(steps) and has_words(session):
        return
    session.statement("BEGIN")
    session.row("library.lock")
    session.row("library.set_session", _as_given(_known_version()))
    version = _version(session, shown)
    if version > len(steps):
        what = f"the library {shown} has version {version}; this twolane knows up to {len(steps)}"
        raise StoreError(what, "update twolane")
    for script in steps[version:]:
        _apply(session, script)
    session.run("library.set_version", version=len(steps))
    # in the same transaction: a library is never without the words of its passages
    if not has_words(session):
        WordsWriter(session).fill()
    session.statement("COMMIT")


def _apply(session: PostgresSession, script: str) -> None:
    from psycopg.errors import FeatureNotSupported, InsufficientPrivilege, UndefinedFile

    try:
        session.statement(script)
    except (FeatureNotSupported, UndefinedFile, InsufficientPrivilege) as error:
        if "extension" not in str(error):
            raise
        raise StoreError(
            f"the server has no pgvector: {_first_line(error)}",
            "install pgvector on it, and let its administrator run CREATE EXTENSION vector in the database",
        ) from error


def _version(session: PostgresSession, shown: str) -> int:
    """Return the version of the library in the first schema of the search path, 0 where there is none."""
    found = session.row("library.look")
    assert found is not None
    schema, wanted = found["schema"], found["wanted"]
    # where the first schema of the search path is missing, the server would quietly take the next
    if schema is None or wanted not in {"$user", schema}:
        raise StoreError(f"{shown} has no schema {wanted!r}", f"make it first: CREATE SCHEMA {wanted}")
    if found["mark"] == "twolane":
        return int(session.number("library.version"))
    if found["used"]:
        raise StoreError(
            f"{shown} is the database of another program",
            "give twolane a database of its own, or a schema: ...?options=-csearch_path%3Dtwolane%2Cpublic",
        )
    if found["server_version"] < OLDEST_SERVER:
        what = f"the server of {shown} is PostgreSQL {found['server_version']}, which is too old"
        raise StoreError(what, f"use PostgreSQL {OLDEST_SERVER} or later, with pgvector 0.8 or later")
    if found["encoding"] != "UTF8":
        raise StoreError(
            f"the database of {shown} does not hold every script: its encoding is {found['encoding']}",
            "make it anew: createdb --encoding UTF8 --template template0 NAME",
        )
    return 0
