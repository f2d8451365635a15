"""What a search of a SQLite library finds: by words in its full text index, by vectors in their codes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twolane.documents import EVERYTHING, Filter
from twolane.llm.base import Vectors
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.rows import check_dimensions
from twolane.store.session import Session
from twolane.store.sqlite.codes import EXACT_BELOW, Codes, candidate_count, cosines, documents_of, unpack
from twolane.store.sqlite.codes_file import drop_codes, written_at
from twolane.store.sqlite.connections import Connections
from twolane.store.sqlite.mirror import CodeMirror
from twolane.store.sqlite.session import SqliteSession
from twolane.store.values import Hit
from twolane.store.words.search import WordSearch

_FEW = 100  # where one in so many files passes, or fewer, it is quicker to list them than to look each up

_PASSING = f"words.passing where {VISIBLE}"
_MORE = 3  # halves of the candidates are scored where not all is seen: most of it most often is
_LOOKED_AT = 4  # times as many as are asked for, of which two thirds must be seen


class SqliteSearch(WordSearch):
    """The searches of `twolane.store.base.Search`."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._connections = connections
        codes = connections.path.with_name(f"{connections.path.name}-codes")
        written = written_at(codes)
        # of what was here before a backup was put back: once that has gone on, nobody could tell
        if written is not None and written > connections.number("search.library"):
            drop_codes(codes)
        self._mirror = CodeMirror(codes)
        self._codes_path = codes

    def few_documents(self, session: Session, within: Filter) -> list[int] | None:
        values = filter_values(within)
        few = session.number(passing("search.few_documents", within, VISIBLE), values, one_in=_FEW)
        return None if few is None else [int(number) for number in json.loads(few)]

    def vectors(self, passage_ids: Sequence[int]) -> dict[int, Vectors]:
        ids = [int(passage_id) for passage_id in passage_ids]

        def look(session: SqliteSession) -> tuple[Codes, list[sqlite3.Row]]:
            return self._codes(session.of_all()), session.rows("search.vectors", ids=ids)

        codes, rows = self._connections.read(look, whole=True)
        if not rows:
            return {}
        levelled = codes.levelled(unpack(rows), documents_of(rows))
        return {row["passage_id"]: vector for row, vector in zip(rows, levelled, strict=True)}

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

        def candidates(session: SqliteSession) -> tuple[Codes, list[sqlite3.Row]]:
            everything = session.of_all()
            codes = self._codes(everything, unit)
            every = exact or codes.count < EXACT_BELOW
            count = codes.count if every else candidate_count(limit, codes.count)
            if within == EVERYTHING and not session.sees_all and not every:
                near = everything.rows("search.vectors", ids=codes.nearest(unit, _MORE * count // 2).tolist())
                seen = _seen_of_nearest(session, codes, near, unit, limit)
                if seen is not None:
                    return codes, seen
            if within != EVERYTHING or not session.sees_all:
                codes = codes.of(_passing_documents(session, within))
            # by their numbers, as they lie in the table
            return codes, everything.rows("search.vectors", ids=codes.nearest(unit, count).tolist())

        # whole, since the mirror must hold only what is committed
        codes, rows = self._connections.read(candidates, whole=True)
        if not rows:
            return []
        scores = cosines(rows, unit) + codes.levels(unit, documents_of(rows))
        nearest = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(rows[i]["passage_id"], float(scores[i])) for i in nearest]

    def _codes(self, session: SqliteSession, unit: Vectors | None = None) -> Codes:
        """Return the codes as the session sees them, for a question's vector if there is one."""
        library = session.row("search.library")
        assert library is not None
        if not library["vector_dimensions"]:
            return Codes()
        if unit is not None:
            check_dimensions(unit, library)
        return self._mirror.current(session, library)


def _seen_of_nearest(
    session: SqliteSession, codes: Codes, near: list[sqlite3.Row], unit: Vectors, limit: int
) -> list[sqlite3.Row] | None:
    """Return those rows of the nearest that are seen; None where so few are that all must be sought by it."""
    scores = cosines(near, unit) + codes.levels(unit, documents_of(near))
    first = [near[i] for i in np.argsort(-scores, kind="stable")[: _LOOKED_AT * limit]]
    passing_ids = {
        row["passage_id"] for row in session.rows(_PASSING, ids=[row["passage_id"] for row in first])
    }
    seen = [row for row in first if row["passage_id"] in passing_ids]
    return seen if len(seen) >= limit and 3 * len(seen) >= 2 * len(first) else None


def _passing_documents(session: SqliteSession, within: Filter) -> NDArray[np.int64]:
    statement = passing("search.passing_documents", within, VISIBLE)
    ids = session.number(statement, filter_values(within))
    return np.array(json.loads(ids), dtype=np.int64)
