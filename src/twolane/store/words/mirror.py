"""The full text index of a library for its searches: dictionaries in memory, postings on disk."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from twolane.errors import StoreError
from twolane.store.session import Session
from twolane.store.words.segments import BuiltSegment, PostingsRange, Segment, build
from twolane.store.words.writing import PART_BYTES, PARTS, kept_passages
from twolane.text.terms import Spelling

_MOST_SPELLINGS = 2_000
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The segments of one state of a library, by their numbers, and the passages outside them as one more."""

    state: str
    segments: Mapping[int, Segment]
    outside: BuiltSegment
    mean_length: float
    languages: tuple[str, ...]

    @property
    def all_segments(self) -> list[Segment]:
        return [*self.segments.values(), self.outside.segment]

    def reader(self, session: Session) -> Callable[[Sequence[tuple[int, PostingsRange]]], list[bytes]]:
        """Return what reads postings, of segments in the order of `all_segments`."""
        numbers = list(self.segments)

        def read(places: Sequence[tuple[int, PostingsRange]]) -> list[bytes]:
            wanted = [(numbers[index] * PARTS, place) for index, place in places if index < len(numbers)]
            parts = sorted({first + part for first, place in wanted for part in _parts(place)})
            held = {row["part"]: row["data"] for row in session.rows("words.parts", parts=parts)}
            inside = (_cut(held, first, place) for first, place in wanted)
            outside = self.outside.data
            return [
                next(inside) if index < len(numbers) else outside[place.start : place.stop]
                for index, place in places
            ]

        return read


class WordMirror:
    """The dictionaries in memory, brought up to date with what any process has committed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: WordIndex | None = None

    def current(self, session: Session) -> WordIndex:
        """Return the index as of the session's transaction, reading only the segments that are new."""
        state = str(session.number("words.state"))
        with self._lock:
            held = self._index
        if held is not None and held.state == state:
            return held
        index = _read(session, state, held.segments if held is not None else {})
        with self._lock:
            self._index = index
        return index


class LibraryVocabulary:
    """Obeys `twolane.text.query.Vocabulary`."""

    def __init__(self, session: Session, index: WordIndex) -> None:
        self._session = session
        self._index = index

    def languages(self) -> Collection[str]:
        return self._index.languages

    def passages(self) -> int:
        return sum(len(segment.ids) for segment in self._index.all_segments)

    def counts(self, numbers: Collection[int]) -> Mapping[int, int]:
        wanted, counts = list(numbers), Counter[int]()
        for segment in self._index.all_segments:
            counts.update(segment.count(wanted))
        return counts

    def beginning(self, start: str, lengths: range) -> list[Spelling]:
        return self._spellings("words.beginning", start, lengths)

    def ending(self, end: str, lengths: range) -> list[Spelling]:
        return self._spellings("words.ending", end[::-1], lengths)

    def known(self, words: Collection[str]) -> frozenset[str]:
        return frozenset(row["value"] for row in self._session.rows("words.known", words=list(words)))

    def _spellings(self, statement: str, low: str, lengths: range) -> list[Spelling]:
        bounds = {"low": low, "high": low + _LAST, "least": lengths.start, "most": lengths.stop - 1}
        rows = self._session.rows(statement, bounds, limit=_MOST_SPELLINGS)
        return [Spelling(row["word"], row["stem"], row["language"]) for row in rows]


def wrong_words(session: Session) -> Iterator[str]:
    """Yield a line for each thing that is wrong in the full text index."""
    index = WordMirror().current(session)
    kept = {row["passage_id"] for row in session.rows("words.every_kept")}
    inside = {number for segment in index.all_segments for number in segment.ids.tolist()}
    if missing := len(kept - inside):
        yield f"{missing} passages that no words find"
    for number, segment in index.segments.items():
        size = session.number("words.size", first_part=number * PARTS, next_part=(number + 1) * PARTS)
        if size != segment.size_bytes:
            yield f"the full text index is damaged: segment {number} has {size} bytes of {segment.size_bytes}"


def _read(session: Session, state: str, held: Mapping[int, Segment]) -> WordIndex:
    sizes = session.rows("words.sizes")
    numbers = [row["segment_id"] for row in sizes]
    rows = session.rows("words.segments", numbers=[number for number in numbers if number not in held])
    new = {row["segment_id"]: Segment.of(row["ids"], row["stems"], row["counts"]) for row in rows}
    outside = kept_passages(session.rows("words.open_passages"))
    length = sum(row["length"] for row in sizes) + sum(one.length for one in outside)
    mean = length / max(1, sum(row["passages"] for row in sizes) + len(outside))
    segments = {number: new.get(number) or held[number] for number in numbers}
    languages = tuple(row["algorithm"] for row in session.rows("words.languages"))
    return WordIndex(state, segments, build(outside, mean), mean, languages)


def _parts(place: PostingsRange) -> range:
    return range(place.start // PART_BYTES, -(-place.stop // PART_BYTES))


def _cut(held: Mapping[int, bytes], first: int, place: PostingsRange) -> bytes:
    parts = _parts(place)
    data = b"".join(held.get(first + part, b"") for part in parts)
    begin = place.start - parts.start * PART_BYTES
    found = data[begin : begin + place.stop - place.start]
    if len(found) != place.stop - place.start:
        remedy = "put a backup back, or add your folders to a new library: originals are untouched"
        raise StoreError("the full text index of the library is damaged", remedy)
    return found
