"""The numbers that OpenDocument leaves to be computed, of lists and headings (ODF 1.3 part 3, 5.3, 16.30)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.numerals import counted_letters, letters, numeral, roman

BULLET = "- "
_LEVELS = 10
_MOST_PARENTS = 20
_AFFIX_CHARS = 50
_OUTLINE = "\0outline"
_PLACE = re.compile(r"%(\d{1,2})%")
_NUMBERED = frozenset({"list-level-style-number", "outline-level-style"})
_BULLETS = frozenset({"list-level-style-bullet", "list-level-style-image"})


@dataclass(frozen=True, slots=True)
class _OdfLevel:
    kind: str = ""  # "1", "a", "A", "i", "I", or none
    before: str = ""
    after: str = ""
    shown_levels: int = 1
    start: int = 1
    template: str = ""
    is_bullet: bool = False
    is_spread: bool = False  # letters go on with aa, bb instead of aa, ab

    def written(self, value: int) -> str:
        if self.kind in {"i", "I"}:
            return roman(value) if self.kind == "i" else roman(value).upper()
        if self.kind in {"a", "A"}:
            text = letters(value) if self.is_spread else counted_letters(value)
            return text if self.kind == "a" else text.upper()
        return numeral(value, _OTHER.get(self.kind[:1], "decimal")) if self.kind else ""


_OTHER = {"①": "decimalEnclosedCircle", "一": "chineseCounting", "壹": "chineseLegalSimplified"}
_OTHER |= {
    "甲": "ideographTraditional",
    "子": "ideographZodiac",
    "ア": "aiueo",
    "イ": "iroha",
    "가": "ganada",
}
_OTHER |= {"А": "russianUpper", "а": "russianLower", "Α": "greekUpper", "α": "greekLower", "א": "hebrew1"}


@dataclass(slots=True)
class _OpenList:
    """A list that is open at a place of the text; those within it count on in its numbers."""

    key: str
    style: str
    is_first: bool = False  # whether the open item has no paragraph by now
    start: int | None = None  # with which the open item begins anew


@dataclass(slots=True)
class OdfLists:
    """Counts the items of lists and the headings in the order in which they come."""

    levels: dict[str, dict[int, _OdfLevel]] = field(default_factory=dict)
    of_paragraphs: dict[str, str] = field(default_factory=dict)  # list styles by the styles of paragraphs
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    open: list[_OpenList] = field(default_factory=list)
    last_of_style: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # by the ids of lists: where their numbers are
    begun: int = 0

    def open_list(self, element: Any) -> None:
        own = attribute(element, "style-name")
        if self.open:
            around = self.open[-1]
            self.open.append(_OpenList(around.key, own or around.style))
            return
        style = own or self._of_first_paragraph(element)
        key = self.keys.get(attribute(element, "continue-list"), "")
        if not key and attribute(element, "continue-numbering") == "true":
            key = self.last_of_style.get(style, "")
        if not key:
            self.begun += 1
            key = str(self.begun)
        self.last_of_style[style] = key
        if identity := attribute(element, "id"):
            self.keys[identity] = key
        self.open.append(_OpenList(key, style))

    def close_list(self) -> None:
        if self.open:
            self.open.pop()

    def open_item(self, element: Any) -> None:
        if self.open:
            self.open[-1].is_first = local(element) == "list-item"
            self.open[-1].start = _number(attribute(element, "start-value"))

    def label(self, element: Any) -> str:
        """Return what stands before a paragraph or heading, with the space behind it."""
        if self.open:
            one = self.open[-1]
            if not one.is_first:
                return ""
            one.is_first = False
            start, one.start = one.start, None
            return self._next(one.key, one.style, len(self.open), start)
        if local(element) == "h" and attribute(element, "is-list-header") != "true":
            level = _number(attribute(element, "outline-level")) or 1
            start = None
            if attribute(element, "restart-numbering") == "true":
                start = _number(attribute(element, "start-value"))
                start = 1 if start is None else start
            return self._next(_OUTLINE, _OUTLINE, level, start) if _OUTLINE in self.levels else ""
        return ""

    def _next(self, key: str, style: str, level: int, start: int | None) -> str:
        level = min(level, _LEVELS)
        levels = self.levels.get(style)
        if levels is None:
            return BULLET
        own = levels.get(level, _OdfLevel())
        if own.is_bullet:
            return BULLET
        counts = self.counts.setdefault(key, [None] * _LEVELS)
        last = counts[level - 1]
        counts[level - 1] = start if start is not None else own.start if last is None else last + 1
        counts[level:] = [None] * (_LEVELS - level)
        return _label(levels, level, counts)

    def _of_first_paragraph(self, element: Any) -> str:
        first = next((e for e in element.iter() if local(e) in {"p", "h"}), None)
        return self.of_paragraphs.get(attribute(first, "style-name"), "") if first is not None else ""


def _label(levels: dict[int, _OdfLevel], level: int, counts: list[int | None]) -> str:
    own = levels.get(level, _OdfLevel())

    def written(at: int) -> str:
        of = levels.get(at, _OdfLevel())
        count = counts[at - 1] if 0 < at <= _LEVELS else None
        return of.written(of.start if count is None else count)

    if own.template:
        text = _PLACE.sub(lambda place: written(int(place[1])), own.template)
    elif not own.kind:
        text = own.before + own.after
    else:
        numbers = [written(at) for at in range(max(1, level - own.shown_levels + 1), level + 1)]
        text = own.before + ".".join(number for number in numbers if number) + own.after
    text = " ".join(text.split())
    return f"{text} " if text else ""


def odf_lists(*roots: Any) -> OdfLists:
    """Return the lists of a file by the styles in its parts."""
    lists = OdfLists()
    parents: dict[str, tuple[str, str]] = {}
    for root in roots:
        for element in root.iter() if root is not None else ():
            name = local(element)
            if name == "list-style":
                lists.levels[attribute(element, "name")] = _levels(element)
            elif name == "outline-style":
                lists.levels[_OUTLINE] = _levels(element)
            elif name == "style" and attribute(element, "family") == "paragraph":
                own = attribute(element, "list-style-name")
                parents[attribute(element, "name")] = own, attribute(element, "parent-style-name")
            elif name == "body":
                break
    for style in parents:
        name = style
        for _ in range(_MOST_PARENTS):
            own, parent = parents.get(name, ("", ""))
            if own:
                lists.of_paragraphs[style] = own
                break
            name = parent
    return lists


def _levels(style: Any) -> dict[int, _OdfLevel]:
    found = {}
    for element in style:
        at = _number(attribute(element, "level")) or 1
        if local(element) in _BULLETS:
            found[at] = _OdfLevel(is_bullet=True)
        elif local(element) in _NUMBERED:
            start = _number(attribute(element, "start-value"))
            found[at] = _OdfLevel(
                attribute(element, "num-format"),
                attribute(element, "num-prefix")[:_AFFIX_CHARS],
                attribute(element, "num-suffix")[:_AFFIX_CHARS],
                min(_LEVELS, _number(attribute(element, "display-levels")) or 1),
                1 if start is None else start,
                attribute(element, "num-list-format")[:_AFFIX_CHARS],
                is_spread=attribute(element, "num-letter-sync") == "true",
            )
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
