"""What the nouns leave to a dialect: how the words and vectors of passages are indexed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from twolane.llm.base import Vectors
from twolane.store.session import Values


class Index(Protocol):
    """The index of the passages, within one transaction."""

    def visibility_changed(self) -> None:
        """Note that searches may now find more or less: files were added, went or changed their content."""

    def forget_words(self, document_id: int) -> None:
        """Take a document's passages out of the full text; called before its passages are deleted."""

    def add_passages(self, document_id: int, names: str, passages: Sequence[Values]) -> None:
        """Add a document's passages, and index them under its names."""

    def rename(self, document_id: int, names: str) -> None:
        """Index a document's passages under other names."""

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        """Record passages' vectors; see `twolane.store.base.VectorWriter`."""

    def drop_vectors(self) -> None:
        """Forget every vector."""
