"""The passages of an answer are spread over documents, and neighbours on a page become one source.

Why it is so: docs/why/chat.md#neighbours-are-one-source-and-two-a-document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from twolane.documents import FoundPassage
from twolane.text.terms import QueryWord, Stems

_MOST_OF_A_DOCUMENT = 2
_MOST_JOINED = 2
# Another document has its turn before the third source of one where it fits at least so well as that.
_COMPARABLE = 0.9
# A document is named by words that are, together, about as rare as one that one in seven passages has; and
# where several are, those that are named nearly as well as the best.
_NAMING = 2.0
_NEARLY = 0.9

PageText = Callable[[FoundPassage, int, int], str]
"""Returns a part of a passage's page by its first character and the one after its last."""


def spread(
    passages: Sequence[FoundPassage], limit: int, named: Collection[str] = ()
) -> list[list[FoundPassage]]:
    """Return at most `limit` sources, best first, each of one passage or of neighbours in their order.

    A document has at most two before others that fit comparably well had their turn, unless it is one of the
    `named`. A neighbour is joined to its source where it is among the first `limit` passages.
    """
    sources: list[list[FoundPassage]] = []
    waiting: list[FoundPassage] = []
    counts: Counter[str] = Counter()

    def take(passage: FoundPassage) -> None:
        counts[passage.document] += 1
        sources.append([passage])

    for place, passage in enumerate(passages):
        if len(sources) >= limit and place >= limit:
            break
        while waiting and passage.score < _COMPARABLE * waiting[0].score and len(sources) < limit:
            take(waiting.pop(0))
        if place < limit and _joined(sources, passage):
            continue
        if counts[passage.document] >= _MOST_OF_A_DOCUMENT and passage.document not in named:
            waiting.append(passage)
        elif len(sources) < limit:
            take(passage)
    for passage in waiting[: limit - len(sources)]:
        take(passage)
    return sources


def named_documents(
    words: Sequence[QueryWord], passages: Sequence[FoundPassage], stems: Mapping[int, Stems]
) -> frozenset[str]:
    """Return the documents whose names hold as much of a question as any, if that is more than chance."""
    held: dict[str, float] = {}
    for passage in passages:
        names = stems[passage.passage_id].in_names if passage.passage_id in stems else frozenset()
        rarity = sum(word.rarity for word in words if not word.derived and word.is_in(names))
        held[passage.document] = max(rarity, held.get(passage.document, 0.0))
    most = max(held.values(), default=0.0)
    return frozenset(one for one, rarity in held.items() if rarity >= max(_NAMING, _NEARLY * most))


def as_one(source: Sequence[FoundPassage], page_text: PageText) -> FoundPassage:
    """Return the passages of a source as one: the text of their page from the first to the last."""
    if len(source) == 1:
        return source[0]
    best = max(source, key=lambda passage: passage.score)
    start, end = source[0].start, source[-1].end
    return replace(best, text=page_text(best, start, end), start=start, end=end, ordinal=source[0].ordinal)


def _joined(sources: Sequence[list[FoundPassage]], passage: FoundPassage) -> bool:
    """Put a passage to the source that it is a neighbour of, if there is one with room."""
    for source in sources:
        first, last = source[0], source[-1]
        if (first.document, first.page) != (passage.document, passage.page) or len(source) >= _MOST_JOINED:
            continue
        if passage.ordinal == last.ordinal + 1:
            source.append(passage)
            return True
        if passage.ordinal == first.ordinal - 1:
            source.insert(0, passage)
            return True
    return False
