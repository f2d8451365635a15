"""A document as its copies see it: words and numbers without layout, punctuation, case, misread letters."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from twolane.text.words import SPACELESS_RUN, pairs, plain, raw_words

# What is compared of a text. The rest of a longer one counts for whether two texts are the same.
_COMPARED_CHARS = 200_000
# A letter's head is its first lines, up to where two of them in a row are as long as those of its prose.
_HEAD_LINES = 14
_PROSE_CHARS = 60
_LONGEST_CHARS = 160
_HEAD_CHARS = _HEAD_LINES * _LONGEST_CHARS

_HYPHENATED = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[^\W\d_])")
_SOFT = re.compile("[\u00ad\u0640\u064b-\u0652\u0670\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
# A run of letters and digits with inner punctuation; in scripts without spaces a number has its unit: 3月.
_RUN = re.compile(rf"[0-9a-z]+(?:[.,/:'-][0-9a-z]+)*{SPACELESS_RUN.pattern[:-1]}?")
_DIGIT = re.compile(r"\d")
_SIGNS = re.compile(r"[\W_]+")
_ASCII_CAPITAL = re.compile(r"\b[A-Z][A-Za-z0-9]*")
_INNER = str.maketrans("", "", ".,")  # of numbers
_SIGNS_IN_LINES = re.compile(r"[^\w\n]+|_")
# Letters and digits that text recognition takes for each other, by what their shapes are made of: rn is an m.
# None stands in what another one becomes, so their order is free. One table for all took five times as long.
_MISREAD = tuple(
    {"o": "0", "i": "1", "l": "1", "s": "5", "b": "8", "z": "2", "q": "9", "e": "c", "d": "c1"}.items()
    | {"n": "r1", "m": "rr1", "w": "vv", "u": "11", "ł": "1", "ø": "0", "đ": "c1"}.items()
)


@dataclass(frozen=True, slots=True)
class ComparedText:
    """One document's text, ready to be compared; all of it without case.

    `words` have no digits; `numbers` are whatever has one, without punctuation: dates, amounts, numbers of
    papers. `sequence` are its words in order, `shapes` words and numbers as misread ones look. `stream` is
    every letter and digit: what is split or joined in one text is found there. `head` are the words of its
    first lines, `capitals` those that begin with one.
    """

    words: frozenset[str]
    sequence: tuple[str, ...]
    shapes: frozenset[str]
    numbers: frozenset[str]
    stream: str
    head: frozenset[str]
    capitals: frozenset[str]

    @property
    def size(self) -> int:
        """How many different words and numbers it has."""
        return len(self.words) + len(self.numbers)

    @classmethod
    def of(cls, text: str) -> ComparedText:
        """Return what is compared of a text."""
        text = text[:_COMPARED_CHARS]
        flat = flattened(text)
        terms = terms_of(flat)
        sequence, numbers = tuple(filter(_is_word, terms)), numbers_of(flat)
        return cls(
            words=frozenset(sequence),
            sequence=sequence,
            numbers=numbers,
            shapes=numbers.union(shapes_of(sequence)),
            stream=without_misreadings("".join(raw_words(flat)).translate(_INNER)),
            head=frozenset(filter(_is_word, terms_of("\n".join(_head(flat))))),
            capitals=_capitals(text),
        )


def flattened(text: str) -> str:
    """Return a text without case, accents and the hyphens of its line ends, its digits in ASCII."""
    text = _HYPHENATED.sub("", text)
    if not text.isascii():
        text = text.replace("ı", "i")  # in capitals it is the I of all others
        text = _SOFT.sub("", unicodedata.normalize("NFKC", text)).translate(_digits())
    return plain(text)


def terms_of(flat: str) -> list[str]:
    """Return the words and numbers of a flattened text in order; runs without spaces are their pairs."""
    if flat.isascii():
        return raw_words(flat)
    terms: list[str] = []
    for word in raw_words(flat):
        if not word.isascii() and SPACELESS_RUN.match(word):
            terms += pairs(word) or [word]
        else:
            terms.append(word)
    return terms


def shingles_of(terms: list[str]) -> set[str]:
    """Return each pair of neighbours, as misread ones look: two texts are as alike as they share these."""
    return {f"{one} {other}" for one, other in pairwise(shapes_of(terms))}


def numbers_of(flat: str) -> frozenset[str]:
    """Return whatever has a digit in a flattened text, without punctuation and misread letters."""
    # most words are letters alone, which is seen ten times as fast
    some = "\n".join({part for part in flat.split() if not part.isalpha() and _DIGIT.search(part)})
    runs = "\n".join(run for run in _RUN.findall(some) if _DIGIT.search(run))
    return frozenset(without_misreadings(_SIGNS_IN_LINES.sub("", runs)).split())


def without_misreadings(text: str) -> str:
    """Return a text in which letters and digits that are taken for each other are the same."""
    for letter, shape in _MISREAD:
        text = text.replace(letter, shape)
    return text


def shapes_of(words: Sequence[str]) -> list[str]:
    """Return words as misread ones look, in their order."""
    return without_misreadings("\n".join(words)).split("\n") if words else []


def as_found(words: str) -> str:
    """Return words as they stand in a paper's `stream`."""
    return without_misreadings(_SIGNS.sub("", flattened(words)))


def _is_word(term: str) -> bool:
    # the marks of some scripts are no letters, and their words have no digits either
    return len(term) > 1 and (term.isalpha() or not _DIGIT.search(term))


def _capitals(text: str) -> frozenset[str]:
    """Return the words of a text that begin with a capital, without case and accents."""
    if text.isascii():
        return frozenset(word.lower() for word in _ASCII_CAPITAL.findall(text))
    return frozenset(plain(word) for word in set(raw_words(text)) if word[0].isupper())


def _head(flat: str) -> list[str]:
    head: list[str] = []
    long_before = False
    for line in filter(str.strip, flat[:_HEAD_CHARS].splitlines()):
        width = len(line) + sum(len(run) for run in SPACELESS_RUN.findall(line))  # they are twice as wide
        is_long = width >= _PROSE_CHARS
        if len(head) == _HEAD_LINES or width >= _LONGEST_CHARS or (is_long and long_before):
            break
        head.append(line)
        long_before = is_long
    return head[:-1] if long_before else head


@cache
def _digits() -> dict[int, str]:
    """Map the digits of every script to those of ASCII."""
    return {
        number: str(unicodedata.digit(char))
        for number in range(0x80, sys.maxunicode)
        if unicodedata.category(char := chr(number)) == "Nd"
    }
