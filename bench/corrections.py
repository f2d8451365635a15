"""Corrections in a large library: how soon the next document is filed by them, and what filing again costs.

The library is made of nothing but rows: texts of drawn words, and vectors around a centre for each category.
Documents of one category are all filed under another one, as a taxonomy does whose descriptions mislead; some
of them are corrected. Times are of this process alone, by its CPU and by the clock.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from twolane.config.lane_settings import FilingSettings
from twolane.documents import (
    Classification,
    Decision,
    FileSeen,
    Page,
    Passage,
    Reading,
    ReadStatus,
    Score,
    Tier,
)
from twolane.filing.cascade import Cascade
from twolane.filing.reclassify import Reclassifier
from twolane.filing.review import Review
from twolane.filing.taxonomy import Taxonomy
from twolane.llm.base import EmbeddingForm, EmbeddingUse, Vectors
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.store.values import Floats

CATEGORIES, DIMENSIONS, WORDS, AT_ONCE = 20, 384, 120, 500
WRONG, RIGHT = "c0", "c1"  # all documents of the one are filed under the other
TAXONOMY = Taxonomy.from_categories([{"id": f"c{number}"} for number in range(CATEGORIES)])
T = TypeVar("T")


class MadeEmbedder:
    """Obeys `Embedder`: the vector of a category is near the centre of its documents, and RIGHT's is not."""

    model = "made"
    form = EmbeddingForm("made", dimensions=DIMENSIONS)

    def __init__(self) -> None:
        self._chance = np.random.default_rng(7)
        self.centres = _unit(self._chance.normal(size=(CATEGORIES, DIMENSIONS)))

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:  # noqa: ARG002 - the same for both
        places = [int("".join(char for char in text if char.isdigit()) or 0) for text in texts]
        misled = [0 if f"c{place}" == RIGHT else place for place in places]
        noise = self._chance.normal(scale=0.3 / np.sqrt(DIMENSIONS), size=(len(texts), DIMENSIONS))
        vectors: Vectors = _unit(self.centres[misled] + noise).astype(np.float32)
        return vectors

    def near(self, place: int) -> Floats:
        """Return the vector of a document of a category."""
        noise = self._chance.normal(scale=1.2 / np.sqrt(DIMENSIONS), size=DIMENSIONS)
        return _unit(self.centres[place] + noise)


def fill(store: Store, embedder: MadeEmbedder, documents: int) -> None:
    """Put documents into an empty library as if each had been read, embedded and filed."""
    chance = np.random.default_rng(8)
    scan = store.next_scan()
    parts = [range(begin, min(documents, begin + AT_ONCE)) for begin in range(0, documents, AT_ONCE)]
    for numbers in parts:
        with store.writing() as write:
            write.see([FileSeen(Path(f"/made/{number:07}.txt"), 10, "1") for number in numbers], scan)
    ids = {record.path.stem: record.file_id for record in store.files()}
    for numbers in parts:
        with store.writing() as write:
            for number in numbers:
                place = number % CATEGORIES
                text = " ".join(f"w{word}x" for word in chance.integers(0, 20_000, WORDS))
                reading = Reading(ReadStatus.TEXT, "text/plain", (Page(1, text),), page_count=1)
                passages = [Passage(0, 1, 0, len(text), text)]
                write.save_reading(ids[f"{number:07}"], str(number), len(text), reading, passages)
                write.decide(str(number), Decision(_filed(place)))
                write.save_document_vector(str(number), embedder.form.vector_model, embedder.near(place))


def _filed(place: int) -> Classification:
    category = WRONG if f"c{place}" == RIGHT else f"c{place}"
    rest = 0.2 / (CATEGORIES - 1)
    shares = [Score(f"c{n}", 0.8 if f"c{n}" == category else rest) for n in range(CATEGORIES)]
    return Classification(category, 0.8, Tier.SIMILARITY, "", scores=tuple(shares), taxonomy=TAXONOMY.digest)


def measure(store: Store, embedder: MadeEmbedder, corrections: int) -> Iterator[tuple[str, Any]]:
    """Yield the figures by name."""
    cascade = Cascade(TAXONOMY, None, embedder, FilingSettings(), store)
    text = "the text of the next document"

    def next_one(place: int = 1) -> str:
        vector = embedder.near(place)
        return cascade.decide(text, vector=lambda: vector).classification.category

    yield "first document of a process, before any correction", _timed(next_one)[1]
    review = Review(store, lambda: TAXONOMY, embed_kind="embed")
    wrong = [record for record in store.files() if int(record.path.stem) % CATEGORIES == 1][:corrections]
    times = [_timed(lambda record=record: review.correct(record.file_id, RIGHT))[1] for record in wrong]  # type: ignore[misc]
    yield (
        f"{len(wrong)} corrections, each",
        {key: statistics.median(one[key] for one in times) for key in times[0]},
    )
    found, took = _timed(next_one)
    yield "the first document after them", took
    yield "the next one", _timed(next_one)[1]
    yield "right, of 50 such documents", sum(next_one() == RIGHT for _ in range(50)) / 50
    yield "right, of 50 others", sum(next_one(7) == "c7" for _ in range(50)) / 50
    yield "found by the first one", found
    again = Reclassifier(store, lambda: cascade)
    number, took = _timed(lambda: again.affected([record.document for record in wrong]))
    yield f"{number} similar ones found", took
    looked, took = _timed(lambda: list(again.look()))
    changes = sum(len(one.changes) for one in looked)
    yield f"a look at {looked[-1].total} files, of which {changes} would change", took
    yield "memory at the most, MB", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    clock, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "seconds": round(time.perf_counter() - clock, 4),
        "cpu_s": round(time.process_time() - cpu, 4),
    }


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench corrections", description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--corrections", type=int, default=200)
    parser.add_argument("--json", help="a file for the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with closing(open_sqlite(Path(folder) / "library.db", max_attempts=3)) as store:
            embedder = MadeEmbedder()
            _, took = _timed(lambda: fill(store, embedder, options.documents))
            figures: dict[str, Any] = {f"{options.documents} documents made": took}
            print(f"{options.documents} documents made: {took}", flush=True)
            for name, value in measure(store, embedder, options.corrections):
                figures[name] = value
                print(f"{name}: {value}", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
