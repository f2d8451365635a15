"""The tables of a Word document as rows: what is merged down stands in each row that it covers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twolane.extract.readers.markup.xml import attribute
from twolane.extract.readers.office.ooxml import child, value

_REPEATED_CHARS = 200
_MOST_SPAN = 30


@dataclass(slots=True)
class _WordCell:
    start: int
    column: int
    span: int
    merge: str
    breaks: int = 0
    leading: bool = False  # a page ends before its first letter


@dataclass(slots=True)
class WordTable:
    """A table that is being read, and the row and cell that are."""

    merged: dict[int, str] = field(default_factory=dict)  # by column: the text that goes on downwards
    column: int = 0
    row_start: int = 0
    cells: list[_WordCell] = field(default_factory=list)
    breaks: int = 0
    has_leading_break: bool = False

    def start_row(self, row: Any, at: int) -> None:
        before = value(child(row, "trPr"), "gridBefore")
        self.column = min(_MOST_SPAN, int(before)) if before.isdigit() and len(before) < 5 else 0
        self.row_start, self.breaks, self.has_leading_break = at, 0, False

    def start_cell(self, cell: Any, at: int) -> None:
        properties = child(cell, "tcPr")
        merge = child(properties, "vMerge")
        kind = (attribute(merge, "val") or "continue") if merge is not None else ""
        span = value(properties, "gridSpan")
        width = min(_MOST_SPAN, max(1, int(span))) if span.isdigit() and len(span) < 5 else 1
        self.cells.append(_WordCell(at, self.column, width, kind))

    def end_cell(self, parts: list[str]) -> None:
        """Close a cell: `parts` from its start on are its text."""
        if not self.cells:
            return
        cell = self.cells.pop()
        while len(parts) > cell.start and parts[-1] == " ":  # between paragraphs, and not behind the last
            parts.pop()
        self.breaks = max(self.breaks, cell.breaks)
        self.has_leading_break |= cell.leading
        text = "".join(parts[cell.start :])
        if cell.merge == "continue":
            if not text.strip():
                parts[cell.start :] = [self.merged.get(cell.column, "")]
        elif cell.merge and text.strip() and len(text) <= _REPEATED_CHARS:
            self.merged[cell.column] = text
        else:
            self.merged.pop(cell.column, None)
        self.column = cell.column + cell.span
        parts.append("\t" * cell.span)

    def break_page(self, parts: list[str]) -> None:
        """Note that a page ends within the cell."""
        if self.cells:
            cell = self.cells[-1]
            cell.leading |= not cell.breaks and not "".join(parts[cell.start :]).strip()
            cell.breaks += 1

    def end_row(self, parts: list[str], mark: str) -> int:
        """Close the row; put the ends of pages before and behind it, and return how many."""
        count = self.breaks
        if count and self.has_leading_break:
            parts.insert(self.row_start, mark)
            count -= 1
        parts.append("\n" + mark * count)
        return self.breaks
