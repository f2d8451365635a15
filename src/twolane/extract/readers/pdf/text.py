"""The text of a page in the order in which people read it, without what nobody sees."""

from __future__ import annotations

import ctypes
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import pi
from statistics import median
from typing import Any

from twolane.extract.base import Draft
from twolane.extract.hyphens import SOFT_BREAK
from twolane.extract.readers.headings import PlacedLine
from twolane.extract.readers.pdf.calls import PDFIUM, address_of
from twolane.extract.readers.pdf.leftward import in_writing_order
from twolane.extract.readers.pdf.order import PlacedText, in_order

_HEADING_CHARS, _HEADING_LINES = 2500, 80
_UPRIGHT_RADIANS = 0.1  # what is written up the margin is no heading
_MOST_ORDERED = 3_000  # lines of a page; more are a drawing
# PDFium ends a line with a hyphen, too, whose word goes on in the next one.
_LINE = re.compile("[^\r\n\ufffe\x02]+[\ufffe\x02]?")
_GAP = 1.3  # line heights between two texts of one line
_NEXT_LINE = 0.8  # of a line's height
_WITHIN_WORD = (-0.3, 0.12)  # of it, between letters of one word
_NARROW = 0.2  # of a text that does not run across the page

# What PDFium writes into; made once, for it is asked for at every line, by the one thread that reads.
_EDGES = (ctypes.c_double * 4)()
_RECTANGLE = struct.Struct("4d")
_TO_EDGES = tuple(range(ctypes.addressof(_EDGES), ctypes.addressof(_EDGES) + 32, 8))

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top, as the page is shown."""


@dataclass(frozen=True, slots=True)
class OrderedText:
    """A page's text, and on request its first lines with their places."""

    text: str
    lines: tuple[PlacedLine, ...] = ()


def page_text(
    page: Any, textpage: Any, unseen: frozenset[int], draft: Draft, *, with_lines: bool
) -> OrderedText:
    """Return a page's text in the order of reading; what nobody sees is left out and counted."""
    found = _PageTexts(textpage, page.get_rotation() // 90, unseen)
    draft.leave_out("".join(found.hidden))
    placed = _placed_lines(found) if with_lines else ()
    if found.is_in_order:
        return OrderedText(found.as_drawn(), placed)
    if found.turned_share() > 0.5:
        found = _PageTexts(textpage, found.own_turn(), unseen)
        if found.is_in_order or found.turned_share() > 0.5:
            return OrderedText(found.as_drawn(), placed)
    return OrderedText(found.ordered(), placed)


class _PageTexts:
    """The texts of a page as PDFium gives them, line by line, with their places as the page is shown."""

    def __init__(self, textpage: Any, turns: int, unseen: frozenset[int]) -> None:
        self._raw = textpage.raw
        self._turns = turns % 4
        self._unseen = unseen
        self._address = address_of(textpage.raw)
        self._text = in_writing_order(textpage, text_by_index(textpage))
        self.hidden: list[str] = []
        self.parts: list[tuple[int, str, Rectangle | None, list[Rectangle]]] = []
        for line in _LINE.finditer(self._text):
            for start, text in self._shown(line.start(), line[0]) if unseen else ((line.start(), line[0]),):
                if text.isspace():
                    continue
                rectangles = self._rectangles(start, len(text))
                if len(rectangles) > 1 and (breaks := list(_line_breaks(rectangles))):
                    self.parts += self._broken(start, text, rectangles, breaks)
                else:
                    self.parts.append((start, text, _around(rectangles), rectangles))

    def _shown(self, start: int, line: str) -> Iterator[tuple[int, str]]:
        """Yield what is seen of a line; a space that was only inferred goes with the letters before it."""
        places = range(start, start + len(line))
        items = list(map(PDFIUM.FPDFText_GetTextObject, repeat(self._address), places))
        if self._unseen.isdisjoint(items):
            yield start, line
            return
        begun, is_hidden = 0, False
        for index, item in enumerate(items):
            if not item or (item in self._unseen) == is_hidden:
                continue
            if is_hidden:
                self.hidden.append(line[begun:index])
            elif begun < index:
                yield start + begun, line[begun:index]
            begun, is_hidden = index, not is_hidden
        if is_hidden:
            self.hidden.append(line[begun:] + "\n")
        elif begun < len(line):
            yield start + begun, line[begun:]

    def _broken(
        self, start: int, text: str, rectangles: list[Rectangle], breaks: Sequence[int]
    ) -> Iterator[tuple[int, str, Rectangle | None, list[Rectangle]]]:
        """Yield the lines of what PDFium took for one, such as short lines of a browser's print."""
        begun, first = 0, 0
        for number in (*breaks, len(rectangles)):
            end = self._end(start, len(text), number) if number < len(rectangles) else len(text)
            if not text[begun:end].isspace():
                yield (
                    start + begun,
                    text[begun:end],
                    _around(rectangles[first:number]),
                    rectangles[first:number],
                )
            begun, first = end, number

    def _rectangles(self, start: int, count: int) -> list[Rectangle]:
        """Return where the texts of a line stand, one for each object that was drawn."""
        left, bottom, right, top = _TO_EDGES
        address, get = self._address, PDFIUM.FPDFText_GetRect
        found: list[Rectangle] = []
        for index in range(PDFIUM.FPDFText_CountRects(address, start, count)):
            get(address, index, left, top, right, bottom)
            found.append(_RECTANGLE.unpack(_EDGES))
        return [self._turned(*one) for one in found] if self._turns else found

    def _turned(self, left: float, bottom: float, right: float, top: float) -> Rectangle:
        if self._turns == 0:
            return left, bottom, right, top
        if self._turns == 1:
            return bottom, -right, top, -left
        if self._turns == 2:
            return -right, -top, -left, -bottom
        return -top, left, -bottom, right

    @property
    def is_in_order(self) -> bool:
        """Say whether every line stands below the one before it, without gaps that may divide columns."""
        above: Rectangle | None = None
        for _, _, around, rectangles in self.parts:
            if around is None:
                continue
            height = around[3] - around[1]
            if above and around[3] > above[3] + 0.1 * height:
                return False
            if above and around[1] > above[1] - 0.3 * height:  # beside the one before
                return False
            if len(rectangles) > 1 and any(_gaps(rectangles, _GAP * height)):
                return False
            above = around
        return True

    def as_drawn(self) -> str:
        """Return the text in the order in which it was drawn."""
        if not self._unseen:
            return self._text
        lines: list[str] = []
        at = 0
        for start, text, _, _ in self.parts:
            between = self._text[at:start]
            lines += ["\n" * ("\n" in between), text]
            at = start + len(text)
        return "".join(lines)

    def turned_share(self) -> float:
        """Return the share of letters that do not run across the page."""
        turned = sum(len(text) for _, text, around, _ in self.parts if around and _is_turned(text, around))
        return turned / max(1, sum(len(text) for _, text, _, _ in self.parts))

    def own_turn(self) -> int:
        """Return by how many quarters the page is turned for its letters to stand upright."""
        import pypdfium2.raw as pdfium_c

        first = next((one for one in self.parts if one[2] and _is_turned(one[1], one[2])), None)
        angle = pdfium_c.FPDFText_GetCharAngle(self._raw, first[0]) if first else 0.0
        return -round(angle / (pi / 2)) % 4

    def ordered(self) -> str:
        """Return the text as it stands on the page; what is written across it comes last."""
        upright: list[PlacedText] = []
        aside: list[str] = []
        for start, text, around, rectangles in self.parts:
            if around is None or _is_turned(text, around):
                aside.append(text.strip())
                continue
            for piece, place in self._divided(start, text, around, rectangles):
                if piece and upright and _goes_on(upright[-1], place):
                    upright[-1] = _longer(upright[-1], piece, place)
                elif piece:
                    upright.append(PlacedText(piece, *place, len(upright)))
        if len(upright) > _MOST_ORDERED:
            return self.as_drawn()
        return "\n".join([*in_order(_without_marks(upright, aside)), *aside])

    def _divided(
        self, start: int, text: str, around: Rectangle, rectangles: Sequence[Rectangle]
    ) -> Iterator[tuple[str, Rectangle]]:
        """Yield the parts of a line that stand apart."""
        if len(rectangles) == 1:
            yield text.strip(), around
            return
        begun, first = 0, 0
        for number in _gaps(rectangles, _GAP * (around[3] - around[1])):
            end = self._end(start, len(text), number)
            yield text[begun:end].strip(), joined(rectangles[first:number])
            begun, first = end, number
        yield text[begun:].strip(), joined(rectangles[first:])

    def _end(self, start: int, count: int, rectangles: int) -> int:
        """Return how many characters of a line its first rectangles hold."""
        low, high = 0, count
        while low < high:
            middle = (low + high + 1) // 2
            if PDFIUM.FPDFText_CountRects(self._address, start, middle) <= rectangles:
                low = middle
            else:
                high = middle - 1
        return low

    def loose(self, index: int) -> Rectangle | None:
        """Return where a character stands, as high as its font, or None where it does not stand upright."""
        import pypdfium2.raw as pdfium_c

        box = pdfium_c.FS_RECTF()
        if not pdfium_c.FPDFText_GetLooseCharBox(self._raw, index, box):
            return None
        turn = pdfium_c.FPDFText_GetCharAngle(self._raw, index) + self._turns * pi / 2
        if abs((turn + pi) % (2 * pi) - pi) > _UPRIGHT_RADIANS:
            return None
        return self._turned(box.left, box.bottom, box.right, box.top)


def text_by_index(textpage: Any) -> str:
    """Return the text with one character for each of PDFium's."""
    text: str = textpage.get_text_range()
    count = textpage.count_chars()
    if len(text) == count:
        return text
    return "".join(map(chr, map(PDFIUM.FPDFText_GetUnicode, repeat(address_of(textpage.raw)), range(count))))


def _gaps(rectangles: Sequence[Rectangle], least: float) -> Iterator[int]:
    """Yield the numbers of the rectangles that stand apart from the one before."""
    for number in range(1, len(rectangles)):
        one, two = rectangles[number - 1], rectangles[number]
        if two[0] - one[2] > least or one[0] - two[2] > least:
            yield number


def _line_breaks(rectangles: Sequence[Rectangle]) -> Iterator[int]:
    """Yield the numbers of the rectangles that stand on a lower line than the one before, further left."""
    for number in range(1, len(rectangles)):
        one, two = rectangles[number - 1], rectangles[number]
        height = max(one[3] - one[1], two[3] - two[1])
        if two[3] < one[1] and one[1] - two[1] > _NEXT_LINE * height and two[0] < one[2] - height:
            yield number


def joined(rectangles: Sequence[Rectangle]) -> Rectangle:
    """Return what is around all of them."""
    lefts, bottoms, rights, tops = zip(*rectangles, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _around(rectangles: Sequence[Rectangle]) -> Rectangle | None:
    if len(rectangles) == 1:
        return rectangles[0]
    return joined(rectangles) if rectangles else None


def _goes_on(before: PlacedText, place: Rectangle) -> bool:
    """Say whether a text goes on within the word before it: a font in two parts ends PDFium's line there."""
    left, bottom, _, top = place
    height = max(before.height, top - bottom)
    overlap = min(before.top, top) - max(before.bottom, bottom)
    return overlap > 0.5 * height and _WITHIN_WORD[0] < (left - before.right) / height < _WITHIN_WORD[1]


def _longer(before: PlacedText, text: str, place: Rectangle) -> PlacedText:
    around = joined([(before.left, before.bottom, before.right, before.top), place])
    return PlacedText(before.text + text, *around, before.place)


def _is_turned(text: str, around: Rectangle) -> bool:
    """Say whether text runs up, down or aslant: it is far narrower than its letters are high."""
    count, height = len(text.strip()), around[3] - around[1]
    return count > 2 and around[2] - around[0] < _NARROW * count * height


def _without_marks(segments: list[PlacedText], aside: list[str]) -> list[PlacedText]:
    """Take out stamps and watermarks, which are several times as high as what they are written over."""
    if not segments:
        return segments
    usual = median(one.height for one in segments)
    kept = []
    for one in segments:
        is_over = one.height > 4 * usual and any(
            other is not one
            and one.bottom < other.bottom
            and other.top < one.top
            and one.left < other.right
            and other.left < one.right
            for other in segments
        )
        if is_over:
            aside.append(one.text)
        else:
            kept.append(one)
    return kept


def _placed_lines(found: _PageTexts) -> tuple[PlacedLine, ...]:
    """Return the lines at the beginning of a page; what stands far apart in one is two."""
    lines: list[PlacedLine] = []
    for start, text, around, rectangles in found.parts:
        if len(lines) >= _HEADING_LINES or start > _HEADING_CHARS:
            break
        box = found.loose(start + len(text) - len(text.lstrip()))
        if around is None or box is None:
            continue
        height = box[3] - box[1]
        for piece, place in found._divided(start, text, around, rectangles):
            lines.append(PlacedLine(piece.replace(SOFT_BREAK, ""), box[3], place[0], place[2], height))
    return tuple(lines)
