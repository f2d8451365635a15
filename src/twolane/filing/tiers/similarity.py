"""The second tier: what a document's vector says, beside those of the categories and of other documents."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np

from twolane.documents import Tier
from twolane.filing.evidence import Known, VectorEvidence, learn
from twolane.filing.learn import Learning
from twolane.filing.numbers import Floats, softmax, unit
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.filing.tiers.base import Case, Opinion, finite
from twolane.llm.base import Embedder, document_vector

# A text that is no document of the library is embedded by its first parts, about as long as passages are.
PART_CHARS = 900
PARTS = 4


class SimilarityTier:
    """Obeys `FilingTier`."""

    tier = Tier.SIMILARITY
    asked_below = 2.0  # always: where rules claim a category, it may speak against them

    def __init__(self, taxonomy: Taxonomy, embedder: Embedder) -> None:
        self._names = [category.name for category in taxonomy.categories]
        self._texts = tuple(_texts(category) for category in taxonomy.categories)
        self._embedder = embedder
        self._lock = Lock()
        self._learned: tuple[Known, VectorEvidence] | None = None

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:  # noqa: ARG002
        if not case.text:
            return None
        vector = case.vector() if case.vector else self._embedded(case.text)
        if vector is None:
            return None
        evidence = self._evidence(learning)
        found = evidence.of(finite(vector, len(evidence.middle), self._model))
        shares = softmax(found.logits)
        top = int(shares.argmax())

        def reason(best: int) -> str:
            yet = "" if best == top else "yet more "
            return f'{yet}similar to "{self._names[top]}" ({shares[top]:.2f})'

        return Opinion(Tier.SIMILARITY, found.logits, reason, self._model, unlike=found.unlike)

    def shares(self, vectors: Floats, learning: Learning) -> Floats:
        """Return the probabilities (documents, categories) by vectors (documents, dimensions)."""
        evidence = self._evidence(learning)
        return np.array([softmax(evidence.of(vector).logits) for vector in vectors])

    def described(self, learning: Learning) -> Floats:
        """Return a vector of length 1 for the name and description of each category, without its examples."""

        def embedded() -> Floats:
            vectors = self._embedder.embed([texts[0] for texts in self._texts], "passage")
            return unit(vectors.astype(np.float64))

        return learning.once(f"described {self._model}", embedded)

    @property
    def _model(self) -> str:
        return self._embedder.form.vector_model

    def _embedded(self, text: str) -> Floats:
        """Return the vector of a text that is no document of the library."""
        parts = [text[start : start + PART_CHARS] for start in range(0, PART_CHARS * PARTS, PART_CHARS)]
        vectors = self._embedder.embed([part for part in parts if part.strip()] or [text], "passage")
        return document_vector(vectors)

    def _evidence(self, learning: Learning) -> VectorEvidence:
        """Return what was learned, anew only where something worth it has changed."""
        known = learning.learned().known
        with self._lock:
            if self._learned is None or self._learned[0] is not known:
                descriptions = learning.once(f"descriptions {self._model}", self._descriptions)
                self._learned = known, learn(descriptions, known)
            return self._learned[1]

    def _descriptions(self) -> Floats:
        """Return a vector of length 1 for what is said of each category (categories, dimensions)."""
        vectors = self._embedder.embed([text for texts in self._texts for text in texts], "passage")
        ends = np.cumsum([len(texts) for texts in self._texts])
        groups = np.split(vectors.astype(np.float64), ends[:-1])
        return unit(np.array([group.mean(axis=0) for group in groups]))


def _texts(category: Category) -> tuple[str, ...]:
    described = f"{category.name}: {category.description}" if category.description else category.name
    return (described, *category.examples)
