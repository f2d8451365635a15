"""What a passage is found under: the stems of its words by its own language, kept as numbers."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from twolane.text.languages import Language, language_of
from twolane.text.stems import stem
from twolane.text.words import SPACELESS_RUN, pairs, raw_words

# Changes where the same text would be found under other terms: libraries then index their words anew.
FORM = 1

TELLING = 3  # a passage of a few lines has at least so many different stop words of its language
_NONE: frozenset[int] = frozenset()
_MOST_CHARS = 64  # of a word: what is longer is no word, and a question has none
# What stands for a word in a passage is one byte: how often the text has it, and whether others do.
_MOST_IN_TEXT, _IN_HEADING, _IN_NAMES = 63, 64, 128
_NAMES_WEIGHT, _HEADING_WEIGHT = 0.5, 0.8
# a word that was cut at the end of a line, and marks that only say where it may be cut
_CUT = re.compile(r"([^\W\d_]+)[-\u2010]\n\s*([^\W\d_]+)")
_SOFT = re.compile("\u00ad\\s*")
# references as written: RE-2019/507, 12.4.1
_REFERENCE = re.compile(r"[^\W_]+(?:[-/_.][^\W_]+)+")
_MARKED = re.compile(r"\d[-/_.]\w|[^\W_][-/_.]\w*\d")
_NUMBER = re.compile(r"\d+\.\d+")
_MIXED = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word as texts have it, without case, with its stem by the language of the text, "" where unknown."""

    word: str
    stem: str
    language: str

    @property
    def number(self) -> int:
        """The number under which passages are found by it."""
        return stem_number(self.stem, self.language)


@dataclass(frozen=True, slots=True)
class PassageTerms:
    """What one passage is found under; `kept` is the form in which `Stems` is stored.

    `length` is the number of its words; `spelt` are those of letters.
    """

    kept: bytes
    length: int
    language: str
    spelt: frozenset[str]


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of a question with every form under which an index may hold it.

    `stems` are its inflections by the languages of the library; `loose` are compounds with it, and its
    spelling put right; `parts` are those of a compound: all of them stand for it. `rarity` is the word's
    inverse document frequency, as BM25 has it. A `derived` word is looked for beside one that it is part of.
    """

    text: str
    stems: frozenset[int]
    loose: frozenset[int] = _NONE
    parts: tuple[frozenset[int], ...] = ()
    rarity: float = 1.0
    derived: bool = False

    @property
    def numbers(self) -> frozenset[int]:
        """Every stem that says anything of the word."""
        return self.stems.union(self.loose, *self.parts)

    def is_in(self, numbers: frozenset[int]) -> bool:
        """Say whether stems have the word in any form."""
        if not numbers.isdisjoint(self.stems) or not numbers.isdisjoint(self.loose):
            return True
        return bool(self.parts) and not any(numbers.isdisjoint(part) for part in self.parts)


@dataclass(frozen=True)
class Stems:
    """The stems of one passage: of its text, its heading and the names of its document, as they are kept."""

    kept: bytes = b""

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of all stems."""
        return frozenset(np.frombuffer(self.kept, "<u4", len(self.kept) // 5).tolist())

    @cached_property
    def in_text(self) -> frozenset[int]:
        """The numbers of the stems that the text has."""
        return self._in(_MOST_IN_TEXT)

    @cached_property
    def in_names(self) -> frozenset[int]:
        """The numbers of the stems that the names of the document have."""
        return self._in(_IN_NAMES)

    def holds(self, word: QueryWord) -> bool:
        """Say whether the passage has a word in any form."""
        return word.is_in(self.numbers)

    def _in(self, places: int) -> frozenset[int]:
        count = len(self.kept) // 5
        values = np.frombuffer(self.kept, np.uint8, offset=4 * count) & places
        return frozenset(np.frombuffer(self.kept, "<u4", count)[values > 0].tolist())


def weights() -> NDArray[np.float32]:
    """Return how often each of the 256 values of a kept stem says that a word stands there, by its places."""
    value = np.arange(256)
    named = _HEADING_WEIGHT * (value & _IN_HEADING > 0) + _NAMES_WEIGHT * (value & _IN_NAMES > 0)
    return np.asarray(named + (value & _MOST_IN_TEXT), dtype=np.float32)


def stem_number(stemmed: str, language: str) -> int:
    """Return the number of a stem, 32 bits: two different ones share it once in four thousand million.

    It is one language's: care has the stem car in Spanish, and in English it does not. Numbers, and what is
    written without spaces, are the same in all.
    """
    is_common = not stemmed.isalpha() or (not stemmed.isascii() and SPACELESS_RUN.match(stemmed))
    return zlib.crc32((stemmed if is_common else f"{language} {stemmed}").encode("utf-8", "replace"))


def passage_terms(names: str, heading: str, text: str, otherwise: Language | None = None) -> PassageTerms:
    """Return what a passage is found under; `otherwise` is the language of its document."""
    in_text, in_heading, in_names = _counted(text), _counted_again(heading), _counted_again(names)
    words = in_text.keys() or in_heading.keys()
    language = language_of(words, otherwise, least=TELLING) if otherwise else language_of(words)
    algorithm = language.algorithm
    values: dict[int, int] = {}
    for word, count in in_text.items():
        number = _term(word, algorithm)[1]
        values[number] = values.get(number, 0) + count
    if max(values.values(), default=0) > _MOST_IN_TEXT:
        values = {number: min(count, _MOST_IN_TEXT) for number, count in values.items()}
    for others, flag in ((in_heading, _IN_HEADING), (in_names, _IN_NAMES)):
        for word in others:
            number = _term(word, algorithm)[1]
            values[number] = values.get(number, 0) | flag
    length = in_text.total() + in_heading.total() + in_names.total()
    spelt = frozenset(filter(_is_spelt, in_text.keys() | in_heading.keys() | in_names.keys()))
    return PassageTerms(_kept(values), length, algorithm, spelt)


def spelling_of(word: str, language: str) -> Spelling:
    """Return a word of a text in a language with its stem."""
    return Spelling(word, _term(word, language)[0], language)


def _counted(text: str) -> Counter[str]:
    """Count the words that a text is found under, without case: parts and pairs, too, and cut ones joined."""
    if not text.isascii():
        text = _SOFT.sub("", unicodedata.normalize("NFKC", text))
    text = text.casefold()
    counted = Counter(raw_words(text))
    for word in [
        word for word in counted if not (word.isalpha() and word.isascii() and len(word) < _MOST_CHARS)
    ]:
        count = counted.pop(word)
        for part in _under(word):
            counted[part] += count
    if "\n" in text:
        counted.update(f"{before}{after}"[:_MOST_CHARS] for before, after in _CUT.findall(text))
    counted.update(references_in(text))
    return counted


@lru_cache(maxsize=64)
def _counted_again(text: str) -> Counter[str]:
    # the passages of a document share their names, and often a heading
    return _counted(text)


def cut_words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words that were cut at the end of a line, with where they stand."""
    return _CUT.finditer(text)


def found_under(word: str) -> Iterable[str]:
    """Return what a word of a text, without case, is found under: itself, its parts, or its pairs."""
    return [word] if word.isalpha() and word.isascii() and len(word) < _MOST_CHARS else _under(word)


def numbers_of(words: Iterable[str], algorithm: str) -> frozenset[int]:
    """Return the numbers of words' stems in a text of one language."""
    return frozenset(_term(word, algorithm)[1] for word in words)


def _under(word: str) -> Iterable[str]:
    if not word.isascii() and SPACELESS_RUN.match(word):
        return [*pairs(word), *word]
    return [word[:_MOST_CHARS], *parts_of(word)]


def _is_spelt(word: str) -> bool:
    """Say whether a word is one of letters, which may be mistyped or part of others."""
    if len(word) < 3:
        return False
    return word.isalpha() if word.isascii() else not SPACELESS_RUN.match(word)


def parts_of(word: str) -> list[str]:
    """Return what a word with digits is found under too: FY2019 under 2019, 12.5.2023 under 2023 and 12.5."""
    if word.isalpha() or word.isdecimal():
        return []
    if word.isalnum():
        parts = _MIXED.findall(word)
        return [part for part in parts if len(part) > 1] if len(parts) > 1 else []
    groups = word.split(".")
    if len(groups) < 3 or not all(map(str.isdecimal, groups)):
        return []
    return [word[: -len(groups[-1]) - 1], *(group for group in groups if len(group) == 4)]


def references_in(text: str) -> Iterator[str]:
    """Yield the references of a text, such as re-2019/507, without the marks between their parts."""
    for piece in text.split():
        if not piece.isalnum() and _MARKED.search(piece):
            for found in _REFERENCE.findall(piece):
                if _is_reference(found):
                    yield "".join(filter(str.isalnum, found))


def reference_places(text: str) -> Iterator[re.Match[str]]:
    """Yield the references of a text as they are written, with where they stand."""
    return (found for found in _REFERENCE.finditer(text) if _is_reference(found[0]))


def _is_reference(found: str) -> bool:
    has_digit = any(map(str.isdigit, found))
    return has_digit and len(found) <= _MOST_CHARS and not _NUMBER.fullmatch(found)


def _kept(values: Mapping[int, int]) -> bytes:
    numbers = sorted(values)
    return struct.pack(f"<{len(numbers)}I", *numbers) + bytes(map(values.__getitem__, numbers))


def language_numbers(word: str, algorithms: Iterable[str]) -> frozenset[int]:
    """Return the numbers of a word's stems by some languages, and of itself where none is known."""
    return frozenset(_term(word, algorithm)[1] for algorithm in ("", *algorithms))


@lru_cache(maxsize=65_536)
def _term(word: str, algorithm: str) -> tuple[str, int]:
    stemmed = stem(word, algorithm)
    return stemmed, stem_number(stemmed, algorithm)
