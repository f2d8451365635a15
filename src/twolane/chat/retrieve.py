"""Passages for a question: searched by words and by vectors, ranked, and checked against the disk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from twolane.chat import fusion, witnesses
from twolane.chat.relevance import coverage, relevance
from twolane.chat.spread import as_one, named_documents, spread
from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.errors import ModelError
from twolane.llm.base import Embedder, Vectors
from twolane.outages import level_of
from twolane.store.base import Search
from twolane.store.values import RelatedDocuments
from twolane.text.identify import likeliest_of
from twolane.text.languages import UNKNOWN, language_by_code
from twolane.text.stems import question_language
from twolane.text.terms import QueryWord

_log = logging.getLogger(__name__)

_CANDIDATES = 60
# The second search: by the rarest words of the best passages, which name what a question leads to.
_LEADING = 2
_TELLING_WORDS = 16
_SECOND_CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and how well they fit the question.

    `nearness` is that of the best vector hit (`EmbeddingForm.nearness`), or None where no vectors were
    searched; `coverage` is the largest share of the question's words that a single passage holds
    (`relevance.coverage`): many passages together hold nearly every word of any question. `superseded` are
    passages that newer copies or versions of their documents took the place of, best first.
    """

    passages: tuple[FoundPassage, ...] = ()
    nearness: float | None = None
    coverage: float = 0.0
    superseded: tuple[FoundPassage, ...] = ()

    @property
    def relevance(self) -> float:
        """How likely it is that the files say anything on the question, 0 to 1."""
        return relevance(self.coverage, self.nearness) if self.passages else 0.0


class Searcher(Protocol):
    """What finds passages: a `Retriever`."""

    def search(self, query: str, limit: int, within: Filter) -> Found:
        """Return at most `limit` passages, best first, and how well they fit."""


@dataclass(frozen=True, slots=True)
class _Scored:
    """Passages with their scores, best first, and how near the nearest is: None without vectors to ask."""

    passages: list[FoundPassage]
    nearness: float | None


class Retriever:
    """Finds passages in a store; safe to use from several threads.

    Without an embedder, or where the index holds no vectors of its model, full text alone decides. Files for
    which `is_there` returns false are passed to `on_missing`, and their passages left out. `related`
    says which documents are copies or versions of each other.
    """

    def __init__(
        self,
        store: Search,
        embedder: Embedder | None,
        on_missing: Callable[[Sequence[Path]], None] | None = None,
        is_there: Callable[[Path], bool] = lambda _: True,
        related: Callable[[Collection[str]], Sequence[RelatedDocuments]] = lambda _: (),
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._on_missing = on_missing
        self._is_there = is_there
        self._related = related

    def find(self, query: str, limit: int, within: Filter = EVERYTHING) -> list[FoundPassage]:
        """Return at most `limit` passages that pass the filter, best first."""
        return list(self.search(query, limit, within).passages)

    def search(self, query: str, limit: int, within: Filter = EVERYTHING) -> Found:
        """Return at most `limit` passages, best first, and how well they fit."""
        words = self._store.query_words(query)
        ranked = self._ranked(query, words, within)
        speaking = self._witnesses(query, ranked.passages)
        present = self._on_disk(_distinct(speaking), 2 * limit)
        stems = self._store.stems([passage.passage_id for passage in ranked.passages])
        sources = spread(present, limit, named_documents(words, present, stems))
        shown = [
            (passage.text, stems[passage.passage_id])
            for source in sources
            for passage in source
            if passage.passage_id in stems  # it may have been indexed anew meanwhile
        ]
        candidates = None if ranked.nearness is None else list(stems.values())
        covered = coverage(query, words, shown, candidates)
        left = {passage.passage_id for passage in speaking}
        return Found(
            tuple(as_one(source, self._page_text) for source in sources),
            ranked.nearness,
            covered,
            tuple(one for one in ranked.passages if one.passage_id not in left)[: 2 * limit],
        )

    def still_found(self, passages: Sequence[FoundPassage], within: Filter) -> bool:
        """Say whether passages are as they were found: their files are there, pass, and hold them."""
        ids = [passage.passage_id for passage in passages]
        found = {(one.passage_id, one.path) for one in self._store.passages(ids, within)}
        return all((one.passage_id, one.path) in found and self._is_there(one.path) for one in passages)

    def _ranked(self, query: str, words: Sequence[QueryWord], within: Filter) -> _Scored:
        """Score what words, vectors and what the best passages lead to find."""
        by_words = fusion.by_passage(self._store.search_words(words, _CANDIDATES, within))
        question = self._vector(query)
        by_vectors: dict[int, float] = {}
        if question is not None:
            by_vectors = fusion.by_passage(self._store.search_vector(question, _CANDIDATES, within))
        nearest = sorted(by_vectors.values())
        floor = nearest[0] if nearest else 0.0
        passages = self._passages({**by_words, **by_vectors}, within)
        abroad = _abroad(query, passages.values())
        first = fusion.best(fusion.fused(by_words, by_vectors, words, floor, abroad))
        leading = [one for one in first if one in passages][:_LEADING]
        sought = self._telling(words, leading)
        second = fusion.by_passage(self._store.search_words(sought, _SECOND_CANDIDATES, within))
        passages |= self._passages(second.keys() - passages.keys(), within)
        if question is not None and by_vectors:
            by_vectors = fusion.moved(question, first, self._store.vectors(list(passages)))
            floor = min(sorted(by_vectors.values(), reverse=True)[:_CANDIDATES], default=floor)
        scores = fusion.fused(by_words, by_vectors, words, floor, _abroad(query, passages.values()))
        lifted = fusion.lifted(scores, second, sought, leading)
        scored = [replace(passages[one], score=lifted[one]) for one in fusion.best(lifted) if one in passages]
        return _Scored(scored, self._nearness(nearest))

    def _passages(self, ids: Collection[int], within: Filter) -> dict[int, FoundPassage]:
        return {passage.passage_id: passage for passage in self._store.passages(list(ids), within)}

    def _vector(self, query: str) -> Vectors | None:
        """Return the question's vector, or None where there are none to compare it with."""
        if self._embedder is None or self._store.vector_model() != self._embedder.form.vector_model:
            return None
        try:
            vectors = self._embedder.embed([query], "question")
        except ModelError as error:
            _log.log(level_of(error), "searching by words alone: %s", error.what)
            return None
        first: Vectors = vectors[0]
        return first

    def _nearness(self, nearest: Sequence[float]) -> float | None:
        return self._embedder.form.nearness(nearest[-1]) if self._embedder and nearest else None

    def _telling(self, words: Sequence[QueryWord], leading: Sequence[int]) -> list[QueryWord]:
        """Return what to look for once more: telling words of passages, what of the question they lack."""
        asked = frozenset().union(*(word.numbers for word in words))
        telling = [
            word
            for word in self._store.telling_words(leading, _TELLING_WORDS + len(asked))
            if asked.isdisjoint(word.numbers)
        ][:_TELLING_WORDS]
        stems = self._store.stems(leading).values() if telling else ()
        lacking = [word for word in words if not any(one.holds(word) for one in stems)]
        return [*telling, *lacking] if telling else []

    def _page_text(self, passage: FoundPassage, start: int, end: int) -> str:
        return self._store.page_text(passage.document, passage.page, start, end)

    def _witnesses(self, query: str, ranked: list[FoundPassage]) -> list[FoundPassage]:
        """Return passages, best first, of which no two say one thing as copies of one paper."""
        paths = {passage.document: passage.path for passage in ranked}
        related = self._related(paths)
        if not related:
            return ranked
        related = witnesses.speaking(query, ranked, related)
        return witnesses.without_copies(
            ranked, [pair for pair in related if self._is_there(paths[pair.newer])]
        )

    def _on_disk(self, ranked: Iterable[FoundPassage], limit: int) -> list[FoundPassage]:
        """Return the first passages whose file is on the disk, looking only at as many files as it takes."""
        present: list[FoundPassage] = []
        there: dict[Path, bool] = {}
        for passage in ranked:
            if len(present) == limit:
                break
            if passage.path not in there:
                there[passage.path] = self._is_there(passage.path)
            if there[passage.path]:
                present.append(passage)
        missing = [path for path, is_there in there.items() if not is_there]
        if missing and self._on_missing:
            self._on_missing(missing)
        return present


def _distinct(passages: Iterable[FoundPassage]) -> Iterator[FoundPassage]:
    """Yield passages but those whose text a better one has word for word."""
    seen: set[str] = set()
    for passage in passages:
        text = " ".join(passage.text.split()).casefold()
        if text not in seen:
            seen.add(text)
            yield passage


def _abroad(query: str, passages: Collection[FoundPassage]) -> frozenset[int]:
    """Return the passages of documents in another language than the question, where there are several."""
    languages = {passage.language for passage in passages} - {""}
    own = _language_of(query, languages) if len(languages) > 1 else ""
    return frozenset(one.passage_id for one in passages if own and one.language not in {"", own})


def _language_of(query: str, codes: Collection[str]) -> str:
    """Return which of these languages a question is in, "" where it is in none of them."""
    shown = question_language(query)  # by its stop words: letters are asked only where there are none
    known = [code for code in codes if shown != UNKNOWN and language_by_code(code) == shown]
    return known[0] if known else likeliest_of(query, codes)
