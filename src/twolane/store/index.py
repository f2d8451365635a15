"""What the nouns leave to a dialect: how the words and vectors of passages are indexed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from twolane.llm.base import Vectors


class Index(Protocol):
    """The index of the passages, within one transaction."""

    def visibility_changed(self) -> None:
        """Note that searches may now find more or less: files were added, went or changed their content."""

    def forget_words(self, document_id: int) -> None:
        """Take a document's passages out of the full text; called before its passages are deleted."""

    def rename(self, document_id: int, names: str, *, is_new: bool) -> None:
        """Index a document's passages under its names; `is_new` where they are not in the full text yet."""

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        """Record passages' vectors; see `twolane.store.base.VectorWriter`."""

    def drop_vectors(self) -> None:
        """Forget every vector."""
