"""What one source of an answer states, and where: values by what they mean, words in any inflection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from twolane.answers import Source
from twolane.chat.beside import Neighbours
from twolane.chat.claims import PlacedValue, PlacedWord, Statement, read
from twolane.text.languages import Language
from twolane.text.stems import Words, stem
from twolane.text.words import SPACELESS_RUN, pairs, plain, raw_words, script

_SIMILAR_START, _OTHER_ENDING = 4, 3  # letters of a name in two inflections
_LEAST_WITHIN = 5  # letters of a word that counts within a longer one, as Miete in Mietvertrag

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """One thing that a sentence says: a value, or a word, which may be a name."""

    value: PlacedValue | None = None
    word: str = ""
    is_name: bool = False


def is_run(word: str) -> bool:
    """Say whether a word is of a script that is written without spaces."""
    return SPACELESS_RUN.match(word) is not None


def stems_of(word: PlacedWord, algorithm: str) -> Iterator[tuple[str, Place]]:
    """Yield the stem of a word, or those of the pairs of a run without spaces, with their places."""
    if not is_run(word.text):
        yield stem(word.text, algorithm), (word.start, word.end)
        return
    for at, pair in enumerate(pairs(word.text) or [word.text], word.start):
        yield stem(pair, ""), (at, at + len(pair))


class Evidence:
    """The text of one source, read when it is first looked at; places are characters of the passage."""

    def __init__(self, source: Source, otherwise: Language) -> None:
        passage = source.passage
        self.text = passage.text
        self.page, self.start = passage.page, passage.start
        self.file_name = passage.path.name
        self._context = f"{passage.title} {passage.heading} {passage.path.name}"
        self._named = f"{self._context} {passage.page}"
        self._otherwise = otherwise

    @cached_property
    def is_spaced(self) -> bool:
        """Whether its words have spaces between them."""
        return sum(map(len, SPACELESS_RUN.findall(self.text))) < len(self.text) / 4

    @cached_property
    def language(self) -> Language:
        return Words.of(self.text).language

    @cached_property
    def algorithm(self) -> str:
        """The stemmer of the text; of a table, which shows no language, that of the question."""
        return (self.language.algorithm or self._otherwise.algorithm) if self.is_spaced else ""

    @cached_property
    def statement(self) -> Statement:
        return read(self.text, self.language, self._otherwise)

    @cached_property
    def names(self) -> frozenset[str]:
        """The words by which the file and its section are named."""
        return frozenset(map(plain, raw_words(self._named)))

    @cached_property
    def scripts(self) -> frozenset[str]:
        return frozenset(script(word.text[0]) for word in self.statement.words)

    @cached_property
    def neighbours(self) -> Neighbours:
        return Neighbours(self.text, self.statement.values, self._between)

    def values(self, claimed: PlacedValue) -> list[PlacedValue]:
        """Return the values of the text that state one of a claim."""
        return [one for one in self.statement.values if one.supports(claimed)]

    def places(self, part: ClaimPart) -> list[Place] | None:
        """Return where a part of a claim stands; an empty list where only the file's name or title has it."""
        if part.value is not None:
            return self._value_places(part.value)
        one = stem(part.word, "" if is_run(part.word) else self.algorithm)
        if places := self._stems.get(one):
            return places
        if one in self._titled_stems:
            return []
        return self._inflected(part.word) if part.is_name else self._within(one)

    def _value_places(self, value: PlacedValue) -> list[Place] | None:
        if found := self.values(value):
            return [(one.start, one.end) for one in found]
        if any(one.supports(value) for one in self._titled.values):
            return []
        pieces = [[one for one in self.statement.values if piece in one.keys] for piece in value.pieces]
        return [(one.start, one.end) for found in pieces for one in found] if pieces and all(pieces) else None

    def stems(self, words: AbstractSet[str]) -> set[str]:
        """Return the stems of words, without case, as this text has them."""
        placed = (PlacedWord(0, len(word), word, False) for word in words)
        return {one for word in placed for one, _ in stems_of(word, self.algorithm)}

    @cached_property
    def _titled(self) -> Statement:
        return read(self._context, self.language)

    @cached_property
    def _titled_stems(self) -> frozenset[str]:
        return frozenset(one for word in self._titled.words for one, _ in stems_of(word, self.algorithm))

    @cached_property
    def _stems(self) -> Mapping[str, list[Place]]:
        found: dict[str, list[Place]] = defaultdict(list)
        for word in self.statement.words:
            for one, place in stems_of(word, self.algorithm):
                found[one].append(place)
        return found

    @cached_property
    def _beginnings(self) -> Mapping[str, list[tuple[str, Place]]]:
        found: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        for word in self.statement.words:
            bare = plain(word.text)
            found[bare[:_SIMILAR_START]].append((bare, (word.start, word.end)))
        return found

    @cached_property
    def _folded(self) -> str:
        lowered = self.text.lower()
        return lowered if len(lowered) == len(self.text) else self.text

    def _inflected(self, name: str) -> list[Place] | None:
        """Return where a name stands with another ending, which a stemmer may not know of names."""
        bare = plain(name)
        alike = self._beginnings.get(bare[:_SIMILAR_START], ()) if len(bare) >= _SIMILAR_START else ()
        return [place for other, place in alike if _is_inflected(bare, other)] or None

    def _within(self, one: str) -> list[Place] | None:
        at = self._folded.find(one) if len(one) >= _LEAST_WITHIN else -1
        return [(at, at + len(one))] if at >= 0 else None

    def _between(self, start: int, end: int) -> set[str]:
        return {
            one
            for word in self.statement.words
            if start <= word.start and word.end <= end
            for one, _ in stems_of(word, self.algorithm)
        }


def _is_inflected(one: str, other: str) -> bool:
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), -1)
    shared = min(len(one), len(other)) if shared < 0 else shared
    return max(len(one), len(other)) - shared <= min(_OTHER_ENDING, shared - 1)
