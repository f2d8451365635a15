"""Whom a document is for: the lines of an address, and who is greeted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from twolane.fields.labels import Label
from twolane.fields.sheet import Sheet, fold

POST_CODE = re.compile(
    r"\b\d{4,6}\b|\b\d{2}-\d{3}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
)
TOWN = re.compile(
    r"\b(?:\d{4,6}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4}-\d{3}) [^\W\d_]{3,}"
    r"|\b[A-Z]{2},? \d{5}\b|- \d{6}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
)
STREET = re.compile(
    r"\d{1,4} ?[a-z]?,? [^\d]{4,40}|[^\d]{4,40},? \d{1,4} ?[a-z]?|(?:[A-Z]{1,3}[- ])?\d{4,6} \D{2,40}"
    r"|[^\d]{3,40},? (?:[A-Z]{2} )?\d{5}.{0,12}|[^\d]{4,40} \d{1,4} ?[a-z]?, .{4,40}"
    r"|\d{1,4} [^\d]{4,30}, [^\d]{3,30}"
)

_AROUND = " \t,.;:|*_-\"'“”«»()[]<>#!"
_DIGIT = re.compile(r"\d")
_HOUSE = re.compile(r"\d{1,5}[a-z]? [^\W\d_][^\d,]{2,30},|[^\d,]{3,30} \d{1,4}[a-z]?, [^\W\d_]")
_GREETING_LINE = 40
_ADDRESS_LINES = 3
_UNSPACED = "\u3000"  # from here on scripts without spaces


def recipient_lines(sheet: Sheet, by_line: Mapping[int, Sequence[Label]]) -> frozenset[int]:
    """Return the lines that say whom the document is for: from a label on, as far as an address goes."""
    found: set[int] = set()
    for index, labels in by_line.items():
        ours = [label for label in labels if label.kind == "recipient"]
        if any(
            label.is_last and not label.is_first and sheet.text[label.start] > _UNSPACED for label in ours
        ):
            found.add(index)  # where the title follows the name
        if not any(label.is_first for label in ours):
            continue
        found.add(index)
        for below in range(index + 1, min(index + 1 + _ADDRESS_LINES, len(sheet.lines))):
            if (sheet.lines[below].blank_before and below > index + 1) or by_line.get(below):
                break
            found.add(below)
    for index, labels in by_line.items():
        if labels[0].kind == "recipient" and labels[0].is_first and index < _GREETING_LINE:
            found |= _above_greeting(sheet, index)
    return frozenset(found)


def _above_greeting(sheet: Sheet, index: int) -> set[int]:
    """Return the lines of the address that stands above a greeting, over no more than a date and a subject.

    That is seen only where blank lines part them, and where something stands above that too.
    """
    text = sheet.line_text(index).rstrip()
    if not text.endswith((",", "!", ":", "،")) or not sheet.lines[index].blank_before or len(text) > 50:
        return set()
    end = index
    for _ in range(4):
        start = end - 1
        while start > 0 and not sheet.lines[start].blank_before:
            start -= 1
        if start <= 0:
            return set()
        if end - start > 2:
            return set(range(start, end))
        end = start
    return set()


def greeted_names(sheet: Sheet, by_line: Mapping[int, Sequence[Label]]) -> frozenset[str]:
    """Return the last words of the lines that greet, folded: whom a letter is for."""
    names = set()
    for index, labels in by_line.items():
        if not any(label.kind == "recipient" and label.is_first for label in labels):
            continue
        text = sheet.line_text(index).strip()
        words = fold(text).strip(_AROUND).split()
        if len(text) < 50 and len(words) > 1 and len(words[-1]) > 3 and text.endswith((",", "!", ":", "،")):
            names.add(words[-1])
    return frozenset(names)


def is_address(sheet: Sheet, index: int) -> bool:
    """Say whether a line looks like a street with its number, or like a town with its code."""
    if index >= len(sheet.lines):
        return False
    text = sheet.line_text(index).strip()
    if len(text) >= 70 or not _DIGIT.search(text):
        return False
    return bool(STREET.fullmatch(text) or TOWN.search(text) or _HOUSE.match(text))
