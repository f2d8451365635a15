"""Words that are written leftwards, where a program drew them from their last letter to their first."""

from __future__ import annotations

import ctypes
import re
from itertools import groupby
from operator import itemgetter
from typing import Any

# Letters and marks of Hebrew, Arabic and their kin, with their presentation forms; digits run rightwards.
_WORD = re.compile(
    "[\u0590-\u05bd\u05bf\u05c1\u05c2\u05c4-\u05ff\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u08ff"
    "\ufb1d-\ufdff\ufe70-\ufefc]{2,}"
)
_UPRIGHT_RADIANS = 0.1
_MOST_WORDS = 20_000  # of a page


def in_writing_order(textpage: Any, text: str) -> str:
    """Return a page's text with every word from its first letter on, each character at the place of its word.

    PDFium turns such words round unless digits stand among them; where a word's letters stand tells for sure.
    """
    if text.isascii() or not _WORD.search(text):
        return text
    places = _Places(textpage)
    return _WORD.sub(lambda word: places.leftward(word[0], word.start()), text, _MOST_WORDS)


class _Places:
    def __init__(self, textpage: Any) -> None:
        self._raw = textpage.raw
        self._edges = tuple(ctypes.c_double() for _ in range(4))

    def leftward(self, word: str, start: int) -> str:
        import pypdfium2.raw as pdfium_c

        first, last = self._middle(start), self._middle(start + len(word) - 1)
        if first is None or last is None or first >= last:
            return word
        if abs(pdfium_c.FPDFText_GetCharAngle(self._raw, start)) > _UPRIGHT_RADIANS:
            return word
        letters = [(self._middle(start + at), letter) for at, letter in enumerate(word)]
        # letters that were drawn as one sign stand in one place, and in their order
        signs = ["".join(map(itemgetter(1), sign)) for _, sign in groupby(letters, itemgetter(0))]
        return "".join(reversed(signs))

    def _middle(self, index: int) -> float | None:
        import pypdfium2.raw as pdfium_c

        left, right, bottom, top = self._edges
        if not pdfium_c.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top):
            return None
        return (left.value + right.value) / 2
