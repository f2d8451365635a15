"""Which words stand beside a value, and whether they fit what is asked for: net is not total due."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from twolane.chat.claims import PlacedValue

_CLAUSE = re.compile(r"[.,;:!?。，；：！？؟،؛、।](?=\s|$|[^\x00-\u2e80])|\n")
_SENTENCE_END = re.compile(r"[.!?。！？؟।](?=\s|$|[^\x00-\u2e80])|\n")
_COLONS = ":："
_CELLS = re.compile(r"\t|\s*\|\s*| {3,}")
_LABEL_CHARS = 40
# A label of so many words is a sentence, in which a value's name may stand anywhere.
_MOST_LABEL_WORDS = 5

Stems = Callable[[int, int], AbstractSet[str]]


class Neighbours:
    """The labels of the values of one text: what stands before, behind and above each of them.

    `stems` returns the stems of the text's words between two places.
    """

    def __init__(self, text: str, values: Sequence[PlacedValue], stems: Stems) -> None:
        self._text = text
        self._values = values
        self._stems = stems
        self._known: dict[int, AbstractSet[str]] = {}
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def fit(self, value: PlacedValue, asked: AbstractSet[str], least: int = 1) -> bool:
        """Say whether no other value of its kind has a label that fits the words asked for better.

        Where the value's own has none of them, another's must have `least` of them, or all; two, where
        neither's is a label but a sentence.
        """
        own = self.label(value) & asked
        is_labelled = self._text[: value.start].rstrip().endswith(tuple(_COLONS))
        for other in self._values:
            if other.kind is not value.kind or not value.keys.isdisjoint(other.keys) or other.spelled:
                continue
            theirs = self.label(other)
            found = theirs & asked
            is_label = len(theirs) <= _MOST_LABEL_WORDS
            if not is_label and found <= self._beyond(value, other):
                continue
            is_enough = len(found) >= (least if is_label or is_labelled else 2) or found == asked
            if own < found and (is_label if own else is_enough):
                return False
        return True

    def _beyond(self, value: PlacedValue, other: PlacedValue) -> AbstractSet[str]:
        """Return the words of a value's whole sentence, where the other value stands in another sentence."""
        begins = [match.end() for match in _SENTENCE_END.finditer(self._text, 0, value.start)]
        start = begins[-1] if begins else 0
        end = match.start() if (match := _SENTENCE_END.search(self._text, value.end)) else len(self._text)
        return frozenset() if start <= other.start < end else self._stems(start, end)

    def score(self, value: PlacedValue, asked: AbstractSet[str]) -> int:
        """Return how many of the words asked for stand beside a value."""
        return len(self.label(value) & asked)

    def label(self, value: PlacedValue) -> AbstractSet[str]:
        """Return the stems of the words beside a value, of its row and column, or of its place in a block."""
        if (known := self._known.get(value.start)) is None:
            known = self._known[value.start] = self._read_label(value)
        return known

    def _read_label(self, value: PlacedValue) -> AbstractSet[str]:
        start, end = self._around(value)
        found = set(self._stems(start, value.start)) | set(self._stems(value.end, end))
        line = self._line(value.start)
        if cells := self._cells(line):
            name = next((cell for cell in cells if self._text[cell[0] : cell[1]].strip()), cells[0])
            found |= self._stems(*name) | self._of_column(line, cells, value.start)
        elif not found:
            found |= self._of_block(line)
        return found

    def _around(self, value: PlacedValue) -> tuple[int, int]:
        """Return where the words of a value's clause begin and end, as far as they are no other value's."""
        line_start, line_end = self._span(self._line(value.start))
        before = [one.end for one in self._values if line_start <= one.start and one.end <= value.start]
        start = max([line_start, *before])
        behind = [one.start for one in self._values if one.start >= value.end and one.start < line_end]
        end = min([line_end, *behind])
        if ends := _CLAUSE.search(self._text, value.end, end):
            end = ends.start()
        elif behind:
            end = value.end  # up to the next value the words are that one's label
        clauses = [
            match.end()
            for match in _CLAUSE.finditer(self._text, start, value.start)
            if match.group() not in _COLONS and self._text[match.end() : value.start].strip()
        ]
        return (clauses[-1] if clauses else start), end

    def _of_column(self, line: int, cells: Sequence[tuple[int, int]], at: int) -> AbstractSet[str]:
        """Return the header of a cell: in the first row above of as many cells that has no value there."""
        column = next((i for i, (start, end) in enumerate(cells) if start <= at <= end), 0)
        for above in range(line - 1, -1, -1):
            header = self._cells(above)
            if len(header) != len(cells):
                continue
            start, end = header[column]
            if not self._has_value(start, end) and self._text[start:end].strip():
                return self._stems(start, end)
        return frozenset()

    def _of_block(self, line: int) -> AbstractSet[str]:
        """Return the label of a value that stands alone: of as many labels above, or below, the same one.

        PDF and scans state two columns one after the other.
        """
        first = last = line
        while first > 0 and self._is_value(first - 1):
            first -= 1
        while last + 1 < len(self._line_starts) and self._is_value(last + 1):
            last += 1
        count = last - first + 1
        for begin in (first - count, last + 1):
            lines = range(begin, begin + count)
            if begin >= 0 and lines.stop <= len(self._line_starts) and all(map(self._is_label, lines)):
                return self._stems(*self._span(begin + line - first))
        return frozenset()

    def _is_value(self, line: int) -> bool:
        start, end = self._span(line)
        return self._has_value(start, end) and not self._stems(start, end)

    def _is_label(self, line: int) -> bool:
        start, end = self._span(line)
        words = self._text[start:end].strip()
        return 0 < len(words) <= _LABEL_CHARS and not self._has_value(start, end)

    def _has_value(self, start: int, end: int) -> bool:
        return any(start <= one.start < end for one in self._values if not one.spelled)

    def _cells(self, line: int) -> list[tuple[int, int]]:
        """Return where the cells of a row of a table begin and end; none where it has under three."""
        start, end = self._span(line)
        cuts = [match.span() for match in _CELLS.finditer(self._text, start, end)]
        if len(cuts) < 2:
            return []
        begins, ends = [start, *(cut[1] for cut in cuts)], [*(cut[0] for cut in cuts), end]
        return list(zip(begins, ends, strict=True))

    def _line(self, at: int) -> int:
        return bisect_right(self._line_starts, at) - 1

    def _span(self, line: int) -> tuple[int, int]:
        starts = self._line_starts
        end = starts[line + 1] - 1 if line + 1 < len(starts) else len(self._text)
        return starts[line], end
