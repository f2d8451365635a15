"""An embedder whose passages are found from any language."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.llm.base import Embedder, EmbedderWrapper, EmbeddingUse, Vectors
from twolane.llm.catalogue.language_means import read_means
from twolane.text.identify import likely_language


class LevelledEmbedder(EmbedderWrapper):
    """An embedder whose passages are moved nearer to where those of all languages lie."""

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        vectors = self.inner.embed(texts, use)
        if use == "question" or not texts or vectors.shape[1] != self.form.dimensions:
            return vectors
        languages = [likely_language(text) for text in texts]
        return read_means(self.form.language_means).levelled(vectors, languages)


def levelled(embedder: Embedder) -> Embedder:
    """Return an embedder, levelled where it is known where its languages lie."""
    return LevelledEmbedder(embedder) if embedder.form.language_means else embedder
