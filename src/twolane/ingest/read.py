"""The first step on a file: its content is read, cut into passages, and found by its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from twolane.chat.index import passages_of
from twolane.chat.sampled import sampled
from twolane.config.settings import Settings
from twolane.documents import FileSeen, FileState, Reading, ReadStatus, Tier, display_path
from twolane.errors import ExtractCrashError, ExtractSlowError, FileChangedError
from twolane.extract import Extractor
from twolane.files.contents import Content, Contents
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.rules import Rules
from twolane.ingest.drawn import Draws
from twolane.ingest.following import classifying, embedding, picturing, reading_slowly
from twolane.ingest.moved import moved_here
from twolane.ingest.results import BatchResults, Result, Turns
from twolane.llm.base import Embedder
from twolane.pictures import is_pictured
from twolane.store.base import Documents, Jobs, Unembedded, Writer
from twolane.store.scanned import Files, FileWriter
from twolane.store.taken_out import ExclusionKind, TakingOutRows
from twolane.store.values import DocumentRecord
from twolane.work import READ, Job, NewJob

_NO_SCAN = 0  # the scan number of a file that was noted outside any scan


class ReadFrom(Files, Documents, Unembedded, Jobs, TakingOutRows, Protocol):
    """What the step needs of the store."""


class ReadStep:
    """Reads files, and queues their classification; where somebody is answered, it waits before each file.

    A file that takes more than a moment is queued to be read slowly: this step's other kind of job.
    """

    def __init__(
        self,
        settings: Settings,
        store: ReadFrom,
        taxonomy: Callable[[], Taxonomy],
        *,
        contents: Contents,
        extractor: Callable[[], Extractor],
        embedder: Callable[[], Embedder | None],
        turns: Turns,
        draws: Draws,
    ) -> None:
        self._limit_bytes = settings.extract.file_limit_bytes
        self._passages_limit = settings.extract.passages_limit
        self._store = store
        self._taxonomy = taxonomy
        self._ruled: tuple[Taxonomy, Rules] | None = None
        self._contents = contents
        self._extractor = extractor
        self._embedder = embedder
        self._turns = turns
        self._draws = draws

    def __call__(self, jobs: Sequence[Job]) -> None:
        """Read the files of a batch of jobs."""
        known: set[str] = set()
        with BatchResults(self._store) as results:
            for job in jobs:
                results.add(job, self._file(job, results, known))

    def _rules(self, taxonomy: Taxonomy) -> Rules:
        ruled = self._ruled  # one look: another thread may put another one there
        if ruled is None or ruled[0] is not taxonomy:
            ruled = self._ruled = taxonomy, Rules(taxonomy)
        return ruled[1]

    def _file(self, job: Job, results: BatchResults, made: set[str]) -> Result:
        scanned = self._store.scanned(job.file_id)
        try:
            with self._contents.open(scanned.path) as content:
                return self._content(job, scanned, content, results, made)
        except FileNotFoundError:
            return partial(self._gone, scanned.path, job.file_id)

    def _content(
        self, job: Job, scanned: FileSeen, content: Content, results: BatchResults, made: set[str]
    ) -> Result:
        if content.size_bytes > self._limit_bytes:
            note = f"too large: over {self._limit_bytes // 1_000_000} MB"
            return lambda write: write.set_state(job.file_id, FileState.UNREAD, note)
        document = content.document()
        if document in made:  # a copy of another file of this batch
            results.save()
        if self._store.exclusions.has(ExclusionKind.CONTENT, document.encode()):
            return lambda write: write.set_state(job.file_id, FileState.SKIPPED, "its content is excluded")
        changed = None if content.is_as_scanned(scanned) else content.seen(scanned.path)
        if self._store.has_document(document):
            found = changed or scanned
            return self._known(job, self._store.document(document), found, changed)
        made.add(document)
        if self._turns.is_paused():
            results.save()  # nobody should have to wait for them as long as this file does
        self._turns.wait()
        try:
            reading = self._extractor().read(scanned.path, content.file(), quickly=job.kind == READ)
        except (ExtractSlowError, ExtractCrashError):
            if job.kind != READ:
                raise
            made.discard(document)
            return lambda write: write.enqueue([reading_slowly(job)])
        content.check()
        indexed = sampled(reading, passages_of(reading, scanned.path), self._passages_limit)
        reading, passages = indexed.reading, indexed.passages
        jobs = _next(job, document, reading)
        # of what has no text, and so no further step, such as the day of a photograph
        stated = self._draws.drawn(reading, scanned.path) if reading.stated and not jobs else None
        if is_pictured(reading.media_type):
            jobs.append(picturing(job, document))
        size_bytes = content.size_bytes

        def save(write: Writer) -> None:
            write.save_reading(job.file_id, document, size_bytes, reading, passages)
            if stated:
                write.save_fields(document, stated.values, stated.marks)
            write.enqueue(jobs)
            self._note(write, job.file_id, changed)

        return save

    def _known(self, job: Job, known: DocumentRecord, found: FileSeen, changed: FileSeen | None) -> Result:
        """Return the result where the content is known already: it is linked, and filed if need be."""
        move = moved_here(self._store, self._contents, job.file_id, found, known.document)
        file_id = move.file_id if move else job.file_id
        jobs = self._next_of_known(replace(job, file_id=file_id), known, found.path)

        def save(write: Writer) -> None:
            if move and write.rename([move]):
                write.set_state(file_id, FileState.WAITING)  # until its content says more
            if not write.link(file_id, known.document):
                raise FileChangedError(
                    f"the content of {found.path} was forgotten just now", "it is read again by itself"
                )
            write.enqueue(jobs)
            self._note(write, file_id, changed)

        return save

    def _gone(self, path: Path, file_id: int, write: Writer) -> None:
        if self._store.scanned(file_id).path != path:
            raise FileChangedError(
                f"{display_path(path)} was renamed just now", "it is read under its new name by itself"
            )
        write.set_state(file_id, FileState.GONE)

    def _note(self, write: FileWriter, file_id: int, changed: FileSeen | None) -> None:
        """Record a file as it was read where it has been written since its scan, and is still there."""
        if changed is not None and self._store.scanned(file_id).path == changed.path:
            write.see([changed], _NO_SCAN)

    def _next_of_known(self, job: Job, known: DocumentRecord, path: Path) -> list[NewJob]:
        if not self._still_filed(known, path):
            return _next(job, known.document, known.reading)
        # its other files may have been gone while everything was embedded anew
        left = self._embedder() and self._store.passages_without_vectors(known.document, 1)
        return [embedding(job, known.document)] if left else []

    def _still_filed(self, known: DocumentRecord, path: Path) -> bool:
        """Say whether a copied or moved document keeps its category: it does unless a rule looks at paths."""
        found = known.classification
        if found is None or found.tier is Tier.PERSON:
            return found is not None
        taxonomy = self._taxonomy()
        if found.tier is Tier.RULES or found.taxonomy != taxonomy.digest:
            return False
        return self._rules(taxonomy).look("", path) is None


def _next(job: Job, document: str, reading: Reading) -> list[NewJob]:
    return [classifying(job, document)] if reading.status is ReadStatus.TEXT else []
