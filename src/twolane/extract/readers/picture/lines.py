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
_PROSE_LINES, _PROSE_WORDS, _FULL_WIDTH = 5, 3, 0.75  # of a narrow column of prose, whose lines are full
_LINE_STEPS = 1.25  # of a column: what is farther below its last line is a paragraph of its own
_LINE_HEIGHTS = 2.2  # from one line to the next, where there are no steps to go by

_Line = tuple[SeenWord, ...]


def text_of_words(words: Sequence[SeenWord]) -> str:
    """Return the words' text: an empty line between blocks, and a tab between the cells of a row."""
    blocks = [_lines(block) for _, block in groupby(words, key=lambda word: word.block)]
    return "\n\n".join("\n".join(map(_text, lines)) for lines in _rows_joined(_stacked(blocks))).strip()


def _lines(words: Iterable[SeenWord]) -> list[_Line]:
    return [tuple(line) for _, line in groupby(words, key=lambda word: word.line)]


def _stacked(blocks: list[list[_Line]]) -> list[list[_Line]]:
    """Return blocks with those made one in which a column of prose goes on: engines part them too often."""
    stacked: list[list[_Line]] = []
    for block in blocks:
        if stacked and _goes_on(stacked[-1], block):
            stacked[-1].extend(block)
        else:
            stacked.append(block)
    return stacked


def _goes_on(column: list[_Line], block: list[_Line]) -> bool:
    """Say whether a block is the next line of a column of prose, and those after it."""
    if _has_few_words(column):
        return False
    height = median(word.height for word in column[-1])
    if abs(column[0][0].left - block[0][0].left) > height:
        return False
    middles = [median(word.middle for word in line) for line in column]
    step = median(word.middle for word in block[0]) - middles[-1]
    steps = [below - above for above, below in pairwise(middles)]
    return 0 < step <= (_LINE_STEPS * median(steps) if steps else _LINE_HEIGHTS * height)


def _has_few_words(block: list[_Line]) -> bool:
    """Say whether a block may be a column of cells: those of prose have many words, or full lines."""
    words = median(map(len, block))
    if words > _FEW_WORDS:
        return False
    if len(block) < _PROSE_LINES or words < _PROSE_WORDS:
        return True
    full = _FULL_WIDTH * (_right(block) - _left(block))
    return sum(line[-1].right - line[0].left >= full for line in block) < 0.7 * len(block)


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
    if not any(map(_has_few_words, (first, second))):
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
