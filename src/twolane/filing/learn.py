"""What filing learns from a library: the vectors of its categories, and the bias of the small model.

Nothing of it is stored. It is derived from rows: the decisions on documents and the documents' vectors. A
`Learner` holds the sums over them in memory and reads, before each use, only what any process has written
since. The sums do not depend on the order of the documents, so that all processes learn the same.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twolane.filing.taxonomy import Taxonomy
from twolane.store.base import Teaching
from twolane.store.values import Lesson, Mark

Floats = NDArray[np.floating]

# All unlabelled documents of a category count as much as this many at most, so that the description and
# people's decisions still count in a large library.
_MOST_UNLABELLED = 300.0
# A document that a person has filed counts as much for its category as this many that the cascade has filed.
_LABELLED = 4.0
_READ_AT_ONCE = 1000


@dataclass(frozen=True, eq=False)
class Taught:
    """What one document adds to what is learned.

    `weights` (categories) is how far it belongs to each category: one of them is 1 where it is `labelled`.
    `logprobs` (labels) is what the small model answered; `shares` (categories) are the answer's weights.
    """

    weights: Floats
    labelled: bool = False
    vector: Floats | None = None
    logprobs: Floats | None = None
    shares: Floats | None = None


@dataclass(frozen=True, eq=False)
class Learned:
    """Sums over the documents, one a category; a value that does not change.

    Means are taken over categories and not over documents, so that a thousand invoices and three letters do
    not look like a bias towards invoices. `found` (categories) is the weight of the documents that the
    cascade has filed and `found_vectors` (categories, dimensions) the sum of their vectors; `labelled` and
    `labelled_vectors` are the same of the documents that a person has filed. `asked` (categories) is the
    weight of the documents that the small model was asked about, `logprobs` and `squares` (categories,
    labels) the sums of its log-probabilities and of their squares.
    """

    found: Floats
    found_vectors: Floats
    labelled: Floats
    labelled_vectors: Floats
    asked: Floats
    logprobs: Floats
    squares: Floats

    @classmethod
    def nothing(cls, categories: int) -> Learned:
        """Return the sums before the first document."""
        none, table = np.zeros(categories), np.zeros((categories, categories))
        no_vectors = np.zeros((categories, 0))
        return cls(none, no_vectors, none, no_vectors, none, table, table)

    @property
    def documents(self) -> float:
        """The weight of all documents with a vector: their number."""
        return float(self.found.sum() + self.labelled.sum())

    @property
    def weights(self) -> Floats:
        """How much the documents of each category count beside its description."""
        return self._share * self.found + _LABELLED * self.labelled

    @property
    def vectors(self) -> Floats:
        """The sum of each category's vectors, weighed alike; (categories, 0) before the first one."""
        found = self._share[:, None] * self.found_vectors
        if not self.labelled_vectors.size:
            return found
        return _added(found, _LABELLED * self.labelled_vectors)

    @property
    def _share(self) -> Floats:
        return np.minimum(1.0, _MOST_UNLABELLED / np.maximum(self.found, 1e-9))

    def plus(self, documents: Sequence[Taught], sign: float = 1.0) -> Learned:
        """Return it with some more documents, or with a `sign` of -1 without them."""
        found = [d for d in documents if d.vector is not None and not d.labelled]
        labelled = [d for d in documents if d.vector is not None and d.labelled]
        answered = [d for d in documents if d.logprobs is not None]
        learned = self
        if found:
            weights, vectors = _sums(found, sign)
            learned = replace(
                learned, found=learned.found + weights, found_vectors=_added(learned.found_vectors, vectors)
            )
        if labelled:
            weights, vectors = _sums(labelled, sign)
            learned = replace(
                learned,
                labelled=learned.labelled + weights,
                labelled_vectors=_added(learned.labelled_vectors, vectors),
            )
        if answered:
            shares = sign * np.array([d.shares for d in answered], dtype=np.float64)
            logprobs = np.array([d.logprobs for d in answered], dtype=np.float64)
            learned = replace(
                learned,
                asked=learned.asked + shares.sum(axis=0),
                logprobs=learned.logprobs + shares.T @ logprobs,
                squares=learned.squares + shares.T @ logprobs**2,
            )
        return learned


def _sums(documents: Sequence[Taught], sign: float) -> tuple[Floats, Floats]:
    weights = sign * np.array([d.weights for d in documents], dtype=np.float64)
    return weights.sum(axis=0), weights.T @ np.array([d.vector for d in documents], dtype=np.float64)


def _added(sums: Floats, more: Floats) -> Floats:
    return sums + more if sums.size else more


class Learning(Protocol):
    """The port by which the cascade gets what has been learned by now."""

    def learned(self) -> Learned:
        """Return what has been learned from every process's decisions so far."""

    def neutral(self, ask: Callable[[], Floats]) -> Floats:
        """Return the small model's answer to neutral texts; `ask` gets it, once for each library."""


class Unlearned:
    """Obeys `Learning` without a library: only the taxonomy is known."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._nothing = Learned.nothing(len(taxonomy.categories))
        self._neutral: Floats | None = None

    def learned(self) -> Learned:
        return self._nothing

    def neutral(self, ask: Callable[[], Floats]) -> Floats:
        if self._neutral is None:
            self._neutral = ask()
        return self._neutral


class Learner:
    """Obeys `Learning` for a library, reading only rows that are new; safe to use from several threads.

    `embedder` names the model of the vectors, `model` the small model with the form of its prompt. It holds
    about 1 kB a document. Raises `StoreError` where the library cannot be read.
    """

    def __init__(self, store: Teaching, taxonomy: Taxonomy, *, embedder: str, model: str) -> None:
        self._store = store
        self._taxonomy = taxonomy
        self._places = {category.id: place for place, category in enumerate(taxonomy.categories)}
        self._embedder = embedder
        self._model = model
        self._lock = threading.Lock()
        self._mark: Mark | None = None
        self._documents: dict[int, Taught] = {}
        self._learned = Learned.nothing(len(self._places))
        self._neutral: Floats | None = None

    def learned(self) -> Learned:
        with self._lock:
            changed = self._store.decisions.changed(self._mark)
            for begin in range(0, len(changed.document_ids), _READ_AT_ONCE):
                self._read(changed.document_ids[begin : begin + _READ_AT_ONCE])
            self._mark = changed.mark
            return self._learned

    def neutral(self, ask: Callable[[], Floats]) -> Floats:
        if self._neutral is None:
            key = f"neutral {self._taxonomy.digest} {self._model}"
            text = self._store.recall(key)
            if not text:  # another process that asks at the same time gets the same answer
                text = json.dumps([float(value) for value in ask()])
                with self._store.writing() as write:
                    write.remember(key, text)
            self._neutral = np.array(json.loads(text))
        return self._neutral

    def _read(self, document_ids: Sequence[int]) -> None:
        """Replace what was learned from these documents before by what can be learned now."""
        lessons = self._store.decisions.lessons(document_ids, self._embedder)
        now = {lesson.document_id: taught for lesson in lessons if (taught := self._taught(lesson))}
        before = [self._documents.pop(number) for number in document_ids if number in self._documents]
        self._documents |= now
        self._learned = self._learned.plus(before, -1.0).plus(list(now.values()))

    def _taught(self, lesson: Lesson) -> Taught | None:
        """Return what a document adds, None where nothing of it belongs to this taxonomy and models."""
        weights = self._weights(lesson)
        if weights is None:
            return None
        answer, shares = lesson.answer, None
        if answer and (answer.model, lesson.answer_taxonomy) == (self._model, self._taxonomy.digest):
            logprobs = self._row(answer.logprobs)
            shares = weights if lesson.labelled else self._row(answer.shares)
        else:
            logprobs = None
        return Taught(weights, lesson.labelled, lesson.vector, logprobs, shares)

    def _weights(self, lesson: Lesson) -> Floats | None:
        if not lesson.labelled:
            return self._row(lesson.scores) if lesson.taxonomy == self._taxonomy.digest else None
        # a person's decision stays valid when the taxonomy changes, as long as its category exists
        place = self._places.get(lesson.category)
        return None if place is None else self._row({lesson.category: 1.0})

    def _row(self, values: Mapping[str, float]) -> Floats:
        row = np.zeros(len(self._places), dtype=np.float32)
        for category, value in values.items():
            row[self._places[category]] = value
        return row
