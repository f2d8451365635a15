"""Vectors as the store keeps them: sign codes mirrored in memory find candidates, int8 rows score them.

A code is one bit a dimension; the Hamming distance of two codes grows with the angle of their vectors. The
candidates are then scored by int8 cosine, whose error is far below the difference of two passages.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from twolane.llm.base import Vectors
from twolane.store.sqlite.session import SqliteSession

EXACT_BELOW = 5_000  # fewer vectors are all scored: the codes would save nothing
_PICKED_SHARE = 0.25
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Packed:
    """One vector as it is stored; `scale` times the int8 vector has length 1."""

    code: bytes
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
    codes = np.packbits(rows > 0, axis=1)
    for code, scale, vector in zip(codes, scales, small, strict=True):
        yield Packed(code.tobytes(), float(scale), vector.tobytes())


def cosines(rows: list[sqlite3.Row], unit: Vectors) -> Vectors:
    """Return the cosine of each stored row (scale, vector) with a vector of length 1."""
    matrix = np.frombuffer(b"".join(row["vector"] for row in rows), dtype=np.int8).reshape(len(rows), -1)
    scales = np.array([row["scale"] for row in rows], dtype=np.float32)
    scores: Vectors = matrix.astype(np.float32) @ unit * scales
    return scores


def candidate_count(limit: int, n: int) -> int:
    """Return how many candidates to score: real embeddings need 400 for a recall of 0.99, large n more."""
    return max(400 + n // 500, 10 * limit)


def _no_ids() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one generation; column i of `words` is the code of passage `ids[i]`, live or not.

    `words` has the shape (64-bit words a code, n): one row is one pass over memory.
    """

    generation: int = -1
    epoch: int = -1
    ids: NDArray[np.int64] = field(default_factory=_no_ids)
    documents: NDArray[np.int64] = field(default_factory=_no_ids)
    words: NDArray[np.uint64] = field(default_factory=lambda: np.empty((0, 0), dtype=np.uint64))
    live: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))

    def nearest(self, unit: Vectors, count: int) -> NDArray[np.int64]:
        """Return the ids of about `count` live passages whose codes are nearest, in no order."""
        if len(self.live) <= count:
            return self.ids[self.live]
        code = _words([np.packbits(unit > 0).tobytes()])[:, 0]
        # copying many columns takes longer than comparing all
        few = len(self.live) < len(self.ids) * _PICKED_SHARE
        words = self.words[:, self.live] if few else self.words
        distances = np.zeros(words.shape[1], dtype=np.uint16)
        for row, word in zip(words, code, strict=True):
            distances += np.bitwise_count(row ^ word)
        chosen = np.argpartition(distances if few else distances[self.live], count - 1)[:count]
        return self.ids[self.live[chosen]]

    def of(self, document_ids: NDArray[np.int64]) -> Codes:
        """Return the same with only the passages of these documents live."""
        if not len(self.live):
            return self
        passes = np.zeros(int(self.documents.max()) + 1, dtype=np.bool_)
        passes[document_ids[document_ids < len(passes)]] = True
        return replace(self, live=self.live[passes[self.documents[self.live]]])


class CodeMirror:
    """The codes in memory, brought up to date with what any process has committed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes = Codes()

    def current(self, session: SqliteSession, library: sqlite3.Row) -> Codes:
        """Return the codes as of the session's transaction or later, reading only what is new."""
        with self._lock:
            codes = self._codes
            if (codes.epoch, codes.generation) < (library["vector_epoch"], library["generation"]):
                codes = self._codes = _follow(codes, session, library)
            return codes


def _follow(codes: Codes, session: SqliteSession, library: sqlite3.Row) -> Codes:
    total = session.number("search.count_vectors")
    fresh: list[sqlite3.Row] | None = None
    if codes.epoch == library["vector_epoch"]:
        fresh = session.rows("search.codes_since", generation=codes.generation)
        unchanged = ~np.isin(codes.ids, [row["passage_id"] for row in fresh])
        # deleted passages stay as dead columns until there are too many of them
        if unchanged.sum() + len(fresh) > total * 1.25 + 1_000:
            fresh = None
    if fresh is None:
        codes, unchanged = Codes(), np.empty(0, dtype=np.bool_)
        fresh = session.rows("search.all_codes")
    ids, documents, words = codes.ids, codes.documents, codes.words
    if fresh:
        ids = np.concatenate([ids[unchanged], np.array([row["passage_id"] for row in fresh], dtype=np.int64)])
        documents = np.concatenate(
            [documents[unchanged], np.array([row["document_id"] for row in fresh], dtype=np.int64)]
        )
        added = _words([row["code"] for row in fresh])
        words = np.concatenate([words[:, unchanged], added], axis=1) if words.size else added
    live = _live(ids, documents, session)
    return Codes(library["generation"], library["vector_epoch"], ids, documents, words, live)


def _live(ids: NDArray[np.int64], documents: NDArray[np.int64], session: SqliteSession) -> NDArray[np.intp]:
    if not len(ids):
        return np.empty(0, dtype=np.intp)
    # document id -> first passage of its present reading; passages of earlier ones have smaller ids
    first = np.full(int(documents.max()) + 1, _NEVER, dtype=np.int64)
    for document_id, first_passage_id in session.rows("search.visible_documents"):
        if document_id < len(first):
            first[document_id] = first_passage_id
    return np.flatnonzero(ids >= first[documents])


def _words(codes: list[bytes]) -> NDArray[np.uint64]:
    width = -(-len(codes[0]) // 8) * 8
    joined = b"".join(code.ljust(width, b"\0") for code in codes)
    return np.ascontiguousarray(np.frombuffer(joined, dtype=np.uint64).reshape(len(codes), -1).T)
