"""Documents of Word and tables of Excel that were saved as one XML file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from twolane.extract.base import Draft
from twolane.extract.readers.markup.xml import attribute, local

_MOST_PARTS, _MOST_COLUMNS, _WIDEST_GAP = 5000, 1000, 50
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?")


def word_package(root: Any, data: bytes) -> bytes:
    """Return a document of Word as the package that it would else be, or nothing of another file."""
    if local(root) == "wordDocument":  # of 2003, whose elements have the names of today
        return _zipped({"word/document.xml": data, "word/styles.xml": _inner(root.find("{*}styles"))})
    if local(root) != "package":
        return b""
    parts = [one for one in root if local(one) == "part"][:_MOST_PARTS]
    names = {attribute(one, "name").lstrip("/"): _inner(one.find("{*}xmlData/*")) for one in parts}
    return _zipped(names) if "word/document.xml" in names else b""


def _inner(element: Any) -> bytes:
    from lxml import etree

    return b"" if element is None else bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def _zipped(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            if content and name:
                package.writestr(name, content)
    return data.getvalue()


def add_worksheets(root: Any, draft: Draft) -> bool:
    """Add the sheets of a workbook of Excel 2003, a page each; say whether the file is one."""
    if local(root) != "Workbook" or "office:spreadsheet" not in str(root.tag):
        return False
    hidden = 0
    for sheet in root.iterchildren("{*}Worksheet"):
        draft.check_time()
        if sheet.find("{*}WorksheetOptions/{*}Visible") is not None:  # it is only written of the others
            hidden += 1
            continue
        draft.add("\n".join(_rows(sheet, draft)), attribute(sheet, "Name"), is_numbered=False)
    if hidden:
        draft.note(f"{hidden} hidden sheet{'s' if hidden > 1 else ''} not read")
    return True


def _rows(sheet: Any, draft: Draft) -> Iterator[str]:
    at = 0
    for count, row in enumerate(sheet.iterfind("{*}Table/{*}Row")):
        if count % 1000 == 0:
            draft.check_time()
        place = attribute(row, "Index")
        at, before = int(place) if place.isdigit() and len(place) < 8 else at + 1, at
        if at > before + 1:
            yield ""
        yield "\t".join(_cells(row)).rstrip("\t")


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren("{*}Cell"):
        place, across = attribute(cell, "Index"), attribute(cell, "MergeAcross")
        if place.isdigit() and len(place) < 5:
            cells += [""] * min(_WIDEST_GAP, int(place) - 1 - len(cells))
        data = cell.find("{*}Data")
        text = " ".join("".join(data.itertext()).split()) if data is not None else ""
        if (day := _MIDNIGHT.fullmatch(text)) and attribute(data, "Type") == "DateTime":
            text = day[1]
        cells.append(text)
        if across.isdigit() and len(across) < 4:
            cells += [""] * min(_WIDEST_GAP, int(across))
        if len(cells) > _MOST_COLUMNS:
            break
    return cells
