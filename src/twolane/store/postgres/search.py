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

_FEW_PASSAGES = 6_000  # up to so many are compared one by one faster than the index finds the best


class PostgresSearch:
    """The searches of `twolane.store.base.Search`."""

    def __init__(self, connections: PostgresConnections) -> None:
        self._connections = connections
        self._words = WordQueries()

    def search_text(self, query: str, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        def search(session: PostgresSession) -> list[Hit]:
            by_words = self._words.make(session, query)
            if not by_words.match or limit < 1:
                return []
            values = {"queries": list(by_words.queries), "weights": list(by_words.weights), "limit": limit}
            few = _few_documents(session, within)
            if few is not None:
                rows = session.rows("search.by_words_of_few", values, few=few, match=by_words.all_words)
            else:
                statement = passing("search.by_words", within, VISIBLE)
                values |= filter_values(within)
                rows = session.rows(statement, values, match=by_words.match)
                if len(rows) < limit and by_words.match != by_words.all_words:
                    rows = session.rows(statement, values, match=by_words.all_words)
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
            values = {"vector": vector_text(unit_rows(vector[None])[0]), "limit": limit}
            few = None if exact else _few_documents(session, within)
            if few is not None:
                rows = session.rows("search.near_of_few", values, few=few)
            else:
                is_indexed = not exact and dimensions <= MOST_INDEXED_DIMENSIONS
                rows = _near(session, values, within, dimensions if is_indexed else 0)
            hits = [Hit(row["passage_id"], row["score"]) for row in rows]
            # a stored vector of length 0 has no cosine
            return [hit for hit in hits if not np.isnan(hit.score)]

        return self._connections.read(search)


def _few_documents(session: PostgresSession, within: Filter) -> list[int] | None:
    if within == EVERYTHING:
        return None
    statement = passing("search.few_documents", within, VISIBLE)
    few: list[int] | None = session.number(statement, filter_values(within), most=_FEW_PASSAGES)
    return few


def _near(
    session: PostgresSession, values: dict[str, Any], within: Filter, indexed_dimensions: int
) -> list[dict[str, Any]]:
    values = values | filter_values(within)
    rows: list[dict[str, Any]] = []
    if indexed_dimensions:
        rows = session.run_for(passing("search.near", within, VISIBLE), indexed_dimensions, **values)
    if len(rows) < values["limit"]:
        # where few pass the filter, the scan of the index gives up before it has found enough
        rows = session.rows(passing("search.near_exactly", within, VISIBLE), values)
    return rows
