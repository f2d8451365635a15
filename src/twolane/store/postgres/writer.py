"""One transaction on a PostgreSQL library: what scans, readings, classifications and embeddings write.

Whoever changes what belongs to a document holds the document's row, so that workers on many machines meet the
same order of things as the one writer of a SQLite library.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from twolane.documents import Classification, FileSeen, FileSkipped, FileState, Passage, Reading
from twolane.errors import NotFoundError, StoreError
from twolane.jobs.base import READ, Announcement, NewJob
from twolane.llm.base import Vectors
from twolane.store.base import ScanResult
from twolane.store.paths import fold
from twolane.store.postgres.connections import Session
from twolane.store.postgres.jobs import ranges_of
from twolane.text.full_text import clean, indexed, word_list

MOST_INDEXED_DIMENSIONS = 4000  # of pgvector's index over halfvec: more are compared one by one
MOST_PATH_BYTES = 2600  # an index of the server takes no longer row
_log = logging.getLogger(__name__)
_ALWAYS_REDONE = frozenset({FileState.GONE, FileState.SKIPPED, FileState.QUARANTINED})
_MOST_WORD_CHARS = 200  # no word anybody asks for is longer, and the index takes none over 2 kB


class PostgresWriter:
    """Obeys `twolane.store.base.Writer` on a session that is within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.queued: list[Announcement] = []

    # what scans meet

    def see(
        self, files: Sequence[FileSeen | FileSkipped], scan: int, *, redo: bool = False, priority: int = 0
    ) -> ScanResult:
        met = {path: file for file in files if _fits(path := os.fsencode(file.path))}
        known = {bytes(row["path"]): row for row in self._session.rows("files.known", paths=list(met))}
        same = {path for path, row in known.items() if not redo and _unchanged(row, met[path])}
        new = [path for path in met if path not in known]
        changed = [path for path in met if path in known and path not in same]
        ids = {path: row["file_id"] for path, row in known.items()}
        if same:
            self._session.run("files.meet", ids=[ids[path] for path in same], scan=scan)
        if new:
            folded = [clean(fold(path)) for path in new]
            values = _as_met([met[path] for path in new])
            rows = self._session.rows("files.add", values, paths=new, folded=folded, scan=scan)
            ids |= {bytes(row["path"]): row["file_id"] for row in rows}
        if changed:
            changed_ids = [ids[path] for path in changed]
            self._session.run(
                "files.change", _as_met([met[path] for path in changed]), ids=changed_ids, scan=scan
            )
            if redo:
                self._session.run("files.mark_stale", ids=changed_ids)
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
        self._session.run("files.meet_under", ranges_of(folders), scan=scan)

    def end_scan(self, roots: Sequence[Path], scan: int) -> int:
        return self._session.run("files.gone_since", ranges_of(roots), scan=scan)

    def mark_gone(self, paths: Sequence[Path]) -> None:
        never = 1 << 62
        self.end_scan(paths, never)

    # files and documents

    def link(self, file_id: int, document: str) -> bool:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return False
        self._give_document(file_id, found["document_id"])
        return True

    def save_reading(
        self, file_id: int, document: str, size_bytes: int, reading: Reading, passages: Sequence[Passage]
    ) -> None:
        title = clean(reading.title)
        document_id: int = self._session.number(
            "documents.save",
            hash=document,
            size_bytes=size_bytes,
            status=reading.status.value,
            media_type=clean(reading.media_type),
            title=title,
            folded_title=fold(title),
            page_count=reading.page_count,
            seen=reading.seen,
            note=clean(reading.note),
        )
        # after saving, for that waits for whoever reads the same content at the same time
        self._drop_content(document_id)
        self._add_content(document_id, reading, passages)
        self._give_document(file_id, document_id, new_words=True)

    def save_classification(self, document: str, classification: Classification) -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return  # the file has changed since, and nothing has this content any more
        self._session.run(
            "documents.classify",
            document_id=found["document_id"],
            category=clean(classification.category),
            confidence=classification.confidence,
            tier=classification.tier.value,
            reason=clean(classification.reason),
            review=classification.review,
            scores=json.dumps([(score.category, score.probability) for score in classification.scores]),
            seconds=classification.seconds,
            taxonomy=classification.taxonomy,
        )
        self._session.run("files.settle_document", document_id=found["document_id"])

    def set_state(self, file_id: int, state: FileState, note: str = "") -> None:
        self._session.run("files.set_state", file_id=file_id, state=state.value, note=clean(note))

    def remember(self, key: str, value: str) -> None:
        self._session.run("files.remember" if value else "files.forget", key=key, value=clean(value))

    def enqueue(self, jobs: Sequence[NewJob]) -> None:
        if not jobs:
            return
        once: dict[tuple[str, str], NewJob] = {}
        for job in jobs:
            name = job.kind, clean(job.key)
            before = once.get(name)
            if before is None or before.priority < job.priority:
                once[name] = job
        names = sorted(once)  # in one order, so that two who queue the same never wait for each other
        keys = {"kinds": [kind for kind, _ in names], "keys": [key for _, key in names]}
        # a parked job answers an older question
        self._session.run("jobs.forget_parked", keys)
        rows = self._session.rows(
            "jobs.enqueue",
            keys,
            file_ids=[once[name].file_id for name in names],
            priorities=[once[name].priority for name in names],
        )
        self.queued += [Announcement(row["job_id"], row["kind"]) for row in rows]

    def _give_document(self, file_id: int, document_id: int, *, new_words: bool = False) -> None:
        file = self._session.row("files.document_of", file_id=file_id)
        if file is None:
            raise NotFoundError(f"there is no file number {file_id}", "add it again")
        self._session.run("files.set_document", file_id=file_id, document_id=document_id)
        before = file["document_id"]
        if before is not None and before != document_id:
            # held: nobody links a file to it while we look whether any has it
            self._session.row("documents.lock_id", document_id=before)
            if not self._session.number("documents.is_used", document_id=before):
                self._session.run("jobs.forget_document", document_id=before)
                self._session.run("documents.drop_orphan", document_id=before)
        self._session.run("files.settle", file_id=file_id)
        self._name(document_id, new_words=new_words)

    # content

    def _add_content(self, document_id: int, reading: Reading, passages: Sequence[Passage]) -> None:
        pages = reading.pages
        if pages:
            self._session.run(
                "documents.add_pages",
                document_id=document_id,
                numbers=[page.number for page in pages],
                labels=[clean(page.label) for page in pages],
                ocr=[page.ocr for page in pages],
                texts=[clean(page.text) for page in pages],
            )
        by_ocr = {page.number for page in pages if page.ocr}
        if passages:
            self._session.run(
                "documents.add_passages",
                document_id=document_id,
                ordinals=[passage.ordinal for passage in passages],
                pages=[passage.page for passage in passages],
                starts=[passage.start for passage in passages],
                ends=[passage.end for passage in passages],
                ocr=[passage.page in by_ocr for passage in passages],
                headings=[clean(passage.heading) for passage in passages],
                texts=[clean(passage.text) for passage in passages],
            )

    def _drop_content(self, document_id: int) -> None:
        self._session.run("documents.drop_passages", document_id=document_id)
        self._session.run("documents.drop_pages", document_id=document_id)

    def _name(self, document_id: int, *, new_words: bool) -> None:
        """Index a document's passages under its title and file names, where these have changed."""
        document = self._session.row("documents.title_and_names", document_id=document_id)
        assert document is not None
        rows = self._session.rows("documents.naming_paths", document_id=document_id)
        stems = [clean(Path(os.fsdecode(bytes(row["path"]))).stem) for row in rows]
        names = indexed(" ".join(dict.fromkeys([document["title"], *stems]))).strip()
        if names == document["names"] and not new_words:
            return
        self._session.run("documents.set_names", document_id=document_id, names=names)
        passages = self._session.rows("documents.passage_texts", document_id=document_id)
        rows = [
            {"passage_id": row["passage_id"], **words_of(names, row["heading"], row["text"])}
            for row in passages
        ]
        self._session.run_many("documents.set_words", rows)

    # vectors

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        if not len(passage_ids):
            return
        self._give_index_to(model, int(vectors.shape[1]))
        self._session.run(
            "search.add_vectors",
            ids=[int(passage_id) for passage_id in passage_ids],
            vectors=[vector_text(row) for row in unit_rows(vectors)],
        )

    def _give_index_to(self, model: str, dimensions: int) -> None:
        while True:
            held = self._session.row("search.hold_vector_model")
            assert held is not None
            if held["vector_model"]:
                break
            # one of several who bring the first vectors sets the model and makes the index; the others wait
            values: dict[str, Any] = {"model": model, "dimensions": dimensions}
            made = self._session.run("search.set_vector_model", values)
            if made and dimensions <= MOST_INDEXED_DIMENSIONS:
                self._session.run_for("search.make_index", dimensions)
        if (held["vector_model"], held["vector_dimensions"]) != (model, dimensions):
            raise StoreError(
                f"the index holds vectors of {held['vector_model']} with {held['vector_dimensions']} "
                f"dimensions, not of {model} with {dimensions}",
                "set that embedding model again, or run `twolane models reembed`",
            )

    def drop_vectors(self) -> None:
        self._session.run("search.forget_vector_model")
        self._session.run("search.drop_index")
        self._session.run("search.drop_vectors")


def unit_rows(vectors: Vectors) -> Vectors:
    """Return (n, dimensions) with each row of length 1 (or 0): halves hold no large numbers."""
    rows = np.nan_to_num(np.asarray(vectors, dtype=np.float32))
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    unit: Vectors = np.where(lengths > 0, rows / np.maximum(lengths, 1e-30), 0.0).astype(np.float32)
    return unit


def vector_text(row: Vectors) -> str:
    """Return one vector as pgvector reads it."""
    return f"[{','.join(f'{number:.7g}' for number in row.tolist())}]"


def words_of(names: str, heading: str, text: str) -> dict[str, object]:
    """Return the words of a passage as `passage_words` takes them; `names` are as `indexed` returned them."""
    return {
        "name_words": _words(names),
        "heading_words": _words(indexed(heading)),
        "body_words": _words(indexed(text)),
    }


def _words(text: str) -> list[str]:
    return [word[:_MOST_WORD_CHARS] for word in word_list(text)]


def _fits(path: bytes) -> bool:
    if len(path) > MOST_PATH_BYTES:
        _log.warning("left out, its path is longer than %d bytes: %s", MOST_PATH_BYTES, os.fsdecode(path))
    return len(path) <= MOST_PATH_BYTES


def _as_met(files: Sequence[FileSeen | FileSkipped]) -> dict[str, object]:
    skipped = [isinstance(file, FileSkipped) for file in files]
    states = [FileState.SKIPPED.value if skip else FileState.WAITING.value for skip in skipped]
    return {
        "sizes": [file.size_bytes if isinstance(file, FileSeen) else 0 for file in files],
        "stamps": [file.stamp if isinstance(file, FileSeen) else "" for file in files],
        "states": states,
        "notes": [clean(file.reason) if isinstance(file, FileSkipped) else "" for file in files],
    }


def _unchanged(known: dict[str, Any], file: FileSeen | FileSkipped) -> bool:
    return (
        isinstance(file, FileSeen)
        and known["size_bytes"] == file.size_bytes
        and known["stamp"] == file.stamp
        and known["state"] not in _ALWAYS_REDONE
    )
