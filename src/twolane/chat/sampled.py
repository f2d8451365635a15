"""Which passages of a very long document are indexed: a fair sample of all of it, said in its note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from twolane.documents import Passage, Reading

# Of each end so many of those that are kept, the rest evenly from between.
_SHARE_OF_AN_END = 4


@dataclass(frozen=True, slots=True)
class IndexedReading:
    """A reading whose note says what of it is indexed, and the passages that are."""

    reading: Reading
    passages: tuple[Passage, ...]


def sampled(reading: Reading, passages: Sequence[Passage], limit: int) -> IndexedReading:
    """Return at most so many whole passages, in order: the beginning, the end, and every n-th between.

    They keep their numbers, so that two are neighbours only where nothing between them was left out.
    """
    if len(passages) <= limit:
        return IndexedReading(reading, tuple(passages))
    kept = [passages[place] for place in _places(len(passages), limit)]
    note = (
        f"{limit:,} of {len(passages):,} passages are indexed, from its beginning to its end "
        "(extract.passages_limit)"
    )
    share = sum(len(one.text) for one in kept) / sum(len(one.text) for one in passages)
    told = replace(reading, note="; ".join(filter(None, (reading.note, note))), seen=reading.seen * share)
    return IndexedReading(told, tuple(kept))


def _places(count: int, limit: int) -> list[int]:
    end = limit // _SHARE_OF_AN_END
    between = limit - 2 * end
    first, last = end, count - end
    spread = [first + (last - first) * place // between for place in range(between)]
    return [*range(end), *spread, *range(last, count)]
