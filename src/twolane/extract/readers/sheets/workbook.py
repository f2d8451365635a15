"""Spreadsheets (XLSX, XLSB, XLS, ODS): one page a sheet, one line a row, cells apart by tabs."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.readers.archive import open_package, refuse_entities
from twolane.extract.readers.office.properties import read_properties
from twolane.extract.readers.sheets.cell_styles import Cell, unseen_cells

# The reader lays a sheet out as a full grid of about 32 bytes a cell, so two cells can ask for 17 billion.
_GRID_LIMIT_CELLS = 24_000_000
_SCAN_CHUNK = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"')
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml$", re.I)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the visible sheets in order. Raises Refused for passwords, damage, and grids beyond memory."""
    import python_calamine as calamine

    unseen: dict[str, frozenset[Cell]] = {}
    if source.head(2) == b"PK":
        with open_package(source) as package:
            _refuse_encrypted(package)
            refuse_entities(package)
            _refuse_wide_grids(package)
            read_properties(package, draft)
            unseen = unseen_cells(package)
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
        _read_sheets(workbook, unseen, draft)
    finally:
        workbook.close()


def _read_sheets(workbook: Any, unseen: Mapping[str, frozenset[Cell]], draft: Draft) -> None:
    import python_calamine as calamine

    visible = [s for s in workbook.sheets_metadata if s.visible == calamine.SheetVisibleEnum.Visible]
    hidden = len(workbook.sheets_metadata) - len(visible)
    if hidden:
        draft.note(f"{hidden} hidden sheet{'s' if hidden > 1 else ''} not read")
    names = [s.name for s in visible if s.typ == calamine.SheetTypeEnum.WorkSheet]
    draft.page_count = len(names)
    damaged = 0
    for name in names:
        try:
            sheet = workbook.get_sheet_by_name(name)
        except (calamine.CalamineError, ValueError, OSError):
            damaged += 1
            draft.note(f"sheet {name} is damaged and was not read")
            continue
        text, share = _sheet_text(sheet, unseen.get(name, frozenset()), draft)
        draft.add(text, name, share=share)
    if damaged and damaged == len(names):
        raise Refused(ReadStatus.DAMAGED, "all its sheets are damaged")


def _sheet_text(sheet: Any, unseen: frozenset[Cell], draft: Draft) -> tuple[str, float]:
    """Return the rows that hold anything, until the text limit or the time ends, and the share of rows."""
    lines: list[str] = []
    hidden: list[str] = []
    share, chars, first = 1.0, 0, sheet.start[1] if unseen and sheet.start else 0
    for number, row in enumerate(sheet.iter_rows()):
        for column in [c for c in range(len(row)) if (number, first + c) in unseen] if unseen else ():
            hidden.append(cell_text(row[column]))
            row[column] = ""
        line = "\t".join(cell_text(cell) for cell in row).rstrip()
        if line:
            lines.append(line)
            chars += len(line) + 1
        if chars > draft.chars_left or (number % 1000 == 999 and draft.out_of_time()):
            share = min(1.0, (number + 1) / max(1, sheet.height))
            break
    draft.leave_out(" ".join(hidden))
    return "\n".join(lines), share


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


def _refuse_wide_grids(package: zipfile.ZipFile) -> None:
    for info in package.infolist():
        if _SHEET_PART.match(info.filename):
            cells = _grid_cells(package, info)
            if cells > _GRID_LIMIT_CELLS:
                raise Refused(
                    ReadStatus.TOO_LARGE,
                    f"{info.filename} spans {cells:,} cells, more than {_GRID_LIMIT_CELLS:,}",
                )


def _grid_cells(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Return the cells of the rectangle around all cells that a sheet's XML names."""
    rows = columns = 0
    first_row = first_column = 1 << 30
    rest = b""
    with package.open(info) as part:
        while chunk := part.read(_SCAN_CHUNK):
            for letters, digits in _CELL.findall(rest + chunk):
                column = 0
                for letter in letters:
                    column = column * 26 + letter - 64
                row = int(digits)
                rows, columns = max(rows, row), max(columns, column)
                first_row, first_column = min(first_row, row), min(first_column, column)
            rest = chunk[-256:]
    return max(0, rows - first_row + 1) * max(0, columns - first_column + 1)
