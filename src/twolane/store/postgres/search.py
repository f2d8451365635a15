"""What a search of a PostgreSQL library finds: by words in segments, by vectors in pgvector's index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twolane.documents import EVERYTHING, Filter
from twolane.llm.base import Vectors
from twolane.store.centres import Centres, language_number
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.postgres.connections import PostgresConnections
from twolane.store.postgres.index import MOST_INDEXED_DIMENSIONS, unit_rows, vector_of, vector_text
from twolane.store.postgres.middles import Middles, MiddlesKept
from twolane.store.postgres.session import PostgresSession
from twolane.store.rows import check_dimensions
from twolane.store.session import Session
from twolane.store.values import Hit
from twolane.store.words.search import WordSearch

_FEW_PASSAGES = 6_000  # up to so many are compared one by one faster than the index finds the best


class PostgresSearch(WordSearch):
    """The searches of `twolane.store.base.Search`."""

    def __init__(self, connections: PostgresConnections) -> None:
        super().__init__(connections)
        self._connections = connections
        self._middles = MiddlesKept()

    def few_documents(self, session: Session, within: Filter) -> list[int] | None:
        return _few_documents(session, within)

    def vectors(self, passage_ids: Sequence[int]) -> dict[int, Vectors]:
        ids = [int(passage_id) for passage_id in passage_ids]

        def look(session: PostgresSession) -> dict[int, Vectors]:
            rows = session.rows("search.vectors", ids=ids)
            if not rows:
                return {}
            centres = self._middles.current(session.of_all(), session.row("search.library")).centres
            found = unit_rows(np.stack([vector_of(row["vector"]) for row in rows]))
            if len(centres.languages):
                numbers = [row["passage_id"] for row in rows]
                found = centres.levelled(found, _languages(session, numbers))
            return {row["passage_id"]: vector for row, vector in zip(rows, found, strict=True)}

        return self._connections.read(look)

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
            unit = unit_rows(vector[None])[0]
            values = {"vector": vector_text(unit), "limit": limit}
            middles = self._middles.current(session.of_all(), library)
            rows: dict[int, float] = {}
            for part in (within, *_by_language(within, middles)):
                rows |= _nearest(session, values, part, dimensions, exact=exact)
            return _levelled(session, unit, rows, middles.centres)[:limit]

        return self._connections.read(search)


def _few_documents(session: Session, within: Filter) -> list[int] | None:
    if within == EVERYTHING and session.sees_all:
        return None
    statement = passing("search.few_documents", within, VISIBLE)
    few: list[int] | None = session.number(statement, filter_values(within), most=_FEW_PASSAGES)
    return few


def _by_language(within: Filter, middles: Middles) -> list[Filter]:
    """Return the parts of a filter for which to search beside the whole of it, a language each.

    What is nearest of all may all be written in the question's own language.
    """
    among = [one for one in middles.languages if not within.languages or one in within.languages]
    return [replace(within, languages=(one,)) for one in among] if len(middles.languages) > 1 else []


def _nearest(
    session: PostgresSession, values: dict[str, Any], within: Filter, dimensions: int, *, exact: bool
) -> dict[int, float]:
    """Return the passages with the greatest cosines, and these."""
    few = None if exact else _few_documents(session, within)
    if few is not None:
        rows = session.rows("search.near_of_few", values, few=few)
    else:
        is_indexed = not exact and dimensions <= MOST_INDEXED_DIMENSIONS
        rows = _near(session, values, within, dimensions if is_indexed else 0)
    # a stored vector of length 0 has no cosine
    return {row["passage_id"]: row["score"] for row in rows if not np.isnan(row["score"])}


def _levelled(
    session: PostgresSession, unit: Vectors, cosines: Mapping[int, float], centres: Centres
) -> list[Hit]:
    """Return passages by their cosines less how near the question is to all of their languages."""
    ids = sorted(cosines, key=lambda passage_id: (-cosines[passage_id], passage_id))
    scores = np.array([cosines[passage_id] for passage_id in ids], dtype=np.float32)
    if len(centres.languages) > 1 and ids:
        scores = scores + centres.levels(unit, _languages(session, ids))
    order = np.argsort(-scores, kind="stable")
    return [Hit(ids[place], float(scores[place])) for place in order]


def _languages(session: PostgresSession, ids: Sequence[int]) -> NDArray[np.int64]:
    rows = session.rows("search.languages_of", ids=list(ids))
    numbers = {row["passage_id"]: language_number(row["language"] or "") for row in rows}
    return np.array([numbers.get(passage_id, 0) for passage_id in ids], dtype=np.int64)


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
