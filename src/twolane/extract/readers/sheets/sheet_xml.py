"""The cells of an XLSX sheet, streamed from its XML: rows as they are shown, and what stands beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused
from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.sheets.cell_styles import PLAIN_STYLE, CellStyle
from twolane.extract.readers.sheets.sheet_rows import Area, SheetRows

_CHUNK_BYTES = 1 << 18
_ROW_LIMIT_BYTES = 48 << 20  # of XML without the end of a row
_MOST_HIDDEN, _MOST_AREAS = 100_000, 20_000
_FORMULA_CHARS = 500
_MOST_KNOWN = 5_000
_SPREADSHEETML = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
    "",
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_VALUE = frozenset(f"{space}v" for space in _SPREADSHEETML)
_FORMULA = frozenset(f"{space}f" for space in _SPREADSHEETML)
_SIDE_TEXTS = (*("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"),)
_TAGS = ("row", "mergeCell", "conditionalFormatting", "tablePart", *_SIDE_TEXTS)


@dataclass(slots=True)
class SheetText:
    """What was read of a sheet: its rows, the cells nobody sees, the texts of its printed margins.

    `share` is how much of its XML was read before the text limit or the end of the time.
    """

    rows: SheetRows = field(default_factory=SheetRows)
    areas: list[Area] = field(default_factory=list)
    hidden: list[tuple[int, int]] = field(default_factory=list)
    margins: dict[str, None] = field(default_factory=dict)
    is_coloured_otherwise: bool = False  # by rules or as a table, so that white may stand on colour
    formulas_without_value: int = 0
    share: float = 1.0


@dataclass(slots=True)
class SheetReader:
    """Reads sheets of one workbook, by its texts and styles, and whether it stores no results of formulas."""

    strings: Sequence[str]
    styles: Sequence[CellStyle]
    recalculates: bool = False
    _columns: dict[str, int] = field(default_factory=dict)
    _styles: dict[str, CellStyle] = field(default_factory=dict)
    _shown: dict[int, dict[str, str]] = field(default_factory=dict)  # of a format, what values show

    def read(self, part: IO[bytes], size_bytes: int, draft: Draft) -> SheetText:
        """Return a sheet's cells, as far as the limits allow. Raises Refused where the XML is damaged."""
        from lxml import etree

        sheet = SheetText()
        parser = etree.XMLPullParser(
            ("end",),
            tag=[f"{{*}}{tag}" for tag in _TAGS],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        taken = since_event = 0
        number = 0
        try:
            while chunk := part.read(_CHUNK_BYTES):
                taken += len(chunk)
                since_event += len(chunk)
                parser.feed(chunk)
                for _, element in parser.read_events():
                    since_event = 0
                    if local(element) == "row":
                        number = self._row(element, number, sheet)
                    else:
                        _beside(element, sheet)
                    _forget(element)
                if since_event > _ROW_LIMIT_BYTES:
                    raise Refused(ReadStatus.TOO_LARGE, "one of its rows is too large")
                if sheet.rows.chars > draft.chars_left or draft.out_of_time():
                    sheet.share = min(1.0, taken / max(1, size_bytes))
                    break
        except etree.XMLSyntaxError as error:
            raise Refused(ReadStatus.DAMAGED, "its XML is damaged") from error
        return sheet

    def _row(self, row: Any, before: int, sheet: SheetText) -> int:
        """Add a row's cells, and return its number."""
        given = row.get("r") or ""
        number = int(given) if given.isdecimal() and len(given) < 9 else before + 1
        columns: list[int] = []
        texts: list[str] = []
        column = -1
        for cell in row:
            place = cell.get("r")
            column = column + 1 if place is None else self._column(place)
            style = self._style(cell.get("s"))
            text = self._text(cell, style, sheet)
            if text:
                columns.append(column)
                texts.append(text)
                if style.hides and len(sheet.hidden) < _MOST_HIDDEN:
                    sheet.hidden.append((number, column))
        sheet.rows.add(number, columns, texts)
        return number

    def _column(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            found = self._columns[letters] = column_number(letters)
        return found

    def _style(self, number: str | None) -> CellStyle:
        if number is None:
            return PLAIN_STYLE
        found = self._styles.get(number)
        if found is None:
            known = number.isdecimal() and len(number) < 7 and int(number) < len(self.styles)
            found = self._styles[number] = self.styles[int(number)] if known else PLAIN_STYLE
        return found

    def _text(self, cell: Any, style: CellStyle, sheet: SheetText) -> str:
        """Return what a cell shows: its value by its kind and format, or its formula where it has none."""
        value = formula = inline = None
        for child in cell:
            tag = child.tag
            if tag in _VALUE:
                value = child.text
            elif tag in _FORMULA:
                formula = child
            else:
                inline = child
        kind = cell.get("t")
        if kind == "s":
            return self._shared(value)
        if formula is not None and self._is_stale(kind, value):
            sheet.formulas_without_value += 1
            return "=" + one_line(formula.text or "…")[:_FORMULA_CHARS].replace("_xlfn.", "")
        if kind is None or kind == "n":
            return self._number(style, value) if value else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE" if value else ""
        text = rich_text(inline) if kind == "inlineStr" and inline is not None else value or ""
        if kind == "d":
            return text.removesuffix("T00:00:00").replace("T", " ")
        return one_line(style.format.shown_text(text)) if text else ""

    def _is_stale(self, kind: str | None, value: str | None) -> bool:
        """Say whether a formula's value was never computed; some programs write 0 until one does."""
        return (not value and kind != "str") or (value == "0" and self.recalculates)

    def _shared(self, value: str | None) -> str:
        try:
            return self.strings[int(value or "")]
        except (ValueError, IndexError):
            return ""

    def _number(self, style: CellStyle, value: str) -> str:
        shown = style.format
        if shown.is_general and len(value) < 12 and value.isdecimal():
            return value
        known = self._shown.setdefault(id(shown), {})
        text = known.get(value)
        if text is None:
            try:
                number = float(value)
            except ValueError:
                return one_line(value)
            text = shown.shown(number) if math.isfinite(number) else one_line(value)
            if len(known) < _MOST_KNOWN:
                known[value] = text
        return text


def column_number(letters: str) -> int:
    """Return the number of a column from 0 by its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters[:3].upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """Return the letters of a column by its number from 0."""
    letters = ""
    while number >= 0:
        letters = chr(65 + number % 26) + letters
        number = number // 26 - 1
    return letters


def area(reference: str) -> Area | None:
    """Return the rectangle of a reference such as A2:B4, or None where it is none."""
    ends = [(one.rstrip("0123456789"), one) for one in reference.replace("$", "").split(":")]
    if len(ends) != 2 or not all(letters.isascii() and letters.isalpha() for letters, _ in ends):
        return None
    rows = [one[len(letters) :] for letters, one in ends]
    if not all(row.isdecimal() and len(row) < 9 for row in rows):
        return None
    return Area(int(rows[0]), column_number(ends[0][0]), int(rows[1]), column_number(ends[1][0]))


def one_line(text: str) -> str:
    """Return a cell's text on one line."""
    return " ".join(text.split()) if "\n" in text or "\t" in text or "\r" in text else text.strip()


def rich_text(item: Any) -> str:
    """Return the text of a string item: its runs, without the readings above East Asian letters."""
    parts: list[str] = []
    for child in item:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [t.text or "" for t in child if local(t) == "t"]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    """Return text without the form _x000D_ in which control characters are written."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _beside(element: Any, sheet: SheetText) -> None:
    name = local(element)
    if name == "mergeCell":
        if len(sheet.areas) < _MOST_AREAS and (found := area(attribute(element, "ref"))):
            sheet.areas.append(found)
    elif name in _SIDE_TEXTS:
        sheet.margins[element.text or ""] = None
    else:
        sheet.is_coloured_otherwise = True


def _forget(element: Any) -> None:
    """Free an element that was read, and those before it."""
    element.clear()
    while (before := element.getprevious()) is not None:
        parent = before.getparent()
        if parent is None:
            return
        parent.remove(before)
