"""Tables in text (CSV, TSV): one line a row, cells apart by tabs, whatever stood between them in the file."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from twolane.extract.base import Draft, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.sheets.sheet_rows import SheetRows
from twolane.extract.readers.sheets.sheet_xml import one_line
from twolane.extract.readers.text import plain_text

FORMATS = (
    Format(
        "CSV",
        frozenset({"text/csv", "text/tab-separated-values"}),
        frozenset({FilePart.BODY, FilePart.TABLES}),
    ),
)
_SEPARATORS = "\t;|,"  # a comma last: it stands in numbers, too
_SAMPLE_LINES, _SAMPLE_CHARS = 60, 65_536
_LIKELY, _POSSIBLE = 0.8, 0.4
_STATED = re.compile(r'"?sep=(.)"?\r?\n', re.I)  # how spreadsheets are told the separator
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LONGEST_CELL_LINES = 500  # beyond, a quotation mark was never meant to open a text
_LINE_END = re.compile(r"\r\n|\r|\n")
_CHECK_ROWS = 1000


def read(source: SourceFile, draft: Draft) -> None:
    """Read a table as one page; a text in which nothing separates cells is left as it is."""
    text = plain_text(source, draft).lstrip("\ufeff")
    stated = _STATED.match(text)
    if stated:
        text = text[stated.end() :]
    separator = stated[1] if stated else _separator(text)
    if not separator:
        draft.add(text)
        return
    rows = SheetRows()
    share = 1.0
    for number, cells in enumerate(_records(text, separator)):
        shown = [(column, cell) for column, value in enumerate(cells) if (cell := one_line(value))]
        rows.add(number, [column for column, _ in shown], [cell for _, cell in shown])
        if rows.chars > draft.chars_left or (number % _CHECK_ROWS == 0 and draft.out_of_time()):
            share = min(1.0, rows.chars / max(1, len(text)))
            break
    draft.add(rows.text(), share=share)


def _separator(text: str) -> str:
    """Return the separator that most lines have equally often, or the empty string."""
    sample = _QUOTED.sub("", text[:_SAMPLE_CHARS])
    lines = [line for line in sample.splitlines()[:_SAMPLE_LINES] if line.strip()]
    best, best_share = "", _POSSIBLE
    for separator in _SEPARATORS:
        counts = Counter(line.count(separator) for line in lines)
        counts.pop(0, None)
        share = counts.most_common(1)[0][1] / len(lines) if counts else 0.0
        if share >= _LIKELY:
            return separator
        if share > best_share:
            best, best_share = separator, share
    return best


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """Yield rows of cells; from where quotation marks are not paired, lines are split as they stand."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator)
    done = line = 0  # characters and lines of the rows that were given
    ends = [found.end() for found in _LINE_END.finditer(text)]
    try:
        for row in reader:
            if reader.line_num - line > _LONGEST_CELL_LINES:
                break
            line = reader.line_num
            done = ends[line - 1] if line <= len(ends) else len(text)
            yield row
    except csv.Error:
        pass
    yield from (one.split(separator) for one in text[done:].splitlines())
