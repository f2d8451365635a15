"""How wide the columns of a table are in a terminal: no word, date, number or name is broken over lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells

# The columns that hold names; a name is cut in the middle, for its end tells it apart.
NAMES = frozenset({"file", "from", "goes to", "of them", "correspondent", "who", "by", "name", "for", "what"})
_BORDERS = 3  # characters between two columns
_LEAST_NAME = 20
_LEAST, _LEAST_FILE = 6, 12  # of a name or words, and of a file's, where there is no room at all
_MOST_BESIDE = 28  # what words may take before they are folded for the sake of names
_WHOLE = re.compile(r"[\d.,:%× -]*")  # dates, moments, numbers


@dataclass(frozen=True, slots=True)
class TableFit:
    """A table as a terminal takes it: columns, each with its width, and whether its cells may be folded."""

    columns: tuple[str, ...]
    rows: list[list[str]]
    widths: tuple[int, ...]
    folds: tuple[bool, ...]


def cut(name: str, cells: int) -> str:
    """Return a name in at most so many cells, of which Chinese letters take two; the end keeps more."""
    if cell_len(name) <= cells:
        return name
    behind = (cells - 1) * 3 // 5
    before = cells - 1 - behind
    first = chop_cells(name, before)[0] if before > 1 else ""
    last = chop_cells(name[::-1], behind)[0][::-1] if behind > 1 else ""
    return f"{first}…{last}"


def fitted(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> TableFit:
    """Return a table of this width: columns without a word are left out, names cut, words folded."""
    kept = [place for place in range(len(columns)) if not rows or any(row[place] for row in rows)]
    heads = tuple(columns[place] for place in kept)
    cells = [[row[place] for place in kept] for row in rows]
    shapes = [_ColumnNeed.of(head, [row[place] for row in cells]) for place, head in enumerate(heads)]
    widths = _widths(shapes, width - _BORDERS * len(heads) - 1)
    shown = [[_shown(cell, shapes[place], widths[place]) for place, cell in enumerate(row)] for row in cells]
    return TableFit(heads, shown, tuple(widths), tuple(shape.folds for shape in shapes))


@dataclass(frozen=True, slots=True)
class _ColumnNeed:
    """What a column needs: at most, at least, and the least of all."""

    most: int
    least: int
    last: int
    folds: bool

    @classmethod
    def of(cls, head: str, cells: Sequence[str]) -> _ColumnNeed:
        most = max([cell_len(head), *map(cell_len, cells)])
        head_word = _longest_word([head])
        if most <= _LEAST_NAME and all(_WHOLE.fullmatch(cell) for cell in cells):
            whole = max([head_word, *map(cell_len, cells)])
            return cls(most, whole, whole, False)
        date = _longest_word(word for cell in cells for word in cell.split() if _WHOLE.fullmatch(word))
        last = min(most, max(_LEAST_FILE if head == "file" else _LEAST, head_word, date))
        if head in NAMES:
            return cls(most, max(last, min(most, _LEAST_NAME)), last, False)
        return cls(most, max(last, min(most, max(_longest_word(cells), _LEAST_NAME))), last, True)


def _widths(shapes: Sequence[_ColumnNeed], room: int) -> list[int]:
    """Share the room out: what each needs at least, then words up to a measure, then names, then all."""
    widths = [shape.least for shape in shapes]
    while sum(widths) > room:
        over = {place: widths[place] for place, shape in enumerate(shapes) if widths[place] > shape.last}
        if not over:
            break
        widths[max(over, key=lambda place: over[place])] -= 1
    words = {place: min(one.most, _MOST_BESIDE) for place, one in enumerate(shapes) if one.folds}
    names = {place: one.most for place, one in enumerate(shapes) if not one.folds}
    for wanted in (words, names, {place: one.most for place, one in enumerate(shapes)}):
        _grow(widths, wanted, room - sum(widths))
    return widths


def _grow(widths: list[int], wanted: Mapping[int, int], room: int) -> None:
    """Give the room away cell by cell, always to the narrowest that wants more."""
    for _ in range(room):
        short = [place for place, most in wanted.items() if widths[place] < most]
        if not short:
            return
        widths[min(short, key=lambda place: widths[place])] += 1


def _shown(cell: str, shape: _ColumnNeed, width: int) -> str:
    if not shape.folds:
        return cut(cell, width)
    return " ".join(cut(word, width) for word in cell.split(" "))


def _longest_word(cells: Iterable[str]) -> int:
    return max((cell_len(word) for cell in cells for word in cell.split()), default=0)
