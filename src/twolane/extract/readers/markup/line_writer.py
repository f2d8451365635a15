"""Text in lines: spaces in a row are one, and blocks begin and end lines, but not within a cell."""

from __future__ import annotations

import re

_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_STRUCK_MARK = "~~"
_REPEATED_CHARS = 400  # of what stands before a picture


class LineWriter:
    """Collects pieces of text and the spaces and line ends between them."""

    def __init__(self) -> None:
        self.preformatted = 0
        self.is_raised = False  # whether small digits are written above the line
        self._parts: list[str] = []
        self._ends = "\n\n"  # the line ends, space or tab that the text written so far ends in
        self._cells: list[int] = []  # where the cells begin that are open
        self._picture = ""  # met, and not yet written
        self._pictures: set[str] = set()

    @property
    def is_in_cell(self) -> bool:
        return bool(self._cells)

    def text(self) -> str:
        self._write_picture()
        return "".join(self._parts)

    def begin_cell(self) -> None:
        self._write_picture()
        self._cells.append(len(self._parts))
        self._ends = " "

    def end_cell(self) -> str:
        """Return what was written since the cell began, and take it out."""
        self._write_picture()
        start = self._cells.pop()
        text = "".join(self._parts[start:]).strip()
        del self._parts[start:]
        return text

    def write_row(self, row: str) -> None:
        """Write a row of cells that were taken out."""
        self._ends = "\n"
        if row:
            self._append(row, "")
        self.end_line()

    def write_block(self, text: str) -> None:
        """Write lines that are complete."""
        if self._cells:
            self.write(text)
        elif text:
            self.end_line()
            self._append(text, "\n" if text.endswith("\n") else "")
            self.end_line()

    def begin_struck(self) -> None:
        self._append(_STRUCK_MARK, " ")

    def end_struck(self) -> None:
        """End what is struck through; nothing is written where that was nothing."""
        if self._parts and self._parts[-1] == _STRUCK_MARK:
            self._parts.pop()
        elif self._parts:
            last = self._parts[-1]
            end = last[len(last.rstrip()) :]
            self._parts[-1] = last.rstrip() + _STRUCK_MARK + end

    def end_line(self, count: int = 1) -> None:
        """End the line, or so many, where that is not yet done; in a cell a space stands for it."""
        if self._cells:
            self.write(" ")
            return
        have = len(self._ends) if self._ends.startswith("\n") else 0
        if have < count:
            self._append("\n" * (count - have), "\n" * count)

    def mark(self, mark: str) -> None:
        """Write the mark of an item or a heading, after which spaces do not count."""
        self._write_picture()
        self._append(mark, " ")

    def write(self, text: str) -> None:
        if self.preformatted:
            if text:
                self._append(text, "\n" if text.endswith("\n") else "")
            return
        text = _SPACES.sub(" ", text)
        if self._picture and text.strip():
            if text.strip().casefold().startswith(self._picture.casefold()):
                self._picture = ""  # the words beside a picture say the same
            self._write_picture()
        if self._ends:
            text = text.lstrip(" ")
        if not text:
            return
        if self.is_raised and text[0].isdigit() and self._parts and self._parts[-1][-1:].isdigit():
            text = f"^{text}"
        self._append(text, " " if text.endswith(" ") else "")

    def add_picture(self, words: str) -> None:
        """Write a picture's words on a line of their own, unless the text beside it says them too."""
        self._write_picture()
        before = "".join(part[-_REPEATED_CHARS:] for part in self._parts[-3:]).rstrip().casefold()
        if words and words not in self._pictures and not before.endswith(words.casefold()):
            self._pictures.add(words)
            self._picture = words

    def _write_picture(self) -> None:
        words, self._picture = self._picture, ""
        if words:
            self.end_line()
            self._append(f"Picture: {words}", "")
            self.end_line()

    def _append(self, text: str, ends: str) -> None:
        self._parts.append(text)
        self._ends = ends
