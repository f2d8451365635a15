"""Vectors as the store keeps them: sign codes find candidates, int8 rows score them.

A code is one bit a dimension: whether the value is above the middle of its language. Candidates are found by
the distance to the question's own code, the best of them by its values in a few bits, and those are scored by
int8 cosine, whose error is far below the difference of two passages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from twolane.llm.base import Vectors
from twolane.store.centres import Centres, Plane

EXACT_BELOW = 2_000  # fewer vectors are all scored: the codes would save nothing
_PICKED_SHARE = 0.25
_BLOCK = 1 << 16  # columns compared at a time: what is computed of them fits the processor's cache
_LEAST_LIKELY = 4_000  # of these at least, and of such a share of all, values are compared
_LIKELY_SHARE = 0.04
_FURTHEST = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class Packed:
    """One vector as it is stored; `scale` times the int8 vector has length 1."""

    scale: float
    vector: bytes


def pack(vectors: Vectors) -> Iterator[Packed]:
    """Yield the stored form of each row of (n, dimensions)."""
    rows = np.nan_to_num(np.asarray(vectors, dtype=np.float32))
    peaks = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
    peaks[peaks == 0] = 1.0
    small = np.rint(rows / peaks * 127).astype(np.int8)
    lengths = np.linalg.norm(small.astype(np.float32), axis=1)
    scales = np.where(lengths > 0, 1 / np.maximum(lengths, 1.0), 0.0)
    for scale, vector in zip(scales, small, strict=True):
        yield Packed(float(scale), vector.tobytes())


def unpack(rows: Sequence[sqlite3.Row]) -> Vectors:
    """Return the vectors of stored rows (scale, vector), of length 1."""
    scales = np.array([row["scale"] for row in rows], dtype=np.float32)
    vectors: Vectors = _small(rows) * scales[:, None]
    return vectors


def cosines(rows: list[sqlite3.Row], unit: Vectors) -> Vectors:
    """Return the cosine of each stored row (scale, vector) with a vector of length 1."""
    scales = np.array([row["scale"] for row in rows], dtype=np.float32)
    # a product of matrices would wake a thread on every core, which waits for the cores that others use
    scores: Vectors = np.einsum("ij,j->i", _small(rows), unit) * scales
    return scores


def documents_of(rows: Sequence[sqlite3.Row]) -> NDArray[np.int64]:
    """Return the numbers of the documents of stored rows."""
    return np.array([row["document_id"] for row in rows], dtype=np.int64)


def _small(rows: Sequence[sqlite3.Row]) -> NDArray[np.int8]:
    return np.frombuffer(b"".join(row["vector"] for row in rows), dtype=np.int8).reshape(len(rows), -1)


def candidate_count(limit: int, n: int) -> int:
    """Return how many candidates to score: real embeddings need 800 for a recall of 0.99, large n more."""
    return max(800 + n // 1_000, 10 * limit)


@dataclass(frozen=True, slots=True)
class Columns:
    """Codes side by side: column i of `words` is the code of passage `ids[i]` of document `documents[i]`.

    `words` has the shape (64-bit words a code, n): one row is one pass over memory.
    """

    ids: NDArray[np.int64]
    documents: NDArray[np.int64]
    words: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, rows: Sequence[sqlite3.Row], centres: Centres, languages: NDArray[np.int64]) -> Columns:
        """Return the columns of rows (passage_id, document_id, scale, vector).

        `languages` are those of the documents, by their numbers; where it ends they have none.
        """
        if not rows:
            return no_columns(centres.width)
        ids = np.array([row["passage_id"] for row in rows], dtype=np.int64)
        documents = documents_of(rows)
        return cls(ids, documents, centres.words(unpack(rows), of_documents(languages, documents)))

    def at(self, places: NDArray[np.intp]) -> Columns:
        """Return a copy of the columns at these places."""
        return Columns(self.ids[places], self.documents[places], self.words[:, places])

    def then(self, more: Columns) -> Columns:
        """Return a copy of these columns and more behind them."""
        return Columns(
            np.concatenate([self.ids, more.ids]),
            np.concatenate([self.documents, more.documents]),
            np.concatenate([self.words, more.words], axis=1),
        )

    def distances(self, code: NDArray[np.uint64]) -> NDArray[np.uint16]:
        """Return how many bits of each column differ from a code's."""
        found = np.zeros(len(self), dtype=np.uint16)
        for start in range(0, len(self), _BLOCK):
            block = slice(start, start + _BLOCK)
            for row, word in zip(self.words, code, strict=True):
                found[block] += np.bitwise_count(row[block] ^ word)
        return found

    def weighted(self, planes: Sequence[Plane]) -> NDArray[np.uint32]:
        """Return how far each column is from a question in several planes."""
        found = np.zeros(len(self), dtype=np.uint32)
        for plane in planes:
            found += self.distances(plane.code).astype(np.uint32) * np.uint32(plane.weight)
        return found


def of_documents(values: NDArray[np.int64], documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the value of each document, 0 where the values end before it."""
    known = documents < len(values)
    return np.where(known, values[np.where(known, documents, 0)] if len(values) else 0, 0)


def _none() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


def no_columns(width: int = 0) -> Columns:
    """Return no columns, for codes of so many words."""
    return Columns(_none(), _none(), np.empty((width, 0), dtype=np.uint64))


def word_count(dimensions: int) -> int:
    """Return how many 64-bit words hold the code of a vector."""
    return -(-dimensions // 64)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one generation: those of the file and those that came since, of which some are live."""

    stored: Columns = field(default_factory=no_columns)
    recent: Columns = field(default_factory=no_columns)
    live: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=np.bool_))  # one a column
    count: int = 0  # how many are live
    centres: Centres = field(default_factory=Centres)
    languages: NDArray[np.int64] = field(default_factory=_none)  # of the documents, by their numbers

    def nearest(self, unit: Vectors, count: int) -> NDArray[np.int64]:
        """Return the ids of about `count` live passages that are likely to be nearest, in no order."""
        if self.count <= count:
            places = np.flatnonzero(self.live)
        else:
            planes = self.centres.planes(unit)
            places = self._likely(planes[0].code, max(_LEAST_LIKELY, int(self.count * _LIKELY_SHARE)))
            if len(places) > count:
                places = places[_least(self._at(places).weighted(planes), count)]
        return self._at(places).ids

    def levels(self, unit: Vectors, documents: NDArray[np.int64]) -> Vectors:
        """Return what to add to a question's cosines with passages of these documents, for their language."""
        return self.centres.levels(unit, of_documents(self.languages, documents))

    def levelled(self, vectors: Vectors, documents: NDArray[np.int64]) -> Vectors:
        """Return passages' vectors, of these documents, whose cosines with any question are level."""
        return self.centres.levelled(vectors, of_documents(self.languages, documents))

    def of(self, document_ids: NDArray[np.int64]) -> Codes:
        """Return the same with only the passages of these documents live."""
        most = max(int(part.documents.max(initial=0)) for part in (self.stored, self.recent))
        passes = np.zeros(most + 1, dtype=np.bool_)
        passes[document_ids[document_ids <= most]] = True
        live = np.concatenate([passes[part.documents] for part in (self.stored, self.recent)]) & self.live
        return replace(self, live=live, count=int(np.count_nonzero(live)))

    def _likely(self, code: NDArray[np.uint64], count: int) -> NDArray[np.intp]:
        """Return the places of live columns whose codes are nearest, in their order."""
        # copying many columns takes longer than comparing all
        if self.count <= max(count, len(self.live) * _PICKED_SHARE):
            places = np.flatnonzero(self.live)
            if len(places) <= count:
                return places
            return places[_least(self._at(places).distances(code), count)]
        distances = np.concatenate([self.stored.distances(code), self.recent.distances(code)])
        distances[~self.live] = _FURTHEST
        return _least(distances, count)

    def _at(self, places: NDArray[np.intp]) -> Columns:
        """Return a copy of the columns at places that ascend."""
        split = int(np.searchsorted(places, len(self.stored)))
        recent = self.recent.at(places[split:] - len(self.stored))
        return self.stored.at(places[:split]).then(recent) if split else recent


def _least(distances: NDArray[np.uint16] | NDArray[np.uint32], count: int) -> NDArray[np.intp]:
    """Return the places of the smallest distances, ascending."""
    # what many share is found by value: sorting places takes twenty times as long
    radius = np.partition(distances, count - 1)[count - 1]
    nearer = np.flatnonzero(distances < radius)
    return np.sort(np.concatenate([nearer, np.flatnonzero(distances == radius)[: count - len(nearer)]]))
