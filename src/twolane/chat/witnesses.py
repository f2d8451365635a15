"""Passages of copies of one paper, which are one witness and not two: that of the newest speaks.

Why it is so: docs/why/copies.md#copies-are-one-witness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from twolane.documents import FoundPassage
from twolane.store.values import CopyKind, RelatedDocuments
from twolane.text.stems import search_words
from twolane.text.words import pairs, raw_words

# The share of a passage's words that another one must have to say the same. Passages of copies end at other
# places; an invoice has more to say than the reminder that quotes it.
_SAME_SHARE = {CopyKind.VERSION: 0.8}
_SHARE = 0.5


def without_copies(
    passages: Sequence[FoundPassage], related: Sequence[RelatedDocuments]
) -> list[FoundPassage]:
    """Return passages, best first, without those that a newer copy or version of their document has too.

    The one that replaces it takes its place where that is the better one. What only the older one says stays.
    """
    if not related:
        return list(passages)
    newer: dict[str, list[RelatedDocuments]] = defaultdict(list)
    for pair in related:
        newer[pair.older].append(pair)
    of: dict[str, list[FoundPassage]] = defaultdict(list)
    for passage in passages:
        of[passage.document].append(passage)
    words = {passage.passage_id: _words(passage) for passage in passages}
    scores = {passage.passage_id: passage.score for passage in passages}
    replaced: set[int] = set()
    for passage in passages:
        for pair in newer[passage.document]:
            least = _SAME_SHARE.get(pair.kind, _SHARE) * len(words[passage.passage_id])
            for other in of[pair.newer]:
                if len(words[passage.passage_id] & words[other.passage_id]) >= least:
                    replaced.add(passage.passage_id)
                    scores[other.passage_id] = max(scores[other.passage_id], scores[passage.passage_id])
    left = [one for one in passages if one.passage_id not in replaced]
    return sorted((replace(one, score=scores[one.passage_id]) for one in left), key=lambda one: -one.score)


def speaking(
    question: str, passages: Sequence[FoundPassage], related: Sequence[RelatedDocuments]
) -> list[RelatedDocuments]:
    """Return which document of each pair speaks for both: the older where a question names its file alone.

    Where it names both, each speaks for itself, unless they are the same word for word. A name is no name
    where the other one's passages hold it: "rent" is asked about, and not what `rent.txt` is asked for.
    """
    asked = frozenset(search_words(question))
    names: dict[str, frozenset[str]] = {}
    texts: dict[str, frozenset[str]] = defaultdict(frozenset)
    for passage in passages:
        names[passage.document] = frozenset(search_words(passage.path.stem))
        texts[passage.document] |= _words(passage)

    def is_named(one: str, other: str) -> bool:
        return bool(asked & names[one] - names[other] - texts[other])

    found: list[RelatedDocuments] = []
    for pair in related:
        if not is_named(pair.older, pair.newer):
            found.append(pair)
        elif not is_named(pair.newer, pair.older):
            found.append(RelatedDocuments(pair.older, pair.newer, pair.kind))
        elif pair.kind is CopyKind.SAME_TEXT:
            found.append(pair)
    return found


def _words(passage: FoundPassage) -> frozenset[str]:
    words = raw_words(passage.text.casefold())
    return frozenset(words) if passage.text.isascii() else frozenset(p for w in words for p in _parts(w))


def _parts(word: str) -> list[str]:
    return (pairs(word) or [word]) if not word.isascii() and len(word) > 1 else [word]
