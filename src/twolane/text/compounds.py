"""Words that are made of others: no list says which, the vocabulary of a library does."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from twolane.text.terms import Spelling

_LEAST_WORD, _LEAST_REST = 4, 3
_LEAST_LETTERS = 9  # of a whole compound: shorter ones are words of their own too often
_MOST_LINK = 2  # letters that join two words, as in Versicherungsnehmer
_MOST_ENDING = 4  # letters that a stem lost, and those that join


class KnownWords(Protocol):
    """The words of a library, in order."""

    def beginning(self, start: str, lengths: range) -> Collection[Spelling]:
        """Return spellings whose word begins so and is so long, a bounded number."""

    def ending(self, end: str, lengths: range) -> Collection[Spelling]:
        """Return spellings whose stem ends so and is so long, a bounded number."""

    def known(self, words: Collection[str]) -> frozenset[str]:
        """Return those of the words that a text has, as words or as stems."""


def compounds_with(stems: Collection[str], words: KnownWords) -> list[Spelling]:
    """Return compounds that begin or end with a word, given by its stems, and are made of words wholly."""
    usable = sorted((stem for stem in stems if len(stem) >= _LEAST_WORD), key=len)
    if not usable:
        return []
    rests: dict[Spelling, set[str]] = {}
    for found in words.beginning(usable[0], range(_LEAST_LETTERS, 64)):
        rests.setdefault(found, set()).update(_behind(found.word, len(usable[0])))
    for stem in usable:
        for found in words.ending(stem, range(len(stem) + _LEAST_REST, 64)):
            if len(found.word) >= _LEAST_LETTERS:
                rests.setdefault(found, set()).update(_before(found.stem[: -len(stem)]))
    known = words.known(set().union(*rests.values()))
    return [found for found, parts in rests.items() if found.stem not in stems and parts & known]


def parts_of_compound(word: str, words: KnownWords) -> tuple[str, ...]:
    """Return the two words that a compound is made of, or none; of several ways the most even one."""
    splits = [
        (before, word[place:])
        for place in range(_LEAST_REST, len(word) - _LEAST_REST + 1)
        for before in _before(word[:place])
        if len(before) + len(word) - place >= _LEAST_LETTERS - _MOST_LINK
    ]
    if len(word) < _LEAST_LETTERS or not splits:
        return ()
    known = words.known({part for split in splits for part in split})
    whole = [split for split in splits if split[0] in known and split[1] in known]
    return max(whole, key=lambda split: min(map(len, split)), default=())


def _behind(word: str, length: int) -> Iterator[str]:
    """Yield what may stand behind a word's stem in a compound, without its ending and joining letters."""
    for start in range(length, min(length + _MOST_ENDING, len(word) - _LEAST_WORD) + 1):
        yield word[start:]


def _before(left: str) -> Iterator[str]:
    for link in range(_MOST_LINK + 1):
        if len(left) - link >= _LEAST_REST:
            yield left[: len(left) - link]
