"""The embedded store: one SQLite file with the catalogue, the queue, the full text and the vectors.

Writers are serialised, readers never wait. Connections are lent to one thread at a time.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twolane.documents import (
    FileRecord,
    FileState,
)
from twolane.errors import NotFoundError
from twolane.jobs.base import Job
from twolane.store.base import Counts, DocumentRecord
from twolane.store.jobs_of_store import JobsOfStore
from twolane.store.paths import fold
from twolane.store.queries import queries, sql
from twolane.store.rows import (
    classification_of,
    file_of,
    path_of,
    reading_of,
)
from twolane.store.sqlite.connections import Connections, set_roots
from twolane.store.sqlite.jobs import SqliteJobs
from twolane.store.sqlite.search import SqliteSearch
from twolane.store.sqlite.transfer import SqlitePortable
from twolane.store.sqlite.writer import SqliteWriter
from twolane.text.full_text import clean


def open_sqlite(
    path: Path,
    *,
    max_attempts: int,
    backoff_s: float = 1.0,
    busy_timeout_s: float = 30.0,
    clock: Callable[[], float] = time.time,
) -> SqliteStore:
    """Open a library, making it or bringing it up to date where needed.

    `clock` returns seconds since the epoch, alike in every process. Raises `StoreError` where the file is no
    library, is of a newer version, cannot be written, or lies on a file system that cannot hold one.
    """
    connections = Connections(path, busy_timeout_s=busy_timeout_s)
    jobs = SqliteJobs(connections, max_attempts=max_attempts, backoff_s=backoff_s, clock=clock)
    return SqliteStore(connections, jobs, clock)


class SqliteStore(JobsOfStore[SqliteJobs], SqliteSearch):
    """Obeys `twolane.store.base.Store`."""

    def __init__(self, connections: Connections, jobs: SqliteJobs, clock: Callable[[], float]) -> None:
        JobsOfStore.__init__(self, jobs)
        SqliteSearch.__init__(self, connections)
        self._clock = clock

    @contextmanager
    def writing(self) -> Iterator[SqliteWriter]:
        with self._connections.writing() as connection:
            writer = SqliteWriter(connection, self._clock)
            yield writer
        self._tell(writer.queued)

    def next_scan(self) -> int:
        with self._connections.writing() as connection:
            scan: int = connection.execute(sql("files.next_scan")).fetchone()[0]
        return scan

    def recall(self, key: str) -> str:
        row = self._one("files.recall", key=key)
        return "" if row is None else row["value"]

    def recall_all(self, prefix: str) -> dict[str, str]:
        with self._connections.reading() as connection:
            rows = connection.execute(sql("files.recall_all"), {"prefix": prefix}).fetchall()
        return {row["key"]: row["value"] for row in rows}

    # files and documents

    def file(self, file_id: int) -> FileRecord:
        row = self._one("files.by_id", file_id=file_id)
        if row is None:
            raise NotFoundError(f"there is no file number {file_id}", "`twolane status` lists the files")
        return file_of(row)

    def file_at(self, path: Path) -> FileRecord | None:
        row = self._one("files.by_path", path=os.fsencode(path))
        return None if row is None else file_of(row)

    def files(
        self,
        *,
        states: Collection[FileState] = (),
        category: str = "",
        roots: Sequence[Path] = (),
        text: str = "",
        limit: int = 0,
        offset: int = 0,
    ) -> list[FileRecord]:
        values = {**_filters(states, category, roots, text), "limit": limit or -1, "offset": offset}
        with self._connections.reading() as connection:
            set_roots(connection, roots)
            return [file_of(row) for row in connection.execute(sql("files.list"), values)]

    def count_files(
        self,
        *,
        states: Collection[FileState] = (),
        category: str = "",
        roots: Sequence[Path] = (),
        text: str = "",
    ) -> int:
        with self._connections.reading() as connection:
            set_roots(connection, roots)
            values = _filters(states, category, roots, text)
            number: int = connection.execute(sql("files.count"), values).fetchone()[0]
        return number

    def has_document(self, document: str) -> bool:
        row = self._one("documents.id", hash=document)
        return row is not None and not row["stale"]

    def document(self, document: str, *, pages: bool = False) -> DocumentRecord:
        with self._connections.reading(fresh=True) as connection:
            row = connection.execute(sql("documents.by_hash"), {"hash": document}).fetchone()
            if row is None:
                raise NotFoundError(f"no document {document} is known", "add its file again")
            key = {"document_id": row["document_id"]}
            paths = connection.execute(sql("documents.paths"), key).fetchall()
            kept = connection.execute(sql("documents.pages"), key).fetchall() if pages else []
        return DocumentRecord(
            document=document,
            size_bytes=row["size_bytes"],
            reading=reading_of(row, kept),
            classification=classification_of(row),
            paths=tuple(path_of(path["path"]) for path in paths),
        )

    def counts(self) -> Counts:
        with self._connections.reading(fresh=True) as connection:
            states = dict.fromkeys(FileState, 0)
            for row in connection.execute(sql("files.count_states")):
                states[FileState(row["state"])] = row["files"]
            categories = {
                row["category"]: row["files"] for row in connection.execute(sql("files.count_categories"))
            }
            tiers = {row["tier"]: row["files"] for row in connection.execute(sql("files.count_tiers"))}
            total = connection.execute(sql("documents.counts")).fetchone()
        return Counts(states, total["documents"], total["passages"], total["vectors"], categories, tiers)

    # jobs

    @contextmanager
    def finishing(self, job: Job) -> Iterator[SqliteWriter]:
        with self._jobs.ending(job) as connection:
            writer = SqliteWriter(connection, self._clock)
            yield writer
        self._tell(writer.queued)

    # the whole

    def check(self) -> Iterator[str]:
        found: list[str] = []
        with self._connections.writing() as connection:
            for row in connection.execute("PRAGMA quick_check"):
                if row[0] != "ok":
                    found.append(f"the file is damaged: {row[0]}")
            try:
                connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
            except sqlite3.DatabaseError as error:
                found.append(f"the full text index is damaged: {error}")
            for what, statement in queries("check").items():
                count = connection.execute(statement).fetchone()[0]
                if count:
                    found.append(f"{count} {what}")
        return iter(found)

    def portable(self) -> SqlitePortable:
        """Return the library as rows that any store takes."""
        return SqlitePortable(self._connections)

    def close(self) -> None:
        self._connections.close()

    def _one(self, name: str, **values: object) -> sqlite3.Row | None:
        with self._connections.reading() as connection:
            row: sqlite3.Row | None = connection.execute(sql(name), values).fetchone()
        return row


def _filters(
    states: Collection[FileState], category: str, roots: Sequence[Path], text: str
) -> dict[str, object]:
    return {
        "states": json.dumps(list(states)),
        "category": clean(category),
        "by_roots": bool(roots),
        "text": fold(clean(text)),
    }
