"""The order in which people read what stands on a page: columns one by one, tables and forms by rows.

Programs draw a page in any order: all values of a form and then its labels, or two columns line by line. Only
where things stand decides, and the order of drawing where that can be meant in two ways.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf
from operator import itemgetter
from statistics import median

_MOST_NESTING = 5
_GUTTER = 0.7  # of a line's height between two columns
_FAR = 3.0  # line heights between two lines of one table or of columns that stand beside each other
_SHRINK = 0.25  # of a line's height, so that lines do not touch
_LABEL_CHARS, _LABEL_GAP = 4, 3.0  # the number or dot of a list, and how far its text is from it in heights
_PROSE_LINES, _PROSE_CHARS, _PROSE_FILL, _PROSE_LETTERS = 3, 20, 0.5, 0.75
_ALIGNED = 0.6  # of a column's lines, which makes rows of it
_ALIGNED_WHOLES = 0.8  # of columns that were drawn each as a whole, such as labels and then values
_MOST_AHEAD, _OUT_OF_STEP = 30, 4
_CELLS_SHARE = 0.35  # of all cells, that have several lines, where rows and not lines were drawn
_LINES_OF_BLOCKS = 4
_SMALL_SHARE, _WORDY_SHARE = 0.05, 0.5
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_MOST_RAISED = 3  # lines of a cell above the middle of its height, where its neighbours stand
_CLOSE = 1.9  # line heights from one line of a cell to the next


@dataclass(frozen=True, slots=True)
class PlacedText:
    """Text that stands together in one line; `place` is its place in the order of drawing."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    place: int

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Band:
    """Segments that stand beside each other, and the stretches across the page that they fill."""

    segments: tuple[PlacedText, ...]
    filled: tuple[tuple[float, float], ...]
    top: float
    bottom: float


def in_order(segments: Sequence[PlacedText]) -> list[str]:
    """Return the lines of a page in the order of reading; cells of one row are divided by tabs."""
    return _Layout(median(one.height for one in segments)).lines(segments, 0) if segments else []


class _Layout:
    def __init__(self, height: float) -> None:
        self._height = max(height, 1.0)
        self._table = _CellRows(self._height)

    def lines(self, segments: Sequence[PlacedText], depth: int) -> list[str]:
        bands = self._bands(segments)
        lines: list[str] = []
        calm = self._calm(bands)
        at = 0
        while at < len(bands):
            group, columns = self._next(bands, at, depth, is_calm=calm[at])
            for column in columns:
                lines += self.lines(column, depth + 1)
            if not columns:
                lines += self._table.lines([one for band in group for one in band.segments])
            at += len(group)
        return lines

    def _next(
        self, bands: Sequence[Band], at: int, depth: int, *, is_calm: bool
    ) -> tuple[Sequence[Band], list[list[PlacedText]]]:
        """Return the bands from one on that are read together, and the columns in them, if there are any."""
        first = bands[at : at + 1]
        is_beside = not is_calm and len(bands[at].filled) == 1 and self._is_beside(bands, at)
        if depth >= _MOST_NESTING or not (is_beside or len(bands[at].filled) > 1):
            return first, []
        group = self._group(bands, at)
        columns = self._columns(group, [one for band in group for one in band.segments])
        if len(columns) > 1:
            return group, columns
        return first if is_beside else group, []

    def _calm(self, bands: Sequence[Band]) -> list[bool]:
        """Say of each band whether it and all that follow up to a gap are one column; most pages are that."""
        calm: list[bool] = []
        left, right, top = 0.0, 0.0, 0.0  # what all of them have in common, and where they begin
        for band in reversed(bands):
            start, end = band.filled[0]
            if len(band.filled) > 1:
                left, right = 1.0, 0.0
            elif not calm or band.bottom - top > _FAR * self._height:
                left, right = start, end
            else:
                left, right = max(left, start), min(right, end)
            calm.append(left < right)
            top = band.top
        return calm[::-1]

    def _is_beside(self, bands: Sequence[Band], at: int) -> bool:
        """Say whether a line is the first of a later column, or columns are out of step."""
        left, right = bands[at].filled[0]
        changes, is_here = 0, True
        for above, band in pairwise(bands[at : at + _MOST_AHEAD]):
            if above.bottom - band.top > _FAR * self._height:
                return False
            if len(band.filled) > 1:
                return any(
                    one[1] < left and right < two[1] + self._height for one, two in pairwise(band.filled)
                )
            start, end = band.filled[0]
            if end < left or right < start:
                changes += is_here
                is_here = False
            elif start < right and left < end and left < right and start < end:
                changes += not is_here
                is_here = True
                left = start if start < left else left
                right = end if end > right else right
            if changes >= _OUT_OF_STEP:
                return True
        return False

    def _bands(self, segments: Sequence[PlacedText]) -> list[Band]:
        groups: list[list[PlacedText]] = []
        lowest = 0.0
        for one in sorted(segments, key=lambda one: -one.top):
            shrink = _SHRINK * one.height
            if groups and one.top - shrink > lowest:
                groups[-1].append(one)
                lowest = min(lowest, one.bottom + shrink)
            else:
                groups.append([one])
                lowest = one.bottom + shrink
        return [self._band(group) for group in groups]

    def _band(self, group: list[PlacedText]) -> Band:
        if len(group) == 1:
            return Band((group[0],), ((group[0].left, group[0].right),), group[0].top, group[0].bottom)
        filled = self._filled([(one.left, one.right) for one in group])
        return Band(tuple(group), filled, max(one.top for one in group), min(one.bottom for one in group))

    def _filled(self, stretches: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
        gutter = _GUTTER * self._height
        joined: list[tuple[float, float]] = []
        start = end = -inf
        for left, right in sorted(stretches):
            if left - end >= gutter:
                joined.append((start, end))
                start, end = left, right
            elif right > end:
                end = right
        return (*joined[1:], (start, end))

    def _group(self, bands: Sequence[Band], first: int) -> Sequence[Band]:
        """Return the bands from one on that leave a gutter in common, to the last with both its sides."""
        filled, last, found = bands[first].filled, first, bands[first].filled
        for at in range(first + 1, len(bands)):
            band = bands[at]
            if bands[at - 1].bottom - band.top > _FAR * self._height:
                break
            found = self._filled([*filled, *band.filled])
            if len(found) < 2 <= len(filled) or self._is_headline(band, filled, found):
                break
            before = bands[max(first, at - 2) : at]  # two, for columns may be out of step
            is_tail = len(band.filled) == 1 and not any(self._goes_on(one, band) for one in before)
            filled = found
            if not is_tail:
                last = at
        return bands[first : last + 1]

    def _is_headline(
        self, band: Band, filled: Sequence[tuple[float, float]], found: Sequence[tuple[float, float]]
    ) -> bool:
        """Say whether a line begins where all begin, and spans some of the columns above it."""
        is_one = len(found) < len(filled) and len(band.segments) == 1
        return is_one and abs(band.filled[0][0] - filled[0][0]) < self._height

    def _goes_on(self, above: Band, band: Band) -> bool:
        """Say whether a line goes on with the column above it, which is longer than its neighbour."""
        one = band.segments[0]
        return any(
            abs(other.left - one.left) < self._height
            and 0 < other.top - one.top < _CLOSE * self._height
            and (len(other.text) >= _PROSE_CHARS or one.place == other.place + 1)
            for other in above.segments
        )

    def _columns(self, group: Sequence[Band], within: Sequence[PlacedText]) -> list[list[PlacedText]]:
        """Return the columns of a group if each is read by itself, and none if its rows are."""
        stretches = self._filled([stretch for band in group for stretch in band.filled])
        if len(stretches) < 2 or len(within) < 2:
            return []
        columns: list[list[PlacedText]] = [[] for _ in stretches]
        for one in within:
            across = (one.left + one.right) / 2
            columns[next((i for i, s in enumerate(stretches) if across <= s[1]), -1)].append(one)
        if not all(columns):
            return []
        least = _ALIGNED_WHOLES if len(_runs(columns)) <= len(columns) else _ALIGNED
        if not _are_read_by_themselves(columns) and self._aligned(columns) >= least:
            return []
        if sum(map(_is_right_to_left, columns)) * 2 > len(columns):
            columns.reverse()
        return columns

    def _aligned(self, columns: Sequence[Sequence[PlacedText]]) -> float:
        """Return how many lines of all columns but the longest stand in a row with one of another."""
        longest = max(columns, key=len)
        others = [one for column in columns if column is not longest for one in column]
        tolerance = 0.25 * self._height
        bottoms = sorted(one.bottom for one in longest)
        tops = sorted(one.top for one in longest)
        aligned = sum(
            _is_near(bottoms, one.bottom, tolerance) or _is_near(tops, one.top, tolerance) for one in others
        )
        return aligned / len(others)


class _CellRows:
    """Lays out the cells of a table or form by rows."""

    def __init__(self, height: float) -> None:
        self._height = height

    def lines(self, segments: Sequence[PlacedText]) -> list[str]:
        rows = _rows(segments)
        by_column = _is_drawn_by_columns(rows, self._height)
        lines: list[str] = []
        cells: list[list[PlacedText]] = []
        raised: list[PlacedText] = []
        for at, row in enumerate(rows):
            if not by_column and self._is_raised(row, raised, rows[at + 1 : at + 1 + _MOST_RAISED]):
                raised += row
                continue
            rest = [] if by_column or raised or len(cells) < 2 else self._going_on(row, cells)
            if len(rest) == len(row):
                for one, cell in zip(row, rest, strict=True):
                    cell.append(one)
                continue
            if cells:
                lines.append(self._line(cells))
            cells = _with_raised(row, raised)
            raised = []
        return [*lines, self._line(cells)] if cells else lines

    def _is_raised(
        self, row: Sequence[PlacedText], raised: Sequence[PlacedText], below: Sequence[Sequence[PlacedText]]
    ) -> bool:
        """Say whether a line begins a cell whose neighbours stand lower, at the middle of its height.

        It was drawn right after a cell that stands lower, and right before its own next line.
        """
        if len(row) > 1 or not below:
            return False
        one = row[0]
        near = [other for each in below for other in each if one.place - 1 <= other.place <= one.place + 1]
        goes_on = any(other.place > one.place and _is_beneath(other, one, self._height) for other in near)
        if raised:
            return goes_on and one.place == raised[-1].place + 1
        return goes_on and any(
            other.place < one.place and other.right <= one.left and other.bottom < one.bottom
            for other in near
        )

    def _going_on(
        self, row: Sequence[PlacedText], cells: Sequence[list[PlacedText]]
    ) -> list[list[PlacedText]]:
        """Return the cells whose next lines a row holds, each drawn right after the line above it."""
        above = {cell[-1].place + 1: cell for cell in cells}
        found = [above.get(one.place) for one in row]
        return [
            cell
            for one, cell in zip(row, found, strict=True)
            if cell is not None and None not in found and _is_beneath(one, cell[-1], self._height)
        ]

    def _line(self, cells: Sequence[Sequence[PlacedText]]) -> str:
        """Return a row as a line; what is close together are words of one cell."""
        if len(cells) == 1:
            return "\n".join(one.text for one in cells[0])
        letters = [one for cell in cells for one in cell]
        if _is_right_to_left(letters):
            cells = cells[::-1]
        text = ""
        for number, cell in enumerate(cells):
            if number:
                before = cells[number - 1]
                gap = max(cell[0].left - before[0].right, before[0].left - cell[0].right)
                is_label = number == 1 and len(text) <= _LABEL_CHARS and gap < _LABEL_GAP * self._height
                text += " " if gap < _GUTTER * self._height or is_label else "\t"
            text += " ".join(one.text for one in cell)
        return text


def _rows(segments: Sequence[PlacedText]) -> list[list[PlacedText]]:
    """Return segments that stand on one line together, from the left, the lines from the top."""
    rows: list[list[PlacedText]] = []
    for one in sorted(segments, key=lambda one: -one.top - one.bottom):
        first = rows[-1][0] if rows else None
        overlap = min(one.top, first.top) - max(one.bottom, first.bottom) if first else 0.0
        if first and overlap > 0.5 * min(one.height, first.height):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [sorted(row, key=lambda one: (one.left, one.place)) for row in rows]


def _with_raised(row: Sequence[PlacedText], raised: list[PlacedText]) -> list[list[PlacedText]]:
    """Return the cells of a row, of which one began higher."""
    cells = [[one] for one in row]
    if not raised:
        return cells
    next_line = next((cell for cell in cells if cell[0].place == raised[-1].place + 1), None)
    if next_line:
        next_line[:0] = raised
        return cells
    return sorted([*cells, raised], key=lambda cell: cell[0].left)


def _is_beneath(one: PlacedText, above: PlacedText, height: float) -> bool:
    is_close = 0 < above.top - one.top < _CLOSE * max(height, above.height)
    return is_close and one.left < above.right and above.left < one.right


def _is_drawn_by_columns(rows: Sequence[Sequence[PlacedText]], height: float) -> bool:
    """Say whether full rows, too, were drawn column by column, so that it tells nothing of cells."""
    full = max(map(len, rows), default=0)
    pairs = [
        (one, two)
        for row, next_ in pairwise(rows)
        if len(row) == full == len(next_) and full > 1
        for one, two in zip(row[:-1], next_[:-1], strict=True)
    ]
    by_column = sum(two.place == one.place + 1 for one, two in pairs if _is_beneath(two, one, 3 * height))
    return by_column * 2 > len(pairs)


def _are_read_by_themselves(columns: Sequence[Sequence[PlacedText]]) -> bool:
    """Say whether columns are running text, however their lines stand to each other."""
    runs = _runs(columns)
    lines = sum(runs)
    # each was drawn as a whole: texts, or a form's labels and then its values
    if len(runs) <= len(columns) or lines > _LINES_OF_BLOCKS * len(runs):
        large = [column for column in columns if len(column) > max(1, _SMALL_SHARE * lines)]
        return len(large) > 1 and all(map(_is_wordy, large))
    is_by_cells = len(runs) > 2 * len(columns) and sum(run > 1 for run in runs) > _CELLS_SHARE * len(runs)
    return not is_by_cells and all(map(_is_prose, columns))


def _runs(columns: Sequence[Sequence[PlacedText]]) -> list[int]:
    """Return how many lines were drawn each time before drawing went to another column."""
    places = sorted((one.place, number) for number, column in enumerate(columns) for one in column)
    return [len(list(run)) for _, run in groupby(places, key=itemgetter(1))]


def _is_prose(column: Sequence[PlacedText]) -> bool:
    """Say whether a column is running text: lines of words about as long as the column is wide."""
    if len(column) < _PROSE_LINES:
        return False
    width = max(one.right for one in column) - min(one.left for one in column)
    text = "".join(one.text for one in column)
    letters = sum(map(str.isalpha, text)) / max(1, len(text) - text.count(" "))
    return (
        letters > _PROSE_LETTERS
        and _is_wordy(column)
        and median(one.right - one.left for one in column) >= _PROSE_FILL * width
    )


def _is_wordy(column: Sequence[PlacedText]) -> bool:
    """Say whether most of a column stands in long lines, whatever formulas are among them."""
    chars = [_columns_wide(one.text) for one in column]
    return sum(count for count in chars if count >= _PROSE_CHARS) > _WORDY_SHARE * sum(chars)


def _columns_wide(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)


def _is_right_to_left(segments: Sequence[PlacedText]) -> bool:
    text = "".join(one.text for one in segments)
    if text.isascii() or not _LEFTWARD.search(text):
        return False
    directions = [unicodedata.bidirectional(letter) for letter in text[:2000]]
    return sum(one in {"R", "AL"} for one in directions) > directions.count("L")


def _is_near(places: Sequence[float], place: float, tolerance: float) -> bool:
    at = bisect_left(places, place - tolerance)
    return at < len(places) and places[at] <= place + tolerance
