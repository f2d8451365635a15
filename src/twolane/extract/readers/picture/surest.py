"""A word as the surest of several readings has it: each pack of letters knows signs that others do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from twolane.extract.readers.picture.engine import SeenWord

_AS_SURE = 2.0  # a letter with its accent is as likely as one without, if readings are as sure as that
_SAME_PLACE = 0.6


def surest(words: Sequence[SeenWord], others: Iterable[Sequence[SeenWord]]) -> tuple[SeenWord, ...]:
    """Return words, each in the reading that is surest of it; of equals, the one with more accents."""
    readings = tuple(others)
    return tuple(_surest(word, [other for reading in readings for other in reading]) for word in words)


def _surest(word: SeenWord, others: Iterable[SeenWord]) -> SeenWord:
    best = max((word, *(other for other in others if _are_in_one_place(word, other))), key=_worth)
    return replace(word, text=best.text, confidence=best.confidence)


def _worth(word: SeenWord) -> float:
    has_accents = any(ord(sign) > 0x7F and sign.isalpha() for sign in word.text)
    return word.confidence + (_AS_SURE if has_accents else 0.0)


def _are_in_one_place(word: SeenWord, other: SeenWord) -> bool:
    across = min(word.right, other.right) - max(word.left, other.left)
    down = min(word.top + word.height, other.top + other.height) - max(word.top, other.top)
    if across <= 0 or down <= 0:
        return False
    both = word.width * word.height + other.width * other.height - across * down
    return across * down > _SAME_PLACE * both
