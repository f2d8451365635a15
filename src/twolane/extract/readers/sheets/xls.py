"""XLS workbooks (Excel 5 to 2003): sheets in order, each with its cells as shown and their comments."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.readers.sheets.beside_cells import margin_text
from twolane.extract.readers.sheets.cell_styles import PLAIN_STYLE, CellStyle
from twolane.extract.readers.sheets.number_formats import NumberFormat
from twolane.extract.readers.sheets.remarks import CellRemark
from twolane.extract.readers.sheets.sheet_rows import Area, SheetRows
from twolane.extract.readers.sheets.sheet_xml import column_letters, one_line
from twolane.extract.readers.sheets.wording import note_hidden
from twolane.extract.readers.sheets.xls_records import BesideCells, beside_cells
from twolane.extract.visible import WHITE, is_lost

_MOST_REMARKS, _MOST_HIDDEN = 10_000, 100_000
_CHECK_ROWS = 1000
_EMBEDDED = re.compile(r"MBD[0-9A-F]{8}$", re.I)
# What the library raises on records that it does not understand.
_NOT_UNDERSTOOD = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,  # a name that is only set where records stand in their usual order
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)


def open_xls(source: SourceFile) -> Any:
    """Return the workbook. Raises Refused where it is damaged, or has a password."""
    import xlrd

    data = source.head(source.size_bytes)
    reason = ""
    for ignores_damage in (False, True):
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            try:
                return xlrd.open_workbook(
                    logfile=nowhere,
                    file_contents=data,
                    formatting_info=True,
                    ragged_rows=True,
                    ignore_workbook_corruption=ignores_damage,
                )
            except (xlrd.XLRDError, xlrd.compdoc.CompDocError, *_NOT_UNDERSTOOD) as error:
                reason = str(error)
    if "encrypt" in reason.lower():
        raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
    raise Refused(ReadStatus.DAMAGED, f"the spreadsheet is damaged ({reason})"[:300])


def read_xls(book: Any, source: SourceFile, draft: Draft) -> None:
    """Read the visible sheets of a workbook."""
    styles = _styles(book)
    sheets = book.sheets()
    seen = [sheet for sheet in sheets if sheet.visibility == 0]
    note_hidden(len(sheets) - len(seen), draft)
    draft.page_count = len(seen)
    beside, objects = _beside(source)
    by_sheet = dict(zip((sheet.number for sheet in sheets), beside, strict=False))
    for sheet in seen:
        drawn = by_sheet.get(sheet.number, BesideCells())
        if drawn.charts:
            draft.unread(f"{drawn.charts} chart{'s' if drawn.charts > 1 else ''} of {sheet.name}")
        rows, hidden, share = _rows(sheet, styles, draft)
        draft.leave_out(" ".join(rows.take_out(hidden)))
        rows.fill([Area(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells])
        parts = [rows.text(), "\n".join(_remarks(sheet)), *drawn.texts, margin_text(drawn.margins)]
        draft.add("\n\n".join(filter(None, parts)), sheet.name, share=share)
    if objects:
        draft.unread(f"{objects} embedded object{'s' if objects > 1 else ''}", objects)


def _beside(source: SourceFile) -> tuple[list[BesideCells], int]:
    """Return what stands beside the cells of each sheet, and how many objects are embedded."""
    import olefile

    source.file.seek(0)
    try:
        with olefile.OleFileIO(source.file) as ole:
            objects = {entry[0] for entry in ole.listdir() if _EMBEDDED.match(entry[0])}
            stream = ole.openstream("Workbook").read() if ole.exists("Workbook") else b""
            return beside_cells(stream), len(objects)
    except (OSError, *_NOT_UNDERSTOOD):
        return [], 0


def _styles(book: Any) -> list[CellStyle]:
    known: dict[str, NumberFormat] = {}
    styles: list[CellStyle] = []
    for style in book.xf_list:
        code = getattr(book.format_map.get(style.format_key), "format_str", "") or "General"
        if code not in known:
            known[code] = NumberFormat(code, is_1904=bool(book.datemode))
        shown = known[code]
        is_white = _is_white(book, style)
        hides = is_white or shown.shows_nothing
        styles.append(CellStyle(PLAIN_STYLE.format if shown.shows_nothing else shown, hides))
    return styles


def _is_white(book: Any, style: Any) -> bool:
    """Say whether letters have the colour of the paper and no filling lies under them."""
    if style.background.fill_pattern or style.font_index >= len(book.font_list):
        return False
    ink = book.colour_map.get(book.font_list[style.font_index].colour_index)
    return bool(ink) and is_lost(ink, WHITE)


def _rows(
    sheet: Any, styles: Sequence[CellStyle], draft: Draft
) -> tuple[SheetRows, list[tuple[int, int]], float]:
    rows = SheetRows()
    hidden: list[tuple[int, int]] = []
    for number in range(sheet.nrows):
        columns: list[int] = []
        texts: list[str] = []
        for column, cell in enumerate(sheet.row(number)):
            style = styles[cell.xf_index] if cell.xf_index and cell.xf_index < len(styles) else PLAIN_STYLE
            if text := _text(cell, style):
                columns.append(column)
                texts.append(text)
                if style.hides and len(hidden) < _MOST_HIDDEN:
                    hidden.append((number, column))
        rows.add(number, columns, texts)
        if rows.chars > draft.chars_left or (number % _CHECK_ROWS == 0 and draft.out_of_time()):
            return rows, hidden, min(1.0, (number + 1) / sheet.nrows)
    return rows, hidden, 1.0


def _text(cell: Any, style: CellStyle) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_TEXT:
        return one_line(style.format.shown_text(cell.value)) if cell.value else ""
    if cell.ctype in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        return style.format.shown(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
    return ""


def _remarks(sheet: Any) -> list[str]:
    found = sorted(sheet.cell_note_map.items())[:_MOST_REMARKS]
    return [
        str(CellRemark(f"{column_letters(column)}{row + 1}", note.author.strip(), text))
        for (row, column), note in found
        if (text := one_line(note.text or ""))
    ]
