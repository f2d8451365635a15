"""What a search of a PostgreSQL library finds: by words ranked by rarity, by vectors in pgvector's index."""

from __future__ import annotations

from typing import Any

import numpy as np

from twolane.documents import EVERYTHING, Filter
from twolane.llm.base import Vectors
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.postgres.connections import PostgresConnections
from twolane.store.postgres.index import MOST_INDEXED_DIMENSIONS, unit_rows, vector_text
from twolane.store.postgres.session import PostgresSession
from twolane.store.postgres.words import WordQueries
from twolane.store.rows import check_dimensions
from twolane.store.values import Hit

_FEW_PASSAGES = 6_000  # so many or fewer are compared one by one more quickly than the index finds them


class PostgresSearch:
    """The searches of `twolane.store.base.Search`."""

    def __init__(self, connections: PostgresConnections) -> None:
        self._connections = connections
        self._words = WordQueries()

    def search_text(self, query: str, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        def search(session: PostgresSession) -> list[Hit]:
            asked = self._words.make(session, query)
            if not asked.match or limit < 1:
                return []
            values = {"queries": list(asked.queries), "weights": list(asked.weights), "limit": limit}
            few = _few_documents(session, within)
            if few is not None:
                rows = session.rows("search.by_words_of_few", values, few=few, match=asked.all_words)
            else:
                statement = passing("search.by_words", within, VISIBLE)
                values |= filter_values(within)
                rows = session.rows(statement, values, match=asked.match)
                if len(rows) < limit and asked.match != asked.all_words:
                    rows = session.rows(statement, values, match=asked.all_words)
            return [Hit(row["passage_id"], row["score"]) for row in rows]

        return self._connections.read(search)

    def search_vector(
        self, vector: Vectors, limit: int, within: Filter = EVERYTHING, *, exact: bool = False
    ) -> list[Hit]:
        """Find passages by one vector; `exact` compares every one, to measure what the index misses.

        Raises `StoreError` where the vector has another length than those of the index.
        """
        length = float(np.linalg.norm(vector))

        def search(session: PostgresSession) -> list[Hit]:
            library = session.row("search.library")
            assert library is not None
            dimensions = library["vector_dimensions"]
            if not dimensions or limit < 1 or not 0 < length < np.inf:
                return []
            check_dimensions(vector, library)
            asked = {"vector": vector_text(unit_rows(vector[None])[0]), "limit": limit}
            few = None if exact else _few_documents(session, within)
            if few is not None:
                rows = session.rows("search.near_of_few", asked, few=few)
            else:
                is_indexed = not exact and dimensions <= MOST_INDEXED_DIMENSIONS
                rows = _near(session, asked, within, dimensions if is_indexed else 0)
            hits = [Hit(row["passage_id"], row["score"]) for row in rows]
            # a vector without a direction is near nothing
            return [hit for hit in hits if not np.isnan(hit.score)]

        return self._connections.read(search)


def _few_documents(session: PostgresSession, within: Filter) -> list[int] | None:
    if within == EVERYTHING:
        return None
    statement = passing("search.few_documents", within, VISIBLE)
    few: list[int] | None = session.number(statement, filter_values(within), most=_FEW_PASSAGES)
    return few


def _near(
    session: PostgresSession, asked: dict[str, Any], within: Filter, indexed_dimensions: int
) -> list[dict[str, Any]]:
    values = asked | filter_values(within)
    rows: list[dict[str, Any]] = []
    if indexed_dimensions:
        rows = session.run_for(passing("search.near", within, VISIBLE), indexed_dimensions, **values)
    if len(rows) < asked["limit"]:
        # the scan of the index gives up at some point, where few pass the filter
        rows = session.rows(passing("search.near_exactly", within, VISIBLE), values)
    return rows
