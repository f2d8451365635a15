"""What is painted on a page, object by object, as far as it tells which texts nobody sees."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from twolane.extract.readers.pdf.clipped import is_cut_away
from twolane.extract.readers.pdf.unseen import IDENTITY, Box, Matrix, Painted, PaintedText, times, unseen
from twolane.extract.visible import LEAST_OPACITY, SMALLEST_PT, WHITE, is_lost

_MOST_OBJECTS, _MOST_PAINTED, _MOST_NESTING = 10_000, 1_000, 3
_RECTANGLE_POINTS, _LINE_POINTS = 5, 2
# What PDFium writes into; made once, for they are asked for at every text, by the one thread that reads.
_CHANNELS = (ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint())
_SIDES = (ctypes.c_float(), ctypes.c_float(), ctypes.c_float(), ctypes.c_float())
_LOW_PT = 1.5 * SMALLEST_PT  # letters of the smallest size that is seen are hardly higher
_THIN_PT = 1.0


@dataclass(frozen=True, slots=True)
class PaintedObject:
    """An object, its place in the order of painting, and the matrix of the form that it stands in."""

    place: int
    kind: int
    item: Any
    matrix: Matrix


def unseen_texts(page: Any) -> frozenset[int]:
    """Return the texts of a page that nobody sees, by the addresses of their objects.

    Each call of PDFium costs as much as ten letters do, so only what may be hidden is looked at closely.
    """
    import pypdfium2.raw as pdfium_c

    texts: list[PaintedObject] = []
    others: list[PaintedObject] = []
    for place, (item, matrix) in enumerate(islice(_objects(page), _MOST_OBJECTS)):
        kind = pdfium_c.FPDFPageObj_GetType(item)
        one = PaintedObject(place, kind, item, matrix)
        (texts if kind == pdfium_c.FPDF_PAGEOBJ_TEXT else others).append(one)
    if not texts:
        return frozenset()
    ground = Box(*page.get_bbox())
    doubtful = [text for text in texts if _is_doubtful(text, ground)]
    # What lies beneath the first text matters only where a text may be white.
    first = 0 if doubtful else texts[0].place
    painted = [found for other in others if other.place >= first and (found := _painting(other))]
    covered_to = max((one.place for one in painted if one.is_covering), default=-1)
    if covered_to > texts[0].place:
        known = {text.place for text in doubtful}
        doubtful += [text for text in texts if text.place < covered_to and text.place not in known]
    looked_at = [_text(text) for text in doubtful]
    if len(painted) > _MOST_PAINTED:  # a drawing: not worth the time to tell what lies on what
        looked_at = [replace(text, is_white=False) for text in looked_at]
        painted = [one for one in painted if one.is_picture][:_MOST_PAINTED]
    return unseen(looked_at, painted, ground) | _cut_away(texts)


def _cut_away(texts: list[PaintedObject]) -> frozenset[int]:
    import pypdfium2.raw as pdfium_c

    return frozenset(
        ctypes.addressof(text.item.contents)
        for text in texts
        if text.matrix is IDENTITY
        and pdfium_c.FPDFClipPath_CountPaths(pdfium_c.FPDFPageObj_GetClipPath(text.item)) > 0
        and is_cut_away(text.item, _bounds(text.item))
    )


def _is_doubtful(text: PaintedObject, ground: Box) -> bool:
    """Say whether a text may be hidden by itself: by its mode, colour, size or place."""
    import pypdfium2.raw as pdfium_c

    if pdfium_c.FPDFTextObj_GetTextRenderMode(text.item):
        return True
    ink, opacity = _colour(text.item, pdfium_c.FPDFPageObj_GetFillColor)
    if opacity < LEAST_OPACITY or (ink is not None and is_lost(ink, WHITE)) or text.matrix is not IDENTITY:
        return True
    left, bottom, right, top = _bounds(text.item)
    is_low = min(right - left, top - bottom) < _LOW_PT
    return is_low or left < ground.left or bottom < ground.bottom or right > ground.right or top > ground.top


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    """Yield the objects in the order they are painted, each with the matrix of the form that it stands in."""
    import pypdfium2.raw as pdfium_c

    def within(form: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
        own = times(matrix_of(form), matrix)
        for index in range(pdfium_c.FPDFFormObj_CountObjects(form)):
            yield from each(pdfium_c.FPDFFormObj_GetObject(form, index), own, depth + 1)

    def each(item: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
        if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield item, matrix
        elif depth < _MOST_NESTING:
            yield from within(item, matrix, depth)

    for index in range(pdfium_c.FPDFPage_CountObjects(page)):
        yield from each(pdfium_c.FPDFPage_GetObject(page, index), IDENTITY, 0)


def _text(text: PaintedObject) -> PaintedText:
    import pypdfium2.raw as pdfium_c

    item, matrix = text.item, text.matrix
    size = ctypes.c_float()
    pdfium_c.FPDFTextObj_GetFontSize(item, size)
    own = matrix_of(item)
    _, _, across, up, _, _ = own if matrix is IDENTITY else times(own, matrix)
    ink, opacity = _colour(item, pdfium_c.FPDFPageObj_GetFillColor)
    return PaintedText(
        ctypes.addressof(item.contents),
        text.place,
        box_on_page(item, matrix),
        abs(size.value) * math.hypot(across, up),
        pdfium_c.FPDFTextObj_GetTextRenderMode(item),
        opacity,
        ink is not None and is_lost(ink, WHITE),
    )


def _painting(one: PaintedObject) -> Painted | None:
    import pypdfium2.raw as pdfium_c

    place, kind, item, matrix = one.place, one.kind, one.item, one.matrix
    if kind in {pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING}:
        return Painted(place, box_on_page(item, matrix), kind == pdfium_c.FPDF_PAGEOBJ_IMAGE, False, False)
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    if kind != pdfium_c.FPDF_PAGEOBJ_PATH or not pdfium_c.FPDFPath_GetDrawMode(item, mode, stroked):
        return None
    is_filled = mode.value != pdfium_c.FPDF_FILLMODE_NONE
    is_line = stroked.value and pdfium_c.FPDFPath_CountSegments(item) <= _LINE_POINTS
    if not is_filled and not is_line:
        return None
    box = box_on_page(item, matrix)
    if min(box.right - box.left, box.top - box.bottom) < _THIN_PT:
        return None  # the rule of a table, which neither covers a text nor lies beneath one
    # some programs draw the ground of a table's head as a line as thick as it is high
    ink, opacity = _colour(
        item, pdfium_c.FPDFPageObj_GetFillColor if is_filled else pdfium_c.FPDFPageObj_GetStrokeColor
    )
    if opacity < LEAST_OPACITY:
        return None
    is_covering = (
        is_filled
        and matrix is IDENTITY  # a form shows only what lies in a box of its own, which PDFium does not tell
        and opacity == 1
        and ink is not None
        and pdfium_c.FPDFPath_CountSegments(item) <= _RECTANGLE_POINTS
        and not pdfium_c.FPDFPageObj_HasTransparency(item)
        and pdfium_c.FPDFClipPath_CountPaths(pdfium_c.FPDFPageObj_GetClipPath(item)) <= 0
    )
    return Painted(place, box, False, ink is not None and is_lost(ink, WHITE), is_covering)


def _colour(item: Any, get: Callable[..., int]) -> tuple[tuple[int, int, int] | None, float]:
    """Return a colour that an object is painted with, None for a pattern, and how opaque it is (0 to 1)."""
    red, green, blue, alpha = _CHANNELS
    if not get(item, red, green, blue, alpha):
        return None, 1.0
    return (red.value, green.value, blue.value), alpha.value / 255


def _bounds(item: Any) -> tuple[float, float, float, float]:
    import pypdfium2.raw as pdfium_c

    left, bottom, right, top = _SIDES
    pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value


def box_on_page(item: Any, matrix: Matrix) -> Box:
    left, bottom, right, top = _bounds(item)
    if matrix is IDENTITY:
        return Box(left, bottom, right, top)
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(across), min(up), max(across), max(up))


def matrix_of(item: Any) -> Matrix:
    import pypdfium2.raw as pdfium_c

    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, found):
        return IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f
