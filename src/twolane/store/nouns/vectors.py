"""Vectors of passages, all of one model."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.llm.base import Vectors
from twolane.store.nouns.transaction import Transaction


class VectorTableWriter(Transaction):
    """Obeys `twolane.store.base.VectorWriter`."""

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        if len(passage_ids):
            self._index.save_vectors(model, passage_ids, vectors)

    def drop_vectors(self) -> None:
        self._index.drop_vectors()
        self._session.run("decisions.drop_vectors")
