"""Spreadsheets (XLSX, XLSB, XLS, ODS): one page a sheet, one line a row, cells apart by tabs."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.archive import open_package, refuse_entities, stored_mimetype
from twolane.extract.readers.office.properties import read_properties
from twolane.extract.readers.sheets.ods import read_ods
from twolane.extract.readers.sheets.sheet_rows import SheetRows
from twolane.extract.readers.sheets.wording import note_hidden
from twolane.extract.readers.sheets.xls import open_xls, read_xls
from twolane.extract.readers.sheets.xlsb import say_parts
from twolane.extract.readers.sheets.xlsx import read_xlsx

_BINARY_BOOK = "xl/workbook.bin"
_ODF = "application/vnd.oasis.opendocument."
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
_XLS = "application/vnd.ms-excel"
_ODS = (f"{_ODF}spreadsheet", f"{_ODF}spreadsheet-template")
_CELLS = frozenset({FilePart.BODY, FilePart.TABLES})
_DRAWN = frozenset({FilePart.BOXES, FilePart.CHARTS, FilePart.DESCRIPTIONS})
_WRITTEN = frozenset({FilePart.COMMENTS, FilePart.HEADERS})
_FILES = frozenset({FilePart.ATTACHMENTS})
_CHARTS = frozenset({FilePart.CHARTS})
_HIDDEN = frozenset({FilePart.HIDDEN})
FORMATS = (
    Format("XLSX", frozenset({_XLSX}), _CELLS | _DRAWN | _WRITTEN | _FILES, _HIDDEN),
    Format("XLSB", frozenset({_XLSB}), _CELLS | _FILES, _HIDDEN | _DRAWN | {FilePart.COMMENTS}),
    Format("XLS", frozenset({_XLS}), _CELLS | _WRITTEN | {FilePart.BOXES}, _HIDDEN | _FILES | _CHARTS),
    Format("ODS", frozenset(_ODS), _CELLS | _DRAWN | _WRITTEN, _HIDDEN | _FILES),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the visible sheets in order. Raises Refused for passwords, damage, and grids beyond memory."""
    if source.head(2) != b"PK":
        book = open_xls(source)
        if book is not None:
            read_xls(book, source, draft)
        else:
            _read_laid_out(source, draft)
        return
    with open_package(source) as package:
        _refuse_encrypted(package)
        refuse_entities(package)
        read_properties(package, draft)
        if stored_mimetype(package).startswith(_ODF):
            read_ods(package, draft)
        elif _BINARY_BOOK in package.NameToInfo:
            _read_laid_out(source, draft)
            say_parts(package, draft)
        else:
            read_xlsx(package, draft)


def _read_laid_out(source: SourceFile, draft: Draft) -> None:
    """Read a workbook by the library that lays each sheet out as a grid, and knows no formats of numbers."""
    import python_calamine as calamine

    source.file.seek(0)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(source.file)
    except calamine.PasswordError as error:
        raise Refused(ReadStatus.ENCRYPTED, "protected by a password") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise Refused(ReadStatus.ENCRYPTED, "protected by a password") from error
        raise Refused(ReadStatus.DAMAGED, f"the spreadsheet is damaged ({error})"[:300]) from error
    try:
        _read_sheets(workbook, draft)
    finally:
        workbook.close()


def _read_sheets(workbook: Any, draft: Draft) -> None:
    import python_calamine as calamine

    visible = [s for s in workbook.sheets_metadata if s.visible == calamine.SheetVisibleEnum.Visible]
    note_hidden(len(workbook.sheets_metadata) - len(visible), draft)
    names = [s.name for s in visible if s.typ == calamine.SheetTypeEnum.WorkSheet]
    draft.page_count = len(names)
    draft.note("numbers are shown without their formats")
    damaged = 0
    for name in names:
        try:
            sheet = workbook.get_sheet_by_name(name)
        except (calamine.CalamineError, ValueError, OSError):
            damaged += 1
            draft.note(f"sheet {name} is damaged and was not read")
            continue
        text, share = _sheet_text(sheet, draft)
        draft.add(text, name, share=share)
    if damaged and damaged == len(names):
        raise Refused(ReadStatus.DAMAGED, "all its sheets are damaged")


def _sheet_text(sheet: Any, draft: Draft) -> tuple[str, float]:
    """Return the rows that hold anything, until the text limit or the time ends, and the share of rows."""
    rows = SheetRows()
    share = 1.0
    for number, row in enumerate(sheet.iter_rows()):
        cells = [(column, text) for column, cell in enumerate(row) if (text := cell_text(cell))]
        rows.add(number, [column for column, _ in cells], [text for _, text in cells])
        if rows.chars > draft.chars_left or (number % 1000 == 999 and draft.out_of_time()):
            share = min(1.0, (number + 1) / max(1, sheet.height))
            break
    return rows.text(), share


def cell_text(cell: Any) -> str:
    """Return a cell as a person would write it: whole numbers without a point, days without midnight."""
    if isinstance(cell, str):
        return cell if "\n" not in cell and "\t" not in cell else " ".join(cell.split())
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        return f"{cell:.12g}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time(0) else cell.isoformat(" ", "seconds")
    return str(cell)


def _refuse_encrypted(package: zipfile.ZipFile) -> None:
    if "META-INF/manifest.xml" in package.NameToInfo:
        with package.open("META-INF/manifest.xml") as part:
            if b"encryption-data" in part.read(1 << 20):
                raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
