"""Names of files in a table, cut in the middle where a terminal is too narrow: their ends tell them apart."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells

NAMES = frozenset({"file", "from", "goes to", "of them"})  # the columns that hold such names
_BORDERS = 3  # characters between two columns
_LEAST_NAME = 20
_MOST_BESIDE = 28  # what another column may take before it is folded for the sake of names


def cut(name: str, cells: int) -> str:
    """Return a name in at most so many cells, of which Chinese letters take two; the end keeps more."""
    if cell_len(name) <= cells:
        return name
    behind = (cells - 1) * 3 // 5
    before = cells - 1 - behind
    first = chop_cells(name, before)[0] if before > 1 else ""
    last = chop_cells(name[::-1], behind)[0][::-1] if behind > 1 else ""
    return f"{first}…{last}"


def fitted(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """Return the rows with the names cut so that a table of this width breaks none of them."""
    widths = [
        max([len(column), *(cell_len(row[place]) for row in rows)]) for place, column in enumerate(columns)
    ]
    names = [place for place, column in enumerate(columns) if column in NAMES]
    beside = sum(min(widths[place], _MOST_BESIDE) for place in range(len(columns)) if place not in names)
    room = width - beside - _BORDERS * len(columns) - 1
    limits = _shares({place: widths[place] for place in names}, room)
    return [
        [cut(cell, limits[place]) if place in limits else cell for place, cell in enumerate(row)]
        for row in rows
    ]


def _shares(widths: dict[int, int], room: int) -> dict[int, int]:
    """Share the room out among names: who needs less than an even share leaves the rest to the others."""
    shares: dict[int, int] = {}
    for left, (place, width) in zip(
        range(len(widths), 0, -1), sorted(widths.items(), key=lambda one: one[1]), strict=True
    ):
        shares[place] = max(min(width, room // left), min(width, _LEAST_NAME))
        room -= shares[place]
    return shares
