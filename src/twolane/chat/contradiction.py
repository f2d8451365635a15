"""Values of an answer that other versions of a document, or files like it, state otherwise.

Why it is so strict: docs/why/chat.md#a-contradiction-is-said-where-the-same-words-stand-around-another-value
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from twolane.answers import CitationEvent, CitationStatus, ContradictionEvent, Source, StatedValue
from twolane.chat.claims import PlacedValue, Statement, read
from twolane.documents import FoundPassage
from twolane.text.languages import Language, language_of
from twolane.text.stems import Words, meaningful, stem
from twolane.text.words import pairs, raw_words

# A value's frame is the line or sentence that it stands in: of two frames so much must be the same.
_SAME_SHARE = 0.8
# One word, as "total", is around values of all kinds of papers: it is enough between versions of one paper.
_LEAST_WORDS, _LEAST_OF_VERSIONS = 3, 1
_MOST_VALUES = 2  # of one kind in a frame: what has more is a row of a table
_MOST_SHOWN = 4
_ENDS = re.compile(r"(?<=[.!?])\s+|[\n\r]+|(?<=[。！？؟])")


@dataclass(frozen=True)
class _ReadPassage:
    """A passage with all that it states."""

    passage: FoundPassage

    @cached_property
    def language(self) -> Language:
        return language_of(raw_words(self.passage.text.casefold()))

    @cached_property
    def statement(self) -> Statement:
        return read(self.passage.text, self.language)

    @cached_property
    def frames(self) -> tuple[_ValueFrame, ...]:
        ends = [match.span() for match in _ENDS.finditer(self.passage.text)]
        starts = [0, *(end for _, end in ends)]
        stops = [*(start for start, _ in ends), len(self.passage.text)]
        return tuple(self._frame(start, stop) for start, stop in zip(starts, stops, strict=True))

    def _frame(self, start: int, stop: int) -> _ValueFrame:
        words = [one.text for one in self.statement.words if start <= one.start and one.end <= stop]
        parts = [part for word in words for part in (pairs(word) if not word.isascii() else []) or [word]]
        stems = frozenset(stem(part, self.language.algorithm) for part in parts)
        values = tuple(one for one in self.statement.values if start <= one.start and one.end <= stop)
        return _ValueFrame(stems, values)

    def written(self, value: PlacedValue) -> str:
        return self.passage.text[value.start : value.end].strip()

    def is_own_date(self, value: PlacedValue) -> bool:
        """Say whether a value is the date of the paper itself, in which versions differ without dispute."""
        day = self.passage.dated_at
        return day is not None and (day.year, day.month, day.day) in value.keys

    @cached_property
    def words(self) -> Words:
        """The words of the passage, and those that name its file and section."""
        passage = self.passage
        return Words.of(f"{passage.path.stem} {passage.title} {passage.heading} {passage.text}")

    def states(self, value: PlacedValue) -> bool:
        """Say whether the passage has a value anywhere."""
        return any(one.supports(value) for one in self.statement.values)


@dataclass(frozen=True, slots=True)
class _ValueFrame:
    """A line or sentence: the stems of its words, and its values."""

    stems: frozenset[str]
    values: tuple[PlacedValue, ...]

    def alike(self, other: _ValueFrame, least: int) -> bool:
        """Say whether the same words stand in another frame."""
        shared = len(self.stems & other.stems)
        return shared >= least and shared >= _SAME_SHARE * len(self.stems | other.stems)

    def of_kind(self, value: PlacedValue) -> list[PlacedValue]:
        return [one for one in self.values if one.kind is value.kind]


def contradictions(
    question: str,
    citations: Iterable[CitationEvent],
    sources: Sequence[Source],
    superseded: Sequence[FoundPassage],
) -> list[ContradictionEvent]:
    """Return the contradictions of an answer, each once: the newest value first, the answer's among them.

    `superseded` are passages of older versions of the sources' documents, which the model was not given.
    """
    older = {passage.passage_id for passage in superseded}
    given = [source.passage for source in sources]
    others = [_ReadPassage(passage) for passage in (*given, *superseded)]
    by_number = {source.number: _ReadPassage(source.passage) for source in sources}
    found: dict[tuple[str, ...], ContradictionEvent] = {}
    for citation in citations:
        reading = by_number.get(citation.number)
        if reading is None or citation.status is not CitationStatus.VERIFIED:
            continue
        for frame, value in _cited(reading, citation):
            against = [one for one in others if _may_differ(question, reading, one)]
            values = list(_stated(reading, frame, value, against, older))
            if len(values) > 1:
                event = ContradictionEvent(tuple(sorted(values, key=_age)[:_MOST_SHOWN]))
                found.setdefault(tuple(one.value for one in event.values), event)
    return list(found.values())


def _cited(reading: _ReadPassage, citation: CitationEvent) -> Iterator[tuple[_ValueFrame, PlacedValue]]:
    """Yield the values that a citation's spans hold, with their frames; none of tables."""
    begin = reading.passage.start
    spans = [(span.start - begin, span.end - begin) for span in citation.spans]
    for frame in reading.frames:
        for value in frame.values:
            is_cited = any(start < value.end and value.start < end for start, end in spans)
            if is_cited and len(frame.of_kind(value)) <= _MOST_VALUES and not reading.is_own_date(value):
                yield frame, value


def _may_differ(question: str, one: _ReadPassage, other: _ReadPassage) -> bool:
    """Say whether another passage may speak of the same thing: it has all that one has of the question."""
    if one.passage.document == other.passage.document:
        return False
    asked = read(question, language_of(raw_words(question.casefold()))).values
    if not all(other.states(value) for value in asked if one.states(value) and not value.spelled):
        return False
    return all(other.words.holds(word) for word in meaningful(question).values() if one.words.holds(word))


def _stated(
    reading: _ReadPassage,
    frame: _ValueFrame,
    value: PlacedValue,
    others: Sequence[_ReadPassage],
    older: set[int],
) -> Iterator[StatedValue]:
    yield _as_stated(reading, value)
    said = [value]
    for other in others:
        least = _LEAST_OF_VERSIONS if other.passage.passage_id in older else _LEAST_WORDS
        alike = [one for one in other.frames if frame.alike(one, least)]
        if len(alike) != 1 or other.states(value):
            continue
        place = frame.of_kind(value).index(value)
        against = alike[0].of_kind(value)
        if len(against) != len(frame.of_kind(value)) or any(one.supports(against[place]) for one in said):
            continue
        said.append(against[place])
        yield _as_stated(other, against[place])


def _as_stated(reading: _ReadPassage, value: PlacedValue) -> StatedValue:
    return StatedValue(reading.written(value), reading.passage, reading.passage.dated_at)


def _age(stated: StatedValue) -> float:
    return -(stated.dated_at or date.min).toordinal()
