"""XLSB workbooks: sheets in order, each with its cells as shown; their other parts are said.

The records are those of [MS-XLSB] 2.4; each has a number and a length of one to four bytes.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused
from twolane.extract.readers.archive import read_part
from twolane.extract.readers.office.ooxml import OfficePart, open_part
from twolane.extract.readers.sheets.cell_styles import PLAIN_STYLE, CellStyle
from twolane.extract.readers.sheets.number_formats import NumberFormat, built_in_code
from twolane.extract.readers.sheets.sheet_rows import Area, SheetRows
from twolane.extract.readers.sheets.sheet_xml import one_line
from twolane.extract.readers.sheets.wording import note_hidden
from twolane.extract.readers.sheets.xlsx import read_embeddings

BINARY_BOOK = "xl/workbook.bin"
_PART_BYTES = 128 << 20
_ROW, _SHEET, _BOOK, _SHARED, _MERGED = 0, 156, 153, 19, 176
_FORMAT, _STYLES, _STYLES_END, _STYLE = 44, 617, 618, 47
_LAST_CELL = 11
_MOST_AREAS, _CHECK_ROWS = 20_000, 1000
_NUMBER = struct.Struct("<I")
_CELL = struct.Struct("<II")
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
_KINDS = (
    (re.compile(r"xl/(?:comments|threadedComments/).*\.(?:bin|xml)$"), "comments of {} sheet{}"),
    (re.compile(r"xl/charts/chart[^/]*\.xml$"), "{} chart{}"),
    (re.compile(r"xl/drawings/drawing[^/]*\.xml$"), "text boxes and pictures of {} sheet{}"),
)


@dataclass(frozen=True, slots=True)
class _BinaryRecord:
    kind: int
    content: memoryview


def read_xlsb(package: zipfile.ZipFile, draft: Draft) -> None:
    """Read the visible sheets of a workbook, and say which of its other parts are not read."""
    book = open_part(package, BINARY_BOOK)
    records = list(_records(read_part(package, BINARY_BOOK)))
    is_1904 = any(one.kind == _BOOK and bool(one.content[:1].tolist()[0] & 1) for one in records)
    sheets = [one.content for one in records if one.kind == _SHEET]
    seen = [one for one in sheets if _NUMBER.unpack_from(one)[0] == 0]
    note_hidden(len(sheets) - len(seen), draft)
    draft.page_count = len(seen)
    reader = _BinaryReader(_texts(book), _styles(book, is_1904=is_1904))
    for sheet in seen:
        identity, end = _wide(sheet, 8)
        name, _ = _wide(sheet, end)
        part = book.named(identity)
        if part is None:
            draft.note(f"sheet {name} is damaged and was not read")
            continue
        rows, share = reader.read(read_part(package, part.name, _PART_BYTES), draft)
        draft.add(rows.text(), name, share=share)
    _say_parts(package, draft)
    read_embeddings(package, draft)


def _say_parts(package: zipfile.ZipFile, draft: Draft) -> None:
    names = [info.filename for info in package.infolist()]
    for pattern, words in _KINDS:
        if count := sum(1 for name in names if pattern.match(name)):
            draft.unread(words.format(count, "s" if count > 1 else ""))


def _records(data: bytes) -> Iterator[_BinaryRecord]:
    """Yield the records of a part. Raises Refused where one is longer than the part."""
    view, at, end = memoryview(data), 0, len(data)
    while at < end:
        kind = data[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while at < end and shift < 28:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if at + length > end:
            raise Refused(ReadStatus.DAMAGED, "damaged: a part of it is cut off")
        yield _BinaryRecord(kind, view[at : at + length])
        at += length


def _wide(content: memoryview, at: int) -> tuple[str, int]:
    """Return a text behind its length, and where it ends; a length of all ones is no text."""
    (length,) = _NUMBER.unpack_from(content, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    return bytes(content[at + 4 : end]).decode("utf-16-le", "replace"), end


def _of_kind(book: OfficePart, kind: str) -> Iterator[_BinaryRecord]:
    part = next(book.of_kind(kind), None)
    return _records(read_part(book.package, part.name, _PART_BYTES)) if part else iter(())


def _texts(book: OfficePart) -> list[str]:
    found = _of_kind(book, "sharedStrings")
    return [one_line(_wide(one.content, 1)[0]) for one in found if one.kind == _SHARED]


def _styles(book: OfficePart, *, is_1904: bool) -> list[CellStyle]:
    codes: dict[int, str] = {}
    known: dict[str, CellStyle] = {}
    styles: list[CellStyle] = []
    is_inside = False
    for one in _of_kind(book, "styles"):
        if one.kind == _FORMAT:
            codes[int.from_bytes(one.content[:2], "little")] = _wide(one.content, 2)[0]
        elif one.kind in {_STYLES, _STYLES_END}:
            is_inside = one.kind == _STYLES
        elif one.kind == _STYLE and is_inside:
            number = int.from_bytes(one.content[2:4], "little")
            code = codes.get(number) or built_in_code(number)
            if code not in known:
                shown = NumberFormat(code, is_1904=is_1904)
                known[code] = CellStyle(PLAIN_STYLE.format, True) if shown.shows_nothing else CellStyle(shown)
            styles.append(known[code])
    return styles


@dataclass(frozen=True, slots=True)
class _BinaryReader:
    """Reads sheets of one workbook, by its texts and styles."""

    strings: Sequence[str]
    styles: Sequence[CellStyle]

    def read(self, data: bytes, draft: Draft) -> tuple[SheetRows, float]:
        """Return a sheet's rows, and how much of it was read before a limit."""
        rows = SheetRows()
        areas: list[Area] = []
        hidden: list[tuple[int, int]] = []
        columns: list[int] = []
        texts: list[str] = []
        number = count = 0
        for one in _records(data):
            if one.kind == _ROW:
                rows.add(number, columns, texts)
                columns, texts = [], []
                (number,) = _NUMBER.unpack_from(one.content)
                count += 1
                if rows.chars > draft.chars_left or (count % _CHECK_ROWS == 0 and draft.out_of_time()):
                    break
            elif one.kind <= _LAST_CELL:
                column, styled = _CELL.unpack_from(one.content)
                style = self._style(styled & 0xFFFFFF)
                if text := self._text(one, style):
                    columns.append(column)
                    texts.append(text)
                    if style.hides:
                        hidden.append((number, column))
            elif one.kind == _MERGED and len(areas) < _MOST_AREAS:
                top, bottom, left, right = struct.unpack_from("<4I", one.content)
                areas.append(Area(top, left, bottom, right))
        else:
            rows.add(number, columns, texts)
            draft.leave_out(" ".join(rows.take_out(hidden)))
            rows.fill(areas)
            return rows, 1.0
        return rows, min(1.0, rows.chars * 4 / max(1, len(data)))

    def _style(self, number: int) -> CellStyle:
        return self.styles[number] if number < len(self.styles) else PLAIN_STYLE

    def _text(self, one: _BinaryRecord, style: CellStyle) -> str:
        """Return what a cell shows; cells of formulas have their stored results in the same places."""
        show = _SHOWN.get(one.kind)
        if show is not None:
            return show(one.content, style)
        if one.kind == 7:
            (place,) = _NUMBER.unpack_from(one.content, 8)
            return self.strings[place] if place < len(self.strings) else ""
        return ""


def _rk(content: memoryview, style: CellStyle) -> str:
    """Return a number that is stored in four bytes: a whole one or half a float, perhaps in hundredths."""
    (packed,) = _NUMBER.unpack_from(content, 8)
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return style.format.shown(number / 100 if packed & 1 else number)


def _real(content: memoryview, style: CellStyle) -> str:
    return style.format.shown(struct.unpack_from("<d", content, 8)[0])


def _written(content: memoryview, style: CellStyle) -> str:
    text, _ = _wide(content, 8)
    return one_line(style.format.shown_text(text)) if text else ""


def _truth(content: memoryview, _: CellStyle) -> str:
    return "TRUE" if content[8] else "FALSE"


def _fault(content: memoryview, _: CellStyle) -> str:
    return _ERRORS.get(content[8], "#ERROR!")


_SHOWN: dict[int, Callable[[memoryview, CellStyle], str]] = {
    2: _rk, 3: _fault, 4: _truth, 5: _real, 6: _written, 8: _written, 9: _real, 10: _truth, 11: _fault,
}  # fmt: skip
