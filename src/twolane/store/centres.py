"""The middles of a library's vectors, of all and of each language, from which its codes are made.

Vectors of many models lie close together, and those of one language closer still. Less the middle of their
language, their signs tell them apart, and a question is no nearer to what is written in its own language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twolane.llm.base import Vectors

_LEAST = 4  # documents whose middle says something of their language, not of one matter alone
SAMPLE = 1_000  # passages of a language that are looked at
_PLANES = 4  # bits of a question's value


def language_number(language: str) -> int:
    """Return a number for a language that fits a column: its first letters, 0 for none."""
    return int.from_bytes(language.encode()[:7], "little")


@dataclass(frozen=True, slots=True)
class Plane:
    """One bit of each value of a question, in the form of a code, and how much it weighs."""

    code: NDArray[np.uint64]
    weight: int


def _nothing() -> Vectors:
    return np.zeros((1, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Centres:
    """The middle of all vectors in row 0, and of the language `languages[i - 1]` in row i.

    The rows are as long as a code has bits: behind a vector's values they are 0.
    """

    languages: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    rows: Vectors = field(default_factory=_nothing)

    @property
    def width(self) -> int:
        """How many 64-bit words a code has."""
        return int(self.rows.shape[1]) // 64

    def places(self, languages: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the row for each language, 0 where it has none of its own."""
        if not len(self.languages):
            return np.zeros(len(languages), dtype=np.intp)
        place = np.minimum(np.searchsorted(self.languages, languages), len(self.languages) - 1)
        return np.where(self.languages[place] == languages, place + 1, 0)

    def words(self, vectors: Vectors, languages: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the codes of vectors, one a column: bit i says whether value i is above its middle."""
        above = vectors > self.rows[self.places(languages), : vectors.shape[1]]
        bits = np.zeros((len(vectors), self.rows.shape[1] // 8), dtype=np.uint8)
        packed = np.packbits(above, axis=1)
        bits[:, : packed.shape[1]] = packed
        return np.ascontiguousarray(bits.view(np.uint64).T)

    def planes(self, unit: Vectors) -> list[Plane]:
        """Return a question's values less the middle of all, rounded to a few bits, the heaviest first.

        The sum of the weighted distances of its planes falls as the product with a code's signs grows.
        """
        values = np.zeros(self.rows.shape[1], dtype=np.float32)
        values[: len(unit)] = unit - self.rows[0, : len(unit)]
        most = (1 << _PLANES) - 1
        reach = 3 * float(values[: len(unit)].std()) or 1.0
        steps = np.clip(np.rint((values / reach + 1) / 2 * most), 0, most).astype(np.uint8)
        bits = reversed(range(_PLANES))
        return [Plane(np.packbits(steps >> bit & 1).view(np.uint64), 1 << bit) for bit in bits]

    def levels(self, unit: Vectors, languages: NDArray[np.int64]) -> Vectors:
        """Return what to add to the cosines of a question with passages in these languages.

        How near the question is to all that is written in a language says nothing of what is asked.
        """
        near = self.rows[:, : len(unit)] @ unit
        levels: Vectors = (near[0] - near)[self.places(languages)]
        return levels

    def levelled(self, vectors: Vectors, languages: NDArray[np.int64]) -> Vectors:
        """Return vectors in these languages moved from their middles to that of all."""
        if not self.width:
            return vectors
        moved: Vectors = vectors + (self.rows[0] - self.rows)[self.places(languages), : vectors.shape[1]]
        return moved


def centres_of(
    vectors: Vectors, languages: NDArray[np.int64], documents: NDArray[np.int64], width: int
) -> Centres:
    """Return the middles of a sample of vectors, for codes of so many words."""
    middles = {
        int(language): LanguageMiddle(
            vectors[languages == language].mean(axis=0), len(set(documents[languages == language]))
        )
        for language in np.unique(languages)
    }
    whole = vectors.mean(axis=0) if len(vectors) else np.zeros(0, dtype=np.float32)
    return centres_from(whole, middles, width)


@dataclass(frozen=True, slots=True)
class LanguageMiddle:
    """The mean of vectors (dimensions) of so many documents in one language."""

    vector: Vectors
    documents: int


def centres_from(whole: Vectors, middles: Mapping[int, LanguageMiddle], width: int) -> Centres:
    """Return the middles for codes of so many words: of all vectors, and of languages by their numbers.

    A language has none of its own where chance explains its way from that of all: the mean of so many
    documents, whatever they are written in, lies somewhere.
    """
    own = {one: middle for one, middle in sorted(middles.items()) if one and _is_a_place(middle, whole)}
    rows = np.zeros((len(own) + 1, width * 64), dtype=np.float32)
    rows[:, : len(whole)] = [whole, *(middle.vector for middle in own.values())]
    return Centres(np.array(list(own), dtype=np.int64), rows)


def _is_a_place(middle: LanguageMiddle, whole: Vectors) -> bool:
    away = middle.vector - whole
    # of vectors of length 1 what their mean lacks of it is their variance
    by_chance = (1 - float(middle.vector @ middle.vector)) / middle.documents
    return middle.documents >= _LEAST and by_chance < float(away @ away)


def sample_of(languages: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the places of a sample that holds some of each language, evenly spread."""
    return np.concatenate(
        [np.empty(0, dtype=np.intp)]
        + [_spread(np.flatnonzero(languages == language)) for language in np.unique(languages)]
    )


def _spread(places: NDArray[np.intp]) -> NDArray[np.intp]:
    return places[np.linspace(0, len(places) - 1, min(SAMPLE, len(places))).astype(np.intp)]
