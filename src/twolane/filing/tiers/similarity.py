"""The second tier: how close a document's vector is to those of the categories."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np

from twolane.documents import Tier
from twolane.filing.learn import Floats, Learned, Learning
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.filing.tiers.base import Case, Opinion, softmax
from twolane.llm.base import Embedder

# Three parts of about 200 tokens: a fourth gained nothing, one alone lost two points in a hundred.
PART_CHARS = 900
PARTS = 3

# The description counts as much as this many documents that the cascade has filed.
_PRIOR_DOCUMENTS = 12.0
# The mean of a category's documents is shrunk towards 0 as if by this many documents.
_PRIOR_MIDDLE = 6.0
# Turns cosines of centred vectors into logits; between 12 and 20 the confidence is right on every set tried.
_SHARPNESS = 16.0


class Similarity:
    """A taxonomy as vectors, made when first needed; safe to use from several threads."""

    def __init__(self, taxonomy: Taxonomy, embedder: Embedder) -> None:
        self._texts = tuple(_texts(category) for category in taxonomy.categories)
        self._embedder = embedder
        self._lock = Lock()
        self._prototypes: Floats | None = None

    @property
    def model(self) -> str:
        return self._embedder.model

    def vector(self, text: str) -> Floats:
        """Return the mean of the vectors of a document's first parts, of length 1."""
        parts = [text[start : start + PART_CHARS] for start in range(0, PART_CHARS * PARTS, PART_CHARS)]
        vectors = self._embedder.embed([part for part in parts if part.strip()] or [text])
        return _unit(vectors.astype(np.float64).mean(axis=0))

    def logits(self, vector: Floats, learned: Learned) -> Floats:
        """Return one number a category, whose softmax is its probability.

        Descriptions and documents are each centred on their own mean first: otherwise a description in
        general words is close to everything. The documents learned from then shift their categories' vectors.
        """
        prototypes = self._embedded()
        centred = _unit(prototypes - prototypes.mean(axis=0))
        drawing = learned.vectors
        if not drawing.size:
            return _SHARPNESS * (centred @ vector)
        weights = learned.weights[:, None]
        middle = (drawing / (_PRIOR_MIDDLE + weights)).mean(axis=0)
        drawn = _unit(_PRIOR_DOCUMENTS * centred + drawing - weights * middle)
        return _SHARPNESS * (drawn @ _unit(vector - middle))

    def _embedded(self) -> Floats:
        with self._lock:
            if self._prototypes is None:
                flat = [text for texts in self._texts for text in texts]
                vectors = self._embedder.embed(flat).astype(np.float64)
                ends = np.cumsum([len(texts) for texts in self._texts])
                groups = np.split(vectors, ends[:-1])
                self._prototypes = _unit(np.array([group.mean(axis=0) for group in groups]))
            return self._prototypes


class SimilarityTier:
    """Obeys `FilingTier`."""

    asked_below = 2.0  # always: the document's vector is also what is learned from

    def __init__(self, taxonomy: Taxonomy, similarity: Similarity) -> None:
        self._names = [category.name for category in taxonomy.categories]
        self._similarity = similarity

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:  # noqa: ARG002
        if not case.text:
            return None
        vector = self._similarity.vector(case.text)
        logits = self._similarity.logits(vector, learning.learned())
        shares = softmax(logits)
        top = int(shares.argmax())
        reason = f'similar to "{self._names[top]}" ({shares[top]:.2f})'
        return Opinion(Tier.SIMILARITY, logits, lambda _: reason, self._similarity.model, vector=vector)


def _texts(category: Category) -> tuple[str, ...]:
    described = f"{category.name}: {category.description}" if category.description else category.name
    return (described, *category.examples)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-12)
    return unit
