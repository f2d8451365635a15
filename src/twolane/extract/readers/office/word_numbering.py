"""The numbers that Word computes for paragraphs, and does not write into the file.

ECMA-376 part 1, 17.9: a paragraph names a list (num) and a level, itself or by its style; the list names its
definition (abstractNum), whose levels say how a number is counted and written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.numerals import numeral

BULLET = "-"
_LEVELS = 9
_MOST_PARENTS = 20
_TEMPLATE_CHARS = 200
_PLACE = re.compile(r"%([1-9])")
_OFF = frozenset({"0", "false", "off"})


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    template: str = ""
    restart: int | None = None  # the level, counted from 1, from which on a use begins this one anew
    is_legal: bool = False
    style: str = ""
    digits: int = 0  # a number is filled up with zeros to so many


@dataclass(frozen=True, slots=True)
class _List:
    definition: str
    levels: dict[int, _Level]
    starts: dict[int, int]  # with which a level begins anew at the first use of this list


@dataclass(frozen=True, slots=True)
class _NumberedBy:
    """What the numbering properties of a paragraph or a style say; None is what they do not say."""

    number: str | None = None
    level: int | None = None

    def over(self, base: _NumberedBy) -> _NumberedBy:
        return _NumberedBy(
            self.number if self.number is not None else base.number,
            self.level if self.level is not None else base.level,
        )


@dataclass(slots=True)
class WordNumbering:
    """Counts the numbered paragraphs of a document in the order in which they are asked for."""

    lists: dict[str, _List] = field(default_factory=dict)
    styles: dict[str, _NumberedBy] = field(default_factory=dict)
    usual: str = ""  # the style of a paragraph that names none
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, properties: Any, style: str) -> str:
        """Return what stands before a paragraph: "2.2", BULLET, or the empty string."""
        own = _named(_child(properties, "numPr"))
        named = own.over(self.styles.get(style or self.usual, _NumberedBy()))
        one = self.lists.get(named.number or "")
        if one is None or not one.levels:
            return ""
        place = named.level or 0
        if own.level is None:
            linked = (at for at, level in one.levels.items() if style and level.style == style)
            place = next(linked, place)
        place = min(max(0, place), _LEVELS - 1)
        level = one.levels.get(place)
        if level is None:
            return ""
        counts = self._count(named.number or "", one, place)
        return BULLET if level.kind == "bullet" else _written(one, level, counts)

    def _count(self, number: str, one: _List, place: int) -> list[int]:
        counts = self.counts.setdefault(one.definition, [None] * _LEVELS)
        for at in range(_LEVELS):
            if at in one.starts and at <= place and (number, at) not in self.begun:
                self.begun.add((number, at))
                counts[at] = None
        starts = [one.starts.get(at, one.levels.get(at, _Level()).start) for at in range(_LEVELS)]
        last = counts[place]
        counts[place] = starts[place] if last is None else last + 1
        for at in range(place + 1, _LEVELS):
            restart = one.levels.get(at, _Level()).restart
            if place < (at if restart is None else restart):
                counts[at] = None
        return [start if count is None else count for count, start in zip(counts, starts, strict=True)]


def _written(one: _List, level: _Level, counts: list[int]) -> str:
    def fill(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        other = one.levels.get(at, _Level())
        if other.kind == "none":
            return ""
        kind = "decimal" if level.is_legal else other.kind
        return numeral(counts[at], kind).zfill(other.digits)

    return " ".join(_PLACE.sub(fill, level.template).split())


def word_numbering(root: Any, styles: Any) -> WordNumbering:
    """Return the numbering of a document by its parts numbering.xml and styles.xml, which may be missing."""
    numbering = WordNumbering()
    _read_styles(styles, numbering)
    definitions = {attribute(e, "abstractNumId"): e for e in _children(root, "abstractNum")}
    numbers = {attribute(e, "numId"): e for e in _children(root, "num")}
    for name, number in numbers.items():
        definition = _definition(number, definitions, numbers, numbering)
        if definition is None:
            continue
        levels = {_whole(attribute(e, "ilvl")) or 0: _level(e) for e in _children(definition, "lvl")}
        starts = {}
        for override in _children(number, "lvlOverride"):
            at = _whole(attribute(override, "ilvl")) or 0
            if (level := _child(override, "lvl")) is not None:
                levels[at] = _level(level)
            if (start := _whole(_value(override, "startOverride"))) is not None:
                starts[at] = start
        numbering.lists[name] = _List(attribute(definition, "abstractNumId"), levels, starts)
    return numbering


def _definition(
    number: Any, definitions: dict[str, Any], numbers: dict[str, Any], numbering: WordNumbering
) -> Any:
    """Return the definition of a list, followed through styles of lists."""
    for _ in range(_MOST_PARENTS):
        definition = definitions.get(_value(number, "abstractNumId"))
        link = _value(definition, "numStyleLink")
        if not link:
            return definition
        number = numbers.get(numbering.styles.get(link, _NumberedBy()).number or "")
    return None


def _read_styles(root: Any, numbering: WordNumbering) -> None:
    own: dict[str, _NumberedBy] = {}
    parents: dict[str, str] = {}
    for style in _children(root, "style"):
        name = attribute(style, "styleId")
        own[name] = _named(_child(_child(style, "pPr"), "numPr"))
        parents[name] = _value(style, "basedOn")
        if attribute(style, "default") in {"1", "true"} and attribute(style, "type") == "paragraph":
            numbering.usual = name
    for identity, said in own.items():
        named, name = said, parents[identity]
        for _ in range(_MOST_PARENTS):
            if name not in own:
                break
            named, name = named.over(own[name]), parents[name]
        numbering.styles[identity] = named


def _named(properties: Any) -> _NumberedBy:
    if properties is None:
        return _NumberedBy()
    number = _child(properties, "numId")
    level = _whole(_value(properties, "ilvl"))
    return _NumberedBy(attribute(number, "val") if number is not None else None, level)


def _level(element: Any) -> _Level:
    written = next((e for e in element.iter() if local(e) == "numFmt"), None)
    kind = attribute(written, "val") if written is not None else "decimal"
    sample = attribute(written, "format").split(",")[0].strip() if kind == "custom" else ""
    text = _value(element, "lvlText")[:_TEMPLATE_CHARS]
    legal = _child(element, "isLgl")
    start = _whole(_value(element, "start"))
    return _Level(
        start if start is not None else 1,
        "bullet" if kind != "none" and _child(element, "lvlPicBulletId") is not None else kind,
        text,
        _whole(_value(element, "lvlRestart")),
        legal is not None and attribute(legal, "val") not in _OFF,
        _value(element, "pStyle"),
        min(9, len(sample)) if sample.isdecimal() else 0,
    )


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None


def _children(root: Any, name: str) -> list[Any]:
    return [e for e in (root if root is not None else ()) if local(e) == name]


def _child(element: Any, name: str) -> Any:
    return next(iter(_children(element, name)), None)


def _value(element: Any, name: str) -> str:
    child = _child(element, name)
    return attribute(child, "val") if child is not None else ""
