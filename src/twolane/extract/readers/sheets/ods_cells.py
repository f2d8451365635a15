"""What a cell of an OpenDocument spreadsheet shows: its stored text, or its value where it has none."""

from __future__ import annotations

import re
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.sheets.digits import general

_FORMULA_CHARS = 500
_MOST_REPEATED = 1 << 20
_DIGITS = re.compile(r"\d+")
_REFERENCE = re.compile(r"\[\.?([^\[\]]{1,200}?)\]")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?$")


def count(element: Any, name: str) -> int:
    """Return a number such as how often a cell is repeated: at least 1, at most that of all rows."""
    given = attribute(element, name)
    return min(max(1, int(given)), _MOST_REPEATED) if given.isdecimal() and len(given) < 10 else 1


def cell_text(cell: Any) -> str:
    """Return what a cell shows; a whole day is written as 2026-03-05."""
    shown = " ".join(paragraph_text(e) for e in cell if local(e) == "p").strip()
    kind = attribute(cell, "value-type")
    if kind == "date":
        return _day(shown, attribute(cell, "date-value"))
    return shown or _value(cell, kind)


def _day(shown: str, value: str) -> str:
    """Return a date as ISO where all of it is shown in digits; else as it is shown."""
    if shown and (len(_DIGITS.findall(shown)) < 3 or not value):
        return shown
    day, _, clock = value.partition("T")
    if ":" in shown or (not shown and clock.strip("0:.")):
        return f"{day} {clock[:8] if shown.count(':') != 1 else clock[:5]}"
    return day


def _value(cell: Any, kind: str) -> str:
    """Return the value of a cell whose text was not stored."""
    value = attribute(cell, "value")
    if kind in {"float", "percentage", "currency"} and value:
        try:
            number = float(value)
        except ValueError:
            return value
        if kind == "percentage":
            return f"{general(number * 100)}%"
        return f"{general(number)} {attribute(cell, 'currency')}".strip()
    if kind == "time" and (found := _DURATION.match(attribute(cell, "time-value"))):
        sign, days, hours, minutes, seconds = found.groups()
        return (
            f"{sign}{int(days or 0) * 24 + int(hours or 0)}:{int(minutes or 0):02d}:{int(seconds or 0):02d}"
        )
    if kind == "boolean":
        return attribute(cell, "boolean-value").upper()
    return attribute(cell, "string-value")


def formula_text(cell: Any) -> str:
    """Return the formula of a cell whose result was not stored, or the empty string."""
    formula = attribute(cell, "formula")
    if not formula or attribute(cell, "value-type") == "string":
        return ""
    formula = _REFERENCE.sub(lambda found: found[1].replace(":.", ":"), formula.partition("=")[2])
    return f"={formula[:_FORMULA_CHARS]}"


def paragraph_text(paragraph: Any) -> str:
    """Return the text of a paragraph, with its spaces, tabs and fields."""
    if not len(paragraph):
        return paragraph.text or ""
    parts: list[str] = []
    for element in paragraph.iter():
        name = local(element)
        if name in {"tab", "line-break"}:
            parts.append(" ")
        elif name == "s":
            given = attribute(element, "c")
            parts.append(" " * (min(100, int(given)) if given.isdecimal() else 1))
        elif name == "ruby-text":
            parts.append("")
        else:
            parts.append(element.text or "")
        if element is not paragraph:
            parts.append(element.tail or "")
    return "".join(parts)
