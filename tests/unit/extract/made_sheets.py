"""Small spreadsheets of the kinds that no library of the tests writes, made record by record."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from tests.unit.extract.made import ole, zipped

Value = str | float
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def ods(tables: str, styles: str = "", parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return an OpenDocument spreadsheet by the XML of its tables and of its automatic styles."""
    names = " ".join(
        f'xmlns:{short}="{_ODF}:{long}:1.0"'
        for short, long in (
            *(("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")),
            *(("draw", "drawing"), ("chart", "chart"), ("svg", "svg-compatible")),
        )
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names} xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    return zipped({"mimetype": _ODS, "content.xml": content, **(parts or {})})


def xls(
    rows: Sequence[Sequence[Value]],
    *,
    codes: Sequence[str] = (),
    styles: Mapping[tuple[int, int], int] | None = None,
    merged: Sequence[tuple[int, int, int, int]] = (),
    notes: Mapping[tuple[int, int], tuple[str, str]] | None = None,
    hidden: bool = False,
) -> bytes:
    """Return an Excel 97 workbook of one sheet, and of a second, hidden one where asked.

    `codes` are number formats; `styles` gives cells one of them by its place; `merged` areas are first
    row, last row, first column, last column; `notes` are an author and a text for each cell.
    """
    sheet = _bof(0x10) + _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, 20, 0))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            style = 15 + (styles or {}).get((row, column), 0)
            head = struct.pack("<HHH", row, column, style)
            if isinstance(value, str):
                sheet += _record(0x204, head + _unicode(value, 2)) if value else b""
            else:
                sheet += _record(0x203, head + struct.pack("<d", value))
    for number, ((row, column), (author, text)) in enumerate((notes or {}).items(), 1):
        sheet += _record(0x5D, struct.pack("<HHHHH12x", 0x15, 18, 0x19, number, 0) + bytes(4))
        runs = struct.pack("<HHIHHI", 0, 0, 0, len(text), 0, 0)
        sheet += _record(0x1B6, struct.pack("<HH6xHHI", 0x212, 0, len(text), 16, 0))
        sheet += _record(0x3C, b"\x01" + text.encode("utf-16-le")) + _record(0x3C, runs)
        sheet += _record(0x1C, struct.pack("<HHHH", row, column, 0, number) + _unicode(author, 2) + b"\0")
    if merged:
        sheet += _record(
            0xE5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<4H", *m) for m in merged)
        )
    sheet += _record(0x0A, b"")
    names = ["Sheet1", "Secret"] if hidden else ["Sheet1"]
    return ole({"Workbook": _book(names, [sheet, sheet][: len(names)], codes)})


def boxes_xls() -> bytes:
    """Return a workbook with a text box, a chart, a printed header and an embedded object."""
    text = "Valid from June"
    sheet = _bof(0x10) + _record(0x14, _unicode("&LWorks council&RPage &P", 2))
    sheet += _record(0x204, struct.pack("<HHH", 0, 0, 15) + _unicode("Ada", 2))
    sheet += _record(0x5D, struct.pack("<HHHHH12x", 0x15, 18, 6, 1, 0) + bytes(4))
    sheet += _record(0x1B6, struct.pack("<HH6xHHI", 0x212, 0, len(text), 16, 0))
    sheet += _record(0x3C, b"\x01" + text.encode("utf-16-le"))
    sheet += _record(0x3C, struct.pack("<HHIHHI", 0, 0, 0, len(text), 0, 0))
    sheet += _record(0x5D, struct.pack("<HHHHH12x", 0x15, 18, 5, 2, 0) + bytes(4))
    sheet += _record(0x0A, b"")
    return ole({"Workbook": _book(["Sheet1"], [sheet], []), "MBD0001A2B3": b"Dear Ada"})


def _book(names: Sequence[str], sheets: Sequence[bytes], codes: Sequence[str]) -> bytes:
    font = struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _unicode("Arial", 1)
    start = _bof(0x05) + _record(0x42, struct.pack("<H", 1200)) + _record(0x31, font) * 4
    for number, code in enumerate(codes):
        start += _record(0x41E, struct.pack("<H", 164 + number) + _unicode(code, 2))
    for key in [0] * 16 + [164 + number for number in range(len(codes))]:
        start += _record(0xE0, struct.pack("<HHHBBBBIIH", 0, key, 1, 0, 0, 0, 0, 0, 0, 0x20C0))
    listed = [_unicode(name, 1) for name in names]
    at = len(start) + sum(4 + 6 + len(name) for name in listed) + 4
    for number, (name, sheet) in enumerate(zip(listed, sheets, strict=True)):
        start += _record(0x85, struct.pack("<IBB", at, number, 0) + name)
        at += len(sheet)
    return start + _record(0x0A, b"") + b"".join(sheets)


def _bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _unicode(text: str, length_bytes: int) -> bytes:
    return len(text).to_bytes(length_bytes, "little") + b"\x01" + text.encode("utf-16-le")


def xlsb(
    rows: Sequence[Sequence[Value]],
    *,
    codes: Sequence[str] = (),
    styles: Mapping[tuple[int, int], int] | None = None,
    merged: Sequence[tuple[int, int, int, int]] = (),
    hidden: bool = False,
) -> bytes:
    """Return a binary workbook of one sheet, and of a second, hidden one where asked.

    `codes`, `styles` and `merged` are as those of XLS; every other text is shared among cells.
    """
    sheet = _binary(129, b"") + _binary(148, struct.pack("<IIII", 0, max(0, len(rows) - 1), 0, 20))
    sheet += _binary(145, b"")
    shared: list[str] = []
    for number, values in enumerate(rows):
        sheet += _binary(0, struct.pack("<I", number) + bytes(13))
        for column, value in enumerate(values):
            head = struct.pack("<II", column, (styles or {}).get((number, column), 0))
            if isinstance(value, str) and len(shared) % 2:
                sheet += _binary(6, head + _wide(value))
            elif isinstance(value, str):
                sheet += _binary(7, head + struct.pack("<I", len(shared)))
            elif isinstance(value, int):
                sheet += _binary(2, head + struct.pack("<I", (value << 2 | 2) & 0xFFFFFFFF))
            else:
                sheet += _binary(5, head + struct.pack("<d", value))
            shared += [value] if isinstance(value, str) else []
    sheet += _binary(146, b"") + b"".join(_binary(176, struct.pack("<4I", *area)) for area in merged)
    sheet += _binary(130, b"")
    names = ["Sheet1", "Secret"] if hidden else ["Sheet1"]
    listed = b"".join(
        _binary(156, struct.pack("<II", number, number + 1) + _wide(f"rId{number + 1}") + _wide(name))
        for number, name in enumerate(names)
    )
    formats = b"".join(_binary(44, struct.pack("<H", 164 + n) + _wide(code)) for n, code in enumerate(codes))
    used = [0, *(164 + n for n in range(len(codes)))]
    laid_out = b"".join(_binary(47, struct.pack("<HH", 0, key) + bytes(12)) for key in used)
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": _binary(131, b"") + _binary(143, b"") + listed + _binary(144, b""),
            "xl/_rels/workbook.bin.rels": _binary_relations(len(names)),
            "xl/styles.bin": formats + _binary(617, bytes(4)) + laid_out + _binary(618, b""),
            "xl/sharedStrings.bin": b"".join(_binary(19, b"\0" + _wide(text)) for text in shared),
            **{f"xl/worksheets/sheet{n}.bin": sheet for n in range(1, len(names) + 1)},
        }
    )


def _binary_relations(sheets: int) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}/worksheet" Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, sheets + 1)
    )
    for name in ("styles", "sharedStrings"):
        rels += f'<Relationship Id="{name}" Type="{kind}/{name}" Target="{name}.bin"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{rels}</Relationships>'


def _binary(kind: int, content: bytes) -> bytes:
    size, sizes = len(content), b""
    while size > 0x7F:
        sizes += bytes([size & 0x7F | 0x80])
        size >>= 7
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + sizes + bytes([size]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
