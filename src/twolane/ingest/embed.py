"""The last step on a file: the passages of its document that have no vector yet get theirs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from twolane.chat.index import Indexed, embed_document, fits_index
from twolane.ingest.results import BatchResults, Result
from twolane.llm.base import Embedder
from twolane.store.base import Jobs, Writer
from twolane.work import EMBED, Job, NewJob

_log = logging.getLogger(__name__)


class EmbeddedFrom(Indexed, Jobs, Protocol):
    """What the step needs of the store."""


class EmbedStep:
    """Embeds what is left of documents; a long one is queued again for the rest.

    A document also gets its own vector where that is missing: rules have filed it, or the embedding model has
    changed. Once `stopping` returns true, long work ends early: its results are saved, the rest is queued.
    """

    def __init__(
        self,
        store: EmbeddedFrom,
        *,
        embedder: Callable[[], Embedder | None],
        stopping: Callable[[], bool],
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._stopping = stopping

    def __call__(self, jobs: Sequence[Job]) -> None:
        """Embed the documents of a batch of jobs."""
        embedder = self._embedder()
        if embedder is None:
            return
        if not fits_index(self._store, embedder):
            # `twolane models reembed` queues every document again; until then only its words find each
            _log.warning("%d documents are not embedded: the index holds vectors of another model", len(jobs))
            return
        with BatchResults(self._store) as results:
            for job in jobs:
                results.add(job, self._document(job, embedder))

    def _document(self, job: Job, embedder: Embedder) -> Result:
        vectors = embed_document(self._store, embedder, job.key, self._stopping)

        def save(write: Writer) -> None:
            vectors.save(write)
            if not vectors.complete:
                write.enqueue([NewJob(EMBED, job.key, job.file_id, job.priority)])

        return save
