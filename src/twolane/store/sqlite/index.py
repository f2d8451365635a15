"""How a SQLite library indexes passages: words in a full text table, vectors as codes and int8 rows."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.errors import StoreError
from twolane.llm.base import Vectors
from twolane.store.sqlite.codes import pack
from twolane.store.sqlite.session import SqliteSession
from twolane.text.full_text import indexed


class SqliteIndex:
    """Obeys `twolane.store.index.Index`."""

    def __init__(self, session: SqliteSession) -> None:
        self._session = session
        self._generation = 0

    def visibility_changed(self) -> None:
        # once a transaction is enough for every mirror of the codes to be updated
        if not self._generation:
            self._generation = self._session.number("search.next_generation")

    def forget_words(self, document_id: int) -> None:
        self._words("search.drop_words", document_id)

    def rename(self, document_id: int, names: str, *, is_new: bool) -> None:
        if not is_new:
            self.forget_words(document_id)
        self._session.run("documents.set_names", document_id=document_id, names=names)
        self._words("search.add_words", document_id)

    def _words(self, statement: str, document_id: int) -> None:
        rows = self._session.rows("search.passage_words", document_id=document_id)
        self._session.run_many(
            statement,
            [
                {
                    "passage_id": row["passage_id"],
                    "names": row["names"],
                    "heading": indexed(row["heading"]),
                    "text": indexed(row["text"]),
                }
                for row in rows
            ],
        )

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        dimensions = int(vectors.shape[1])
        library = self._session.row("search.library")
        assert library is not None
        held = (library["vector_model"], library["vector_dimensions"])
        if held == ("", 0):
            self._session.run("search.set_vector_model", model=model, dimensions=dimensions)
        elif held != (model, dimensions):
            raise StoreError(
                f"the index holds vectors of {held[0]} with {held[1]} dimensions, "
                f"not of {model} with {dimensions}",
                "set that embedding model again, or run `twolane models reembed`",
            )
        self.visibility_changed()
        self._session.run_many(
            "search.add_vector",
            [
                {
                    "passage_id": passage_id,
                    "generation": self._generation,
                    "code": packed.code,
                    "scale": packed.scale,
                    "vector": packed.vector,
                }
                for passage_id, packed in zip(passage_ids, pack(vectors), strict=True)
            ],
        )

    def drop_vectors(self) -> None:
        self._session.run("search.drop_vectors")
        self._session.run("search.new_epoch")
        self.visibility_changed()
