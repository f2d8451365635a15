"""What a search of a PostgreSQL library finds: by words ranked by rarity, by vectors in pgvector's index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.llm.base import Vectors
from twolane.store.base import Hit, TextDocument
from twolane.store.filters import VISIBLE
from twolane.store.postgres.connections import PostgresConnections, Session
from twolane.store.postgres.words import WordQueries
from twolane.store.postgres.writer import MOST_INDEXED_DIMENSIONS, unit_rows, vector_text
from twolane.store.rows import check_dimensions, embedded_text, passage_of

_FEW_PASSAGES = 4_000  # so many or fewer are compared one by one more quickly than an index finds them


class PostgresSearch:
    """Obeys `twolane.store.base.Search`."""

    def __init__(self, connections: PostgresConnections) -> None:
        self._connections = connections
        self._words = WordQueries()

    def search_text(self, query: str, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        def search(session: Session) -> list[Hit]:
            asked = self._words.make(session, query)
            if not asked.match or limit < 1:
                return []
            values: dict[str, Any] = {
                "queries": list(asked.queries),
                "weights": list(asked.weights),
                "limit": limit,
            }
            few = _few_pass(session, within)
            name, match = ("by_words_of_few", asked.all_words) if few else ("by_words", asked.match)
            rows = session.filtered(f"search.{name}", within, VISIBLE, match=match, **values)
            if len(rows) < limit and match != asked.all_words:
                rows = session.filtered(f"search.{name}", within, VISIBLE, match=asked.all_words, **values)
            return [Hit(row["passage_id"], row["score"]) for row in rows]

        return self._connections.read(search)

    def search_vector(
        self, vector: Vectors, limit: int, within: Filter = EVERYTHING, *, exact: bool = False
    ) -> list[Hit]:
        """Find passages by one vector; `exact` compares every one, to measure what the index misses.

        Raises `StoreError` where the vector has another length than those of the index.
        """
        length = float(np.linalg.norm(vector))

        def search(session: Session) -> list[Hit]:
            library = session.row("search.library")
            assert library is not None
            dimensions = library["vector_dimensions"]
            if not dimensions or limit < 1 or not 0 < length < np.inf:
                return []
            check_dimensions(vector, library)
            asked: dict[str, Any] = {"vector": vector_text(unit_rows(vector[None])[0]), "limit": limit}
            rows: list[dict[str, Any]] = []
            indexed = not exact and dimensions <= MOST_INDEXED_DIMENSIONS
            if indexed and not _few_pass(session, within):
                rows = session.filtered("search.near", within, VISIBLE, dimensions=dimensions, **asked)
            if len(rows) < limit:
                # the scan of the index gives up at some point, where few pass the filter
                rows = session.filtered("search.near_exactly", within, VISIBLE, **asked)
            hits = [Hit(row["passage_id"], row["score"]) for row in rows]
            return [
                hit for hit in hits if not np.isnan(hit.score)
            ]  # a vector without a direction is near nothing

        return self._connections.read(search)

    def passages(self, passage_ids: Sequence[int], within: Filter = EVERYTHING) -> list[FoundPassage]:
        ids = [int(passage_id) for passage_id in passage_ids]
        rows = self._connections.read(
            lambda session: session.filtered("search.passages", within, VISIBLE, ids=ids)
        )
        found = {row["passage_id"]: passage_of(row) for row in rows}
        return [found[passage_id] for passage_id in ids if passage_id in found]

    def passages_without_vectors(self, document: str) -> list[tuple[int, str]]:
        return [
            (row["passage_id"], embedded_text(row))
            for row in self._rows("search.without_vectors", hash=document)
        ]

    def unembedded(self) -> list[TextDocument]:
        return [TextDocument(row["hash"], row["file_id"]) for row in self._rows("documents.unembedded")]

    def vector_model(self) -> str:
        row = self._row("search.library")
        return str(row["vector_model"]) if row is not None else ""

    def _row(self, name: str, **values: object) -> dict[str, Any] | None:
        return self._connections.read(lambda session: session.row(name, values))

    def _rows(
        self, name: str, values: dict[str, object] | None = None, **more: object
    ) -> list[dict[str, Any]]:
        return self._connections.read(lambda session: session.rows(name, values, **more))


def _few_pass(session: Session, within: Filter) -> bool:
    if within == EVERYTHING:
        return False
    return bool(session.filtered("search.few_passages", within, VISIBLE, most=_FEW_PASSAGES)[0]["few"])
