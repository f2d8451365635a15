"""The store of many machines: a PostgreSQL server with pgvector holds what a SQLite file holds elsewhere.

Writers work side by side; a claim skips what others are claiming. Leases are judged by the server's clock.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twolane.documents import FileRecord, FileState
from twolane.errors import NotFoundError
from twolane.jobs.base import Job
from twolane.store.base import Counts, DocumentRecord
from twolane.store.jobs_of_store import JobsOfStore
from twolane.store.paths import fold
from twolane.store.postgres.connections import PostgresConnections, Session
from twolane.store.postgres.jobs import PostgresJobs, ranges_of
from twolane.store.postgres.search import PostgresSearch
from twolane.store.postgres.transfer import PostgresPortable
from twolane.store.postgres.writer import (
    PostgresWriter,
)
from twolane.store.queries import queries
from twolane.store.rows import (
    classification_of,
    file_of,
    path_of,
    reading_of,
)
from twolane.text.full_text import clean


def open_postgres(
    url: str,
    *,
    max_attempts: int,
    backoff_s: float = 1.0,
    wait_s: float = 15.0,
    clock: Callable[[], float] | None = None,
) -> PostgresStore:
    """Open a library on a server, making it or bringing it up to date where needed.

    `wait_s` bounds the wait for a server that is away; `clock` returns seconds since the epoch in place of
    the server's own. Raises `StoreError` where the server refuses, has no pgvector or holds something
    else, and `StoreBusyError` where nothing answers.
    """
    connections = PostgresConnections(url, wait_s=wait_s, clock=clock)
    return PostgresStore(
        connections, PostgresJobs(connections, max_attempts=max_attempts, backoff_s=backoff_s)
    )


class PostgresStore(JobsOfStore[PostgresJobs], PostgresSearch):
    """Obeys `twolane.store.base.Store`."""

    def __init__(self, connections: PostgresConnections, jobs: PostgresJobs) -> None:
        JobsOfStore.__init__(self, jobs)
        PostgresSearch.__init__(self, connections)

    @contextmanager
    def writing(self) -> Iterator[PostgresWriter]:
        with self._connections.writing() as session:
            writer = PostgresWriter(session)
            yield writer
        self._tell(writer.queued)

    def next_scan(self) -> int:
        return self._connections.write(lambda session: int(session.number("files.next_scan")))

    def recall(self, key: str) -> str:
        row = self._row("files.recall", key=key)
        return "" if row is None else row["value"]

    def recall_all(self, prefix: str) -> dict[str, str]:
        return {row["key"]: row["value"] for row in self._rows("files.recall_all", prefix=prefix)}

    # files and documents

    def file(self, file_id: int) -> FileRecord:
        row = self._row("files.by_id", file_id=file_id)
        if row is None:
            raise NotFoundError(f"there is no file number {file_id}", "`twolane status` lists the files")
        return file_of(row)

    def file_at(self, path: Path) -> FileRecord | None:
        row = self._row("files.by_path", path=os.fsencode(path))
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
        values = _filters(states, category, roots, text)
        return [file_of(row) for row in self._rows("files.list", values, limit=limit or None, offset=offset)]

    def count_files(
        self,
        *,
        states: Collection[FileState] = (),
        category: str = "",
        roots: Sequence[Path] = (),
        text: str = "",
    ) -> int:
        [row] = self._rows("files.count", _filters(states, category, roots, text))
        return int(row["number"])

    def has_document(self, document: str) -> bool:
        row = self._row("documents.id", hash=document)
        return row is not None and not row["stale"]

    def document(self, document: str, *, pages: bool = False) -> DocumentRecord:
        def look(session: Session) -> DocumentRecord:
            row = session.row("documents.by_hash", hash=document)
            if row is None:
                raise NotFoundError(f"no document {document} is known", "add its file again")
            paths = session.rows("documents.paths", document_id=row["document_id"])
            kept = session.rows("documents.pages", document_id=row["document_id"]) if pages else []
            return DocumentRecord(
                document=document,
                size_bytes=row["size_bytes"],
                reading=reading_of(row, kept),
                classification=classification_of(row),
                paths=tuple(path_of(path["path"]) for path in paths),
            )

        return self._connections.read(look, whole=True)

    def counts(self) -> Counts:
        def count(session: Session) -> Counts:
            states = dict.fromkeys(FileState, 0)
            states |= {FileState(row["state"]): row["files"] for row in session.rows("files.count_states")}
            categories = {row["category"]: row["files"] for row in session.rows("files.count_categories")}
            total = session.row("documents.counts")
            assert total is not None
            tiers = {row["tier"]: row["files"] for row in session.rows("files.count_tiers")}
            return Counts(states, total["documents"], total["passages"], total["vectors"], categories, tiers)

        return self._connections.read(count, whole=True)

    # jobs

    @contextmanager
    def finishing(self, job: Job) -> Iterator[PostgresWriter]:
        with self._jobs.ending(job) as session:
            writer = PostgresWriter(session)
            yield writer
        self._tell(writer.queued)

    # the whole

    def check(self) -> Iterator[str]:
        def look(session: Session) -> list[str]:
            found = []
            for what in queries("check", "postgres"):
                if number := session.number(f"check.{what}"):
                    found.append(f"{number} {what}")
            return found

        return iter(self._connections.read(look, whole=True))

    def portable(self) -> PostgresPortable:
        """Return the library as rows that any store takes."""
        return PostgresPortable(self._connections)

    def close(self) -> None:
        self._connections.close()


def _filters(
    states: Collection[FileState], category: str, roots: Sequence[Path], text: str
) -> dict[str, object]:
    return {
        "states": [state.value for state in states],
        "category": clean(category),
        "by_roots": bool(roots),
        "text": fold(clean(text)),
        **ranges_of(roots),
    }
