"""The words of a picture as text: line by line, cells of a row on one line with tabs between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from statistics import median
from unicodedata import east_asian_width

from twolane.extract.readers.picture.engine import SeenWord

_GAP_HEIGHTS = 2.2  # a wider gap than this many heights of a letter parts two cells
_FEW_WORDS = 4  # a cell has hardly more; a line of a column of prose has
_SAME_ROW = 0.6  # how much of the lower line's height two cells of a row share
_MOST_MERGED = 2_000  # lines of a page of which rows are made

_Line = tuple[SeenWord, ...]


def text_of_words(words: Sequence[SeenWord]) -> str:
    """Return the words' text: an empty line between blocks, and a tab between the cells of a row."""
    blocks = [_lines(block) for _, block in groupby(words, key=lambda word: word.block)]
    parts = ["\n".join(map(_text, lines)) for lines in _rows_joined(blocks)]
    return "\n\n".join(parts).strip()


def _lines(words: Iterable[SeenWord]) -> list[_Line]:
    return [tuple(line) for _, line in groupby(words, key=lambda word: word.line)]


def _rows_joined(blocks: list[list[_Line]]) -> list[list[_Line]]:
    """Return blocks with those made one that stand side by side, line for line, as columns of a table do."""
    if sum(map(len, blocks)) > _MOST_MERGED:
        return blocks
    joined: list[list[_Line]] = []
    for block in blocks:
        for place in range(len(joined) - 1, max(-1, len(joined) - 6), -1):
            if _are_columns(joined[place], block):
                joined[place] = _merged(joined[place], block)
                break
        else:
            joined.append(block)
    return joined


def _are_columns(first: list[_Line], second: list[_Line]) -> bool:
    fewer, more = sorted((first, second), key=len)
    if not any(median(map(len, block)) <= _FEW_WORDS for block in (first, second)):
        return False
    apart = _right(first) <= _left(second) or _right(second) <= _left(first)
    if not apart and len(fewer) > 1:
        return False
    met = sum(any(_share_a_row(line, other) for other in more) for line in fewer)
    return met >= 0.7 * len(fewer) and (apart or met == len(fewer))


def _merged(first: list[_Line], second: list[_Line]) -> list[_Line]:
    rows = list(first)
    for line in second:
        for place, row in enumerate(rows):
            if _share_a_row(row, line) and not _overlap(row, line):
                rows[place] = tuple(sorted(row + line, key=lambda word: word.left))
                break
        else:
            rows.append(line)
    return sorted(rows, key=lambda row: min(word.top for word in row))


def _share_a_row(line: _Line, other: _Line) -> bool:
    top, bottom = _span(line)
    other_top, other_bottom = _span(other)
    shared = min(bottom, other_bottom) - max(top, other_top)
    return shared >= _SAME_ROW * min(bottom - top, other_bottom - other_top) > 0


def _overlap(line: _Line, other: _Line) -> bool:
    return line[0].left < other[-1].right and other[0].left < line[-1].right


def _span(line: _Line) -> tuple[float, float]:
    middle, half = median(word.middle for word in line), median(word.height for word in line) / 2
    return middle - half, middle + half


def _left(block: list[_Line]) -> int:
    return min(word.left for line in block for word in line)


def _right(block: list[_Line]) -> int:
    return max(word.right for line in block for word in line)


def _text(line: _Line) -> str:
    text, height = line[0].text, median(word.height for word in line)
    for before, word in pairwise(line):
        wide = abs(word.left - before.right) > _GAP_HEIGHTS * height and word.left > before.right
        text += ("\t" if wide else "" if _is_glued(before.text[-1], word.text[0]) else " ") + word.text
    return text


def _is_glued(before: str, after: str) -> bool:
    """Say whether a script has no spaces between words where these two signs meet: Chinese and Japanese."""
    return _is_ideograph(before) and _is_ideograph(after)


def _is_ideograph(sign: str) -> bool:
    return east_asian_width(sign) in "WF" and not "\uac00" <= sign <= "\ud7ff"  # Korean has spaces
