"""The second step on a file: its document gets a category, and its first passages their vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from twolane.chat.index import Beginning, Indexed
from twolane.copies.find import CopyFinder
from twolane.documents import Classification, Decision, Reading, Tier
from twolane.fields.draw import Drawn
from twolane.filing.cascade import Cascade
from twolane.filing.learn import Learned
from twolane.ingest.drawn import Draws
from twolane.ingest.following import asking, classifying, embedding
from twolane.ingest.results import BatchResults, Result, Turns
from twolane.ingest.settle import Settle
from twolane.llm.base import Embedder
from twolane.store.base import Documents, Jobs, Writer, Writing
from twolane.store.values import DocumentRecord
from twolane.work import Job


class ClassifiedFrom(Indexed, Documents, Jobs, Writing, Protocol):
    """What the step needs of the store."""


class ClassifyStep:
    """Gives documents their categories and facts, and passages that were embedded for that their vectors.

    A document's vector is made when the cascade asks for it, so that what rules are sure of is filed at once.
    What has no vector then is left to the step that embeds, and facts that were not found to the one that
    asks a model: `asks` says of what was drawn out of a document whether that could find more.
    """

    def __init__(
        self,
        store: ClassifiedFrom,
        settle: Settle,
        copies: CopyFinder,
        draws: Draws,
        *,
        classifier: Callable[[], Cascade],
        embedder: Callable[[], Embedder | None],
        turns: Turns,
        asks: Callable[[Reading, Drawn, Classification], bool],
    ) -> None:
        self._store = store
        self._settle = settle
        self._copies = copies
        self._draws = draws
        self._asks = asks
        self._classifier = classifier
        self._embedder = embedder
        self._turns = turns

    def __call__(self, jobs: Sequence[Job]) -> None:
        """Classify the documents of a batch of jobs, by what was learned before them."""
        cascade = self._classifier()
        learned = cascade.learned()
        with BatchResults(self._store) as results:
            for job in jobs:
                if self._turns.is_paused():
                    results.save()  # nobody should have to wait for them as long as this document may
                if (result := self._document(job, cascade, learned)) is not None:
                    results.add(job, result)
            results.save()
            if self._classifier() is not cascade:  # the taxonomy was changed meanwhile
                with self._store.writing() as write:
                    write.enqueue([classifying(job, job.key) for job in jobs])
        self._draws.settle_senders(job.key for job in jobs)
        self._copies.look()
        if cascade.vector_model:
            self._settle.after(learned.documents, cascade.learned().documents)

    def _document(self, job: Job, cascade: Cascade, learned: Learned) -> Result | None:
        record = self._store.text_document(job.key)
        if record is None:  # its last file has changed or gone since the job was queued
            return None
        embedder = self._embedder()
        beginning = Beginning(self._store, embedder, job.key) if embedder else None
        decision = cascade.decide(
            record.reading.text,
            path=record.paths[0],
            media_type=record.reading.media_type,
            title=record.reading.title,
            vector=beginning.vector if beginning else None,
            earlier=record.earlier,
            document=job.key,
            learned=learned,
        )

        vectors = beginning.vectors if beginning else None
        filed = _standing(record, decision)
        drawn = self._draws.drawn(record.reading, record.paths[0], filed)
        asks = self._asks(record.reading, drawn, filed)
        sketch = self._copies.sketching(job.key, record.reading.text)

        def save(write: Writer) -> None:
            write.decide(job.key, decision)
            write.save_fields(job.key, drawn.values, drawn.marks)
            sketch(write)
            if asks:
                write.enqueue([asking(job, job.key)])
            if vectors:
                vectors.save(write)
                if not vectors.complete:
                    write.enqueue([embedding(job, job.key)])

        return save


def _standing(record: DocumentRecord, decision: Decision) -> Classification:
    """Return what stands once a decision is saved: a person's stays."""
    before = record.classification
    return before if before and before.tier is Tier.PERSON else decision.classification
