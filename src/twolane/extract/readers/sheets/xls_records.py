"""What stands beside the cells of an XLS workbook, from its records: text boxes, printed margins, charts.

The records are those of [MS-XLS]: Obj (2.4.181), TxO (2.4.329), Header and Footer (2.4.136, 2.4.124).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_BOF, _OBJ, _TXO, _CONTINUE = 0x809, 0x5D, 0x1B6, 0x3C
_HEADER, _FOOTER = 0x14, 0x15
_WORKSHEET, _CHART_OBJECT, _NOTE_OBJECT = 0x10, 5, 0x19
_MOST_TEXTS = 5_000


@dataclass(slots=True)
class BesideCells:
    """The texts of one sheet's boxes and margins, and how many charts lie on it."""

    texts: list[str] = field(default_factory=list)
    margins: dict[str, None] = field(default_factory=dict)
    charts: int = 0


def beside_cells(stream: bytes) -> list[BesideCells]:
    """Return what stands beside the cells of each sheet, in the order of the stream; Excel 97 and later."""
    sheets: list[BesideCells] = []
    kind = wanted = 0  # of the last drawn object; characters of its text that follow
    depth_kind = 0
    for record, content in _records(stream):
        if record == _BOF and len(content) >= 4:
            depth_kind = struct.unpack_from("<H", content, 2)[0]
            if depth_kind == _WORKSHEET:
                sheets.append(BesideCells())
        if not sheets or record == _BOF:
            continue
        sheet = sheets[-1]
        if record == _OBJ and len(content) >= 6:
            kind = struct.unpack_from("<H", content, 4)[0]
            sheet.charts += kind == _CHART_OBJECT
        elif record == _TXO and len(content) >= 12:
            wanted = struct.unpack_from("<H", content, 10)[0] if kind != _NOTE_OBJECT else 0
        elif record == _CONTINUE and wanted and len(sheet.texts) < _MOST_TEXTS:
            text = _characters(content)[:wanted]
            sheet.texts.append(text)
            wanted = 0
        elif record in {_HEADER, _FOOTER} and depth_kind == _WORKSHEET and len(content) > 3:
            sheet.margins[_characters(content[2:])] = None
    return sheets


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records that matter, by their number."""
    at, end = 0, len(stream)
    wanted = {_BOF, _OBJ, _TXO, _CONTINUE, _HEADER, _FOOTER}
    unpack = struct.Struct("<HH").unpack_from
    while at + 4 <= end:
        record, length = unpack(stream, at)
        if record in wanted:
            yield record, bytes(stream[at + 4 : at + 4 + length])
        at += 4 + length


def _characters(content: bytes) -> str:
    """Return characters behind the byte that says how wide they are."""
    encoding = "utf-16-le" if content[:1] == b"\x01" else "latin-1"
    return content[1:].decode(encoding, "replace")
