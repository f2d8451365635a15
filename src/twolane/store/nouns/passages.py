"""Passages: the parts of a document that are searched and embedded."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.rows import embedded_text, passage_of
from twolane.store.session import Database
from twolane.store.values import PassageText, TextDocument

_NO_LIMIT = 2**31 - 1


class Passages:
    """Obeys `twolane.store.base.Unembedded`, and `Search` but for its searches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def passages(self, passage_ids: Sequence[int], within: Filter = EVERYTHING) -> list[FoundPassage]:
        ids = [int(passage_id) for passage_id in passage_ids]
        statement = passing("search.passages", within, VISIBLE)
        rows = self._database.rows(statement, filter_values(within), ids=ids)
        found = {row["passage_id"]: passage_of(row) for row in rows if row["path"] is not None}
        return [found[passage_id] for passage_id in ids if passage_id in found]

    def page_text(self, document: str, page: int, start: int, end: int) -> str:
        values = {"hash": document, "number": page, "first": start + 1, "length": max(0, end - start)}
        row = self._database.row("search.page_text", values)
        return "" if row is None else str(row["text"])

    def first_passages(self, document: str, count: int) -> list[PassageText]:
        rows = self._database.rows("search.first_passages", hash=document, limit=count)
        return [PassageText(row["passage_id"], embedded_text(row), bool(row["embedded"])) for row in rows]

    def passages_without_vectors(self, document: str, limit: int = 0) -> list[tuple[int, str]]:
        rows = self._database.rows("search.without_vectors", hash=document, limit=limit or _NO_LIMIT)
        return [(row["passage_id"], embedded_text(row)) for row in rows]

    def unembedded(self) -> list[TextDocument]:
        rows = self._database.rows("documents.unembedded")
        return [TextDocument(row["hash"], row["file_id"]) for row in rows]

    def vector_model(self) -> str:
        row = self._database.row("search.library")
        return "" if row is None else str(row["vector_model"])
