"""A document's text as what is drawn from it needs it: its beginning and its end, in lines."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from twolane.documents import Page, Reading
from twolane.facts import TextSpan
from twolane.text.identify import likely_language

# What papers state stands at their beginning and at their end; a report's middle only costs time.
HEAD_CHARS = 3_500
TAIL_CHARS = 1_500

_WORD = re.compile(r"[^\W\d_]+|[№#]")
# A space that does not break joins a number's thousands.
_THOUSANDS = re.compile(r"(?<=\d)[\xa0\u2009\u202f](?=\d{3}(?!\d))")
# Digits of other scripts, spaces that do not break, and signs that scanners and typesetters put for others.
_ALIKE = str.maketrans(
    {
        **{0x660 + digit: str(digit) for digit in range(10)},
        **{0x6F0 + digit: str(digit) for digit in range(10)},
        **{0x966 + digit: str(digit) for digit in range(10)},
        **{0xFF10 + digit: str(digit) for digit in range(10)},
        **{0xFF21 + letter: chr(65 + letter) for letter in range(26)},
        **dict.fromkeys(
            map(ord, "\xa0\u2007\u2009\u202f\u3000\u200e\u200f\u202a\u202b\u202c\ufeff\u2066\u2067\u2069"),
            " ",
        ),
        **dict.fromkeys(map(ord, "’‘`´ʼ"), "'"),
        **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
        **dict(zip(map(ord, "：，．／（）％＋￥＃｜；"), ":,./()%+¥#|;", strict=True)),
        0x66B: ".",
        0x66C: "'",
        0x60C: ",",
        0x12F: "i",
        0x130: "I",
        ord("\r"): "\n",
        ord("\f"): "\n",
        ord("\v"): "\n",
    }
)


class Line(NamedTuple):
    """A line that is not blank, from `start` to `end` of the sheet; `blank_before` where one stood above."""

    start: int
    end: int
    blank_before: bool


@dataclass(frozen=True, slots=True)
class _SheetPart:
    start: int
    page: int
    at: int


class Sheet:
    """The text that is looked at, each character where it was, in the digits and signs of ASCII."""

    def __init__(self, reading: Reading) -> None:
        pieces, texts, at = [], [], 0
        for page, start, text in _looked_at(reading.pages):
            pieces.append(_SheetPart(at, page, start))
            texts.append(text)
            at += len(text) + 1
        self._pieces = pieces
        raw = "\n".join(texts)
        self.text = _alike(raw)
        self.raw = raw
        self.language = reading.language or likely_language(raw)
        self.is_ocr = any(page.ocr for page in reading.pages)
        self.lines = _lines_of(self.text)
        self._starts = [line.start for line in self.lines]
        self.folded = fold(self.text)
        self.words = list(_WORD.finditer(self.folded))

    def line_of(self, at: int) -> int:
        """Return the index of the line that a character stands in."""
        return max(0, bisect_right(self._starts, at) - 1)

    def line_text(self, index: int) -> str:
        line = self.lines[index]
        return self.text[line.start : line.end]

    def span(self, start: int, end: int) -> TextSpan:
        """Return where characters of the sheet stand in the document's pages."""
        piece = self._pieces[max(0, bisect_right(self._pieces, start, key=lambda one: one.start) - 1)]
        return TextSpan(piece.page, start - piece.start + piece.at, end - piece.start + piece.at)


def _alike(raw: str) -> str:
    """Return a text in the digits and signs of ASCII, as long as it was."""
    if raw.isascii():
        return raw.replace("\r", "\n")
    return _THOUSANDS.sub("'", raw).translate(_ALIKE)


def fold(text: str) -> str:
    """Return a text in small letters without accents, as long as it was."""
    if text.isascii():
        return text.lower()
    folded = text.lower()
    if len(folded) != len(text):
        folded = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return folded.translate(_BARE)


class _Bare(dict[int, int]):
    """The letter without its accents for each character, found out when it is first met."""

    def __missing__(self, code: int) -> int:
        self[code] = bare = _bare(code)
        return bare


def _bare(code: int) -> int:
    decomposed = unicodedata.normalize("NFKD", chr(code))
    if "Hangul" in unicodedata.name(chr(code), "") or len(decomposed) == 0:
        return code
    first = decomposed[0]
    is_letter_with_accents = all(unicodedata.combining(mark) for mark in decomposed[1:])
    return _SPECIAL.get(code, ord(first) if is_letter_with_accents else code)


_BARE = _Bare()
_SPECIAL = {
    ord("ł"): ord("l"),
    ord("ø"): ord("o"),
    ord("đ"): ord("d"),
    ord("ı"): ord("i"),
    ord("№"): ord("№"),
    ord("й"): ord("й"),
}


def matches_at(pattern: re.Pattern[str], beginning: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    """Yield the matches of a pattern, tried only where a cheaper one matches too."""
    free = 0
    for start in beginning.finditer(text):
        if start.start() >= free and (match := pattern.match(text, start.start())):
            free = match.end()
            yield match


def _lines_of(text: str) -> list[Line]:
    lines, at, is_after_blank = [], 0, False
    for line in text.split("\n"):
        end = at + len(line)
        if line and not line.isspace():
            lines.append(Line(at, end, is_after_blank))
            is_after_blank = False
        else:
            is_after_blank = True
        at = end + 1
    return lines


def _looked_at(pages: tuple[Page, ...]) -> Iterable[tuple[int, int, str]]:
    """Yield number, start and text of the parts of pages that are looked at: all, or beginning and end."""
    total = sum(len(page.text) for page in pages)
    if total <= HEAD_CHARS + TAIL_CHARS:
        yield from ((page.number, 0, page.text) for page in pages)
        return
    at = 0
    for page in pages:
        length = len(page.text)
        head = min(length, max(0, HEAD_CHARS - at))
        tail = min(length, max(0, at + length - (total - TAIL_CHARS)))
        if head + tail >= length:
            yield page.number, 0, page.text
        else:
            if head:
                yield page.number, 0, page.text[:head]
            if tail:
                yield page.number, length - tail, page.text[-tail:]
        at += length
