"""The text of a page in the order in which people read it."""

from __future__ import annotations

import ctypes
from typing import Any

from twolane.extract.base import Draft
from twolane.extract.readers.headings import PlacedLine, placed_line

_HEADING_CHARS, _HEADING_LINES = 2500, 80
_UPRIGHT_RADIANS = 0.1  # what is written up the margin is no heading
_APART = 2.0  # letter heights between two texts of one line


def visible_text(textpage: Any, unseen: frozenset[int], draft: Draft) -> str:
    """Return a page's text without what nobody sees, which is counted."""
    import pypdfium2.raw as pdfium_c

    shown: list[str] = []
    hidden: list[str] = []
    chars = shown
    for index in range(textpage.count_chars()):
        item = pdfium_c.FPDFText_GetTextObject(textpage, index)
        if item:  # a space or line end that was only inferred goes with the letters before it
            chars = hidden if ctypes.addressof(item.contents) in unseen else shown
        chars.append(chr(pdfium_c.FPDFText_GetUnicode(textpage, index)))
    draft.leave_out("".join(hidden))
    return "".join(shown)


def placed_lines(textpage: Any) -> list[PlacedLine]:
    """Return the lines at the beginning of a page; what stands far apart in one is two."""
    import pypdfium2.raw as pdfium_c

    lines: list[PlacedLine] = []
    box = pdfium_c.FS_RECTF()
    text, boxes = "", list[tuple[float, float, float, float]]()
    for index in range(min(textpage.count_chars(), _HEADING_CHARS)):
        char = chr(pdfium_c.FPDFText_GetUnicode(textpage, index))
        upright = abs(pdfium_c.FPDFText_GetCharAngle(textpage, index)) < _UPRIGHT_RADIANS
        is_shown = upright and not char.isspace() and pdfium_c.FPDFText_GetLooseCharBox(textpage, index, box)
        apart = bool(is_shown and boxes) and abs(box.left - boxes[-1][2]) > _APART * (box.top - box.bottom)
        if boxes and (char in "\r\n" or apart):
            lines.append(placed_line(text, boxes))
            text, boxes = "", []
            if len(lines) >= _HEADING_LINES:
                break
        text += char
        if is_shown:
            boxes.append((box.top, box.left, box.right, box.top - box.bottom))
    return [*lines, placed_line(text, boxes)] if boxes else lines
