"""Queries for the full text index of PostgreSQL: which words to search for, and the weight of each.

The server's ranking ignores how rare a word is. The planner's statistics show it: they list the most common
words with the share of the passages that hold them, and every other word is rarer than these.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from twolane.store.postgres.session import PostgresSession
from twolane.text.full_text import is_prefix, query_terms
from twolane.text.words import plain

_KEPT_S = 60.0
# Passages that a query may rank: its most common words select none where the rarer ones find enough.
_MOST_RANKED = 4_000


@dataclass(frozen=True, slots=True)
class WordQuery:
    """A query in the form that the index takes.

    `match` finds the passages to rank and `all_words` every one that holds any word; `queries` and `weights`
    rank them, word by word.
    """

    match: str = ""
    all_words: str = ""
    queries: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Statistics:
    shares: dict[str, float] = field(default_factory=dict)
    passages: float = 0.0
    read_at: float = -math.inf

    def expected(self, word: str) -> float:
        """Return about how many passages hold a word; -1 without statistics."""
        if not self.shares or self.passages < 1:
            return -1.0
        # a word that is not listed is rarer than the rarest that is
        return self.passages * self.shares.get(word, min(self.shares.values()) / 2)


class WordQueries:
    """Makes queries, with statistics up to a minute old; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._statistics = _Statistics()

    def make(self, session: PostgresSession, query: str) -> WordQuery:
        """Return the index's query for any word of a text; its `match` is empty where that has none."""
        terms = query_terms(query)
        if not terms:
            return WordQuery()
        words = [word for term in terms for word in plain(term).split()]
        rows = session.rows("search.stems", words=words)
        stems = list(
            dict.fromkeys((row["stem"], is_prefix(word)) for row, word in zip(rows, words, strict=True))
        )
        # stems are letters, digits and marks alone: nothing in them needs escaping
        queries = tuple(f"'{stem}'{':*' if prefix else ''}" for stem, prefix in stems if stem)
        if not queries:
            return WordQuery()
        statistics = self._recent(session)
        expected = [statistics.expected(stem) for stem, _ in stems if stem]
        weights = tuple(_rarity(number, statistics.passages) for number in expected)
        return WordQuery(_finding(queries, expected), " | ".join(queries), queries, weights)

    def _recent(self, session: PostgresSession) -> _Statistics:
        with self._lock:
            statistics = self._statistics
        if time.monotonic() - statistics.read_at < _KEPT_S:
            return statistics
        row = session.row("search.common_words")
        shares: dict[str, float] = {}
        if row is not None and row["words"]:
            shares = dict(zip(row["words"], row["shares"], strict=False))  # more numbers follow: bounds
        passages = float(row["passages"]) if row is not None else 0.0
        statistics = _Statistics(shares, passages, time.monotonic())
        with self._lock:
            self._statistics = statistics
        return statistics


def _rarity(expected: float, passages: float) -> float:
    # the inverse document frequency of BM25 (Robertson, Zaragoza 2009), which never falls below zero
    if expected < 0:
        return 1.0
    return math.log(1 + (max(passages, expected) - expected + 0.5) / (expected + 0.5))


def _finding(queries: Sequence[str], expected: Sequence[float]) -> str:
    """Return the query for the passages to rank: the rarest words, as many as keep the passages few."""
    ranked = sorted(zip(expected, queries, strict=True))
    chosen, total = [ranked[0][1]], max(0.0, ranked[0][0])
    for number, query in ranked[1:]:
        total += max(0.0, number)
        if total > _MOST_RANKED:
            break
        chosen.append(query)
    return " | ".join(chosen)
