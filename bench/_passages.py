"""Passages that measurements search: made up, but with words as common and vectors as close as real ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from twolane.documents import FileSeen, Page, Passage, Reading, ReadStatus
from twolane.llm.base import Vectors
from twolane.store.base import Store
from twolane.store.values import Hit

WORDS, VOCABULARY, DIMENSIONS, CENTRES = 90, 30_000, 384, 300
ONE_IN = (1_000, 100, 10, 2)  # of the documents pass a filter


class Searched(Protocol):
    """A store that can also score every vector."""

    def search_vector(self, vector: Vectors, limit: int, *, exact: bool = False) -> list[Hit]:
        """Find passages by one vector; `exact` scores every one."""


class Made:
    """Passages, vectors and questions, the same for every store; `folder` is where the documents lie."""

    def __init__(
        self, passages: int, questions: int, per_document: int, folder: Path = Path("/bench")
    ) -> None:
        self.folder = folder
        self.chance = np.random.default_rng(7)
        self.passages, self.per_document = passages, per_document
        shares = 1 / np.arange(1, VOCABULARY + 1)
        self.shares = shares / shares.sum()
        self.centres = self.chance.normal(size=(CENTRES, DIMENSIONS)).astype(np.float32)
        # words of questions: neither the commonest nor unheard of
        self.texts = [
            " ".join(f"w{number}x" for number in self.chance.integers(20, 3_000, 5)) for _ in range(questions)
        ]
        self.common_texts = [
            " ".join(f"w{number}x" for number in self.chance.choice(20, 5, replace=False))
            for _ in range(questions)
        ]
        self.vectors = [self._near(1)[0] for _ in range(questions)]

    def documents(self) -> Iterator[tuple[list[str], Vectors]]:
        for _ in range(self.passages // self.per_document):
            drawn = self.chance.choice(VOCABULARY, size=(self.per_document, WORDS), p=self.shares)
            yield [" ".join(f"w{n}x" for n in row) for row in drawn], self._near(self.per_document)

    def _near(self, count: int) -> Vectors:
        rows = self.centres[self.chance.integers(0, CENTRES, count)]
        rows = rows + 0.9 * self.chance.normal(size=rows.shape).astype(np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


def add_document(
    store: Store, path: Path, number: int, texts: Sequence[str], vectors: Vectors, model: str = "bench"
) -> None:
    """Scan, read and embed one document."""
    with store.writing() as write:
        write.see([FileSeen(path, 1, "1")], 1)
    [job] = store.claim(["read"], "bench", 60).jobs
    pages = tuple(Page(page, text) for page, text in enumerate(texts, 1))
    passages = [Passage(n, n + 1, 0, len(text), text) for n, text in enumerate(texts)]
    # what a filter asks for: the document's language, for any field would do
    languages = (language(share) for place, share in enumerate(ONE_IN) if number % share == place % share)
    reading = Reading(ReadStatus.TEXT, pages=pages, language=next(languages, ""))
    with store.finishing(job) as write:
        write.save_reading(job.file_id, f"d{number}", 1, reading, passages)
    ids = [passage_id for passage_id, _ in store.passages_without_vectors(f"d{number}")]
    with store.writing() as write:
        write.save_vectors(model, ids, vectors)


def language(share: int) -> str:
    """Return what one in so many documents is recorded to be written in."""
    return f"one in {share}"


def times(ask: Callable[[Any], object], questions: Sequence[Any]) -> dict[str, float]:
    """Return milliseconds a question, after a few that nobody counts."""
    for question in questions[:5]:
        ask(question)
    taken = []
    for question in questions:
        begun = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return {"p50_ms": round(cuts[9], 2), "p95_ms": round(cuts[18], 2)}


def recall(store: Searched, vectors: Sequence[Vectors]) -> float:
    """Return the share of the ten truly nearest that a search finds."""
    shared = 0
    for vector in vectors:
        found = {hit.passage_id for hit in store.search_vector(vector, 60)[:10]}
        shared += len(found & {hit.passage_id for hit in store.search_vector(vector, 10, exact=True)})
    return round(shared / (10 * len(vectors)), 3)


def ids(hits: Sequence[Hit]) -> set[int]:
    return {hit.passage_id for hit in hits}
