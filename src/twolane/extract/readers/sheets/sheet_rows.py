"""The rows of a sheet as lines: kept without a grid, so that far and empty cells cost nothing.

What merged cells cover is filled, and columns that hold nothing are left out. Why, and where not:
docs/why/reading.md#merged-cells-fill-what-they-cover.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_MOST_FILLED_CELLS = 200_000
_MOST_MERGED = 20_000
_MOST_TABS = 2_000_000


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, by its first and last rows and columns."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class SheetRows:
    """Rows in order, each as the columns that hold anything and their texts; `chars` of them in all."""

    chars: int = 0
    _numbers: list[int] = field(default_factory=list)
    _columns: list[tuple[int, ...]] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)  # apart by tabs
    _known: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)
    _filled: int = 0

    def add(self, number: int, columns: Sequence[int], texts: Sequence[str]) -> None:
        """Add the next row; its texts hold no tab and are not empty."""
        if not texts:
            return
        places = tuple(columns)
        if self._numbers and number <= self._numbers[-1]:
            number = self._numbers[-1] + 1
        if any(one >= other for one, other in pairwise(places)):
            cells = dict(zip(places, texts, strict=True))
            places = tuple(sorted(cells))
            texts = [cells[place] for place in places]
        line = "\t".join(texts)
        self._numbers.append(number)
        self._columns.append(self._known.setdefault(places, places))
        self._texts.append(line)
        self.chars += len(line) + 1

    def take_out(self, cells: Iterable[tuple[int, int]]) -> list[str]:
        """Take out cells, by row and column, and return their texts."""
        taken: list[str] = []
        for number, column in cells:
            at = self._at(number)
            row = self._row(at) if at is not None else {}
            if at is not None and column in row:
                taken.append(row.pop(column))
                self._put(at, row)
        return taken

    def fill(self, areas: Sequence[Area]) -> None:
        """Repeat what merged cells show: down in each row, across where they span columns of a table."""
        for area in areas[:_MOST_MERGED]:
            at = self._at(area.top)
            if at is None or self._filled > _MOST_FILLED_CELLS:
                continue
            text = self._row(at).get(area.left, "")
            if not text:
                continue
            last = bisect_right(self._numbers, area.bottom)
            across = area.right > area.left and self._spans_columns(at, last, area)
            for place in range(at, min(last, at + _MOST_FILLED_CELLS)):
                row = self._row(place)
                covered = range(area.left, area.right + 1 if across else area.left + 1)
                added = {column: text for column in covered if column not in row}
                if added:
                    self._put(place, row | added)
                    self._filled += len(added)
                if self._filled > _MOST_FILLED_CELLS:
                    break

    def _spans_columns(self, first: int, last: int, area: Area) -> bool:
        """Say whether other cells stand in the same row, and most of the columns are used beside it."""
        if not any(not area.left <= column <= area.right for column in self._columns[first]):
            return False  # a title over everything
        half = max(2, (area.right - area.left + 2) // 2)
        for beside in (last, first - 1):
            if 0 <= beside < len(self._numbers):
                used = self._columns[beside]
                if bisect_right(used, area.right) - bisect_left(used, area.left) >= half:
                    return True
        return False

    def text(self) -> str:
        """Return the rows as lines, the cells apart by tabs, without the columns that nobody uses."""
        used = sorted(set().union(*set(self._columns)))
        places = {column: place for place, column in enumerate(used)}
        tabs = sum(places[columns[-1]] for columns in self._columns if columns)
        is_sparse = tabs > _MOST_TABS + 4 * self.chars
        gaps: dict[tuple[int, ...], list[str] | None] = {}
        lines: list[str] = []
        for columns, text in zip(self._columns, self._texts, strict=True):
            if not columns:
                continue
            if columns not in gaps:
                gaps[columns] = None if is_sparse else _gaps([places[column] for column in columns])
            between = gaps[columns]
            lines.append(text if between is None else _spaced(between, text.split("\t")))
        return "\n".join(lines)

    def _at(self, number: int) -> int | None:
        at = bisect_left(self._numbers, number)
        return at if at < len(self._numbers) and self._numbers[at] == number else None

    def _row(self, at: int) -> dict[int, str]:
        if not self._columns[at]:
            return {}
        return dict(zip(self._columns[at], self._texts[at].split("\t"), strict=True))

    def _put(self, at: int, row: dict[int, str]) -> None:
        places = tuple(sorted(row))
        self._columns[at] = self._known.setdefault(places, places)
        self._texts[at] = "\t".join(row[column] for column in places)


def _spaced(between: Sequence[str], texts: Sequence[str]) -> str:
    return "".join(one for pair in zip(between, texts, strict=True) for one in pair)


def _gaps(places: Sequence[int]) -> list[str] | None:
    """Return the tabs before each text of a row, or None where no column is left free before the last."""
    if not places or places[-1] == len(places) - 1:
        return None
    return ["\t" * (place - before) for before, place in pairwise((0, *places))]
