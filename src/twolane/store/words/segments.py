"""Segments of the full text index: which passages hold a stem, and how much it says of each.

A segment is made once, of hundreds of passages or more, and never changed.
Why it is so: docs/why/store.md#words-are-kept-in-segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twolane.text.terms import weights

MOST_PASSAGES = 65_536  # of one segment: its passages are numbered by 16 bits
# the usual constants of BM25 (Robertson, Zaragoza 2009)
_K1, _B = 1.2, 0.75
_WEIGHTS = weights()
POSTING = np.dtype([("place", "<u2"), ("impact", "u1")])

Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class KeptPassage:
    """A passage's stems as they are kept, and the number of its words."""

    passage_id: int
    length: int
    stems: bytes


@dataclass(frozen=True, slots=True)
class PostingsRange:
    """Where a stem's postings stand in the data of its segment."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Segment:
    """The passages of a segment and its stems; the postings themselves are read where they are wanted.

    `ids` (n) are the passages; `stems` (m), ascending, each stand in `counts` (m) of them.
    """

    ids: Numbers
    stems: NDArray[np.uint32]
    counts: NDArray[np.uint32]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, ids: bytes, stems: bytes, counts: bytes) -> Segment:
        """Return a segment of what was stored of it."""
        held = np.frombuffer(ids, "<i8")
        counted = np.frombuffer(counts, "<u4")
        return cls(held, np.frombuffer(stems, "<u4"), counted, _starts(counted, len(held)))

    @property
    def size_bytes(self) -> int:
        """The length of its postings."""
        return int(np.minimum(self.counts.astype(np.int64) * POSTING.itemsize, len(self.ids)).sum())

    def places(self, numbers: Sequence[int]) -> dict[int, PostingsRange]:
        """Return where the postings of stems stand, of those that the segment has."""
        places = {}
        for index, at in self._found(numbers):
            start, count = int(self.starts[at]), int(self.counts[at])
            size = min(len(self.ids), POSTING.itemsize * count)
            places[numbers[index]] = PostingsRange(start, start + size)
        return places

    def count(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return how many passages hold each stem, of those that the segment has."""
        return {numbers[index]: int(self.counts[at]) for index, at in self._found(numbers)}

    def _found(self, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        if len(self.stems):
            wanted = np.array(numbers, dtype=np.uint32)
            at = np.minimum(np.searchsorted(self.stems, wanted), len(self.stems) - 1)
            found = np.flatnonzero(self.stems[at] == wanted)
            yield from zip(found.tolist(), at[found].tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class BuiltSegment:
    """A segment with its postings."""

    segment: Segment
    data: bytes


def build(passages: Sequence[KeptPassage], mean_length: float) -> BuiltSegment:
    """Return the segment of passages, by ascending number; lengths count against the mean one."""
    sizes = np.array([len(one.stems) // 5 for one in passages], dtype=np.int64)
    lengths = np.array([one.length for one in passages], dtype=np.float32)
    stems = np.frombuffer(
        b"".join(one.stems[: 4 * size] for one, size in zip(passages, sizes.tolist(), strict=True)), "<u4"
    )
    values = np.frombuffer(
        b"".join(one.stems[4 * size :] for one, size in zip(passages, sizes.tolist(), strict=True)), np.uint8
    )
    places = np.repeat(np.arange(len(passages), dtype=np.uint16), sizes)
    order = np.argsort(stems, kind="stable")
    stems, places = stems[order], places[order]
    often = _WEIGHTS[values[order]]
    norms = _K1 * (1 - _B + _B * lengths / max(1.0, mean_length))
    postings = np.empty(len(stems), dtype=POSTING)
    postings["place"] = places
    postings["impact"] = np.maximum(1, np.rint(255 * often / (often + norms[places])))
    distinct, first, counts = np.unique(stems, return_index=True, return_counts=True)
    ids = np.array([one.passage_id for one in passages], dtype=np.int64)
    kept = counts.astype(np.uint32)
    segment = Segment(ids, distinct, kept, _starts(kept, len(ids)))
    return BuiltSegment(segment, _packed(postings, first, counts, len(ids)))


def _packed(postings: NDArray[np.void], first: Numbers, counts: Numbers, passages: int) -> bytes:
    dense = np.flatnonzero(_is_dense(counts, passages))
    is_sparse = np.ones(len(postings), dtype=np.bool_)
    rows = np.zeros((len(dense), passages), dtype=np.uint8)
    for row, index in zip(rows, dense, strict=True):
        here = slice(first[index], first[index] + counts[index])
        row[postings["place"][here]] = postings["impact"][here]
        is_sparse[here] = False
    return postings[is_sparse].tobytes() + rows.tobytes()


def _starts(counts: NDArray[np.uint32], passages: int) -> NDArray[np.int64]:
    # the rows of frequent stems, one byte a passage, stand behind the lists of all others
    dense = _is_dense(counts, passages)
    sparse = np.where(dense, 0, POSTING.itemsize * counts.astype(np.int64))
    rows = np.where(dense, passages, 0)
    total = int(sparse.sum())
    return np.where(dense, total + np.cumsum(rows) - rows, np.cumsum(sparse) - sparse)


def _is_dense(counts: NDArray[Any], passages: int) -> NDArray[np.bool_]:
    return np.asarray(counts.astype(np.int64) * POSTING.itemsize >= passages)


def ids_of(stored: bytes) -> list[int]:
    """Return the passages of a segment as they are stored."""
    return [int(number) for number in np.frombuffer(stored, "<i8")]
