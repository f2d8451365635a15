"""What parts of a page of HTML show: values of forms, numbers of lists, rows of tables, words of pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_COUNT = re.compile(r"\s*([+-]?\d{1,6})")
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp|avif)", re.I)
_WITHIN_TEXT = re.compile(r"math|tex\b|latex|emoji|smiley", re.I)
_SMALLEST_PX, _ICON_PX = 2, 32
_NO_VALUE = frozenset({"hidden", "password", "file", "image"})
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_KINDS = {
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
}
_MOST_ROWS, _MOST_COLUMNS, _SPANNED_COLUMNS = 1000, 100, 256
_FILLED_CHARS = 400_000  # what cells may say again in the rows and columns over which they reach


def count(text: str | None, otherwise: int) -> int:
    """Return the whole number at the beginning of an attribute."""
    found = _COUNT.match(text or "")
    return int(found[1]) if found else otherwise


def form_value(node: Any) -> str:
    """Return what a field of a form shows: what is chosen, ticked or filled in."""
    attributes = node.attributes
    if node.tag == "select":
        return _chosen(node)
    kind = (attributes.get("type") or "text").lower()
    if kind in {"checkbox", "radio"}:
        return "[x]" if "checked" in attributes else "[ ]"
    if kind == "image":
        return attributes.get("alt") or ""
    return "" if kind in _NO_VALUE else attributes.get("value") or ""


def _chosen(select: Any) -> str:
    options = select.css("option")
    chosen = [option for option in options if "selected" in option.attributes]
    if not chosen and "multiple" not in select.attributes and count(select.attributes.get("size"), 1) < 2:
        chosen = options[:1]
    if "multiple" not in select.attributes:
        chosen = chosen[-1:]
    return ", ".join(" ".join((option.text() or "").split()) for option in chosen)


@dataclass(slots=True)
class ListMarks:
    """The marks of a list's items: numbers where it is in order."""

    is_numbered: bool = False
    kind: str = "1"
    number: int = 1
    step: int = 1

    @staticmethod
    def of(node: Any, style: str) -> ListMarks:
        """Return the marks of a list by its attributes and its style."""
        attributes = node.attributes
        if node.tag != "ol" or style == "none":
            return ListMarks()
        is_down = "reversed" in attributes
        first = sum(child.tag == "li" for child in node.iter()) if is_down else 1
        kind = _KINDS.get(style, attributes.get("type") or "1")
        return ListMarks(True, kind, count(attributes.get("start"), first), -1 if is_down else 1)

    def next(self, item: Any) -> str:
        """Return the mark of the next item."""
        if not self.is_numbered:
            return "-"
        self.number = count(item.attributes.get("value"), self.number)
        mark = numbered(self.number, item.attributes.get("type") or self.kind)
        self.number += self.step
        return f"{mark}."


def numbered(number: int, kind: str) -> str:
    """Return a number as lists write it: 1, a, A, i or I."""
    if kind in {"a", "A"} and 0 < number < 10_000:
        letters = ""
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(97 + letter) + letters
        return letters if kind == "a" else letters.upper()
    if kind in {"i", "I"} and 0 < number < 4000:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman if kind == "i" else roman.upper()
    return str(number)


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands in for a picture, and whether it belongs into the line of text around it."""

    words: str
    is_within_text: bool

    @staticmethod
    def of(node: Any) -> Picture:
        """Return what a picture is described by; spacers and names of files describe nothing."""
        attributes = node.attributes
        words = " ".join((attributes.get("alt") or attributes.get("aria-label") or "").split())
        sides = [count(attributes.get(side), 1000) for side in ("width", "height")]
        if min(sides) <= _SMALLEST_PX or _FILE_NAME.fullmatch(words):
            words = ""
        is_sign = "\\" in words or not any(character.isalnum() for character in words)
        is_within = is_sign or max(sides) <= _ICON_PX or _WITHIN_TEXT.search(attributes.get("class") or "")
        return Picture(words, bool(is_within))


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table, and over how many rows and columns it reaches."""

    text: str
    rows: int
    columns: int
    is_head: bool

    @staticmethod
    def of(node: Any, text: str) -> TableCell:
        attributes = node.attributes
        rows = count(attributes.get("rowspan"), 1) or _MOST_ROWS  # 0 is all that follow
        columns = max(1, min(count(attributes.get("colspan"), 1), _MOST_COLUMNS))
        return TableCell(text, min(max(1, rows), _MOST_ROWS), columns, node.tag == "th")


@dataclass(slots=True)
class TableRows:
    """The rows of a table as they are met, with what cells above say for those below."""

    cells: list[TableCell] = field(default_factory=list)
    above: dict[int, tuple[int, str]] = field(default_factory=dict)  # rows left and text, by column
    chars_left: int = _FILLED_CHARS

    def end_row(self) -> str:
        """Return the row that was met, each column by a tab."""
        line: list[str] = []
        for cell in self.cells:
            self._fill(line)
            for column in range(cell.columns):
                text = cell.text if column == 0 or cell.is_head else ""
                if cell.rows > 1 and len(self.above) < _SPANNED_COLUMNS:
                    self.above[len(line)] = cell.rows - 1, text
                line.append(text)
                self.chars_left -= len(text) if column else 0
        self._fill(line)
        self.cells.clear()
        filled = [text for text in line if text]
        return "\t".join(line).rstrip("\t") if len(filled) > 1 else "".join(filled)

    def _fill(self, line: list[str]) -> None:
        """Add what cells above say of the columns that come next."""
        while found := self.above.pop(len(line), None):
            left, text = found
            if self.chars_left > 0 and left > 1:
                self.above[len(line)] = left - 1, text
            self.chars_left -= len(text) + 1
            line.append(text)
