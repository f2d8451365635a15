"""A small index of passages in memory, with what retrieval asks of a store: real full text, exact vectors."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twolane.documents import EVERYTHING, Filter, FoundPassage, Passage
from twolane.llm.base import Embedder, Vectors
from twolane.store.base import Hit


@dataclass
class PassageIndex:
    """Passages by number from 1; paths in `gone` are left out, and those outside a filter's folders."""

    found: dict[int, FoundPassage] = field(default_factory=dict)
    model: str = ""
    vectors: dict[int, Vectors] = field(default_factory=dict)
    gone: set[Path] = field(default_factory=set)

    def add(self, path: Path, passages: Sequence[Passage]) -> None:
        for passage in passages:
            number = len(self.found) + 1
            self.found[number] = FoundPassage(
                number, path.name, path, "", passage.page, passage.text, passage.heading
            )

    def embed_with(self, embedder: Embedder) -> None:
        texts = [f"{passage.heading}\n{passage.text}" for passage in self.found.values()]
        self.model = embedder.model
        self.vectors = dict(zip(self.found, embedder.embed(texts), strict=True))

    def search_text(self, query: str, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        words = " OR ".join('"' + word.replace('"', '""') + '"' for word in query.split())
        if not words:
            return []
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize='porter unicode61')")
            rows = [(n, f"{p.path.name} {p.heading} {p.text}") for n, p in self._visible(within).items()]
            connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", rows)
            sql = "SELECT rowid, -rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
            hits = [Hit(*row) for row in connection.execute(sql, (words, limit))]
        connection.close()
        return hits

    def search_vector(self, vector: Vectors, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        passing = self._visible(within)
        hits = [Hit(n, float(np.dot(self.vectors[n], vector))) for n in passing if n in self.vectors]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    def passages(self, passage_ids: Sequence[int], within: Filter = EVERYTHING) -> list[FoundPassage]:
        visible = self._visible(within)
        return [visible[number] for number in passage_ids if number in visible]

    def vector_model(self) -> str:
        return self.model

    def passages_without_vectors(self, document: str) -> list[tuple[int, str]]:
        return [
            (number, f"{passage.heading}\n{passage.text}")
            for number, passage in self.found.items()
            if passage.document == document and number not in self.vectors
        ]

    def _visible(self, within: Filter) -> dict[int, FoundPassage]:
        return {
            number: passage
            for number, passage in self.found.items()
            if passage.path not in self.gone
            and (not within.folders or any(passage.path.is_relative_to(folder) for folder in within.folders))
        }
