"""Which texts of a PDF page nobody sees: invisible, in the colour of the paper, tiny, off the page, covered.

Only what is sure is judged. White text on anything painted is seen, and so is invisible text over a scan,
which is how programs for OCR lay what they read over the picture.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from twolane.extract.visible import LEAST_OPACITY, SMALLEST_PT

_INVISIBLE = 3  # FPDF_TEXTRENDERMODE_INVISIBLE
_STROKED = frozenset({1, 2, 5, 6})  # letters with an outline, whose own colour is not the only one
_CLIPPING = frozenset({4, 5, 6, 7})
_SCAN_SHARE = 0.1

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from its corner below on the left."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, other: Box) -> bool:
        across, up = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left <= across <= self.right and self.bottom <= up <= self.top

    def covers(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.bottom <= other.bottom
            and self.right >= other.right
            and self.top >= other.top
        )

    def is_apart(self, other: Box) -> bool:
        across = self.right < other.left or other.right < self.left
        return across or self.top < other.bottom or other.top < self.bottom

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.top - self.bottom)


@dataclass(frozen=True, slots=True)
class PaintedText:
    """A text, where in the order of painting it comes, and how it is painted."""

    address: int
    place: int
    box: Box
    size_pt: float
    mode: int
    opacity: float
    is_white: bool


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture or a filled shape."""

    place: int
    box: Box
    is_picture: bool
    is_white: bool
    is_covering: bool  # an opaque rectangle: whatever was there before is seen no more


def unseen(texts: Sequence[PaintedText], painted: Sequence[Painted], page: Box) -> frozenset[int]:
    """Return the addresses of the texts on a page that nobody sees; what is painted comes in its order."""
    pictures = [one for one in painted if one.is_picture]
    is_scan = sum(one.box.area for one in pictures) > _SCAN_SHARE * page.area
    is_cut_out = any(text.mode in _CLIPPING for text in texts)  # what is painted after them shows in letters
    ground = _Ground(page, painted, pictures if is_scan else (), is_cut_out=is_cut_out)
    return frozenset(text.address for text in texts if ground.hides(text))


class _Ground:
    """A page and all that is painted on it but texts."""

    def __init__(
        self, page: Box, painted: Sequence[Painted], scan: Sequence[Painted], *, is_cut_out: bool
    ) -> None:
        self._page = page
        self._painted = painted
        self._scan = scan
        self._covering = [one for one in painted if one.is_covering and not is_cut_out]

    def hides(self, text: PaintedText) -> bool:
        if (self._page.area and text.box.is_apart(self._page)) or 0 < text.size_pt < SMALLEST_PT:
            return True
        if text.mode == _INVISIBLE or text.opacity < LEAST_OPACITY:
            return not any(picture.box.holds(text.box) for picture in self._scan)
        later = self._covering[bisect(self._covering, text.place, key=_place) :]
        if any(one.box.covers(text.box) for one in later):
            return True
        if not text.is_white or text.mode in _STROKED:
            return False
        beneath = self._painted[: bisect(self._painted, text.place, key=_place)]
        return all(one.is_white for one in beneath if one.box.holds(text.box))


def _place(one: Painted) -> int:
    return one.place


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that does what the inner one does, then the outer one."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )
