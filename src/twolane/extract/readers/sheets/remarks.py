"""Comments on cells, of any spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellRemark:
    """A comment on a cell: where, whose, and what."""

    place: str
    author: str
    text: str

    def __str__(self) -> str:
        said = self.text.removeprefix(f"{self.author}:").strip() if self.author else self.text
        return f"{self.place}: [Comment{f' by {self.author}' if self.author else ''}: {said}]"
