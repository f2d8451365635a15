"""Categories that the evidence cannot tell apart: by corrections, by the documents in them, and as described.

See docs/why/filing.md#two-categories-are-one-to-the-evidence
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from twolane.filing.cascade import Cascade
from twolane.filing.numbers import Floats, unit
from twolane.store.base import Decided
from twolane.store.values import Halves, Lesson

# Two categories cannot be told apart where so many of the documents that people decided on were taken for the
# other one, of at least so many: of two, half would be a coin's work.
_WRONG, _FEWEST_DECIDED = 0.3, 6
# ... where of what people put into either, so few are nearer to the rest of their own; each has so many.
_NEARER, _FEWEST_EACH = 0.7, 4
# ... where documents that are like one of the two are like the other nearly as much, on average; a document
# counts where the two have most of its probability.
_SHARED, _FEWEST_BETWEEN, _BETWEEN = 0.5, 8, 0.5
# ... or where they are described more alike than all pairs are, by so many standard deviations: of 200 pairs
# that have nothing to do with each other, one is beyond 3.
_DESCRIBED, _FEWEST_CATEGORIES = 3.5, 8
_MOST_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Confused:
    """Two categories that the evidence cannot tell apart, by their ids.

    `share` is 0 where they are told apart and 1 where they are not at all; `documents` show it.
    """

    one: str
    other: str
    why: str
    share: float
    documents: int = 0


def confused(store: Decided, cascade: Cascade) -> list[Confused]:
    """Return the pairs that are confused, worst first, each once. Raises `StoreError`, and `ModelError`."""
    leaves = [leaf.id for leaf in cascade.taxonomy.leaves().categories]
    lessons = store.decisions.lessons(store.decisions.labelled(), cascade.vector_model)
    found = [*_corrected(leaves, lessons)]
    if model := cascade.vector_model:
        vectors = store.decisions.vectors([lesson.document_id for lesson in lessons], model)
        found += _mixed(leaves, {one.document_id: one.category for one in lessons}, vectors)
        filed = store.decisions.filed_vectors(model, limit=_MOST_LOOKED_AT)
        if len(filed) >= _FEWEST_BETWEEN:
            found += _alike(leaves, cascade.shares_of(np.array([one.vector for one in filed], np.float64)))
        if len(leaves) >= _FEWEST_CATEGORIES:
            found += _described(leaves, cascade.described())
    worst: dict[tuple[str, str], Confused] = {}
    for one in found:  # what people showed comes first
        worst.setdefault((one.one, one.other), one)
    return sorted(worst.values(), key=lambda one: -one.share)


def _corrected(leaves: Sequence[str], lessons: Sequence[Lesson]) -> Iterator[Confused]:
    """Yield the pairs of which people corrected too many documents, out of all that they were asked about."""
    counts = Counter(
        (lesson.guess.category, lesson.category)
        for lesson in lessons
        if lesson.guess is not None and lesson.guess.review_cause is not None
    )
    for one, other in combinations(leaves, 2):
        wrong = counts[one, other] + counts[other, one]
        between = wrong + counts[one, one] + counts[other, other]
        if between >= _FEWEST_DECIDED and wrong / between >= _WRONG:
            why = f"of {between} documents that people decided on, {wrong} were taken for the other"
            yield Confused(one, other, why, min(1.0, 2 * wrong / between), between)


def _mixed(
    leaves: Sequence[str], categories: Mapping[int, str], vectors: Mapping[int, Halves]
) -> Iterator[Confused]:
    """Yield the pairs whose documents, as people filed them, lie among each other."""
    filed = defaultdict[str, list[Halves]](list)
    for number, category in categories.items():
        if number in vectors:
            filed[category].append(vectors[number])
    of = {leaf: filed[leaf] for leaf in leaves if len(filed[leaf]) >= _FEWEST_EACH}
    groups = {leaf: np.array(found, np.float64) for leaf, found in of.items()}
    for one, other in combinations(groups, 2):
        nearer = [*_nearer(groups[one], groups[other]), *_nearer(groups[other], groups[one])]
        right = float(np.mean(nearer))
        if right <= _NEARER:
            others = nearer.count(False)
            why = f"of {len(nearer)} documents that people filed there, {others} are more like the other's"
            yield Confused(one, other, why, min(1.0, 2 * (1 - right)), len(nearer))


def _nearer(own: Floats, others: Floats) -> list[bool]:
    """Say of each document whether it is nearer to the middle of the rest of its own than to the others'."""
    middle = unit(others.mean(axis=0))
    rests = unit((own.sum(axis=0) - own) / (len(own) - 1))
    return [bool(one @ rest > one @ middle) for one, rest in zip(own, rests, strict=True)]


def _alike(leaves: Sequence[str], shares: Floats) -> Iterator[Confused]:
    """Yield the pairs between which documents lie; `shares` (documents, leaves) are probabilities."""
    for one, other in combinations(range(len(leaves)), 2):
        two = shares[:, [one, other]]
        between = two[two.sum(axis=1) >= _BETWEEN]
        if len(between) < _FEWEST_BETWEEN:
            continue
        shared = float(2 * between.min(axis=1).sum() / between.sum())
        if shared >= _SHARED:
            why = f"{len(between)} documents are like both of them, nearly as much ({shared:.2f})"
            yield Confused(leaves[one], leaves[other], why, shared, len(between))


def _described(leaves: Sequence[str], vectors: Floats) -> Iterator[Confused]:
    """Yield the pairs whose names and descriptions stand out by being alike (leaves, dimensions)."""
    centred = unit(vectors - vectors.mean(axis=0))
    pairs = list(combinations(range(len(leaves)), 2))
    cosines = np.array([centred[one] @ centred[other] for one, other in pairs])
    usual, spread = float(cosines.mean()), float(cosines.std())
    for (one, other), cosine in zip(pairs, cosines, strict=True):
        if spread and cosine - usual >= _DESCRIBED * spread:
            why = f"they are described alike ({cosine:.2f}; two others have {usual:.2f})"
            yield Confused(leaves[one], leaves[other], why, float(cosine))
