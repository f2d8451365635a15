"""How a PostgreSQL library indexes passages: their words in segments, their vectors in pgvector."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from twolane.errors import StoreError
from twolane.llm.base import Vectors
from twolane.store.postgres.session import PostgresSession
from twolane.store.session import Values
from twolane.store.words.writing import WordsWriter, passages_with_words

MOST_INDEXED_DIMENSIONS = 4000  # of pgvector's index over halfvec; longer vectors are compared one by one


class PostgresIndex:
    """Obeys `twolane.store.index.Index`."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session
        self._words = WordsWriter(session)

    def visibility_changed(self) -> None:
        """Do nothing: every search reads the rows of the files."""

    def forget_words(self, document_id: int) -> None:
        """Do nothing: the words are deleted with the rows of the passages."""

    def add_passages(self, document_id: int, names: str, passages: Sequence[Values]) -> None:
        self._session.run("documents.set_names", document_id=document_id, names=names)
        self._session.run_many("documents.add_passage", passages, document_id=document_id)
        self._add_words(document_id)

    def rename(self, document_id: int, names: str) -> None:
        self._session.run("documents.set_names", document_id=document_id, names=names)
        self._add_words(document_id)

    def _add_words(self, document_id: int) -> None:
        self._words.add(passages_with_words(self._session.rows("words.passages", document_id=document_id)))

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        self._give_index_to(model, int(vectors.shape[1]))
        self._session.run(
            "search.add_vectors",
            ids=[int(passage_id) for passage_id in passage_ids],
            vectors=[vector_text(row) for row in unit_rows(vectors)],
        )

    def _give_index_to(self, model: str, dimensions: int) -> None:
        while True:
            # Of several transactions with the first vectors, one sets the model and creates the index, and
            # the others wait. They must not have locked the row before, or it could not update it.
            library = self._session.row("search.library")
            assert library is not None
            if not library["vector_model"]:
                made = self._session.run("search.set_vector_model", model=model, dimensions=dimensions)
                if made and dimensions <= MOST_INDEXED_DIMENSIONS:
                    self._session.run_for("search.make_index", dimensions)
            locked = self._session.row("search.hold_vector_model")
            assert locked is not None
            if locked["vector_model"]:
                break
        if (locked["vector_model"], locked["vector_dimensions"]) != (model, dimensions):
            raise StoreError(
                f"the index holds vectors of {locked['vector_model']} with {locked['vector_dimensions']} "
                f"dimensions, not of {model} with {dimensions}",
                "set that embedding model again, or run `twolane models reembed`",
            )

    def drop_vectors(self) -> None:
        self._session.run("search.forget_vector_model")
        self._session.run("search.drop_index")
        self._session.run("search.drop_vectors")


def unit_rows(vectors: Vectors) -> Vectors:
    """Return (n, dimensions) with each row of length 1 (or 0): halves cannot hold large numbers."""
    rows = np.nan_to_num(np.asarray(vectors, dtype=np.float32))
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    unit: Vectors = np.where(lengths > 0, rows / np.maximum(lengths, 1e-30), 0.0).astype(np.float32)
    return unit


def vector_text(row: Vectors) -> str:
    """Return one vector as pgvector reads it."""
    # five digits say which half is meant
    return _vector_form(len(row)) % tuple(row.tolist())


def vector_of(text: str) -> Vectors:
    """Return one vector from what pgvector writes."""
    return np.array(text.strip("[]").split(","), dtype=np.float32)


@cache
def _vector_form(dimensions: int) -> str:
    return f"[{','.join(['%.5g'] * dimensions)}]"
