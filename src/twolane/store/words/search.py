"""Searches by words, alike in every store: what the words of a question find, and what passages hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from twolane.documents import EVERYTHING, Filter
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.session import Database, Session
from twolane.store.values import Hit
from twolane.store.words.mirror import LibraryVocabulary, WordMirror
from twolane.store.words.ranking import best
from twolane.store.words.segments import KeptPassage, build
from twolane.store.words.writing import kept_passages
from twolane.text.query import query_words, telling_words
from twolane.text.terms import QueryWord, Stems

# So many times as many passages as are asked for are ranked first, and so many more where too few pass.
_FIRST_LOOK, _FILTERED_LOOK, _FURTHER = 4, 16, 8
_RANKED_AT_ONCE = 4_096


class WordSearch(ABC):
    """The searches by words of `twolane.store.base.Search`."""

    def __init__(self, database: Database) -> None:
        self._library = database
        self._words = WordMirror()

    @abstractmethod
    def few_documents(self, session: Session, within: Filter) -> list[int] | None:
        """Return the documents that pass a filter, where it is quicker to list them than to look each up."""

    def query_words(self, query: str) -> tuple[QueryWord, ...]:
        def look(session: Session) -> tuple[QueryWord, ...]:
            everything = session.of_all()
            return query_words(query, LibraryVocabulary(everything, self._words.current(everything)))

        return self._library.read(look, whole=True)

    def search_words(self, words: Sequence[QueryWord], limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        def search(session: Session) -> list[Hit]:
            index, values = self._words.current(session.of_all()), filter_values(within)
            all_pass = within == EVERYTHING and session.sees_all
            allowed = None if all_pass else self._allowed(session, within)
            read = index.reader(session)
            count = limit * (_FIRST_LOOK if within == EVERYTHING else _FILTERED_LOOK)
            while True:
                ranked = best(index.all_segments, words, count, read, allowed)
                passing_ids = _passing(session, ranked.ids.tolist(), within, values)
                if len(passing_ids) >= limit or len(ranked.ids) < count:
                    break
                count *= _FURTHER
            # names may have changed since a segment was made: what was found is ranked as it is now
            kept = kept_passages(session.rows("words.kept", ids=passing_ids[: 2 * limit]))
            return _ranked_now(kept, words, limit, index.mean_length)

        return self._library.read(search, whole=True) if words and limit > 0 else []

    def stems(self, passage_ids: Sequence[int]) -> dict[int, Stems]:
        ids = [int(passage_id) for passage_id in passage_ids]
        rows = self._library.read(lambda session: session.rows("words.kept", ids=ids))
        return {row["passage_id"]: Stems(row["stems"]) for row in rows}

    def telling_words(self, passage_ids: Sequence[int], most: int) -> tuple[QueryWord, ...]:
        ids = [int(passage_id) for passage_id in passage_ids]

        def look(session: Session) -> tuple[QueryWord, ...]:
            stems = [Stems(row["stems"]) for row in session.rows("words.kept", ids=ids)]
            everything = session.of_all()
            vocabulary = LibraryVocabulary(everything, self._words.current(everything))
            return telling_words(stems, most, vocabulary)

        return self._library.read(look, whole=True)

    def _allowed(self, session: Session, within: Filter) -> NDArray[np.bool_] | None:
        """Return which passages may be found, by their numbers; None where too many may to list them."""
        few = self.few_documents(session, within)
        if few is None:
            return None
        rows = session.rows("words.passages_of", documents=few)
        ids = np.array([row["passage_id"] for row in rows], dtype=np.int64)
        allowed = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.bool_)
        allowed[ids] = True
        return allowed


def _passing(session: Session, ids: Sequence[int], within: Filter, values: Mapping[str, object]) -> list[int]:
    rows = session.rows(passing("words.passing", within, VISIBLE), values, ids=list(ids))
    found = {row["passage_id"] for row in rows}
    return [passage_id for passage_id in ids if passage_id in found]


def _ranked_now(
    kept: Sequence[KeptPassage], words: Sequence[QueryWord], limit: int, mean_length: float
) -> list[Hit]:
    built = [
        build(kept[begin : begin + _RANKED_AT_ONCE], mean_length)
        for begin in range(0, len(kept), _RANKED_AT_ONCE)
    ]
    ranked = best(
        [one.segment for one in built],
        words,
        limit,
        lambda places: [built[index].data[place.start : place.stop] for index, place in places],
    )
    return [
        Hit(passage_id, score)
        for passage_id, score in zip(ranked.ids.tolist(), ranked.scores.tolist(), strict=True)
    ]
