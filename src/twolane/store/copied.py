"""What a store keeps of documents that are copies of each other: a part of port 3."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from twolane.store.values import CopyPair, FileCopy, Sketch, SketchedDocument


class CopyRows(Protocol):
    """Copies of documents: what they are found by, what was found, and what people said of it."""

    def save_sketch(self, document: str, sketch: Sketch) -> None:
        """Record a document's sketch; its copies are then to be sought (anew)."""

    def unsketched(self, form: str, *, after: int = 0, limit: int) -> list[tuple[int, str]]:
        """List (number, hash) of documents with text that have no sketch of this form, from `after` on."""

    def unlooked(self, limit: int) -> list[int]:
        """List the numbers of sketched documents whose copies have not been sought."""

    def look_again(self, document: str) -> None:
        """Have a document's copies sought again: something more is known of it."""

    def numbers(self, document_ids: Collection[int]) -> dict[int, frozenset[str]]:
        """Return whatever has a digit in sketched documents, by their numbers."""

    def sketched(self, document_ids: Collection[int]) -> dict[int, SketchedDocument]:
        """Return what is known of sketched documents, by their numbers."""

    def candidates(self, sought: SketchedDocument, limit: int) -> list[int]:
        """List the documents that may be copies: those with its text, with its number, and the most alike."""

    def text(self, document_id: int) -> str:
        """Return the text of a document's pages."""

    def save_pairs(self, document_ids: Sequence[int], pairs: Sequence[CopyPair]) -> None:
        """Record what was found for these documents, in place of what was found for them before."""

    def among(self, documents: Collection[str]) -> list[CopyPair]:
        """List which of these documents, by their hashes, are copies or versions, each pair once."""

    def of(self, document: str) -> list[FileCopy]:
        """List the files with a document, and those of its copies and versions, that are not gone."""

    def pairs(self) -> list[CopyPair]:
        """List all pairs of documents with files that are not gone, each once."""

    def apart(self) -> list[tuple[int, int]]:
        """List the pairs of documents, by their numbers, that a person said are not the same."""

    def same_bytes(self) -> list[int]:
        """List the numbers of documents that several files have which are not gone."""

    def files_of(self, document_ids: Collection[int]) -> dict[int, list[FileCopy]]:
        """Return the files of documents, by their numbers, that are not gone."""

    def decide(self, one: str, other: str, *, same: bool, by: str = "") -> bool:
        """Record that a person says so of two documents; False where one is not known."""

    def undo(self, one: str, other: str, by: str = "", only_by: str | None = None) -> bool:
        """Take back what a person, or this one alone, said last of two documents; False where nobody did."""
