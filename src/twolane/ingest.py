"""The steps that every file goes through: read, classify, embed; each is one kind of job in a registry.

Every step writes its result and ends its job in one transaction, so that an interrupted step is simply done
again; a step without a result returns, and the worker ends the job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from twolane.chat.index import embed_document, passages_of
from twolane.config.settings import Settings
from twolane.documents import FileSeen, FileState, Reading, ReadStatus, Tier
from twolane.errors import FileChangedError, NotFoundError
from twolane.extract import Extractor
from twolane.files.contents import Content, Contents
from twolane.filing.cascade import Cascade
from twolane.filing.learn import Floats
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.rules import Rules
from twolane.jobs.base import Step
from twolane.llm.base import Embedder
from twolane.store.base import Decided, Documents, Files, FileWriter, Jobs, Search, Unembedded
from twolane.store.values import DocumentRecord
from twolane.work import READ, Job, NewJob

LANE = "filing"
CLASSIFY, EMBED = "classify", "embed"
_NO_SCAN = 0  # the scan number of a file that was noted outside any scan
_log = logging.getLogger(__name__)


class Ingested(Files, Documents, Decided, Search, Unembedded, Jobs, Protocol):
    """What the steps need of the store."""


class Ingest:
    """The steps on a file; the parts that a step needs are opened when it first runs.

    `wait` is called before a file's content is parsed, and may block while other work goes first. Once
    `stopping` returns true, long work ends early: its results are saved, and the rest is queued.
    """

    def __init__(
        self,
        settings: Settings,
        store: Ingested,
        taxonomy: Taxonomy,
        *,
        contents: Contents,
        extractor: Callable[[], Extractor],
        classifier: Callable[[], Cascade],
        embedder: Callable[[], Embedder | None],
        wait: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._settings = settings
        self._taxonomy = taxonomy
        self._contents = contents
        self._extractor = extractor
        self._classifier = classifier
        self._embedder = embedder
        self._wait = wait
        self._stopping = stopping

    def steps(self) -> tuple[Step, ...]:
        """Return the registry: every kind of job, in the order in which a file goes through them.

        A worker's pools, the labels of metrics and the rows of `twolane top` are made from it.
        """
        settings = self._settings
        return (
            Step(READ, LANE, settings.extract.processes, self.read),
            Step(CLASSIFY, LANE, settings.filing.workers, self.classify, decides=True),
            Step(EMBED, LANE, 1, self.embed),
        )

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self._taxonomy)

    def read(self, job: Job) -> None:
        """Read a file's content and make its passages findable by their words."""
        scanned = self._store.scanned(job.file_id)
        try:
            with self._contents.open(scanned.path) as content:
                self._read(job, scanned, content)
        except FileNotFoundError:
            with self._store.finishing(job) as write:
                write.set_state(job.file_id, FileState.GONE)

    def _read(self, job: Job, scanned: FileSeen, content: Content) -> None:
        store, path = self._store, scanned.path
        if content.size_bytes > self._settings.extract.file_limit_bytes:
            limit_mb = self._settings.extract.file_limit_bytes // 1_000_000
            with store.finishing(job) as write:
                write.set_state(job.file_id, FileState.UNREAD, f"too large: over {limit_mb} MB")
            return
        document = content.document()
        if store.has_document(document):
            known = store.document(document)
            jobs = self._next(job, document, known.reading, filed=self._still_filed(known, path))
            with store.finishing(job) as write:
                if not write.link(job.file_id, document):
                    raise FileChangedError(
                        f"the content of {path} was forgotten just now", "it is read again by itself"
                    )
                write.enqueue(jobs)
                self._note_change(write, scanned, content)
            return
        self._wait()
        reading = self._extractor().read(path, content.file())
        content.check()
        passages = passages_of(reading, path)
        with store.finishing(job) as write:
            write.save_reading(job.file_id, document, content.size_bytes, reading, passages)
            write.enqueue(self._next(job, document, reading))
            self._note_change(write, scanned, content)

    def _note_change(self, write: FileWriter, scanned: FileSeen, content: Content) -> None:
        """Record the file as it was read where it has been written since its scan."""
        if not content.is_as_scanned(scanned):
            write.see([content.seen(scanned.path)], _NO_SCAN)

    def _next(self, job: Job, document: str, reading: Reading, *, filed: bool = False) -> list[NewJob]:
        if reading.status is not ReadStatus.TEXT:
            return []
        kinds = (EMBED,) if filed else (CLASSIFY, EMBED)
        return [NewJob(kind, document, job.file_id, job.priority) for kind in kinds]

    def _still_filed(self, known: DocumentRecord, path: Path) -> bool:
        """Say whether a copied or moved document keeps its category: it does unless a rule looks at paths."""
        found = known.classification
        if found is None or found.tier is Tier.PERSON:
            return found is not None
        if found.tier is Tier.RULES or found.taxonomy != self._taxonomy.digest:
            return False
        return not self._rules.look("", path).decided

    def classify(self, job: Job) -> None:
        """Give a document its category."""
        try:
            record = self._store.document(job.key, pages=True)
        except NotFoundError:  # its last file has changed or gone since the job was queued
            return
        if not record.paths or record.reading.status is not ReadStatus.TEXT:
            return
        decided = self._classifier().decide(
            record.reading.text,
            path=record.paths[0],
            media_type=record.reading.media_type,
            title=record.reading.title,
        )
        with self._store.finishing(job) as write:
            write.decide(job.key, decided.decision)
            if decided.vector is not None:
                write.save_document_vector(job.key, decided.vector_model, decided.vector)

    def embed(self, job: Job) -> None:
        """Embed a document's passages; a long document is queued again for the rest.

        A document that was not decided by rules also gets its own vector where that is missing: a person
        has corrected the rules' decision since, or the embedding model has changed.
        """
        embedder = self._embedder()
        if embedder is None:
            return
        model_of_index = self._store.vector_model()
        if model_of_index not in {"", embedder.model}:
            # `twolane models reembed` queues every document again; until then only its words find this one
            _log.warning("%s is not embedded: the index holds vectors of %s", job.key, model_of_index)
            return
        vectors = embed_document(self._store, embedder, job.key, self._stopping)
        own = self._missing_vector(job.key, embedder.model)
        with self._store.finishing(job) as write:
            vectors.save(write)
            if own is not None:
                write.save_document_vector(job.key, embedder.model, own)
            if not vectors.complete:
                write.enqueue([NewJob(EMBED, job.key, job.file_id, job.priority)])

    def _missing_vector(self, document: str, model: str) -> Floats | None:
        try:
            decided = self._store.document(document).classification
            if not decided or decided.tier is Tier.RULES or self._store.decisions.has_vector(document, model):
                return None
            reading = self._store.document(document, pages=True).reading
        except NotFoundError:
            return None
        return self._classifier().vector(reading.text, reading.title)
