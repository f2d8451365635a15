"""How a SQLite library indexes passages: words as stems in segments, vectors as codes and int8 rows."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.errors import StoreError
from twolane.llm.base import Vectors
from twolane.store.session import Values
from twolane.store.sqlite.codes import pack
from twolane.store.sqlite.session import SqliteSession
from twolane.store.words.writing import WordsWriter, passages_with_words


class SqliteIndex:
    """Obeys `twolane.store.index.Index`."""

    def __init__(self, session: SqliteSession) -> None:
        self._session = session
        self._generation = 0
        self._words = WordsWriter(session)

    def visibility_changed(self) -> None:
        # once a transaction is enough for every mirror of the codes to be updated
        if not self._generation:
            self._generation = self._session.number("search.next_generation")

    def forget_words(self, document_id: int) -> None:  # noqa: ARG002 - they go with the rows of the passages
        self._words.changed()

    def add_passages(self, document_id: int, names: str, passages: Sequence[Values]) -> None:
        self._session.run("documents.set_names", document_id=document_id, names=names)
        added = self._session.run_many("documents.add_passage", passages, document_id=document_id)
        language = self._session.number("words.language", document_id=document_id)
        self._words.add(
            {**row, **number, "names": names, "language": language}
            for row, number in zip(passages, map(dict, added), strict=True)
        )

    def rename(self, document_id: int, names: str) -> None:
        self._session.run("documents.set_names", document_id=document_id, names=names)
        self._words.add(passages_with_words(self._session.rows("words.passages", document_id=document_id)))

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
