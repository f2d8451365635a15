"""Categories that the evidence cannot tell apart are named, with what shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import add

from twolane.config.lane_settings import FilingSettings
from twolane.documents import Classification, Decision, ReviewCause, Tier
from twolane.filing.cascade import Cascade
from twolane.filing.confusion import confused
from twolane.filing.taxonomy import Taxonomy
from twolane.llm.base import EmbeddingUse, Vectors
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite

SETTINGS = FilingSettings(context_tokens=2048, runtime="scripted")
IDS = [f"c{number}" for number in range(9)]
TAXONOMY = Taxonomy.from_categories([{"id": one} for one in IDS])


class Described(ScriptedLLM):
    """An embedder for which each category is something else, but for those that are called alike."""

    alike = ""

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        found = np.eye(self.form.dimensions, dtype=np.float32)[: len(texts)]
        if self.alike:
            found[1] = found[0] + 0.1 * found[1]
        unit: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        yield opened


def decided(
    store: Store, embedder: ScriptedLLM, number: int, category: str, guess: str, places: Sequence[int]
) -> None:
    document = f"{number:02}"
    add(store, f"/in/{document}", "text", document=document)
    vector = np.zeros(embedder.form.dimensions)
    vector[list(places)] = 1.0
    made = Classification(guess, 0.6, Tier.SIMILARITY, "", ReviewCause.UNSURE, taxonomy=TAXONOMY.digest)
    with store.writing() as write:
        write.decide(document, Decision(made))
        write.decide(document, Decision(Classification(category, 1.0, Tier.PERSON, "")))
        model = embedder.form.vector_model
        write.save_document_vector(document, model, vector / np.linalg.norm(vector))


def pairs(store: Store, embedder: ScriptedLLM) -> dict[tuple[str, str], str]:
    found = confused(store, Cascade(TAXONOMY, None, embedder, SETTINGS, store))
    assert all(0 < one.share <= 1 for one in found)
    return {(one.one, one.other): one.why for one in found}


def test_nothing_is_confused_where_nothing_is_known(store: Store) -> None:
    assert pairs(store, Described(SETTINGS)) == {}


def test_what_people_correct_again_and_again_is_named(store: Store) -> None:
    # given: one in two of c1 is taken for c2, and all of c3 are right
    embedder = Described(SETTINGS)
    for number in range(8):
        decided(store, embedder, number, "c1", "c2" if number % 2 else "c1", [1])
        decided(store, embedder, 20 + number, "c3", "c3", [3])

    # then
    found = pairs(store, embedder)
    assert list(found) == [("c1", "c2")]
    assert found["c1", "c2"] == "of 8 documents that people decided on, 4 were taken for the other"


def test_categories_whose_documents_lie_among_each_other_are_named(store: Store) -> None:
    # given: those of c1 and c2 are of the same two kinds, those of c3 of one
    embedder = Described(SETTINGS)
    for number in range(8):
        kind = 10 + number % 2
        decided(store, embedder, number, "c1", "c1", [kind, 20 + number])
        decided(store, embedder, 20 + number, "c2", "c2", [kind, 30 + number])
        decided(store, embedder, 40 + number, "c3", "c3", [12, 20 + number])

    # then
    found = pairs(store, embedder)
    assert list(found) == [("c1", "c2")]
    assert "are more like the other's" in found["c1", "c2"]


def test_categories_that_are_described_alike_are_named(store: Store) -> None:
    # given
    embedder = Described(SETTINGS)
    embedder.alike = "yes"

    # then
    found = pairs(store, embedder)
    assert list(found) == [("c0", "c1")]
    assert "described alike" in found["c0", "c1"]
