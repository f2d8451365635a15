"""The part of port 3 that tells which files lie where, and what names them: what a plan is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twolane.documents import EVERYTHING, FileState, Filter, ReviewCause


@dataclass(frozen=True, slots=True)
class FiledFile:
    """A file with what a plan needs to know of it.

    `document_id` is 0 and `document` "" where it was not read, and `category` is None where nothing was
    decided; `added_at` is in seconds since the epoch. `placed_by` is "person" where a person has moved it to
    where it is, "plan" where a plan has.
    """

    file_id: int
    path: Path
    size_bytes: int
    stamp: str
    state: FileState
    placed_by: str
    added_at: float
    document_id: int
    document: str
    correspondent: str
    category: str | None
    reason: str
    review_cause: ReviewCause | None


class FiledRows(Protocol):
    """Files by pages, with the values that name them."""

    def page(self, within: Filter = EVERYTHING, *, after: Path | None = None, limit: int) -> list[FiledFile]:
        """List the files whose paths follow one, by path; gone ones only where the filter says so."""

    def values(self, document_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
        """Return the values of documents' fields, by document and field; no guess is one of them."""

    def document_at(self, path: Path) -> str:
        """Return the content of the file at a path, "" where the catalogue knows of none."""
