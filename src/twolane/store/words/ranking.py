"""The best passages of a full text index for the words of a question, by BM25 over its segments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twolane.store.words.segments import POSTING, Numbers, PostingsRange, Scores, Segment
from twolane.text.terms import QueryWord

# What a form that is not the word itself counts: a mistyped one put right, a compound, its parts.
_LOOSE = 0.5

Read = Callable[[Sequence[tuple[int, PostingsRange]]], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Passages, best first, with their scores."""

    ids: Numbers
    scores: Scores


def best(
    segments: Sequence[Segment],
    words: Sequence[QueryWord],
    count: int,
    read: Read,
    allowed: NDArray[np.bool_] | None = None,
) -> Ranked:
    """Return the best so many passages; of one that two segments hold, by the better score.

    `read` gives the postings at places of segments, numbered by their order; `allowed` says of each
    passage number whether it may be found: greater ones may not.
    """
    numbers = sorted(frozenset().union(*(word.numbers for word in words)))
    places = [segment.places(numbers) for segment in segments]
    wanted = [(index, stem, place) for index, held in enumerate(places) for stem, place in held.items()]
    data = read([(index, place) for index, _, place in wanted])
    postings: list[dict[int, bytes]] = [{} for _ in segments]
    for (index, stem, _), found in zip(wanted, data, strict=True):
        postings[index][stem] = found
    ids, scores, least = np.empty(0, np.int64), np.empty(0, np.float32), np.float32(0)
    for segment, held in zip(segments, postings, strict=True):
        if not held:
            continue
        here = _scores(len(segment.ids), words, held)
        if allowed is not None:
            here[~_may(segment.ids, allowed)] = 0
        top = np.flatnonzero(here > least)
        ids, scores = np.concatenate([ids, segment.ids[top]]), np.concatenate([scores, here[top]])
        if len(ids) > 2 * count:
            ids, scores = _top(ids, scores, 2 * count)
            least = scores.min()
    return _distinct(ids, scores, count)


def _scores(passages: int, words: Sequence[QueryWord], held: Mapping[int, bytes]) -> Scores:
    total = np.zeros(passages, np.float32)
    for word in words:
        weight = np.float32(word.rarity * 2.2 / 255)
        exact = [held[stem] for stem in word.stems if stem in held]
        loose = [held[stem] for stem in word.loose if stem in held]
        parts = [[held[stem] for stem in part if stem in held] for part in word.parts]
        if len(exact) == 1 and not loose and not any(parts):
            _add(total, exact[0], weight)
            continue
        here = _greatest(passages, exact)
        if loose:
            np.maximum(here, _LOOSE * _greatest(passages, loose), out=here)
        if any(parts):
            share = np.float32(_LOOSE / len(parts))
            together = share * np.sum([_greatest(passages, part) for part in parts], axis=0)
            np.maximum(here, together, out=here)
        total += weight * here
    return total


def _add(total: Scores, data: bytes, weight: np.float32) -> None:
    if len(data) == len(total):
        total += weight * np.frombuffer(data, np.uint8)
    else:
        postings = np.frombuffer(data, POSTING)
        total[postings["place"]] += weight * postings["impact"]


def _greatest(passages: int, forms: Iterable[bytes]) -> Scores:
    greatest = np.zeros(passages, np.float32)
    for data in forms:
        if len(data) == passages:
            np.maximum(greatest, np.frombuffer(data, np.uint8), out=greatest)
        else:
            postings = np.frombuffer(data, POSTING)
            at = postings["place"]
            greatest[at] = np.maximum(greatest[at], postings["impact"])
    return greatest


def _may(ids: Numbers, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    known = ids < len(allowed)
    return np.asarray(known & allowed[np.where(known, ids, 0)])


def _top(ids: Numbers, scores: Scores, count: int) -> tuple[Numbers, Scores]:
    chosen = np.argpartition(-scores, count - 1)[:count]
    return ids[chosen], scores[chosen]


def _distinct(ids: Numbers, scores: Scores, count: int) -> Ranked:
    order = np.lexsort((ids, -scores))
    ids, scores = ids[order], scores[order]
    _, first = np.unique(ids, return_index=True)
    first = np.sort(first)[:count]
    return Ranked(ids[first], scores[first])
