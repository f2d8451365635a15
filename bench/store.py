"""SQLite against PostgreSQL on this machine: claiming and finishing jobs, and searches in many passages.

Passages are made of words drawn as real texts draw them (the n-th most common word about 1/n as often), and
vectors lie around a few hundred centres, so that neither index has an easy life. SQLite is filled document by
document and moved to PostgreSQL as `twolane migrate-store` does it, so that both hold the same. The server is
one of this script's own, with fsync on. Only the ratios within one run mean anything.

A filtered search is asked right after the same search without a filter: `times` is the median of what the one
took of the other, `right` the share of the ten best of an exact scan that it finds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from standins.postgres import PostgresServer

from twolane.documents import EVERYTHING, FileSeen, Filter, Page, Passage, Reading, ReadStatus
from twolane.llm.base import Vectors
from twolane.store.postgres.store import PostgresStore, open_postgres
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.transfer import transfer
from twolane.store.values import Hit
from twolane.work import NewJob

AnyStore = SqliteStore | PostgresStore
WORDS, VOCABULARY, DIMENSIONS, CENTRES = 90, 30_000, 384, 300
ONE_IN = (1_000, 100, 10, 2)  # of the documents pass a filter


class Made:
    """Passages, vectors and questions, the same for both stores."""

    def __init__(self, passages: int, questions: int, per_document: int) -> None:
        self.chance = np.random.default_rng(7)
        self.passages, self.per_document = passages, per_document
        shares = 1 / np.arange(1, VOCABULARY + 1)
        self.shares = shares / shares.sum()
        self.centres = self.chance.normal(size=(CENTRES, DIMENSIONS)).astype(np.float32)
        # words of questions: neither the commonest nor unheard of
        self.texts = [
            " ".join(f"w{number}x" for number in self.chance.integers(20, 3_000, 5)) for _ in range(questions)
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


def fill(store: AnyStore, made: Made) -> float:
    """Put passages in, and return how many a second."""
    begun = time.perf_counter()
    for number, (texts, vectors) in enumerate(made.documents()):
        add_document(store, number, texts, vectors)
    return round(made.passages / (time.perf_counter() - begun), 1)


def add_document(store: AnyStore, number: int, texts: Sequence[str], vectors: Vectors) -> None:
    """Scan, read and embed one document."""
    with store.writing() as write:
        write.see([FileSeen(Path(f"/bench/{number}"), 1, "1")], 1)
    job = store.claim(["read"], "bench", 60)
    assert job is not None
    pages = tuple(Page(page, text) for page, text in enumerate(texts, 1))
    passages = [Passage(n, n + 1, 0, len(text), text) for n, text in enumerate(texts)]
    # what a filter asks for: the document's language, for any field would do
    languages = (language(share) for place, share in enumerate(ONE_IN) if number % share == place % share)
    reading = Reading(ReadStatus.TEXT, pages=pages, language=next(languages, ""))
    with store.finishing(job) as write:
        write.save_reading(job.file_id, f"d{number}", 1, reading, passages)
    ids = [passage_id for passage_id, _ in store.passages_without_vectors(f"d{number}")]
    with store.writing() as write:
        write.save_vectors("bench", ids, vectors)


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


def recall(store: AnyStore, vectors: Sequence[Vectors]) -> float:
    """Return the share of the ten truly nearest that a search finds."""
    shared = 0
    for vector in vectors:
        found = {hit.passage_id for hit in store.search_vector(vector, 60)[:10]}
        shared += len(found & {hit.passage_id for hit in store.search_vector(vector, 10, exact=True)})
    return round(shared / (10 * len(vectors)), 3)


def filtered(store: AnyStore, made: Made, within: Filter) -> dict[str, object]:
    """Measure both searches within a filter, each beside the same search without one."""
    passing = store.counts(within)
    return {
        "documents": passing.documents,
        "passages": passing.passages,
        "words": {
            "times": beside(lambda text, one: store.search_text(text, 60, one), made.texts, within),
            "right": right(
                lambda text: ids(store.search_text(text, 10, within)),
                lambda text: ids(best_of_all(store, text, within)),
                made.texts[:10],
            ),
        },
        "vectors": {
            "times": beside(lambda at, one: store.search_vector(at, 60, one), made.vectors, within),
            "right": right(
                lambda at: ids(store.search_vector(at, 60, within)[:10]),
                lambda at: ids(store.search_vector(at, 10, within, exact=True)),
                made.vectors[:30],
            ),
        },
    }


def beside(ask: Callable[[Any, Filter], object], questions: Sequence[Any], within: Filter) -> float:
    """Return what a filtered search takes of the same search without a filter: the median."""
    ratios = []
    for question in questions:
        taken = []
        for one in (EVERYTHING, within):
            begun = time.perf_counter()
            ask(question, one)
            taken.append(time.perf_counter() - begun)
        ratios.append(taken[1] / taken[0])
    return round(statistics.median(ratios), 2)


def right(
    found: Callable[[Any], set[int]], exact: Callable[[Any], set[int]], questions: Sequence[Any]
) -> float:
    """Return the share of what an exact scan finds that a search finds too."""
    pairs = [(found(question), exact(question)) for question in questions]
    return round(sum(len(a & b) for a, b in pairs) / max(1, sum(len(b) for _, b in pairs)), 3)


def best_of_all(store: AnyStore, text: str, within: Filter) -> Sequence[Hit]:
    """Return the ten best of all that the words find, filtered one by one."""
    hits = store.search_text(text, 10_000_000)
    passing = {passage.passage_id for passage in store.passages([hit.passage_id for hit in hits], within)}
    return [hit for hit in hits if hit.passage_id in passing][:10]


def ids(hits: Sequence[Hit]) -> set[int]:
    return {hit.passage_id for hit in hits}


def searches(store: AnyStore, made: Made) -> dict[str, object]:
    """Measure both searches, as retrieval asks them."""
    return {
        "words": times(lambda text: store.search_text(text, 60), made.texts),
        "vectors": times(lambda vector: store.search_vector(vector, 60), made.vectors),
        "vector_recall_at_10": recall(store, made.vectors[:30]),
        **{name: filtered(store, made, Filter(languages=(name,))) for name in map(language, ONE_IN)},
    }


def queue(store: AnyStore, jobs: int, threads: int) -> float:
    """Return how many jobs a second are claimed and finished, each by its own transactions."""
    with store.writing() as write:
        write.enqueue([NewJob("bench", f"{threads}-{number}", 0) for number in range(jobs)])

    def work(_: int) -> None:
        while job := store.claim(["bench"], "bench", 60):
            with store.finishing(job):
                pass

    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return round(jobs / (time.perf_counter() - begun), 1)


def measure(passages: int, questions: int, jobs: int, per_document: int) -> dict[str, object]:
    """Measure both stores with so many passages."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = PostgresServer(fsync=True)
        stack.callback(server.close)
        url = stack.enter_context(server.library())
        sqlite = open_sqlite(Path(folder) / "library.db", max_attempts=3)
        postgres = open_postgres(url, max_attempts=3)
        stores: dict[str, AnyStore] = {"sqlite": sqlite, "postgres": postgres}
        for store in stores.values():
            stack.callback(store.close)
        result: dict[str, Any] = {name: {} for name in stores}
        with (
            server.library() as empty,
            closing(open_postgres(empty, max_attempts=3)) as other,
            closing(open_sqlite(Path(folder) / "queue.db", max_attempts=3)) as another,
        ):
            queues: dict[str, AnyStore] = {"sqlite": another, "postgres": other}
            for name, store in queues.items():
                for threads in (1, 4):
                    result[name][f"jobs_per_second_{threads}_threads"] = queue(store, jobs, threads)
        made = Made(passages, questions, per_document)
        result["sqlite"]["passages_added_per_second"] = fill(stores["sqlite"], made)
        with server.library() as empty, closing(open_postgres(empty, max_attempts=3)) as other:
            result["postgres"]["passages_added_per_second"] = fill(other, Made(1_000, 1, per_document))
        begun = time.perf_counter()
        for _ in transfer(sqlite.portable(), postgres.portable(), ("sqlite", "postgres")):
            pass
        result["moved_and_verified_s"] = round(time.perf_counter() - begun, 1)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")  # what autovacuum does by itself within minutes
        for name, store in stores.items():
            result[name] |= searches(store, made)
    return {"passages": passages, **result}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--per-document", type=int, default=100, help="passages of a document")
    given = parser.parse_args()
    for passages in given.passages:
        print(json.dumps(measure(passages, given.questions, given.jobs, given.per_document)), flush=True)


if __name__ == "__main__":
    main()
