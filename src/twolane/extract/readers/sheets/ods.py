"""OpenDocument spreadsheets (ODS): sheets in order, with the text that each cell was stored as showing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, has_words
from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.readers.sheets.ods_cells import cell_text, count, formula_text, paragraph_text
from twolane.extract.readers.sheets.ods_drawn import drawn_texts
from twolane.extract.readers.sheets.remarks import CellRemark
from twolane.extract.readers.sheets.sheet_rows import Area, SheetRows
from twolane.extract.readers.sheets.sheet_xml import column_letters, one_line
from twolane.extract.readers.sheets.wording import note_formulas, note_hidden

_CHUNK_BYTES = 1 << 18
_ROW_LIMIT_BYTES = 48 << 20
_MOST_REPEATED_CELLS, _MOST_REPEATED_ROWS = 1024, 10_000
_MOST_AREAS, _MOST_REMARKS = 20_000, 10_000
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_PAGE_FIELDS = frozenset({"page-number", "page-count", "sheet-name", "file-name", "title", "date", "time"})


@dataclass(slots=True)
class _OpenTable:
    """A sheet that is being read."""

    name: str
    is_hidden: bool
    rows: SheetRows = field(default_factory=SheetRows)
    areas: list[Area] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    number: int = 0
    formulas_without_value: int = 0


def read_ods(package: zipfile.ZipFile, draft: Draft) -> None:
    """Read the visible sheets of a workbook."""
    hidden = 0
    margins = _margins(package)
    for table, share in _tables(package, draft):
        if table.is_hidden:
            hidden += 1
            continue
        note_formulas(table.formulas_without_value, draft)
        table.rows.fill(table.areas)
        parts = [table.rows.text(), "\n".join(table.remarks), *table.drawn, margins]
        margins = ""
        note_hidden(hidden if share < 1 else 0, draft)
        draft.add("\n\n".join(filter(None, parts)), table.name, share=share)
    note_hidden(hidden, draft)


def _tables(package: zipfile.ZipFile, draft: Draft) -> Iterator[tuple[_OpenTable, float]]:
    """Yield each sheet, and how much of it was read before a limit."""
    from lxml import etree

    info = package.getinfo("content.xml")
    parser = etree.XMLPullParser(
        ("start", "end"),
        tag=["{*}style", "{*}table", "{*}table-row", "{*}shapes", "{*}tracked-changes"],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    reader = _TableReader(package, draft)
    taken = since_row = 0
    with package.open(info) as part:
        while chunk := part.read(_CHUNK_BYTES):
            taken += len(chunk)
            since_row += len(chunk)
            try:
                parser.feed(chunk)
            except etree.XMLSyntaxError as error:
                raise Refused(ReadStatus.DAMAGED, "its XML is damaged") from error
            for event, element in parser.read_events():
                since_row = 0
                if table := reader.take(event, element):
                    yield table, 1.0
            if since_row > _ROW_LIMIT_BYTES:
                raise Refused(ReadStatus.TOO_LARGE, "one of its rows is too large")
            table = reader.table
            if table and (table.rows.chars > draft.chars_left or draft.out_of_time()):
                yield table, min(1.0, taken / max(1, info.file_size))
                return


@dataclass(slots=True)
class _TableReader:
    """Takes the elements of a workbook's XML as they end."""

    package: zipfile.ZipFile
    draft: Draft
    table: _OpenTable | None = None
    _hidden_styles: set[str] = field(default_factory=set)
    _depth: int = 0  # of tables in tables
    _changes: int = 0

    def take(self, event: str, element: Any) -> _OpenTable | None:
        """Take an element that began or ended, and return the sheet where one ended."""
        name = local(element)
        if name == "tracked-changes":
            self._changes += 1 if event == "start" else -1
        elif self._changes:
            return None
        elif name == "table":
            return self._begin_or_end(event, element)
        elif event == "start":
            return None
        elif name == "style":
            shows = [attribute(e, "display") for e in element if local(e) == "table-properties"]
            if "false" in shows:
                self._hidden_styles.add(attribute(element, "name"))
        elif self.table is not None and self._depth == 1:
            if name == "table-row":
                self._row(element, self.table)
                element.clear()
            elif name == "shapes" and not self.table.is_hidden:
                self.table.drawn += drawn_texts(element, self.package, self.draft)
        return None

    def _begin_or_end(self, event: str, element: Any) -> _OpenTable | None:
        self._depth += 1 if event == "start" else -1
        if event == "start" and self._depth == 1:
            is_hidden = attribute(element, "style-name") in self._hidden_styles
            self.table = _OpenTable(attribute(element, "name"), is_hidden)
        elif event == "end" and self._depth == 0:
            table, self.table = self.table, None
            element.clear()
            return table
        return None

    def _row(self, row: Any, table: _OpenTable) -> None:
        repeated = count(row, "number-rows-repeated")
        if not table.is_hidden:
            columns: list[int] = []
            texts: list[str] = []
            column = 0
            for cell in row:
                if local(cell) in _CELLS:
                    column += self._cell(cell, column, table, columns, texts)
            for number in range(table.number, table.number + min(repeated, _MOST_REPEATED_ROWS)):
                if not texts or table.rows.chars > self.draft.chars_left:
                    break
                table.rows.add(number, columns, texts)
        table.number += repeated

    def _cell(self, cell: Any, column: int, table: _OpenTable, columns: list[int], texts: list[str]) -> int:
        """Add a cell to a row, and return how many columns it takes."""
        repeated = count(cell, "number-columns-repeated")
        if not len(cell) and not cell.attrib.has_key(_FORMULA) and len(cell.attrib) < 2:
            return repeated
        text = one_line(cell_text(cell))
        if not text and (text := formula_text(cell)):
            table.formulas_without_value += 1
        place = f"{column_letters(column)}{table.number + 1}"
        for child in cell:
            name = local(child)
            if name == "annotation":
                self._remark(child, place, table)
            elif name not in {"p", "detective"}:
                table.drawn += drawn_texts(child, self.package, self.draft)
        wide, high = count(cell, "number-columns-spanned"), count(cell, "number-rows-spanned")
        if (wide > 1 or high > 1) and len(table.areas) < _MOST_AREAS:
            table.areas.append(Area(table.number, column, table.number + high - 1, column + wide - 1))
        for at in range(column, column + min(repeated, _MOST_REPEATED_CELLS) if text else column):
            columns.append(at)
            texts.append(text)
        return repeated

    def _remark(self, annotation: Any, place: str, table: _OpenTable) -> None:
        author = " ".join(e.text or "" for e in annotation if local(e) == "creator").strip()
        said = " ".join(paragraph_text(e) for e in annotation.iter() if local(e) == "p")
        if has_words(said) and len(table.remarks) < _MOST_REMARKS:
            table.remarks.append(str(CellRemark(place, author, one_line(said))))


_FORMULA = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}formula"


def _margins(package: zipfile.ZipFile) -> str:
    """Return what is printed above and below, but for lines with the page's number or the sheet's name."""
    if "styles.xml" not in package.NameToInfo:
        return ""
    root = parse_xml(read_part(package, "styles.xml"))
    found = dict[str, None]()
    for element in root.iter() if root is not None else ():
        if re.match(r"(?:header|footer)(?:-left|-first)?$", local(element)):
            for paragraph in element.iter():
                if local(paragraph) == "p" and not any(local(e) in _PAGE_FIELDS for e in paragraph.iter()):
                    found[one_line(paragraph_text(paragraph))] = None
    return "\n".join(text for text in found if has_words(text))
