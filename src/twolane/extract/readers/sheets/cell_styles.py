"""How the cells of an XLSX workbook show their values, and in which of its styles nobody sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.ooxml import children
from twolane.extract.readers.sheets.number_formats import NumberFormat, built_in_code
from twolane.extract.visible import WHITE, colour, is_lost

_WHITE_THEME = "0"  # the theme's first colour is that of the paper
_DARKER = re.compile(r"-(?:1|0?\.[1-9])")  # by a tenth of the way to black, or more
_GENERAL = NumberFormat("General")


@dataclass(frozen=True, slots=True)
class CellStyle:
    """One of a workbook's styles: its number format, and whether nobody sees what stands in it."""

    format: NumberFormat
    hides: bool = False


PLAIN_STYLE = CellStyle(_GENERAL)


def cell_styles(root: Any, *, is_1904: bool) -> list[CellStyle]:
    """Return the styles that cells name by their number; `root` is that of styles.xml, or None."""
    codes = {
        attribute(e, "numFmtId"): attribute(e, "formatCode") for one in children(root, "numFmts") for e in one
    }
    fonts = [_is_white(font) for font in _children(root, "fonts")]
    grounds = [_is_ground(fill) for fill in _children(root, "fills")]
    known: dict[str, NumberFormat] = {}
    styles: list[CellStyle] = []
    for style in _children(root, "cellXfs"):
        number = attribute(style, "numFmtId")
        code = codes.get(number) or built_in_code(int(number) if number.isdigit() else 0)
        if code not in known:
            known[code] = NumberFormat(code, is_1904=is_1904)
        shown = known[code]
        is_white = _at(fonts, attribute(style, "fontId")) and not _at(grounds, attribute(style, "fillId"))
        styles.append(CellStyle(_GENERAL if shown.shows_nothing else shown, is_white or shown.shows_nothing))
    return styles


def _is_white(font: Any) -> bool:
    return any(local(e) == "color" and _is_paper(e) for e in font)


def _is_ground(fill: Any) -> bool:
    """Say whether a filling is any but none and white."""
    for pattern in fill:
        if local(pattern) != "patternFill":
            return True
        kind = attribute(pattern, "patternType")
        if kind and kind != "none":
            return not any(local(e) == "fgColor" and _is_paper(e) for e in pattern)
    return False


def _is_paper(element: Any) -> bool:
    if _DARKER.match(attribute(element, "tint")):  # as the greys of an office theme are made
        return False
    known = colour(attribute(element, "rgb")[-6:])
    return attribute(element, "theme") == _WHITE_THEME or (known is not None and is_lost(known, WHITE))


def _at(values: Sequence[bool], place: str) -> bool:
    return place.isdigit() and int(place) < len(values) and values[int(place)]


def _children(root: Any, name: str) -> Iterator[Any]:
    # differential formats, which have lists of their own, lie deeper
    return (child for parent in children(root, name) for child in parent)
