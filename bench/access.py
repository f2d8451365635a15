"""What a reader who may not see all waits for, beside one who may: lists, counts and searches of one library.

Of the files a tenth are one reader's, a tenth another's, and the rest are everybody's; three shares are about
folders, and in the second part one more is about a category. Each measurement is of both one after the other,
and only the ratios within one run mean anything: the medians of all rounds, with the least and the greatest.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from bench._library import STORES, library, open_library
from twolane.documents import (
    Classification,
    Decision,
    FileSeen,
    Filter,
    Page,
    Passage,
    Reading,
    ReadStatus,
    Tier,
)
from twolane.principal import Access, Share, ShareKind, seeing
from twolane.store.base import Store
from twolane.store.values import TaxonomyVersion

_AT_ONCE = 500
_WORDS = [f"word{number}" for number in range(2_000)]
_CATEGORIES = [f"kind{number}" for number in range(20)]


def fill(store: Store, files: int, dimensions: int = 128) -> None:
    """Put files of one passage each into a hundred folders, with categories and vectors."""
    random = np.random.default_rng(1)
    with store.writing() as write:
        write.lock_taxonomy()
        places = tuple((one, one) for one in _CATEGORIES)
        write.save_taxonomy(TaxonomyVersion("[]", {}, places, "person", "", ""))
    for begin in range(0, files, _AT_ONCE):
        numbers = range(begin, min(begin + _AT_ONCE, files))
        paths = [Path(f"/papers/{number % 100}/file {number}") for number in numbers]
        owners = ["anna" if n % 10 == 1 else "bob" if n % 10 == 2 else "" for n in numbers]
        seen = [FileSeen(path, 10, "1", owner) for path, owner in zip(paths, owners, strict=True)]
        scan = store.next_scan()
        with store.writing() as write:
            write.see(seen, scan)
        known = store.file_ids(paths)
        vectors = random.normal(size=(len(paths), dimensions)).astype(np.float32)
        with store.writing() as write:
            for number, path in zip(numbers, paths, strict=True):
                text = " ".join(_WORDS[at] for at in np.minimum(random.zipf(1.3, 30) - 1, 1_999))
                reading = Reading(ReadStatus.TEXT, "text/plain", (Page(1, text),), "", 1)
                passage = Passage(0, 1, 0, len(text), text, "")
                write.save_reading(known[path], f"{number}", 10, reading, [passage])
                made = Classification(_CATEGORIES[number % 20], 0.9, Tier.RULES, "")
                write.decide(f"{number}", Decision(made))
        pending = [
            passage_id for number in numbers for passage_id, _ in store.passages_without_vectors(f"{number}")
        ]
        with store.writing() as write:
            write.save_vectors("bench", pending, vectors)


def doings(store: Store, dimensions: int = 128) -> dict[str, Callable[[], object]]:
    """Return what is measured."""
    random = np.random.default_rng(2)
    vector = random.normal(size=dimensions).astype(np.float32)
    return {
        "words, a rare one": lambda: store.search_words(store.query_words("word150"), 60),
        "words, common ones": lambda: store.search_words(store.query_words("word1 word2 word20"), 60),
        "vector": lambda: store.search_vector(vector, 60),
        "list of 50": lambda: store.files(limit=50),
        "list of 50, newest": lambda: store.files(limit=50, order="date"),
        "list within a folder": lambda: store.files(Filter(folders=(Path("/papers/7"),)), limit=50),
        "count": store.count_files,
        "counts of all kinds": store.counts,
        "tally": store.counting.tally,
        "one file": lambda: store.file(4_000),
        "one document": lambda: store.document("4000", pages=True),
    }


def compare(store: Store, access: Access, rounds: int) -> dict[str, str]:
    """Return how many times as long each takes who sees not all: median, least and greatest."""
    found = {}
    for name, work in doings(store).items():
        ratios = []
        work()
        with seeing(access):
            work()
        for _ in range(rounds):
            begun = time.perf_counter()
            work()
            between = time.perf_counter()
            with seeing(access):
                work()
            ratios.append((time.perf_counter() - between) / (between - begun))
            last_ms = (between - begun) * 1000
        middle, least, most = statistics.median(ratios), min(ratios), max(ratios)
        found[name] = f"{middle:.2f} ({least:.2f} to {most:.2f}) of {last_ms:.2f} ms"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--stores", nargs="+", default=STORES, choices=STORES)
    options = parser.parse_args()
    shares = tuple(
        Share(ShareKind.FOLDER, place, frozenset(audience))
        for place, audience in (("/papers/1", {"bob"}), ("/papers/2", {"@office"}), ("/papers/3", {"anna"}))
    )
    category = Share(ShareKind.CATEGORY, "kind5", frozenset({"bob"}))
    accesses = {
        "three folders": Access("anna", frozenset({"office"}), shares),
        "three folders and a category": Access("anna", frozenset({"office"}), (*shares, category)),
    }
    for kind in options.stores:
        with tempfile.TemporaryDirectory() as folder, library(kind, Path(folder)) as address:
            with closing(open_library(address)) as store:
                fill(store, options.files)
                for name, access in accesses.items():
                    told = {"store": kind, "access": name, "times": compare(store, access, options.rounds)}
                    print(json.dumps(told, indent=1), flush=True)


if __name__ == "__main__":
    main()
