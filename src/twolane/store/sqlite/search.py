"""What a search of a SQLite library finds: by words in its full text index, by vectors in their codes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np

from twolane.documents import FoundPassage
from twolane.llm.base import Vectors
from twolane.store.base import Hit, TextDocument
from twolane.store.queries import sql
from twolane.store.rows import check_dimensions, embedded_text, passage_of
from twolane.store.sqlite.codes import EXACT_BELOW, CodeMirror, candidate_count, cosines
from twolane.store.sqlite.connections import Connections
from twolane.text.full_text import match_expression


class SqliteSearch:
    """Obeys `twolane.store.base.Search`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._mirror = CodeMirror()

    def search_text(self, query: str, limit: int) -> list[Hit]:
        match = match_expression(query)
        if not match or limit < 1:
            return []
        wanted = limit
        while True:
            rows = self._all("search.by_words", match=match, limit=wanted)
            visible = self._visible([row["passage_id"] for row in rows])
            hits = [Hit(row["passage_id"], row["score"]) for row in rows if row["passage_id"] in visible]
            # passages of files that are gone still have words: look further where they took the places
            if len(hits) >= limit or len(rows) < wanted:
                return hits[:limit]
            wanted *= 4

    def search_vector(self, vector: Vectors, limit: int, *, exact: bool = False) -> list[Hit]:
        """Find passages by one vector; `exact` scores every one, to measure what the codes miss.

        Raises `StoreError` where the vector has another length than those of the index.
        """
        length = float(np.linalg.norm(vector))
        # never the writer's own connection: the mirror must hold only what is committed
        with self._connections.reading(fresh=True) as connection:
            library = connection.execute(sql("search.library")).fetchone()
            if not library["vector_dimensions"] or limit < 1 or not 0 < length < np.inf:
                return []
            unit: Vectors = np.asarray(vector / length, dtype=np.float32)
            check_dimensions(unit, library)
            codes = self._mirror.current(connection, library)
            if codes.epoch != library["vector_epoch"]:
                return []  # another embedding model has just taken over
            every = exact or len(codes.live) < EXACT_BELOW
            count = len(codes.live) if every else candidate_count(limit, len(codes.live))
            ids = codes.nearest(unit, count)
            rows = connection.execute(sql("search.vectors"), {"ids": json.dumps(ids.tolist())}).fetchall()
        if not rows:
            return []
        scores = cosines(rows, unit)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(rows[i]["passage_id"], float(scores[i])) for i in best]

    def passages(self, passage_ids: Sequence[int]) -> list[FoundPassage]:
        rows = self._all("search.passages", ids=_json(passage_ids))
        found = {row["passage_id"]: passage_of(row) for row in rows if row["path"] is not None}
        return [found[passage_id] for passage_id in passage_ids if passage_id in found]

    def passages_without_vectors(self, document: str) -> list[tuple[int, str]]:
        return [
            (row["passage_id"], embedded_text(row))
            for row in self._all("search.without_vectors", hash=document)
        ]

    def unembedded(self) -> list[TextDocument]:
        return [TextDocument(row["hash"], row["file_id"]) for row in self._all("documents.unembedded")]

    def vector_model(self) -> str:
        row = self._one("search.library")
        return str(row["vector_model"]) if row is not None else ""

    def _visible(self, passage_ids: Sequence[int]) -> set[int]:
        return {row["passage_id"] for row in self._all("search.visible_passages", ids=_json(passage_ids))}

    def _one(self, name: str, **values: object) -> sqlite3.Row | None:
        with self._connections.reading() as connection:
            row: sqlite3.Row | None = connection.execute(sql(name), values).fetchone()
        return row

    def _all(self, name: str, **values: object) -> list[sqlite3.Row]:
        with self._connections.reading() as connection:
            return connection.execute(sql(name), values).fetchall()


def _json(numbers: Sequence[int]) -> str:
    return json.dumps([int(number) for number in numbers])
