"""Where words of a page's text stand on the page of a PDF, by the boxes of its characters.

The text that is kept is not what PDFium gives: columns are parted, cut words joined, blanks inferred. So
words are sought by their letters alone, first as a whole, then line by line.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import sin
from typing import Any

from twolane.extract.base import SourceFile
from twolane.extract.pictured import BOXES_LIMIT, PageBox, SoughtWords, WantedMarks, letters_of
from twolane.extract.readers.pdf.drawn import opened_page
from twolane.extract.readers.pdf.leftward import in_writing_order
from twolane.extract.readers.pdf.text import Rectangle, joined, text_by_index

_SIDE = 100_000  # a page is so many parts wide and high when shares are asked for
_FEWEST_LETTERS = 4  # of a line that is sought by itself
_MOST_CHARS = 200_000
_SAME_LINE, _WIDEST_GAP = 0.5, 3.0  # shares of a line's height
_STEEP = 0.7  # the sine of an angle at which a line runs up or down


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of a page in the order in which they were drawn, and which character each belongs to."""

    text: str
    places: Sequence[int]

    def find(self, words: str, nth: int) -> range | None:
        """Return the letters that these words are: the `nth` of their kind, the last of fewer."""
        found, at = -1, self.text.find(words)
        while at >= 0:
            found = at
            if nth <= 0:
                break
            nth, at = nth - 1, self.text.find(words, at + len(words))
        return range(found, found + len(words)) if found >= 0 else None


def boxes(source: SourceFile, wanted: WantedMarks) -> tuple[PageBox, ...]:
    """Return where these words stand, a box for each line of them; nothing where they are not found."""
    with opened_page(source, wanted.page) as page:
        if page is None:
            return ()
        textpage = page.get_textpage()
        try:
            if textpage.count_chars() > _MOST_CHARS:
                return ()
            letters = _letters_of_page(textpage)
            found = (box for words in wanted.words for box in _of_words(page, textpage, letters, words))
            return tuple(islice(found, BOXES_LIMIT))
        finally:
            textpage.close()


def _letters_of_page(textpage: Any) -> _Letters:
    text = in_writing_order(textpage, text_by_index(textpage))
    letters, places = [], []
    for place, character in enumerate(text):
        for letter in letters_of(character):
            letters.append(letter)
            places.append(place)
    return _Letters("".join(letters), places)


def _of_words(page: Any, textpage: Any, letters: _Letters, sought: SoughtWords) -> Iterator[PageBox]:
    words = letters_of(sought.text)
    if not words:
        return
    if whole := letters.find(words, sought.nth):
        yield from _lines(page, textpage, letters, whole)
        return
    for line in sought.text.splitlines():
        words = letters_of(line)
        if len(words) >= _FEWEST_LETTERS and (part := letters.find(words, 0)):
            yield from _lines(page, textpage, letters, part)


def _lines(page: Any, textpage: Any, letters: _Letters, part: range) -> Iterator[PageBox]:
    """Yield a box for each line that some letters stand in."""
    line: _PlacedSign | None = None
    for place in sorted({letters.places[at] for at in part}):
        sign = _sign(textpage, place)
        if sign is None:
            continue
        if line is not None and line.goes_on(sign):
            line = _PlacedSign(joined((line.around, sign.around)), line.is_upright)
        else:
            if line is not None:
                yield _shown(page, line.around)
            line = sign
    if line is not None:
        yield _shown(page, line.around)


@dataclass(frozen=True, slots=True)
class _PlacedSign:
    """Where a character stands on the page, or some in a line; `is_upright` if the line runs up or down."""

    around: Rectangle
    is_upright: bool

    def goes_on(self, sign: _PlacedSign) -> bool:
        """Say whether a character stands beside these, in their line."""
        along = self._along(), sign._along()
        across = self._across(), sign._across()
        shared = min(across[0][1], across[1][1]) - max(across[0][0], across[1][0])
        high = min(end - start for start, end in across)
        gap = max(along[1][0] - along[0][1], along[0][0] - along[1][1])
        return self.is_upright == sign.is_upright and shared > _SAME_LINE * high and gap < _WIDEST_GAP * high

    def _along(self) -> tuple[float, float]:
        left, bottom, right, top = self.around
        return (bottom, top) if self.is_upright else (left, right)

    def _across(self) -> tuple[float, float]:
        left, bottom, right, top = self.around
        return (left, right) if self.is_upright else (bottom, top)


def _sign(textpage: Any, place: int) -> _PlacedSign | None:
    import pypdfium2.raw as pdfium_c

    found = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(textpage.raw, place, found):
        return None
    angle = pdfium_c.FPDFText_GetCharAngle(textpage.raw, place)
    around = found.left, min(found.bottom, found.top), found.right, max(found.bottom, found.top)
    return _PlacedSign(around, abs(sin(angle)) > _STEEP)


def _shown(page: Any, around: Rectangle) -> PageBox:
    """Return where a rectangle of the page lies as the page is shown, which may be turned or cut."""
    import pypdfium2.raw as pdfium_c

    x, y = ctypes.c_int(), ctypes.c_int()
    across, down = [], []
    for corner in (around[:2], around[2:]):
        pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, _SIDE, _SIDE, 0, *corner, x, y)
        across.append(min(max(x.value / _SIDE, 0.0), 1.0))
        down.append(min(max(y.value / _SIDE, 0.0), 1.0))
    return PageBox(min(across), min(down), abs(across[0] - across[1]), abs(down[0] - down[1]))
