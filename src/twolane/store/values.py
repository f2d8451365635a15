"""What a store takes and returns, as values: scans, hits, documents, counts, and what filing learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twolane.documents import Classification, FileState, ModelAnswer, Reading

Halves = NDArray[np.float16]
Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan, or a batch of one, changed in the catalogue: numbers of files."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    gone: int = 0

    def __add__(self, other: ScanResult) -> ScanResult:
        return ScanResult(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found; the score's scale belongs to the search, higher is better."""

    passage_id: int
    score: float


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the catalogue knows it; `reading` is without its pages where they were not asked for."""

    document: str
    size_bytes: int
    reading: Reading
    classification: Classification | None
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class TextDocument:
    """A document with passages, and one of its files."""

    document: str
    file_id: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything the store holds; `tiers` counts files by what decided."""

    files: dict[FileState, int]
    documents: int
    passages: int
    vectors: int
    categories: dict[str, int]
    tiers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to be done: files that wait to be filed, and jobs queued or running."""

    files: int
    jobs: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far decisions, documents' vectors and dropped documents were read; only stores look inside."""

    settled: tuple[int, ...] = (0, 0, 0)
    read: frozenset[tuple[str, int]] = frozenset()
    reached: tuple[int, ...] = ()
    settled_from: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """The documents that have changed since a mark, and the mark for the next call."""

    document_ids: tuple[int, ...]
    mark: Mark


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """What can be learned from one document: its standing decision, its vector, the small model's answer.

    It is `labelled` where a person decided. `scores` has the probability of each category by the decision's
    `taxonomy`, which is a digest; `answer` is the newest one, given under `answer_taxonomy`.
    """

    document_id: int
    category: str
    labelled: bool
    scores: Mapping[str, float]
    taxonomy: str
    vector: Halves | None
    answer: ModelAnswer | None
    answer_taxonomy: str
