"""What is painted on a page, object by object, as far as it tells which texts nobody sees."""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, repeat
from typing import Any

from twolane.extract.readers.pdf.calls import PDFIUM, address_of
from twolane.extract.readers.pdf.clipped import is_cut_away
from twolane.extract.readers.pdf.unseen import IDENTITY, Box, Matrix, Painted, PaintedText, times, unseen
from twolane.extract.visible import LEAST_OPACITY, SMALLEST_PT, WHITE, is_lost

_MOST_OBJECTS, _MOST_PAINTED, _MOST_NESTING = 10_000, 1_000, 3
_RECTANGLE_POINTS, _LINE_POINTS = 5, 2
# What PDFium writes into; made once, for they are asked for at every text, by the one thread that reads.
_CHANNELS = (ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint())
_SIDES = (ctypes.c_float(), ctypes.c_float(), ctypes.c_float(), ctypes.c_float())
_TO_CHANNELS, _TO_SIDES = tuple(map(ctypes.byref, _CHANNELS)), tuple(map(ctypes.byref, _SIDES))
_LOW_PT = 1.5 * SMALLEST_PT  # letters of the smallest size that is seen are hardly higher
_THIN_PT = 1.0
_PALE = 255 * LEAST_OPACITY  # of 255 parts, all that is less opaque
_DARK = 200  # of 255: no ink with a channel below is white


@dataclass(frozen=True, slots=True)
class PageObjects:
    """The objects of a page in the order they are painted, those within forms too, up to a limit.

    `items` are PDFium's, `kinds` its numbers of their kinds, `matrices` those of the forms they stand in.
    """

    items: tuple[int, ...]
    kinds: tuple[int, ...]
    matrices: tuple[Matrix, ...]

    def box(self, place: int) -> Box:
        """Return where an object stands on the page."""
        return box_on_page(self.items[place], self.matrices[place])


def page_objects(page: Any) -> PageObjects:
    """Return the objects of a page, once for all who look at them: a call costs as much as ten letters."""
    import pypdfium2.raw as pdfium_c

    count = min(pdfium_c.FPDFPage_CountObjects(page), _MOST_OBJECTS)
    items = list(map(PDFIUM.FPDFPage_GetObject, repeat(address_of(page.raw)), range(count)))
    kinds = list(map(PDFIUM.FPDFPageObj_GetType, items))
    if pdfium_c.FPDF_PAGEOBJ_FORM not in kinds:
        return PageObjects(tuple(items), tuple(kinds), (IDENTITY,) * count)
    flat = list(islice(_flat(items, kinds), _MOST_OBJECTS))
    return PageObjects(
        tuple(item for item, _, _ in flat),
        tuple(kind for _, kind, _ in flat),
        tuple(matrix for _, _, matrix in flat),
    )


def _flat(items: Sequence[Any], kinds: Sequence[int]) -> Iterator[tuple[Any, int, Matrix]]:
    """Yield objects and, in the place of each form, what it holds."""
    import pypdfium2.raw as pdfium_c

    def within(form: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, int, Matrix]]:
        own = times(matrix_of(form), matrix)
        for index in range(PDFIUM.FPDFFormObj_CountObjects(form)):
            item = PDFIUM.FPDFFormObj_GetObject(form, index)
            yield from each(item, PDFIUM.FPDFPageObj_GetType(item), own, depth + 1)

    def each(item: Any, kind: int, matrix: Matrix, depth: int) -> Iterator[tuple[Any, int, Matrix]]:
        if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield item, kind, matrix
        elif depth < _MOST_NESTING:
            yield from within(item, matrix, depth)

    for item, kind in zip(items, kinds, strict=True):
        yield from each(item, kind, IDENTITY, 0)


def unseen_texts(page: Any, objects: PageObjects) -> frozenset[int]:
    """Return the texts of a page that nobody sees, by the addresses of their objects.

    Only what may be hidden is looked at closely.
    """
    import pypdfium2.raw as pdfium_c

    texts = [place for place, kind in enumerate(objects.kinds) if kind == pdfium_c.FPDF_PAGEOBJ_TEXT]
    if not texts:
        return frozenset()
    ground = Box(*page.get_bbox())
    doubtful = _doubtful_texts(objects, texts, ground)
    # What lies beneath the first text matters only where a text may be white.
    first = 0 if doubtful else texts[0]
    later = range(first, len(objects.kinds))
    others = [place for place in later if objects.kinds[place] != pdfium_c.FPDF_PAGEOBJ_TEXT]
    painted = [found for place in others if (found := _painting(objects, place))]
    covered_to = max((one.place for one in painted if one.is_covering), default=-1)
    if covered_to > texts[0]:
        doubtful = sorted({*doubtful, *(place for place in texts if place < covered_to)})
    looked_at = [_text(objects, place) for place in doubtful]
    if len(painted) > _MOST_PAINTED:  # a drawing: not worth the time to tell what lies on what
        looked_at = [replace(text, is_white=False) for text in looked_at]
        painted = [one for one in painted if one.is_picture][:_MOST_PAINTED]
    return unseen(looked_at, painted, ground) | _cut_away(objects, texts)


def _cut_away(objects: PageObjects, places: Sequence[int]) -> frozenset[int]:
    """Return the texts that a clip leaves nothing of, outside of forms."""
    items = [objects.items[place] for place in places if objects.matrices[place] is IDENTITY]
    clips = map(PDFIUM.FPDFClipPath_CountPaths, map(PDFIUM.FPDFPageObj_GetClipPath, items))
    clipped = [item for item, count in zip(items, clips, strict=True) if count > 0]
    return frozenset(item for item in clipped if is_cut_away(item, _bounds(item)))


def _doubtful_texts(objects: PageObjects, places: Sequence[int], ground: Box) -> list[int]:
    """Return the texts that may be hidden by themselves: by their mode, colour, size or place.

    Of all texts one thing is asked after another, which costs a third of asking each for all.
    """
    items = [objects.items[place] for place in places]
    modes = map(PDFIUM.FPDFTextObj_GetTextRenderMode, items)
    doubtful = {place for place, mode in zip(places, modes, strict=True) if mode}
    doubtful.update(place for place in places if objects.matrices[place] is not IDENTITY)
    colours = _asked(PDFIUM.FPDFPageObj_GetFillColor, items, ctypes.c_uint, (0, 0, 0, 255))
    faint = {one for one in set(colours) if one[3] < _PALE or min(one[:3]) > _DARK}
    if faint:
        doubtful.update(place for place, one in zip(places, colours, strict=True) if one in faint)
    left, bottom, right, top = ground.left, ground.bottom, ground.right, ground.top
    doubtful.update(
        place
        for place, (x, y, x2, y2) in zip(
            places, _asked(PDFIUM.FPDFPageObj_GetBounds, items, ctypes.c_float, (0, 0, 0, 0)), strict=True
        )
        if x2 - x < _LOW_PT or y2 - y < _LOW_PT or x < left or y < bottom or x2 > right or y2 > top
    )
    return sorted(doubtful)


def _asked(
    get: Callable[..., int], items: Sequence[int], kind: Any, usual: tuple[int, int, int, int]
) -> list[tuple[Any, ...]]:
    """Return the four numbers that PDFium says of each of some objects, the usual ones where it says none."""
    numbers = (kind * (4 * len(items)))()
    size = ctypes.sizeof(kind)
    first, end = ctypes.addressof(numbers), ctypes.addressof(numbers) + ctypes.sizeof(numbers)
    places = (range(first + size * number, end + size * number, 4 * size) for number in range(4))
    are_known = list(map(get, items, *places))
    found = list(struct.iter_unpack(f"4{kind._type_}", numbers))
    if all(are_known):
        return found
    return [one if is_known else usual for one, is_known in zip(found, are_known, strict=True)]


def _text(objects: PageObjects, place: int) -> PaintedText:
    item, matrix = objects.items[place], objects.matrices[place]
    size = ctypes.c_float()
    PDFIUM.FPDFTextObj_GetFontSize(item, ctypes.byref(size))
    own = matrix_of(item)
    _, _, across, up, _, _ = own if matrix is IDENTITY else times(own, matrix)
    ink, opacity = _colour(item, PDFIUM.FPDFPageObj_GetFillColor)
    return PaintedText(
        item,
        place,
        box_on_page(item, matrix),
        abs(size.value) * math.hypot(across, up),
        PDFIUM.FPDFTextObj_GetTextRenderMode(item),
        opacity,
        ink is not None and is_lost(ink, WHITE),
    )


def _painting(objects: PageObjects, place: int) -> Painted | None:
    import pypdfium2.raw as pdfium_c

    kind = objects.kinds[place]
    item, matrix = objects.items[place], objects.matrices[place]
    if kind in {pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING}:
        return Painted(place, box_on_page(item, matrix), kind == pdfium_c.FPDF_PAGEOBJ_IMAGE, False, False)
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    if kind != pdfium_c.FPDF_PAGEOBJ_PATH or not PDFIUM.FPDFPath_GetDrawMode(
        item, ctypes.byref(mode), ctypes.byref(stroked)
    ):
        return None
    is_filled = mode.value != pdfium_c.FPDF_FILLMODE_NONE
    is_line = stroked.value and PDFIUM.FPDFPath_CountSegments(item) <= _LINE_POINTS
    if not is_filled and not is_line:
        return None
    box = box_on_page(item, matrix)
    if min(box.right - box.left, box.top - box.bottom) < _THIN_PT:
        return None  # the rule of a table, which neither covers a text nor lies beneath one
    # some programs draw the ground of a table's head as a line as thick as it is high
    ink, opacity = _colour(
        item, PDFIUM.FPDFPageObj_GetFillColor if is_filled else PDFIUM.FPDFPageObj_GetStrokeColor
    )
    if opacity < LEAST_OPACITY:
        return None
    is_covering = (
        is_filled
        and matrix is IDENTITY  # a form shows only what lies in a box of its own, which PDFium does not tell
        and opacity == 1
        and ink is not None
        and PDFIUM.FPDFPath_CountSegments(item) <= _RECTANGLE_POINTS
        and not PDFIUM.FPDFPageObj_HasTransparency(item)
        and PDFIUM.FPDFClipPath_CountPaths(PDFIUM.FPDFPageObj_GetClipPath(item)) <= 0
    )
    return Painted(place, box, False, ink is not None and is_lost(ink, WHITE), is_covering)


def _colour(item: Any, get: Callable[..., int]) -> tuple[tuple[int, int, int] | None, float]:
    """Return a colour that an object is painted with, None for a pattern, and how opaque it is (0 to 1)."""
    red, green, blue, alpha = _CHANNELS
    if not get(item, *_TO_CHANNELS):
        return None, 1.0
    return (red.value, green.value, blue.value), alpha.value / 255


def _bounds(item: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = _SIDES
    PDFIUM.FPDFPageObj_GetBounds(item, *_TO_SIDES)
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
    if not PDFIUM.FPDFPageObj_GetMatrix(item, ctypes.byref(found)):
        return IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f
