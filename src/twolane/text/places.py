"""Where the words of a question stand in a text, in whatever form: by what the index finds the text under."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twolane.text.languages import UNKNOWN, Language, language_of
from twolane.text.terms import TELLING, QueryWord, cut_words, found_under, numbers_of, reference_places
from twolane.text.words import SPACELESS_RUN, word_places

_SOFT = re.compile("[^\\W\\d_]+(?:\u00ad\\s*[^\\W\\d_]+)+")
_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class _WordPlace:
    start: int
    end: int
    word: str


def places_of(words: Sequence[QueryWord], text: str, otherwise: Language = UNKNOWN) -> tuple[range, ...]:
    """Return the characters of a text at which words of a question stand, as stretches that do not touch.

    Inflections, compounds, spellings and references count as they do in the index; `otherwise` is the
    language of the text's document, for a text that does not show its own.
    """
    if not words or not text:
        return ()
    spots = list(_spots(text))
    language = language_of(
        {spot.word for spot in spots}, otherwise, least=TELLING if otherwise.algorithm else 1
    )
    numbers = [numbers_of(found_under(spot.word), language.algorithm) for spot in spots]
    every = frozenset().union(*numbers)
    wanted = frozenset().union(*(word.numbers for word in words if word.is_in(every)))
    return _merged(
        (spot for spot, own in zip(spots, numbers, strict=True) if not wanted.isdisjoint(own)), text
    )


def _spots(text: str) -> Iterator[_WordPlace]:
    """Yield the words of a text without case, with where they stand; runs without spaces as their pairs."""
    for match in word_places(text):
        word, at = match[0], match.start()
        if not word.isascii() and SPACELESS_RUN.match(word):
            pairs = range(max(1, len(word) - 1))
            yield from (_WordPlace(at + one, at + one + 2, _plain(word[one : one + 2])) for one in pairs)
        else:
            yield _WordPlace(at, match.end(), _plain(word))
    joined = [
        (one.span(), one[0]) for one in (*cut_words(text), *_SOFT.finditer(text), *reference_places(text))
    ]
    for (start, end), written in joined:
        yield _WordPlace(start, end, "".join(filter(str.isalnum, _plain(written))))


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).replace(_HYPHEN, "").casefold()


def _merged(spots: Iterator[_WordPlace], text: str) -> tuple[range, ...]:
    merged: list[range] = []
    for spot in sorted(spots, key=lambda one: one.start):
        end = min(spot.end, len(text))
        if merged and spot.start <= merged[-1].stop:
            merged[-1] = range(merged[-1].start, max(end, merged[-1].stop))
        else:
            merged.append(range(spot.start, end))
    return tuple(merged)
