"""Passages for a question: full text and vectors, fused by rank, checked against the disk."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.errors import ModelError
from twolane.llm.base import Embedder
from twolane.store.base import Search
from twolane.store.values import Hit
from twolane.text.stems import Words, meaningful, names_in, question_language, search_words

_log = logging.getLogger(__name__)

_CANDIDATES = 60
# Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): the sum of weight / (k + rank) over the lists.
_RRF_K = 10
_TEXT_WEIGHT = 1.0
_VECTOR_WEIGHT = 1.0
# What a candidate's words, and its file's name, add to that, as a share of one first place.
_WORDS_WEIGHT = 0.7
_NAME_WEIGHT = 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and how well they fit the question.

    `cosine` is that of the best vector hit, or None where no vectors were searched; `coverage` is the largest
    share of the question's words, names counting double, that a single passage holds: many passages together
    hold nearly every word of any question.
    """

    passages: tuple[FoundPassage, ...] = ()
    cosine: float | None = None
    coverage: float = 0.0

    @property
    def relevance(self) -> float:
        """How likely it is that the files say anything on the question, 0 to 1."""
        if not self.passages:
            return 0.0
        if self.cosine is None:
            return self.coverage
        # A long question with many incidental words has little coverage: the vectors alone may decide.
        return max((self.coverage + self.cosine) / 2, self.cosine + 0.05)


class Retriever:
    """Finds passages in a store; safe to use from several threads.

    Without an embedder, or where the index holds no vectors of its model, full text alone decides. Files for
    which `is_there` returns false are passed to `on_missing`, and their passages left out.
    """

    def __init__(
        self,
        store: Search,
        embedder: Embedder | None,
        on_missing: Callable[[Sequence[Path]], None] | None = None,
        is_there: Callable[[Path], bool] = lambda _: True,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._on_missing = on_missing
        self._is_there = is_there

    def find(self, query: str, limit: int, within: Filter = EVERYTHING) -> list[FoundPassage]:
        """Return at most `limit` passages that pass the filter, best first."""
        return list(self.search(query, limit, within).passages)

    def search(self, query: str, limit: int, within: Filter = EVERYTHING) -> Found:
        """Return at most `limit` passages, best first, and how well they fit."""
        by_text = self._store.search_text(" ".join(search_words(query)), _CANDIDATES, within)
        by_vector = self._search_vector(query, within)
        fused = _fused((_TEXT_WEIGHT, by_text), (_VECTOR_WEIGHT, by_vector or []))
        candidates = self._store.passages([passage_id for passage_id, _ in fused], within)
        scores = dict(fused)
        ranked = _distinct(_reranked(query, [replace(p, score=scores[p.passage_id]) for p in candidates]))
        best = self._on_disk(ranked, limit)
        cosine = max((hit.score for hit in by_vector), default=0.0) if by_vector is not None else None
        return Found(tuple(best), cosine, _coverage(query, best))

    def _search_vector(self, query: str, within: Filter) -> list[Hit] | None:
        if self._embedder is None or self._store.vector_model() != self._embedder.model:
            return None
        try:
            vector = self._embedder.embed([query])[0]
        except ModelError as error:
            _log.warning("searching by words alone: %s", error.what)
            return None
        return self._store.search_vector(vector, _CANDIDATES, within)

    def _on_disk(self, ranked: list[FoundPassage], limit: int) -> list[FoundPassage]:
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


def _fused(*lists: tuple[float, list[Hit]]) -> list[tuple[int, float]]:
    scores: dict[int, float] = {}
    for weight, hits in lists:
        for rank, hit in enumerate(hits, 1):
            scores[hit.passage_id] = scores.get(hit.passage_id, 0.0) + weight / (_RRF_K + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def _reranked(query: str, passages: list[FoundPassage]) -> list[FoundPassage]:
    """Raise passages that hold the question's rarer words, and those of files that it names."""
    language = question_language(query)
    texts = [Words.of(f"{passage.heading} {passage.text}", language) for passage in passages]
    named = [f"{passage.path.stem} {_title(passage)}" for passage in passages]
    parts = {name: search_words(name) for name in set(named)}
    names = [Words.of_words(parts[name], words.language) for name, words in zip(named, texts, strict=True)]
    by_text = _shares(list(meaningful(query, language).values()), texts)
    by_name = _shares(search_words(query), names)
    lifts = [
        (_WORDS_WEIGHT * t + _NAME_WEIGHT * n) / (_RRF_K + 1) for t, n in zip(by_text, by_name, strict=True)
    ]
    lifted = [replace(p, score=p.score + lift) for p, lift in zip(passages, lifts, strict=True)]
    return sorted(lifted, key=lambda passage: -passage.score)


def _title(passage: FoundPassage) -> str:
    return passage.heading.partition(" › ")[0] or passage.title


def _shares(query_words: Sequence[str], candidates: Sequence[Words]) -> list[float]:
    """Return for each candidate the weight of the words it holds, 1 for the best; rare ones weigh most."""
    shared = [[word for word in query_words if words.holds(word)] for words in candidates]
    counts = Counter(word for words in shared for word in words)
    idf = {word: math.log((len(candidates) + 1) / count) for word, count in counts.items()}
    weights = [sum(idf[word] for word in words) for words in shared]
    most = max(weights, default=0.0) or 1.0
    return [weight / most for weight in weights]


def _distinct(passages: list[FoundPassage]) -> list[FoundPassage]:
    """Drop passages whose text a better one has word for word."""
    first: dict[str, FoundPassage] = {}
    for passage in passages:
        first.setdefault(" ".join(passage.text.split()).casefold(), passage)
    return list(first.values())


def _coverage(query: str, passages: Sequence[FoundPassage]) -> float:
    language = question_language(query)
    names = names_in(query)
    weights = {word: 2.0 if word in names else 1.0 for word in meaningful(query, language).values()}
    texts = [Words.of(f"{p.path.stem} {p.heading} {p.text}", language) for p in passages]
    total = sum(weights.values())
    covered = [sum(weight for word, weight in weights.items() if words.holds(word)) for words in texts]
    return max(covered, default=0.0) / total if total else 1.0
