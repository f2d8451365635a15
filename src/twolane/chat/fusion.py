"""What words and vectors say of passages becomes one score, and the best passages say what else to look for.

Why it is so: docs/why/chat.md#words-and-vectors-are-fused-by-score.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from twolane.llm.base import Vectors
from twolane.store.values import Hit
from twolane.text.terms import QueryWord

_VECTORS = 0.5  # their share of a score, where there are any
# Where the best passage by words holds less than this of the question, words count for less: what shares some
# everyday words with a question is no answer to it.
_COVERED = 0.4
# Where passages in other languages were found too, words must hold so much to outdo them.
_COVERED_AT_HOME = 0.8
# What words would say of a passage in another language than the question, as a share of what vectors say: of
# two that answer, that in the question's own language comes first.
_ABROAD = 0.85
# How far the question's vector moves to those of the passages that fit it best (Rocchio 1971).
_FEEDBACK = 0.3
_FEEDBACK_PASSAGES = 3
# What the best passage of the second search gains, as a share of the best score of the first.
_SECOND = 0.35
# Where that holds less than this of the words that were sought, it gains less.
_LED_TO = 0.2


def by_passage(hits: Sequence[Hit]) -> dict[int, float]:
    """Return the scores of hits by their passages."""
    return {hit.passage_id: hit.score for hit in hits}


def fused(
    by_words: Mapping[int, float],
    by_vectors: Mapping[int, float],
    words: Sequence[QueryWord],
    floor: float,
    abroad: Collection[int] = (),
) -> dict[int, float]:
    """Return a score for each passage of either list, of which the best possible is about 1.

    `by_words` are scores of BM25, `by_vectors` cosines; `floor` is the cosine of a passage that was just too
    far to be among the nearest. Of passages `abroad`, in another language than the question, vectors alone
    speak: that they share no words with it says nothing.
    """
    share = _VECTORS if by_vectors else 0.0
    enough = (_COVERED_AT_HOME if abroad else _COVERED) * _rarity(words)
    most = max(max(by_words.values(), default=0.0), enough) or 1.0
    span = max(by_vectors.values(), default=0.0) - floor or 1.0
    scores = {}
    for one in {**by_words, **by_vectors}:
        near = max(0.0, (by_vectors.get(one, floor) - floor) / span)
        said = _ABROAD * near if by_vectors and one in abroad else by_words.get(one, 0.0) / most
        scores[one] = (1 - share) * said + share * near
    return scores


def best(scores: Mapping[int, float]) -> list[int]:
    """Return passages, the best first; of equal ones the earlier in the index."""
    return sorted(scores, key=lambda one: (-scores[one], one))


def lifted(
    scores: Mapping[int, float],
    second: Mapping[int, float],
    words: Sequence[QueryWord],
    first: Collection[int],
) -> dict[int, float]:
    """Return scores with what a second search, by words of the `first` passages, adds to all but them.

    Those stay before the others: what they lead to does not answer without them.
    """
    added = {one: score for one, score in second.items() if one not in first}
    most = max(max(added.values(), default=0.0), _LED_TO * _rarity(words)) or 1.0
    lifted_ones = {
        one: scores.get(one, 0.0) + _SECOND * added.get(one, 0.0) / most for one in {**scores, **added}
    }
    above = max(lifted_ones.values(), default=0.0)
    return lifted_ones | {one: scores.get(one, 0.0) + above for one in first}


def moved(question: Vectors, best_first: Sequence[int], vectors: Mapping[int, Vectors]) -> dict[int, float]:
    """Return the cosines of passages to a question that is moved to its best passages; all of length 1."""
    near = [vectors[one] for one in best_first if one in vectors][:_FEEDBACK_PASSAGES]
    wanted = question + _FEEDBACK * np.mean(near, axis=0) if near else question
    if not vectors:
        return {}
    cosines = np.stack(list(vectors.values())) @ (wanted / np.linalg.norm(wanted))
    return dict(zip(vectors, cosines.tolist(), strict=True))


def _rarity(words: Sequence[QueryWord]) -> float:
    return sum(word.rarity for word in words)
