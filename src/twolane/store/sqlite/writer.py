"""One transaction on a SQLite library: what scans, readings, classifications and embeddings write."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from twolane.documents import Classification, FileSeen, FileSkipped, FileState, Passage, Reading
from twolane.errors import NotFoundError, StoreError
from twolane.jobs.base import READ, Announcement, NewJob
from twolane.llm.base import Vectors
from twolane.store.base import ScanResult
from twolane.store.queries import sql
from twolane.store.sqlite.codes import pack
from twolane.store.sqlite.connections import set_roots
from twolane.text.full_text import clean, indexed

_HIDDEN = frozenset({FileState.GONE, FileState.SKIPPED})
_ALWAYS_REDONE = frozenset({FileState.GONE, FileState.SKIPPED, FileState.QUARANTINED})


class SqliteWriter:
    """Obeys `twolane.store.base.Writer` on a connection that is within a transaction."""

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock
        self._generation = 0
        self.queued: list[Announcement] = []

    # what scans meet

    def see(
        self, files: Sequence[FileSeen | FileSkipped], scan: int, *, redo: bool = False, priority: int = 0
    ) -> ScanResult:
        met = {os.fsencode(file.path): file for file in files}
        known = self._known(met)
        same = {path for path, row in known.items() if not redo and _unchanged(row, met[path])}
        new = [path for path in met if path not in known]
        changed = [path for path in met if path in known and path not in same]
        ids = {path: row["file_id"] for path, row in known.items()}
        ids |= {path: file_id for file_id, path in enumerate(new, self._scalar("files.last_file_id") + 1)}
        about = {"scan": scan, "now": self._clock()}
        self._many("files.meet", [{"file_id": ids[path], **about} for path in same])
        for statement, paths in (("files.add", new), ("files.change", changed)):
            rows = [{"file_id": ids[path], "path": path, **about, **_as_met(met[path])} for path in paths]
            self._many(statement, rows)
        if any((known[path]["state"] in _HIDDEN) != isinstance(met[path], FileSkipped) for path in changed):
            self._visibility_changed()
        if redo:
            self._many("files.mark_stale", [{"file_id": ids[path]} for path in changed])
        to_read = [ids[path] for path in (*new, *changed) if isinstance(met[path], FileSeen)]
        self.enqueue([NewJob(READ, str(file_id), file_id, priority) for file_id in to_read])
        skipped = sum(isinstance(file, FileSkipped) for file in met.values())
        new_skipped = sum(isinstance(met[path], FileSkipped) for path in new)
        return ScanResult(
            new=len(new) - new_skipped,
            changed=len(changed) - (skipped - new_skipped),
            unchanged=len(same),
            skipped=skipped,
        )

    def spare(self, folders: Sequence[Path], scan: int) -> None:
        set_roots(self._connection, folders)
        self._run("files.meet_under", scan=scan)

    def end_scan(self, roots: Sequence[Path], scan: int) -> int:
        set_roots(self._connection, roots)
        gone = self._run("files.gone_since", scan=scan).rowcount
        if gone:
            self._visibility_changed()
        return gone

    def mark_gone(self, paths: Sequence[Path]) -> None:
        never = 1 << 62
        self.end_scan(paths, never)

    def _known(self, paths: Iterable[bytes]) -> dict[bytes, sqlite3.Row]:
        self._run("files.clear_roots")
        self._many("files.add_root", [{"low": path, "high": path} for path in paths])
        return {row["path"]: row for row in self._run("files.known")}

    # files and documents

    def link(self, file_id: int, document: str) -> bool:
        found = self._one("documents.id", hash=document)
        if found is None:
            return False
        self._give_document(file_id, found["document_id"])
        return True

    def save_reading(
        self, file_id: int, document: str, size_bytes: int, reading: Reading, passages: Sequence[Passage]
    ) -> None:
        earlier = self._one("documents.id", hash=document)
        if earlier is not None:
            self._drop_content(earlier["document_id"])
        first: int = self._scalar("documents.last_passage_id") + 1
        document_id: int = self._scalar(
            "documents.save",
            hash=document,
            size_bytes=size_bytes,
            status=reading.status,
            media_type=clean(reading.media_type),
            title=clean(reading.title),
            page_count=reading.page_count,
            seen=reading.seen,
            note=clean(reading.note),
            first_passage_id=first,
        )
        self._add_content(document_id, first, reading, passages)
        self._give_document(file_id, document_id, new_words=True)
        self._visibility_changed()

    def save_classification(self, document: str, classification: Classification) -> None:
        found = self._one("documents.id", hash=document)
        if found is None:
            return  # the file has changed since, and nothing has this content any more
        self._run(
            "documents.classify",
            document_id=found["document_id"],
            category=clean(classification.category),
            confidence=classification.confidence,
            tier=classification.tier,
            reason=clean(classification.reason),
            review=classification.review,
            scores=json.dumps([(score.category, score.probability) for score in classification.scores]),
            seconds=classification.seconds,
            taxonomy=classification.taxonomy,
        )
        self._run("files.settle_document", document_id=found["document_id"])

    def set_state(self, file_id: int, state: FileState, note: str = "") -> None:
        self._run("files.set_state", file_id=file_id, state=state, note=clean(note))
        self._visibility_changed()

    def remember(self, key: str, value: str) -> None:
        self._run("files.remember" if value else "files.forget", key=key, value=clean(value))

    def enqueue(self, jobs: Sequence[NewJob]) -> None:
        rows: list[dict[str, object]] = [
            {
                "kind": job.kind,
                "key": clean(job.key),
                "file_id": job.file_id,
                "priority": job.priority,
                "now": self._clock(),
            }
            for job in jobs
        ]
        # a parked job answers an older question
        self._many("jobs.forget_parked", rows)
        for row in rows:
            self.queued.append(Announcement(self._scalar("jobs.enqueue", **row), str(row["kind"])))

    def _give_document(self, file_id: int, document_id: int, *, new_words: bool = False) -> None:
        file = self._one("files.document_of", file_id=file_id)
        if file is None:
            raise NotFoundError(f"there is no file number {file_id}", "add it again")
        self._run("files.set_document", file_id=file_id, document_id=document_id)
        before = file["document_id"]
        if before != document_id:
            self._visibility_changed()
            if before is not None and not self._scalar("documents.is_used", document_id=before):
                self._drop_content(before)
                self._run("jobs.forget_document", document_id=before)
                self._run("documents.drop_orphan", document_id=before)
        self._run("files.settle", file_id=file_id)
        self._name(document_id, new_words=new_words)

    # content

    def _add_content(
        self, document_id: int, first_passage_id: int, reading: Reading, passages: Sequence[Passage]
    ) -> None:
        self._many(
            "documents.add_page",
            [
                {
                    "document_id": document_id,
                    "number": page.number,
                    "label": clean(page.label),
                    "ocr": page.ocr,
                    "text": clean(page.text),
                }
                for page in reading.pages
            ],
        )
        by_ocr = {page.number for page in reading.pages if page.ocr}
        self._many(
            "documents.add_passage",
            [
                {
                    "passage_id": passage_id,
                    "document_id": document_id,
                    "ordinal": passage.ordinal,
                    "page": passage.page,
                    "start": passage.start,
                    "end": passage.end,
                    "ocr": passage.page in by_ocr,
                    "heading": clean(passage.heading),
                    "text": clean(passage.text),
                }
                for passage_id, passage in enumerate(passages, first_passage_id)
            ],
        )

    def _drop_content(self, document_id: int) -> None:
        self._words("documents.drop_words", document_id)
        self._run("documents.drop_passages", document_id=document_id)
        self._run("documents.drop_pages", document_id=document_id)

    def _name(self, document_id: int, *, new_words: bool) -> None:
        """Index a document's passages under its title and file names, where these have changed."""
        document = self._one("documents.title_and_names", document_id=document_id)
        assert document is not None
        rows = self._run("documents.naming_paths", document_id=document_id)
        stems = [clean(Path(os.fsdecode(row["path"])).stem) for row in rows]
        names = indexed(" ".join(dict.fromkeys([document["title"], *stems]))).strip()
        if names == document["names"] and not new_words:
            return
        if not new_words:
            self._words("documents.drop_words", document_id)
        self._run("documents.set_names", document_id=document_id, names=names)
        self._words("documents.add_words", document_id)

    def _words(self, statement: str, document_id: int) -> None:
        rows = self._run("documents.passage_words", document_id=document_id)
        self._many(
            statement,
            [
                {
                    "passage_id": row["passage_id"],
                    "names": row["names"],
                    "heading": indexed(row["heading"]),
                    "text": indexed(row["text"]),
                }
                for row in rows
            ],
        )

    # vectors

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        if not len(passage_ids):
            return
        dimensions = int(vectors.shape[1])
        library = self._one("search.library")
        assert library is not None
        held = (library["vector_model"], library["vector_dimensions"])
        if held == ("", 0):
            self._run("search.set_vector_model", model=model, dimensions=dimensions)
        elif held != (model, dimensions):
            raise StoreError(
                f"the index holds vectors of {held[0]} with {held[1]} dimensions, "
                f"not of {model} with {dimensions}",
                "set that embedding model again, or run `twolane models reembed`",
            )
        self._visibility_changed()
        self._many(
            "search.add_vector",
            [
                {
                    "passage_id": passage_id,
                    "generation": self._generation,
                    "code": packed.code,
                    "scale": packed.scale,
                    "vector": packed.vector,
                }
                for passage_id, packed in zip(passage_ids, pack(vectors), strict=True)
            ],
        )

    def drop_vectors(self) -> None:
        self._run("search.drop_vectors")
        self._run("search.new_epoch")
        self._visibility_changed()

    def _visibility_changed(self) -> None:
        """Tell every mirror, once a transaction, to look again."""
        if not self._generation:
            self._generation = self._scalar("search.next_generation")

    # statements

    def _run(self, name: str, **values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql(name), values)

    def _many(self, name: str, rows: Sequence[dict[str, object]]) -> None:
        self._connection.executemany(sql(name), rows)

    def _one(self, name: str, **values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._run(name, **values).fetchone()
        return row

    def _scalar(self, name: str, **values: object) -> Any:
        return self._run(name, **values).fetchone()[0]


def _as_met(file: FileSeen | FileSkipped) -> dict[str, object]:
    if isinstance(file, FileSkipped):
        return {"state": FileState.SKIPPED, "note": clean(file.reason), "size_bytes": 0, "stamp": ""}
    return {"state": FileState.WAITING, "note": "", "size_bytes": file.size_bytes, "stamp": file.stamp}


def _unchanged(known: sqlite3.Row, file: FileSeen | FileSkipped) -> bool:
    return (
        isinstance(file, FileSeen)
        and known["size_bytes"] == file.size_bytes
        and known["stamp"] == file.stamp
        and known["state"] not in _ALWAYS_REDONE
    )
