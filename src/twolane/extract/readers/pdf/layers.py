"""Layers of a PDF that are switched off when it is opened: what stands in them, nobody sees.

PDFium does not tell which layers are on, but it draws no others: a text in a layer is seen if the drawing of
its page changes where it stands when it is taken out.
"""

from __future__ import annotations

import ctypes
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from time import process_time
from typing import Any

from twolane.extract.base import SourceFile
from twolane.extract.readers.pdf.painted import box_on_page, matrix_of
from twolane.extract.readers.pdf.unseen import IDENTITY, Box, Matrix, times

_MOST_BYTES, _MOST_UNPACKED = 64 << 20, 4 << 20
_LAYERS = b"/OCProperties"
_LAYERED_FORM = re.compile(rb"/OC\s+\d+\s+\d+\s+R")
_PACKED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.S)
_MARK = "OC"
_MOST_OBJECTS, _MOST_NESTING, _MOST_MARKS = 10_000, 3, 5
_MOST_PIXELS = 2000  # a side
_MOST_DRAWN, _MOST_SECONDS = 5_000, 10.0  # objects of a page, and for all pages


@dataclass(frozen=True, slots=True)
class _Layered:
    item: Any
    box: Box


class Layers:
    """Tells what stands in layers that are off, where a document has layers at all."""

    def __init__(self, source: SourceFile) -> None:
        data = source.head(source.size_bytes) if source.size_bytes <= _MOST_BYTES else b""
        self._any = not data or has_layers(data)
        self._spent_s = 0.0
        self._any_form = self._any and (not data or _LAYERED_FORM.search(data) is not None)

    def unseen_texts(self, page: Any) -> frozenset[int]:
        """Return the texts of a page that nobody sees for their layers, by the addresses of their objects."""
        import pypdfium2.raw as pdfium_c

        if not self._any or self._spent_s > _MOST_SECONDS:
            return frozenset()
        if pdfium_c.FPDFPage_CountObjects(page) > _MOST_DRAWN:  # a map, which takes long to draw
            return frozenset()
        invisible = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE  # of which there are other rules
        texts = [
            one
            for one in islice(self._layered(page), _MOST_OBJECTS)
            if pdfium_c.FPDFTextObj_GetTextRenderMode(one.item) != invisible
        ]
        if not texts:
            return frozenset()
        started = process_time()
        unseen = _not_drawn(page, texts)
        self._spent_s += process_time() - started
        return unseen

    def _layered(self, page: Any) -> Iterator[_Layered]:
        """Yield the texts that may stand in a layer: those marked so, and those in forms, which may be."""
        import pypdfium2.raw as pdfium_c

        def within(form: Any, matrix: Matrix, depth: int, *, is_layered: bool) -> Iterator[_Layered]:
            own = times(matrix_of(form), matrix)
            for index in range(min(pdfium_c.FPDFFormObj_CountObjects(form), _MOST_OBJECTS)):
                item = pdfium_c.FPDFFormObj_GetObject(form, index)
                yield from each(item, own, depth + 1, is_layered=is_layered)

        def each(item: Any, matrix: Matrix, depth: int, *, is_layered: bool) -> Iterator[_Layered]:
            kind = pdfium_c.FPDFPageObj_GetType(item)
            if kind == pdfium_c.FPDF_PAGEOBJ_TEXT and (is_layered or _is_marked(item)):
                yield _Layered(item, box_on_page(item, matrix))
            elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MOST_NESTING:
                layered = is_layered or self._any_form or _is_marked(item)
                yield from within(item, matrix, depth, is_layered=layered)

        for index in range(min(pdfium_c.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
            yield from each(pdfium_c.FPDFPage_GetObject(page, index), IDENTITY, 0, is_layered=False)


def has_layers(data: bytes) -> bool:
    """Say whether a PDF has layers, by its catalogue, which may stand in any of its packed parts."""
    if _LAYERS in data or b"/Encrypt" in data:
        return True
    view = memoryview(data)
    for packed in _PACKED.finditer(data):
        end = data.find(b"endstream", packed.end())
        try:
            if _LAYERS in zlib.decompressobj().decompress(view[packed.end() : end], _MOST_UNPACKED):
                return True
        except zlib.error:
            continue
    return False


def _is_marked(item: Any) -> bool:
    import pypdfium2.raw as pdfium_c

    return any(
        _name(pdfium_c.FPDFPageObj_GetMark(item, index)) == _MARK
        for index in range(min(pdfium_c.FPDFPageObj_CountMarks(item), _MOST_MARKS))
    )


def _name(mark: Any) -> str:
    import pypdfium2.raw as pdfium_c

    buffer, size = (ctypes.c_ushort * 8)(), ctypes.c_ulong()
    if not pdfium_c.FPDFPageObjMark_GetName(mark, buffer, 16, size) or not 2 < size.value <= 16:
        return ""
    return bytes(buffer)[: size.value - 2].decode("utf-16-le", "replace")


def _not_drawn(page: Any, texts: list[_Layered]) -> frozenset[int]:
    """Return those of the texts without which the page looks the same where they stand."""
    import pypdfium2.raw as pdfium_c
    from PIL import ImageChops

    scale = min(1.0, _MOST_PIXELS / max(page.get_width(), page.get_height(), 1.0))
    with_texts = _drawing(page, scale)
    for one in texts:
        pdfium_c.FPDFPageObj_SetIsActive(one.item, False)
    changed = ImageChops.difference(with_texts, _drawing(page, scale))
    for one in texts:
        pdfium_c.FPDFPageObj_SetIsActive(one.item, True)
    return frozenset(
        ctypes.addressof(one.item.contents)
        for one in texts
        if changed.crop(_pixels(page, one.box, changed.size)).getbbox() is None
    )


def _drawing(page: Any, scale: float) -> Any:
    return page.render(scale=scale, grayscale=True, draw_annots=False).to_pil()


def _pixels(page: Any, box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return where a box of the page stands in a drawing of it: left, top, right and bottom."""
    import pypdfium2.raw as pdfium_c

    across, down = ctypes.c_int(), ctypes.c_int()
    corners: list[tuple[int, int]] = []
    for x, y in ((box.left, box.bottom), (box.right, box.top)):
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2) - 1, min(y1, y2) - 1, max(x1, x2) + 2, max(y1, y2) + 2
