"""The marks by which models cite sources, in every form that they have: by form, in no language's words.

A mark is a source's number in brackets, alone or with a word before it, or several; in a tag; or raised.
See docs/why/chat.md#marks-are-told-by-their-form
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_CLOSES = {"[": "]", "【": "】", "〔": "〕", "［": "］", "⟦": "⟧", "{": "}", "(": ")", "（": "）"}
_RAISED = {char: str(digit) for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
# Where marks may begin: brackets, tags, raised digits.
OPENERS = "".join(_CLOSES) + "<" + "".join(_RAISED)
_ROUND = "(（{"  # they hold other things more often than sources

_WORDS = r"(?:[^\W\d_]+[.:]?[ \xa0]?){0,3}"
_LABEL = rf"\s*[\^#@*]?\s*(?P<label>{_WORDS})\s*[#:.№°º^-]{{0,2}}\s*"
_BETWEEN = r"\s*(?:[,;،、&+/|]|[-–—~〜]|\s[^\W\d_]{1,3}\s)\s*"
_NUMBERS = rf"(?P<numbers>\d{{1,4}}(?:{_BETWEEN}(?:[^\W\d_]+\.?\s*)?\d{{1,4}})*)"
# What may follow the number: 1†source, 1:0†source, 1, p. 3, 1: lease.pdf; but no time of day
_TAIL = r"(?P<tail>\s*(?:[†‡|§(#;,]|:(?!\d)|:\d+†).{0,80})?"
_INNER = re.compile(rf"{_LABEL}{_NUMBERS}{_TAIL}\s*")
_BEGUN = re.compile(rf"{_LABEL}(?:\d.{{0,100}})?")
_RANGE = re.compile(r"(\d+)\s*[-–—~〜]\s*(\d+)")
_SEPARATORS = re.compile(r"[\s,;،、&+]*")
_COMMA = re.compile(r"[ \t]*[,;،、&+][ \t]*")
_TAG = re.compile(r"<(?P<name>[A-Za-z]{2,12})\b(?P<inside>[^<>\n]{0,60})>")
_TAG_BEGUN = re.compile(r"<[A-Za-z]{0,12}(?:[ ][^<>\n]{0,60})?/?")
_IN_TAG = re.compile(rf"\s*\[?{_NUMBERS}\]?\s*</(?P<name>[A-Za-z]+)>")
_IN_TAG_BEGUN = re.compile(r"[\s\[]*[\d,;\s-]*[\s\]]*(?:<(?:/[A-Za-z]{0,12})?)?")
_LINK = re.compile(r"\((?=[^\s()]*[/.:#])[^\s()]{1,200}\)")
_LINK_BEGUN = re.compile(r"\([^\s()]{0,200}")
_RAISED_RUN = re.compile(rf"[{''.join(_RAISED)}]{{1,3}}(?:[,˒‚ʼ][{''.join(_RAISED)}]{{1,3}}){{0,4}}")
_MOST_IN_RANGE = 10
_LARGEST = 99  # what is larger in square brackets is a year


class Certainty(Enum):
    """How sure it is that something is a mark."""

    SURE = "sure"
    LABELLED = "labelled"  # a word and a number in round brackets: (Source 1), and (Figure 1)
    BARE = "bare"  # a number in round brackets: (1)
    RAISED = "raised"  # as in m²


class NeedsMore:
    """What more text decides."""


NEEDS_MORE = NeedsMore()


@dataclass(frozen=True, slots=True)
class CitationMark:
    """A mark at the beginning of a text, `length` characters long, with the numbers of its sources."""

    length: int
    numbers: tuple[int, ...]
    certainty: Certainty = Certainty.SURE


def mark_at(text: str, sources: frozenset[int], *, final: bool) -> CitationMark | NeedsMore | None:
    """Return the mark that a text begins with, or None; `NEEDS_MORE` where its end is not there yet.

    A comma that parts it from the next mark belongs to it: [1], [2].
    """
    mark = _one_at(text, sources, final=final)
    if not isinstance(mark, CitationMark) or mark.certainty is not Certainty.SURE:
        return mark
    between = _COMMA.match(text, mark.length)
    if between is None:
        return mark
    following = text[between.end() :]
    other = _one_at(following, sources, final=final) if following or final else NEEDS_MORE
    if isinstance(other, NeedsMore):
        return NEEDS_MORE
    is_mark = other is not None and other.certainty is Certainty.SURE
    return CitationMark(between.end(), mark.numbers) if is_mark else mark


def _one_at(text: str, sources: frozenset[int], *, final: bool) -> CitationMark | NeedsMore | None:
    opener = text[:1]
    if opener in _RAISED:
        return _raised(text, sources, final=final)
    if opener == "<":
        return _tagged(text, sources, final=final)
    if opener not in _CLOSES:
        return None
    close = _closing(text)
    if close is None:
        return None if final or not _may_close(text) else NEEDS_MORE
    mark = _bracketed(text[: close + 1], sources)
    if mark is None or mark.certainty is not Certainty.SURE:
        return mark
    return _with_link(text, mark, final=final)


def _closing(text: str) -> int | None:
    """Return where the bracket that a text begins with is closed, on its line."""
    depth: list[str] = []
    for at, char in enumerate(text[:200]):
        if char in _CLOSES:
            depth.append(_CLOSES[char])
        elif depth and char == depth[-1]:
            depth.pop()
            if not depth:
                return at
        elif char == "\n":
            return None
    return None


def _may_close(text: str) -> bool:
    """Say whether what begins with a bracket may still become a mark."""
    inner = text.lstrip("".join(_CLOSES))
    return "\n" not in inner and len(text) < 200 and _BEGUN.fullmatch(inner) is not None


def _bracketed(text: str, sources: frozenset[int]) -> CitationMark | None:
    opener, inner = text[0], text[1:-1]
    if any(char in _CLOSES for char in inner) and (numbers := _nested(inner, sources)):
        return CitationMark(len(text), numbers)
    match = _INNER.fullmatch(inner)
    if match is None:
        return None
    numbers, label = _numbers(match["numbers"]), match["label"].strip()
    is_of_sources = sources.issuperset(numbers)
    if opener in _ROUND and " " in label:
        return None  # (see figure 1)
    if opener in _ROUND:
        certainty = Certainty.LABELLED if label else Certainty.BARE
        return CitationMark(len(text), numbers, certainty) if is_of_sources else None
    is_mark = is_of_sources or (not label and max(numbers) <= _LARGEST)
    return CitationMark(len(text), numbers) if is_mark else None


def _nested(inner: str, sources: frozenset[int]) -> tuple[int, ...]:
    """Return the numbers of marks within a bracket that holds nothing else: [[1], [2]]."""
    numbers: list[int] = []
    at = 0
    while at < len(inner):
        if inner[at] in _CLOSES:
            mark = mark_at(inner[at:], sources, final=True)
            if not isinstance(mark, CitationMark):
                return ()
            numbers += mark.numbers
            at += mark.length
            continue
        blank = _SEPARATORS.match(inner, at)
        if blank is None or not blank.group():
            return ()
        at = blank.end()
    return tuple(dict.fromkeys(numbers))


def _numbers(text: str) -> tuple[int, ...]:
    found = [int(number) for number in re.findall(r"\d+", text)]
    for match in _RANGE.finditer(text):
        first, last = int(match[1]), int(match[2])
        if first < last <= first + _MOST_IN_RANGE:
            found += range(first, last + 1)
    return tuple(sorted(set(found))) if _RANGE.search(text) else tuple(dict.fromkeys(found))


def _with_link(text: str, mark: CitationMark, *, final: bool) -> CitationMark | NeedsMore:
    """Return a mark with the link that some models put behind it: [1](lease.pdf)."""
    rest = text[mark.length :]
    if match := _LINK.match(rest):
        return CitationMark(mark.length + match.end(), mark.numbers)
    return NEEDS_MORE if not final and (not rest or _LINK_BEGUN.fullmatch(rest)) else mark


def _tagged(text: str, sources: frozenset[int], *, final: bool) -> CitationMark | NeedsMore | None:
    """Return the mark in a tag: <cite>1</cite>, <ref id="1"/>."""
    tag = _TAG.match(text)
    if tag is None:
        return NEEDS_MORE if not final and _TAG_BEGUN.fullmatch(text) else None
    if match := _IN_TAG.match(text, tag.end()):
        numbers, end = _numbers(match["numbers"]), match.end()
    elif not final and _IN_TAG_BEGUN.fullmatch(text, tag.end()):
        return NEEDS_MORE
    else:
        numbers, end = _numbers(tag["inside"]), tag.end()
    return CitationMark(end, numbers) if numbers and sources.issuperset(numbers) else None


def _raised(text: str, sources: frozenset[int], *, final: bool) -> CitationMark | NeedsMore | None:
    match = _RAISED_RUN.match(text)
    assert match is not None
    if match.end() == len(text) and not final:
        return NEEDS_MORE
    digits = "".join(_RAISED.get(char, ",") for char in match.group())
    numbers = _numbers(digits)
    return CitationMark(match.end(), numbers, Certainty.RAISED) if sources.issuperset(numbers) else None
