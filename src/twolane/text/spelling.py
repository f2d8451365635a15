"""Mistyped words put right by a library's own: one letter more, less, other or swapped."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA

from twolane.text.compounds import KnownWords
from twolane.text.terms import Spelling

_LEAST = 5  # letters: of shorter words too many others are one letter away
_INFLECTED = 3  # letters by which an inflected word may be longer


def corrected(word: str, stems: Collection[str], words: KnownWords) -> list[Spelling]:
    """Return what a word, given with its stems, may have been meant as: it or its stem differs once.

    One edit leaves the first or the last letters as they are, so that only words with these are compared.
    """
    if len(word) < _LEAST:
        return []
    lengths = range(len(word) - _INFLECTED, len(word) + _INFLECTED + 1)
    near = set(words.beginning(word[: (len(word) - 1) // 2], lengths))
    for stem in {word, *stems}:
        if len(stem) >= _LEAST:
            near.update(words.ending(stem[-((len(stem) - 1) // 2) :], range(len(stem) - 1, len(stem) + 2)))
    candidates = list(near)
    if not candidates:
        return []
    right = set(_near(word, [found.word for found in candidates]))
    spelt = [found.stem for found in candidates]
    for stem in stems:
        if len(stem) >= _LEAST:
            right.update(_near(stem, spelt))
    return [candidates[place] for place in sorted(right)]


def _near(word: str, others: list[str]) -> list[int]:
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=1, limit=None)
    return [place for _, _, place in found]
