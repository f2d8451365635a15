"""The list of sources that some models add to their answer: every sentence has its citations already."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from twolane.chat.marks import NEEDS_MORE, OPENERS, CitationMark, NeedsMore, mark_at
from twolane.text.words import word_places

# The few words before a colon that may head a list, behind the ornaments of its line.
_HEAD = re.compile(r"[\s\-*•#>_]*[^\W\d_]+(?:[ \xa0-][^\W\d_]+){0,2}[*_]*\s*[:：][*_]*")
_HEAD_BEGUN = re.compile(r"[\s\-*•#>_]*[^\W\d_]*(?:[ \xa0-][^\W\d_]*){0,2}[*_]*\s*")
PLACE = re.compile(r"[^\W\d_]{1,8}\.?\s?\d+")  # in a file: page 3
_HEAD_CHARS, _LINE_CHARS = 40, 300


def listed(
    text: str,
    sources: frozenset[int],
    marked: AbstractSet[int],
    is_named: Callable[[str], bool],
    *,
    final: bool,
) -> int | NeedsMore:
    """Return how many characters of a list of sources a text begins with; 0 where it begins with none.

    An entry is a line with a mark, in which all other words name files or places in them. A few words and a
    colon may stand before it, or on a line of their own; without these it cites no others than `marked`: an
    answer may well be a list of files.
    """
    line, is_complete = _first_line(text, final=final)
    head = _HEAD.match(line)
    if head is None and not is_complete and len(line) < _HEAD_CHARS and _HEAD_BEGUN.fullmatch(line):
        return NEEDS_MORE
    start = head.end() if head and head.end() <= _HEAD_CHARS else 0
    if start and is_complete and not line[start:].strip():
        below = text[len(line) :].lstrip()
        if not below:
            return 0 if final else NEEDS_MORE
        at = len(text) - len(below)
        entry = _entry(*_first_line(below, final=final), sources, sources, is_named, is_headed=True)
        return entry if isinstance(entry, NeedsMore) or not entry else at + entry
    allowed = sources if start else marked
    rest = _entry(line[start:], is_complete, sources, allowed, is_named, is_headed=start > 0)
    return rest if isinstance(rest, NeedsMore) or not rest else start + rest


def _first_line(text: str, *, final: bool) -> tuple[str, bool]:
    line, newline, _ = text.partition("\n")
    return line, bool(newline) or final


def _entry(
    line: str,
    is_complete: bool,
    sources: frozenset[int],
    allowed: AbstractSet[int],
    is_named: Callable[[str], bool],
    *,
    is_headed: bool,
) -> int | NeedsMore:
    """Return the length of a line that is an entry of a list, 0 where it is none, or too long for one."""
    if len(line) > _LINE_CHARS:
        return 0
    rest, marks, at = "", 0, 0
    while at < len(line):
        if line[at] in OPENERS:
            mark = mark_at(line[at:], sources, final=is_complete)
            if isinstance(mark, NeedsMore):
                return NEEDS_MORE
            if isinstance(mark, CitationMark):
                if not allowed & set(mark.numbers):
                    return 0
                marks, at, rest = marks + 1, at + mark.length, f"{rest} "
                continue
        rest, at = rest + line[at], at + 1
    rest = PLACE.sub(" ", rest)
    words = list(word_places(rest))
    if not is_complete and words and words[-1].end() >= len(rest.rstrip(" .")):
        words.pop()  # it may not be whole, or a number may follow
    if not all(is_named(word.group()) for word in words):
        return 0
    if not is_complete:
        return NEEDS_MORE
    return len(line) if marks and (words or is_headed) else 0
