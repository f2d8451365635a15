"""The ways of finding passages that are measured against each other, and the vectors that they share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from twolane.app import App
from twolane.chat.retrieve import Retriever
from twolane.documents import FoundPassage
from twolane.llm.base import Embedder, EmbedderWrapper, EmbeddingUse, Vectors

_DEEP = 40  # passages: enough for ten documents

Find = Callable[[str], Sequence[FoundPassage]]
Way = Callable[[App, Embedder], Find]


class KeptVectors(EmbedderWrapper):
    """An embedder whose vectors of questions are kept in a folder."""

    def __init__(self, inner: Embedder, folder: Path) -> None:
        super().__init__(inner)
        self._folder = folder / hashlib.sha256(inner.form.vector_model.encode()).hexdigest()[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._read: dict[str, Vectors] = {}

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        return np.stack([self._one(text, use) for text in texts])

    def _one(self, text: str, use: EmbeddingUse) -> Vectors:
        key = hashlib.sha256(f"{use} {text}".encode()).hexdigest()
        if key not in self._read:
            kept = self._folder / f"{key}.npy"
            if not kept.exists():
                np.save(kept, self.inner.embed([text], use)[0])
            self._read[key] = np.load(kept)
        return self._read[key]


def _by_words(app: App, _: Embedder) -> Find:
    def find(question: str) -> list[FoundPassage]:
        hits = app.store.search_words(app.store.query_words(question), _DEEP)
        return app.store.passages([hit.passage_id for hit in hits])

    return find


def _by_vectors(app: App, embedder: Embedder) -> Find:
    def find(question: str) -> list[FoundPassage]:
        hits = app.store.search_vector(embedder.embed([question], "question")[0], _DEEP)
        return app.store.passages([hit.passage_id for hit in hits])

    return find


def _found(app: App, embedder: Embedder) -> Find:
    retriever = Retriever(app.store, embedder, related=app.copies.among)
    return lambda question: retriever.find(question, _DEEP)


WAYS: Mapping[str, Way] = {"words": _by_words, "vectors": _by_vectors, "found": _found}
"""By its name in the report: plain words, plain vectors, and what the chat lane does."""
