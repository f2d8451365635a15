"""Comments on cells, of any spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

from twolane.extract.readers.office.comments import comment_line


@dataclass(frozen=True, slots=True)
class CellRemark:
    """A comment on a cell: where, whose, and what."""

    place: str
    author: str
    text: str
    is_reply: bool = False

    def __str__(self) -> str:
        said = self.text.removeprefix(f"{self.author}:").strip() if self.author else self.text
        return f"{self.place}: {comment_line(self.author, said, is_reply=self.is_reply)}"
