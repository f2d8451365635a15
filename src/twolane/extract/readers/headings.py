"""The heading of a document: the first line marked as one, or the largest letters of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_MARKED = re.compile(r"^#{1,2} +(\S.*)$", re.M)
_MARKED_CHARS = 3000
_LARGER = 1.15  # than most letters of the page
_AS_LARGE = 0.9  # as the largest, within what boxes of letters differ by
_TOP_SHARE = 0.65  # of the page: what is large below is a signature or a sum
_GAP = 2.2  # line heights between lines of one heading
_LINES_OF_ONE = 4
_HEADING_CHARS = 200
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a page: where its letters stand in points from the lower left, and how high they are."""

    text: str
    top: float
    left: float
    right: float
    height: float

    def goes_on(self, next_: PlacedLine) -> bool:
        """Say whether the next line belongs to the same heading: close below, in line or centred."""
        shift = min(abs(next_.left - self.left), abs(next_.left + next_.right - self.left - self.right) / 2)
        return 0 <= self.top - next_.top < _GAP * self.height and shift < self.height


def marked_heading(text: str) -> str:
    """Return the first line near the beginning that is marked as a heading, or the empty string."""
    match = _MARKED.search(text, 0, _MARKED_CHARS)
    return match[1].strip() if match else ""


def largest_heading(lines: Sequence[PlacedLine], page_height: float) -> str:
    """Return the words in the largest letters of the upper part of a page, or the empty string."""
    if len(lines) < 2:
        return ""
    usual = median(line.height for line in lines for _ in line.text)
    upper = [line for line in lines if line.top > page_height * (1 - _TOP_SHARE)]
    large = [line for line in upper if line.height > usual * _LARGER and _is_words(line.text)]
    largest = max((line.height for line in large), default=0.0)
    blocks = _blocks([line for line in large if line.height >= largest * _AS_LARGE])
    # A letterhead in letters as large as the heading stands above it; more than two are headings of parts.
    chosen = blocks[1] if len(blocks) == 2 else blocks[0] if blocks else []
    return " ".join(line.text for line in chosen)[:_HEADING_CHARS]


def _is_words(text: str) -> bool:
    letters = len(_LETTERS.findall(text))
    return letters > 1 and letters * 2 > len(text)


def _blocks(lines: list[PlacedLine]) -> list[list[PlacedLine]]:
    """Return the lines that follow each other closely together."""
    blocks: list[list[PlacedLine]] = []
    for line in lines:
        last = blocks[-1][-1] if blocks else None
        if last and last.goes_on(line) and len(blocks[-1]) < _LINES_OF_ONE:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def placed_line(text: str, boxes: Sequence[tuple[float, float, float, float]]) -> PlacedLine:
    """Return a line of letters, each with its top, left, right and height."""
    tops, lefts, rights, heights = zip(*boxes, strict=True)
    return PlacedLine(" ".join(text.split()), max(tops), min(lefts), max(rights), max(heights))
