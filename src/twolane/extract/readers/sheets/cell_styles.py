"""Which cells of an XLSX workbook nobody sees: white on white, or in a format that shows nothing."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.visible import WHITE, colour, is_lost

Cell = tuple[int, int]
"""Row and column, from 0."""

_SHOWS_NOTHING = ";;;"
_WHITE_THEME = "0"  # the theme's first colour is that of the paper
_CELL = re.compile(r"<(?:\w+:)?c\b([^<>]{0,300})>")
_PLACE = re.compile(r'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(r'\bs="(\d{1,6})"')
_DARKER = re.compile(r"-(?:1|0?\.[1-9])")  # by a tenth of the way to black, or more
_MOST_HIDDEN, _SHEET_BYTES = 100_000, 64 << 20


def unseen_cells(package: zipfile.ZipFile) -> dict[str, frozenset[Cell]]:
    """Return the cells that nobody sees by the names of their sheets; another package than XLSX has none."""
    names = package.NameToInfo
    if "xl/styles.xml" not in names or "xl/workbook.xml" not in names:
        return {}
    styles = _hiding_styles(parse_xml(read_part(package, "xl/styles.xml")))
    return (
        {sheet: _cells(read_part(package, part), styles) for sheet, part in _sheets(package)}
        if styles
        else {}
    )


def _sheets(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in package.NameToInfo:
        return
    targets = {
        str(e.get("Id")): posixpath.normpath(posixpath.join("/xl", str(e.get("Target", "")))).lstrip("/")
        for e in _elements(parse_xml(read_part(package, relations)), "Relationship")
    }
    for sheet in _elements(parse_xml(read_part(package, "xl/workbook.xml")), "sheet"):
        # Its own id and that of its relation are told apart by the namespace alone.
        relation = next((v for k, v in sheet.attrib.items() if k.startswith("{")), "")
        part = targets.get(str(relation), "")
        info = package.NameToInfo.get(part)
        if (
            info and info.file_size <= _SHEET_BYTES
        ):  # of what is larger, what can be seen is not worth the time
            yield attribute(sheet, "name"), part


def _hiding_styles(root: Any) -> frozenset[str]:
    formats = {
        attribute(e, "numFmtId")
        for e in _elements(root, "numFmt")
        if attribute(e, "formatCode") == _SHOWS_NOTHING
    }
    fonts = [_is_white(font) for font in _children(root, "fonts")]
    grounds = [_is_ground(fill) for fill in _children(root, "fills")]
    return frozenset(
        str(number)
        for number, style in enumerate(_children(root, "cellXfs"))
        if attribute(style, "numFmtId") in formats
        or (_at(fonts, attribute(style, "fontId")) and not _at(grounds, attribute(style, "fillId")))
    )


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


def _cells(data: bytes, styles: frozenset[str]) -> frozenset[Cell]:
    sheet = data.decode("utf-8", "replace")
    if "conditionalFormatting" in sheet or "<tablePart " in sheet:  # these may fill what stands in white
        return frozenset()
    found: set[Cell] = set()
    for attributes in _CELL.findall(sheet):
        style, place = _STYLE.search(attributes), _PLACE.search(attributes)
        if style and place and style[1] in styles and len(found) < _MOST_HIDDEN:
            column = 0
            for letter in place[1]:
                column = column * 26 + ord(letter) - 64
            found.add((int(place[2]) - 1, column - 1))
    return frozenset(found)


def _at(values: list[bool], place: str) -> bool:
    return place.isdigit() and int(place) < len(values) and values[int(place)]


def _children(root: Any, name: str) -> Iterator[Any]:
    return (child for parent in _elements(root, name) for child in parent)


def _elements(root: Any, name: str) -> Iterator[Any]:
    return (e for e in (root.iter() if root is not None else ()) if local(e) == name)
