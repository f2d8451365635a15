"""Workbooks in one XML file, as Excel 2003 and exports of banks and shops write them, mostly named .xls."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.readers.office.ooxml import child, children
from twolane.extract.readers.sheets.beside_cells import margin_text
from twolane.extract.readers.sheets.number_formats import NumberFormat
from twolane.extract.readers.sheets.remarks import CellRemark
from twolane.extract.readers.sheets.sheet_rows import Area, SheetRows
from twolane.extract.readers.sheets.sheet_xml import column_letters, one_line
from twolane.extract.readers.sheets.wording import note_hidden

_LIMIT_BYTES = 64 << 20
_MOST_AREAS, _MOST_REMARKS = 20_000, 10_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_CHECK_ROWS = 1000
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})")
_NAME = re.compile(r"[A-Z][a-z]+(?:[ /][A-Z][a-z]+)?")  # of a format for days or for yes and no
_GENERAL = NumberFormat("General")
_NO_DAY = frozenset({"1899-12-30", "1899-12-31"})  # of a time alone
_NAMED_FORMATS = {
    "Currency": "#,##0.00",
    "Euro Currency": "#,##0.00 [$€-2]",
    "Fixed": "0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    "Standard": "#,##0.00",
}


@dataclass(slots=True)
class _XmlSheet:
    rows: SheetRows = field(default_factory=SheetRows)
    areas: list[Area] = field(default_factory=list)
    remarks: list[CellRemark] = field(default_factory=list)


def read_xml_book(source: SourceFile, draft: Draft) -> None:
    """Read the visible sheets of a workbook in XML. Raises Refused for damage."""
    data = source.head(_LIMIT_BYTES)
    root = parse_xml(data)
    if root is None:
        raise Refused(ReadStatus.DAMAGED, "its XML is damaged")
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    formats = _formats(root)
    hidden = 0
    for worksheet in children(root, "Worksheet"):
        options = child(worksheet, "WorksheetOptions")
        visible = child(options, "Visible")
        if visible is not None and (visible.text or "").strip().startswith("Sheet"):
            hidden += 1
            continue
        sheet = _XmlSheet()
        _fill(sheet, worksheet, formats, draft)
        sheet.rows.fill(sheet.areas)
        setup = child(options, "PageSetup")
        margins = [attribute(e, "Data") for name in ("Header", "Footer") for e in children(setup, name)]
        parts = [sheet.rows.text(), "\n".join(map(str, sheet.remarks)), margin_text(margins)]
        draft.add("\n\n".join(filter(None, parts)), attribute(worksheet, "Name"))
    note_hidden(hidden, draft)


def _formats(root: Any) -> dict[str, NumberFormat]:
    """Return the formats of numbers by the names of their styles; a style has those of its parent."""
    codes: dict[str, str] = {}
    for style in children(child(root, "Styles"), "Style"):
        own = child(style, "NumberFormat")
        code = attribute(own, "Format") if own is not None else codes.get(attribute(style, "Parent"), "")
        codes[attribute(style, "ID")] = _NAMED_FORMATS.get(code, code)
    return {name: NumberFormat(code) for name, code in codes.items() if code and not _NAME.fullmatch(code)}


def _fill(sheet: _XmlSheet, worksheet: Any, formats: dict[str, NumberFormat], draft: Draft) -> None:
    number = -1
    for count, row in enumerate(children(child(worksheet, "Table"), "Row")):
        if count % _CHECK_ROWS == 0:
            draft.check_time()
        number = _place(row, number, _LAST_ROW)
        column = -1
        columns: list[int] = []
        texts: list[str] = []
        for cell in children(row, "Cell"):
            column = _place(cell, column, _LAST_COLUMN)
            if text := _shown(cell, formats.get(attribute(cell, "StyleID"))):
                columns.append(column)
                texts.append(text)
            _note_remark(sheet, cell, f"{column_letters(column)}{number + 1}")
            across, down = _number(cell, "MergeAcross"), _number(cell, "MergeDown")
            if (across or down) and len(sheet.areas) < _MOST_AREAS:
                sheet.areas.append(Area(number, column, number + down, column + across))
            column += across
        sheet.rows.add(number, columns, texts)
        if sheet.rows.chars > draft.chars_left:
            break


def _place(element: Any, before: int, most: int) -> int:
    """Return where a row or cell stands, from 0: where it says, or after the one before."""
    return min(max(_number(element, "Index") - 1, before + 1), most)


def _number(element: Any, name: str) -> int:
    digits = attribute(element, name)
    return min(int(digits), _LAST_ROW) if digits.isdecimal() and len(digits) < 10 else 0


def _shown(cell: Any, number_format: NumberFormat | None) -> str:
    data = child(cell, "Data")
    if data is None:
        return ""
    text, kind = one_line("".join(data.itertext())), attribute(data, "Type")
    if kind == "Boolean":
        return "TRUE" if text == "1" else "FALSE"
    if kind == "DateTime":
        return _moment(text)
    if kind == "Number":
        with suppress(ValueError, OverflowError):
            return (number_format or _GENERAL).shown(float(text))
    return text


def _moment(text: str) -> str:
    """Return a day without the midnight that it is stored with, or a time without a day."""
    found = _MOMENT.match(text)
    if not found:
        return text
    day, time = found.groups()
    if day in _NO_DAY:
        return time
    return day if time == "00:00" else f"{day} {time}"


def _note_remark(sheet: _XmlSheet, cell: Any, place: str) -> None:
    for comment in children(cell, "Comment"):
        said = one_line(" ".join("".join(part.itertext()) for part in comment if local(part) == "Data"))
        if has_words(said) and len(sheet.remarks) < _MOST_REMARKS:
            sheet.remarks.append(CellRemark(place, attribute(comment, "Author"), said))
