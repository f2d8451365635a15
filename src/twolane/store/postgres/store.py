"""The store of many machines: a PostgreSQL server with pgvector holds what a SQLite file holds elsewhere.

Writers work side by side; a claim skips what others are claiming. Leases are judged by the server's clock.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from twolane.documents import FileRecord, FileState, FoundPassage
from twolane.errors import NotFoundError
from twolane.jobs.base import Job
from twolane.llm.base import Vectors
from twolane.store.base import Counts, DocumentRecord, Hit, TextDocument
from twolane.store.jobs_of_store import JobsOfStore
from twolane.store.paths import fold
from twolane.store.postgres.connections import PostgresConnections, Session
from twolane.store.postgres.jobs import PostgresJobs, ranges_of
from twolane.store.postgres.transfer import PostgresPortable
from twolane.store.postgres.words import WordQueries
from twolane.store.postgres.writer import (
    MOST_INDEXED_DIMENSIONS,
    PostgresWriter,
    unit_rows,
    vector_text,
)
from twolane.store.queries import queries
from twolane.store.rows import (
    check_dimensions,
    classification_of,
    embedded_text,
    file_of,
    passage_of,
    path_of,
    reading_of,
)
from twolane.store.words import clean


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


class PostgresStore(JobsOfStore[PostgresJobs]):
    """Obeys `twolane.store.base.Store`."""

    def __init__(self, connections: PostgresConnections, jobs: PostgresJobs) -> None:
        super().__init__(jobs)
        self._connections = connections
        self._words = WordQueries()

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

    # retrieval

    def search_text(self, query: str, limit: int) -> list[Hit]:
        def search(session: Session) -> list[Hit]:
            asked = self._words.make(session, query)
            if not asked.match or limit < 1:
                return []
            values = {"queries": list(asked.queries), "weights": list(asked.weights), "limit": limit}
            rows = session.rows("search.by_words", values, match=asked.match)
            if len(rows) < limit and asked.match != asked.all_words:
                rows = session.rows("search.by_words", values, match=asked.all_words)
            return [Hit(row["passage_id"], row["score"]) for row in rows]

        return self._connections.read(search)

    def search_vector(self, vector: Vectors, limit: int, *, exact: bool = False) -> list[Hit]:
        """Find passages by one vector; `exact` compares every one, to measure what the index misses.

        Raises `StoreError` where the vector has another length than those of the index.
        """
        length = float(np.linalg.norm(vector))

        def search(session: Session) -> list[Hit]:
            library = session.row("search.library")
            assert library is not None
            dimensions = library["vector_dimensions"]
            if not dimensions or limit < 1 or not 0 < length < np.inf:
                return []
            check_dimensions(vector, library)
            asked = {"vector": vector_text(unit_rows(vector[None])[0]), "limit": limit}
            rows: list[dict[str, Any]] = []
            if not exact and dimensions <= MOST_INDEXED_DIMENSIONS:
                rows = session.run_for("search.near", dimensions, **asked)
            if len(rows) < limit:
                # the scan of the index gives up at some point, where few pass the filter
                rows = session.rows("search.near_exactly", asked)
            hits = [Hit(row["passage_id"], row["score"]) for row in rows]
            return [
                hit for hit in hits if not np.isnan(hit.score)
            ]  # a vector without a direction is near nothing

        return self._connections.read(search)

    def passages(self, passage_ids: Sequence[int]) -> list[FoundPassage]:
        ids = [int(passage_id) for passage_id in passage_ids]
        found = {row["passage_id"]: passage_of(row) for row in self._rows("search.passages", ids=ids)}
        return [found[passage_id] for passage_id in ids if passage_id in found]

    def passages_without_vectors(self, document: str) -> list[tuple[int, str]]:
        return [
            (row["passage_id"], embedded_text(row))
            for row in self._rows("search.without_vectors", hash=document)
        ]

    def unembedded(self) -> list[TextDocument]:
        return [TextDocument(row["hash"], row["file_id"]) for row in self._rows("documents.unembedded")]

    def vector_model(self) -> str:
        row = self._row("search.library")
        return str(row["vector_model"]) if row is not None else ""

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

    def _row(self, name: str, **values: object) -> dict[str, Any] | None:
        return self._connections.read(lambda session: session.row(name, values))

    def _rows(
        self, name: str, values: dict[str, object] | None = None, **more: object
    ) -> list[dict[str, Any]]:
        return self._connections.read(lambda session: session.rows(name, values, **more))


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
