"""What stands in the drawings of Office files: the text of shapes, and what pictures are said to show."""

from __future__ import annotations

import re
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.equations import equation
from twolane.extract.readers.office.numerals import numeral

_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp)", re.I)
_AUTO = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}
_LEVELS = 9
_REPEATED_CHARS = 200


def shape_text(shape: Any) -> str:
    """Return the paragraphs of a shape a line each; the cells of a table row share a line."""
    from lxml import etree

    if shape is None:
        return ""
    parts: list[str] = []
    table = _ShapeTable()
    numbers = _AutoNumbers()
    walker = etree.iterwalk(shape, events=("start", "end"))
    for event, element in walker:
        name = local(element)
        if event == "end":
            _leave(name, element, table, parts)
        elif name == "t":
            parts.append(element.text or "")
        elif name == "br":
            parts.append("\n")
        elif name == "p":
            parts.append(numbers.label(element))
        elif name == "tc":
            table.start_cell(len(parts))
        elif name == "tr":
            table.column = 0
        elif name == "oMath":
            parts.append(equation(element))
            walker.skip_subtree()
        elif name == "Fallback" or (name == "fld" and attribute(element, "type") == "slidenum"):
            walker.skip_subtree()
    return "".join(parts).strip()


def _leave(name: str, element: Any, table: _ShapeTable, parts: list[str]) -> None:
    if name == "p":
        parts.append(" " if table.in_cell else "\n")
    elif name == "tc":
        table.end_cell(element, parts)
    elif name == "tr":
        parts.append("\n")


class _ShapeTable:
    """The table of a shape: what is merged down stands in each row that it covers."""

    def __init__(self) -> None:
        self.in_cell = False
        self.column = 0
        self._start = 0
        self._merged: dict[int, str] = {}

    def start_cell(self, at: int) -> None:
        self.in_cell, self._start = True, at

    def end_cell(self, cell: Any, parts: list[str]) -> None:
        while len(parts) > self._start and parts[-1] == " ":
            parts.pop()
        text = "".join(parts[self._start :])
        rows = attribute(cell, "rowSpan")
        if attribute(cell, "vMerge") in {"1", "true"}:
            parts.append(self._merged.get(self.column, "") if not text.strip() else "")
        elif rows.isdigit() and rows != "1" and len(text) <= _REPEATED_CHARS:
            self._merged[self.column] = text
        else:
            self._merged.pop(self.column, None)
        parts.append("\t")
        self.in_cell = False
        self.column += 1


class _AutoNumbers:
    """Counts the paragraphs of a shape that PowerPoint numbers itself (buAutoNum)."""

    def __init__(self) -> None:
        self._counts: list[int] = [0] * _LEVELS
        self._kinds: list[str] = [""] * _LEVELS

    def label(self, paragraph: Any) -> str:
        properties = next((e for e in paragraph if local(e) == "pPr"), None)
        level = attribute(properties, "lvl") if properties is not None else ""
        at = min(_LEVELS - 1, int(level)) if level.isdigit() else 0
        auto = (
            next((e for e in properties if local(e) == "buAutoNum"), None) if properties is not None else None
        )
        self._kinds[at + 1 :] = [""] * (_LEVELS - at - 1)
        if auto is None:
            if any(local(e) in {"r", "fld"} for e in paragraph):
                self._kinds[at] = ""
            return ""
        kind, start = attribute(auto, "type"), attribute(auto, "startAt")
        if kind + start != self._kinds[at]:
            self._counts[at] = int(start) if start.isdigit() and len(start) < 6 else 1
            self._kinds[at] = kind + start
        else:
            self._counts[at] += 1
        return _auto_number(self._counts[at], kind)


def _auto_number(value: int, kind: str) -> str:
    """Return a number as a kind of buAutoNum writes it: "arabicPeriod", "alphaLcParenBoth", ..."""
    written = next((numeral(value, _AUTO[name]) for name in _AUTO if kind.startswith(name)), str(value))
    if kind.endswith("ParenBoth"):
        return f"({written}) "
    if kind.endswith("ParenR"):
        return f"{written}) "
    return f"{written}. " if kind.endswith("Period") else f"{written} "


def described(properties: Any) -> str:
    """Return the line of what a picture is said to show, by its properties (docPr, cNvPr)."""
    if properties is None or any(
        local(e) == "decorative" and attribute(e, "val") in {"1", "true"} for e in properties.iter()
    ):
        return ""
    return picture_line(attribute(properties, "descr") or attribute(properties, "title"))


def picture_line(description: str) -> str:
    """Return a description of a picture as a line; empty where it is only the name of a file."""
    text = " ".join(description.split())
    return f"Picture: {text}" if text and not _FILE_NAME.fullmatch(text) else ""
