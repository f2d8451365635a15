"""SQLite against PostgreSQL on this machine: jobs and passages a second, and searches in many passages.

Passages are made of words drawn as real texts draw them (the n-th most common word about 1/n as often), and
vectors lie around a few hundred centres, so that neither index has an easy life. SQLite is filled document by
document and moved to PostgreSQL as `twolane migrate-store` does it, so that both hold the same. The server is
one of this script's own, with fsync on. Only the ratios within one run mean anything.

Jobs are claimed and ended alone and in batches; documents are added by scan, claim, reading and vectors, each
in its own transaction. Both are done by one thread and by four.

A filtered search is asked right after the same search without a filter: `times` is the median of what the one
took of the other, `right` the share of the ten best of an exact scan that it finds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psycopg
from standins.postgres import PostgresServer

from bench._passages import ONE_IN, Made, add_document, ids, language, recall, times
from twolane.documents import EVERYTHING, Filter
from twolane.store.postgres.store import PostgresStore, open_postgres
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.transfer import transfer
from twolane.store.values import Hit
from twolane.work import NewJob

AnyStore = SqliteStore | PostgresStore
THREADS, BATCHES = (1, 4), (1, 16)


def fill(store: AnyStore, made: Made, threads: int = 1) -> float:
    """Put passages in, and return how many a second."""
    documents = enumerate(list(made.documents()))  # made before, so that this is not measured
    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda one: add_document(store, made.folder / str(one[0]), one[0], *one[1]), documents))
    return round(made.passages / (time.perf_counter() - begun), 1)


def filtered(store: AnyStore, made: Made, within: Filter) -> dict[str, object]:
    """Measure both searches within a filter, each beside the same search without one."""
    passing = store.counts(within)
    return {
        "documents": passing.documents,
        "passages": passing.passages,
        "words": {
            "times": beside(lambda text, one: by_words(store, text, 60, one), made.texts, within),
            "right": right(
                lambda text: ids(by_words(store, text, 10, within)),
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
    hits = by_words(store, text, 10_000_000)
    passing = {passage.passage_id for passage in store.passages([hit.passage_id for hit in hits], within)}
    return [hit for hit in hits if hit.passage_id in passing][:10]


def by_words(store: AnyStore, text: str, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
    return store.search_words(store.query_words(text), limit, within)


def searches(store: AnyStore, made: Made) -> dict[str, object]:
    """Measure both searches, as retrieval asks them."""
    return {
        "words": times(lambda text: by_words(store, text, 60), made.texts),
        "common_words": times(lambda text: by_words(store, text, 60), made.common_texts),
        "vectors": times(lambda vector: store.search_vector(vector, 60), made.vectors),
        "vector_recall_at_10": recall(store, made.vectors[:30]),
        **{name: filtered(store, made, Filter(languages=(name,))) for name in map(language, ONE_IN)},
    }


def queue(store: AnyStore, jobs: int, threads: int, batch: int) -> float:
    """Return how many jobs a second are claimed and ended, so many of them by the same two transactions."""
    with store.writing() as write:
        write.enqueue([NewJob("bench", f"{threads}-{number}", 0) for number in range(jobs)])

    def work(_: int) -> None:
        while jobs := store.claim(["bench"], "bench", 60, limit=batch).jobs:
            with store.finishing(*jobs):
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
                for threads, batch in itertools.product(THREADS, BATCHES):
                    key = f"jobs_per_second_{threads}_threads_batches_of_{batch}"
                    result[name][key] = queue(store, jobs, threads, batch)
        made = Made(passages, questions, per_document)
        result["sqlite"]["passages_added_per_second"] = fill(stores["sqlite"], made)
        for threads in THREADS:
            with server.library() as empty, closing(open_postgres(empty, max_attempts=3)) as other:
                rate = fill(other, Made(4_000, 1, per_document), threads)
                result["postgres"][f"passages_added_per_second_{threads}_threads"] = rate
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
    parser.add_argument("--jobs", type=int, default=4_000)
    parser.add_argument("--per-document", type=int, default=100, help="passages of a document")
    given = parser.parse_args()
    for passages in given.passages:
        print(json.dumps(measure(passages, given.questions, given.jobs, given.per_document)), flush=True)


if __name__ == "__main__":
    main()
