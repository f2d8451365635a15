"""What a search of a SQLite library finds: by words in its full text index, by vectors in their codes."""

from __future__ import annotations

import json
import sqlite3

import numpy as np
from numpy.typing import NDArray

from twolane.documents import EVERYTHING, Filter
from twolane.llm.base import Vectors
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.rows import check_dimensions
from twolane.store.sqlite.codes import EXACT_BELOW, CodeMirror, candidate_count, cosines
from twolane.store.sqlite.connections import Connections
from twolane.store.sqlite.session import SqliteSession
from twolane.store.values import Hit
from twolane.text.full_text import match_expression

_FEW = 10  # where one in so many files passes, or fewer, it is quicker to list them than to look each up


class SqliteSearch:
    """The searches of `twolane.store.base.Search`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._mirror = CodeMirror()

    def search_text(self, query: str, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        match, values = match_expression(query), filter_values(within)
        if not match or limit < 1:
            return []

        def search(session: SqliteSession) -> list[Hit]:
            few = None
            if within != EVERYTHING:
                few = session.number(passing("search.few_documents", within, VISIBLE), values, one_in=_FEW)
            if few is None:
                statement = passing("search.by_words", within, VISIBLE)
                rows = session.rows(statement, values, match=match, limit=limit)
            else:
                rows = session.rows("search.by_words_of_few", few=few, match=match, limit=limit)
            return [Hit(row["passage_id"], row["score"]) for row in rows]

        return self._connections.read(search)

    def search_vector(
        self, vector: Vectors, limit: int, within: Filter = EVERYTHING, *, exact: bool = False
    ) -> list[Hit]:
        """Find passages by one vector; `exact` scores every one, to measure what the codes miss.

        Raises `StoreError` where the vector has another length than those of the index.
        """
        length = float(np.linalg.norm(vector))
        if limit < 1 or not 0 < length < np.inf:
            return []
        unit: Vectors = np.asarray(vector / length, dtype=np.float32)

        def candidates(session: SqliteSession) -> list[sqlite3.Row]:
            library = session.row("search.library")
            assert library is not None
            if not library["vector_dimensions"]:
                return []
            check_dimensions(unit, library)
            codes = self._mirror.current(session, library)
            if codes.epoch != library["vector_epoch"]:
                return []  # another embedding model has just taken over
            every = exact or len(codes.live) < EXACT_BELOW
            count = len(codes.live) if every else candidate_count(limit, len(codes.live))
            if within != EVERYTHING:
                codes = codes.of(_passing_documents(session, within))
            return session.rows("search.vectors", ids=codes.nearest(unit, count).tolist())

        # whole, since the mirror must hold only what is committed
        rows = self._connections.read(candidates, whole=True)
        if not rows:
            return []
        scores = cosines(rows, unit)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(rows[i]["passage_id"], float(scores[i])) for i in best]


def _passing_documents(session: SqliteSession, within: Filter) -> NDArray[np.int64]:
    statement = passing("search.passing_documents", within, VISIBLE)
    ids = session.number(statement, filter_values(within))
    return np.array(json.loads(ids), dtype=np.int64)
