"""The part of port 3 that keeps decisions on documents."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from twolane.documents import Decision
from twolane.principal import Share
from twolane.store.values import Changes, FiledVector, Floats, Halves, Lesson, Mark


class DecisionWriter(Protocol):
    """What was decided about documents."""

    def decide(self, document: str, decision: Decision) -> None:
        """Add a decision on a document, and set its files' state (filed or review) by the one that stands.

        The store sets its time and ignores `at`. A document that no longer exists is ignored.
        """

    def undo(self, document: str, by: str = "", only_by: str | None = None) -> bool:
        """Take back the person's decision that stands on a document, by a row that says so.

        With `only_by` it is the last of this user alone, whether it stands or not. What stood before stands
        again, in its files' states too. Returns False where no person's stands.
        """

    def shares_about(self, document: str) -> frozenset[Share]:
        """Return the shares about the category that stands on a document, which say who sees its files."""

    def save_document_vector(self, document: str, model: str, vector: Floats) -> None:
        """Record a document's own vector, of length 1 and shape (dimensions,); replaces an earlier one."""


class Decisions(Protocol):
    """All decisions on documents, each kept for as long as its document.

    Of several on one document the newest stands, but a person's decision stands over those of machines.
    """

    def of(self, document: str) -> list[Decision]:
        """Return every decision on a document, oldest first."""

    def has_vector(self, document: str) -> bool:
        """Say whether a document has a vector of its own, by any embedding model."""

    def vector(self, document: str, model: str) -> Halves | None:
        """Return a document's own vector by this embedding model, or None."""

    def labelled(self) -> list[int]:
        """Return the numbers of the documents that a person has decided on."""

    def filed_vectors(self, model: str, *, after: int = 0, limit: int) -> list[FiledVector]:
        """Return the documents with a vector by this embedding model which no person has put into a category.

        They come by their numbers, from the one that follows `after`.
        """

    def changed(self, since: Mark | None) -> Changes:
        """Return the documents that were dropped, or got decisions or vectors, since a mark.

        With None, all that have any. The commits of every process are covered, each once.
        """

    def lessons(self, document_ids: Collection[int], model: str) -> list[Lesson]:
        """Return what can be learned from these documents now, with this embedding model.

        Documents that no longer exist, or are not decided, are left out.
        """

    def vectors(self, document_ids: Collection[int], model: str) -> dict[int, Halves]:
        """Return the vectors (dimensions) of documents by this embedding model, as far as they have one."""
