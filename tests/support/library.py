"""What tests of a store and its jobs are made of: a clock to turn, files, documents and vectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from twolane.documents import (
    EVERYTHING,
    Classification,
    FileSeen,
    Filter,
    Page,
    Passage,
    Reading,
    ReadStatus,
    ReviewCause,
    Score,
    Tier,
)
from twolane.llm.base import Vectors
from twolane.store.base import Jobs, Store
from twolane.store.values import Hit, ScanResult
from twolane.work import Job

OpenStore = Callable[[], Store]


@dataclass
class Clock:
    """Seconds since the epoch, which pass when a test says so."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def seen(path: str | Path, *, stamp: str = "1", size_bytes: int = 10) -> FileSeen:
    return FileSeen(Path(path), size_bytes, stamp)


def scan(store: Store, *files: FileSeen, redo: bool = False) -> ScanResult:
    number = store.next_scan()
    with store.writing() as write:
        return write.see(files, number, redo=redo)


def reading(*pages: str, title: str = "", status: ReadStatus = ReadStatus.TEXT, note: str = "") -> Reading:
    return Reading(
        status,
        "text/plain",
        tuple(Page(number, text) for number, text in enumerate(pages, 1)),
        title,
        len(pages),
        note=note,
    )


def passages(*texts: str, heading: str = "") -> list[Passage]:
    return [Passage(n, n + 1, 0, len(text), text, heading) for n, text in enumerate(texts)]


def claim(store: Jobs, kinds: Collection[str], worker: str = "tester", lease_s: float = 60.0) -> Job | None:
    """Claim one job, if one is due."""
    claimed = store.claim(kinds, worker, lease_s).jobs
    return claimed[0] if claimed else None


def work(store: Jobs, kind: str = "read", *, worker: str = "tester", lease_s: float = 60.0) -> Job:
    job = claim(store, [kind], worker, lease_s)
    assert job is not None, f"no {kind} job is due"
    return job


def add(
    store: Store, path: str | Path, *texts: str, document: str = "", title: str = "", heading: str = ""
) -> int:
    """Put one read document into the library; return its file's number."""
    scan(store, seen(path))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(
            job.file_id,
            document or f"hash of {os.fsencode(path)!r}",
            10,
            reading(*texts, title=title),
            passages(*texts, heading=heading),
        )
    return job.file_id


def classification(
    category: str = "invoice",
    *,
    tier: Tier = Tier.RULES,
    review: bool = False,
    scores: tuple[Score, ...] = (),
) -> Classification:
    cause = ReviewCause.UNSURE if review else None
    return Classification(category, 0.9, tier, "because", cause, scores)


def unit_vectors(count: int, dimensions: int = 32, *, seed: int = 1) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    vectors: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return vectors


def embed(store: Store, document: str, vectors: Vectors, *, model: str = "tester") -> list[int]:
    """Give a document's passages their vectors; return the passages' numbers."""
    ids = [passage_id for passage_id, _ in store.passages_without_vectors(document)]
    with store.writing() as write:
        write.save_vectors(model, ids, vectors)
    return ids


def add_written_in(store: Store, language: str, vectors: Vectors, first: int = 0) -> list[int]:
    """Put documents of one passage in a language into the library, and return the passages' numbers."""
    ids: list[int] = []
    for number, vector in enumerate(vectors, first):
        name = f"{language}{number}"
        scan(store, seen(f"/d/{name}"))
        job = work(store)
        with store.finishing(job) as write:
            given = replace(reading(name), language=language)
            write.save_reading(job.file_id, name, 10, given, passages(name))
        ids += embed(store, name, vector[None])
    return ids


def texts_of(store: Store, query: str, limit: int = 10) -> list[str]:
    ids: Sequence[int] = [hit.passage_id for hit in found_by_words(store, query, limit)]
    return [passage.text for passage in store.passages(ids)]


def found_by_words(store: Store, question: str, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
    return store.search_words(store.query_words(question), limit, within)
