"""Filing again what no person has decided, by what has been learned since: no model is asked anew.

See docs/why/filing.md#filing-again-asks-no-model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from twolane.documents import (
    EVERYTHING,
    Decision,
    FileRecord,
    FileState,
    Filter,
    ModelAnswer,
    Tier,
)
from twolane.filing.cascade import Cascade
from twolane.filing.learn import Learned
from twolane.filing.numbers import Floats
from twolane.store.base import Catalogue, Decided, Documents
from twolane.work import NewJob

_AT_ONCE = 50
# After a correction so many of the most similar ones are looked at: all of a large library take minutes.
_SIMILAR = 200
_VECTORS_AT_ONCE = 5000
_REST = 10.0


class Refiled(Catalogue, Documents, Decided, Protocol):
    """What filing again needs of the store."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file that would be filed otherwise, or leave the review or enter it; `file` is as it is now."""

    file: FileRecord
    decision: Decision

    @property
    def is_other_category(self) -> bool:
        """Whether its category changes, and with it what is drawn out of it."""
        before = self.file.classification
        return before is None or before.category != self.decision.classification.category


@dataclass(frozen=True, slots=True)
class Looked:
    """How far a look through the library is, in files, with what the files seen last would change."""

    done: int
    total: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _CascadeNow:
    """A cascade with what it had learned at one moment."""

    cascade: Cascade
    learned: Learned


class _StoredVector:
    """A document's own vector as it is stored; `is_missed` says that a tier has asked for it in vain."""

    def __init__(self, store: Decided, document: str, model: str) -> None:
        self._vector = store.decisions.vector(document, model)
        self.is_missed = False

    def __call__(self) -> Floats | None:
        self.is_missed = self._vector is None
        return self._vector


class Reclassifier:
    """Looks at documents again by their stored texts, vectors and answers; safe to use from several threads.

    Another embedder's vectors and another model's answers count for nothing. `fields_kind` is the kind of job
    that draws the facts which a category asks for, if any does.
    """

    def __init__(self, store: Refiled, cascade: Callable[[], Cascade], *, fields_kind: str = "") -> None:
        self._store = store
        self._cascade = cascade
        self._fields_kind = fields_kind
        self._recent: tuple[_CascadeNow, float] | None = None  # until when, by the monotonic clock

    def look(self, within: Filter = EVERYTHING, *, start: int = 0) -> Iterator[Looked]:
        """Yield what would change, some files at a time in the order of their paths, from a number on.

        Of a document with several files only the first one is named. Raises `StoreError`.
        """
        within = replace(within, states=(FileState.FILED, FileState.REVIEW))
        total, done = self._store.count_files(within), start
        seen: set[str] = set()
        while files := self._store.files(within, limit=_AT_ONCE, offset=done):
            known = self._known()
            fresh = {file.document: file for file in reversed(files) if file.document not in seen}
            seen |= fresh.keys()
            named = [file for file in files if fresh.get(file.document) is file]
            changes = [change for file in named for change in self._change(file, known)]
            done += len(files)
            yield Looked(done, max(total, done), tuple(changes))

    def apply(self, changes: Sequence[Change]) -> int:
        """Make changes as decisions; return how many. What a person has decided meanwhile stays as it is.

        What was looked at by a taxonomy that has changed since is left as it is.
        """
        digest = self._cascade().taxonomy.digest
        changes = [change for change in changes if change.decision.classification.taxonomy == digest]
        with self._store.writing() as write:
            for change in changes:
                write.decide(change.file.document, change.decision)
            if self._fields_kind:
                moved = [change.file for change in changes if change.is_other_category]
                write.enqueue([NewJob(self._fields_kind, file.document, file.file_id, -2) for file in moved])
        return len(changes)

    def affected(self, documents: Sequence[str], *, limit_s: float = 2.0) -> int:
        """Return how many of the documents that are most similar to these would be filed otherwise.

        It ends early after the time limit: there may be more.
        """
        deadline = time.monotonic() + limit_s
        known, number = self._known(), 0
        for document in self._similar(documents):
            if time.monotonic() > deadline:
                break
            number += sum(1 for file in self._filed(document) for _ in self._change(file, known))
        return number

    def _filed(self, document: str) -> list[FileRecord]:
        within = Filter(documents=(document,), states=(FileState.FILED, FileState.REVIEW))
        return self._store.files(within, limit=1)

    def _known(self) -> _CascadeNow:
        cascade = self._cascade()
        return _CascadeNow(cascade, cascade.learned())

    def _change(self, file: FileRecord, known: _CascadeNow) -> Iterator[Change]:
        """Yield what would become of a file, where that is something else.

        What the vectors of another model have filed stays as it is until it has one of this model.
        """
        before = file.classification
        if before is None or before.tier is Tier.PERSON:
            return
        vector = _StoredVector(self._store, file.document, known.cascade.vector_model)
        decision = self._decided(file.document, known, vector)
        if decision is None or vector.is_missed:
            return
        after = decision.classification
        if (after.category, after.review) != (before.category, before.review):
            yield Change(file, decision)

    def proposal(self, document: str) -> Decision | None:
        """Return what would be decided on a document, by what had been learned a moment ago.

        None where it is not known, or has no text.

        To learn after each of a person's decisions would take longer than the person: it is done for a tenth
        of the time at most.
        """
        recent = self._recent  # one look: another thread may put another one there
        if recent and time.monotonic() < recent[1]:
            return self._decision(document, recent[0])
        began = time.monotonic()
        known = self._known()
        decision = self._decision(document, known)
        took_s = time.monotonic() - began
        self._recent = known, time.monotonic() + _REST * took_s
        return decision

    def decision(self, document: str) -> Decision | None:
        """Return what would be decided on a document now; None where it is not known, or has no text."""
        return self._decision(document, self._known())

    def _decision(self, document: str, known: _CascadeNow) -> Decision | None:
        vector = _StoredVector(self._store, document, known.cascade.vector_model)
        return self._decided(document, known, vector)

    def _decided(self, document: str, known: _CascadeNow, vector: _StoredVector) -> Decision | None:
        record = self._store.text_document(document)
        if record is None:  # its file has changed just now
            return None
        return known.cascade.decide(
            record.reading.text,
            path=record.paths[0],
            media_type=record.reading.media_type,
            title=record.reading.title,
            vector=vector,
            earlier=record.earlier,
            answers=self._answers(document, known.cascade.taxonomy.digest),
            may_ask=False,
            document=document,
            learned=known.learned,
            patient=False,
        )

    def _answers(self, document: str, taxonomy: str) -> tuple[ModelAnswer, ...]:
        """Return what models said of a document last under the taxonomy with this digest."""
        for decision in reversed(self._store.decisions.of(document)):
            if decision.answers and decision.classification.taxonomy == taxonomy:
                return decision.answers
        return ()

    def _similar(self, documents: Sequence[str]) -> list[str]:
        """Return the documents without a person's decision that are most similar to these, nearest first."""
        decisions, model = self._store.decisions, self._cascade().vector_model
        vectors = [vector for one in documents if (vector := decisions.vector(one, model)) is not None]
        if not vectors:
            return []
        sought: Floats = np.array(vectors, dtype=np.float32)
        nearest: list[tuple[float, str]] = []
        after = 0
        while found := decisions.filed_vectors(model, after=after, limit=_VECTORS_AT_ONCE):
            cosines = (np.array([one.vector for one in found], dtype=np.float32) @ sought.T).max(axis=1)
            best = np.argsort(-cosines)[:_SIMILAR]
            nearest = sorted(
                [*nearest, *((float(cosines[n]), found[n].document) for n in best)], reverse=True
            )
            nearest = nearest[:_SIMILAR]
            after = found[-1].document_id
        return [document for _, document in nearest]
