"""How text of an OpenDocument file looks, by the styles that its elements name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.visible import SMALLEST_PT, WHITE, colour, is_lost

_POINTS = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(pt|in|cm|mm)$")
_POINTS_EACH = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835}
_PROPERTIES = frozenset(
    {"text-properties", "paragraph-properties", "table-cell-properties", "table-row-properties"}
    | {"table-properties", "section-properties"}
)
_DRAWN = frozenset({"page", "frame", "text-box", "custom-shape", "rect"})  # what may have any filling
_MOST_PARENTS = 20


@dataclass(frozen=True, slots=True)
class _TextStyle:
    parent: str = ""
    is_vanished: bool | None = None
    is_white: bool | None = None
    is_tiny: bool | None = None
    has_ground: bool | None = None


class TextStyles:
    """The styles of the parts of a file."""

    def __init__(self, *roots: Any) -> None:
        self._styles: dict[str, _TextStyle] = {}
        self._may_hide = False
        self._has_dark_pages = False
        for root in roots:
            for element in root.iter() if root is not None else ():
                name = local(element)
                if name in {"style", "default-style"}:
                    style = _style(element)
                    self._styles[attribute(element, "name") or attribute(element, "family")] = style
                    self._may_hide |= bool(style.is_vanished or style.is_white or style.is_tiny)
                elif name in {"section", "hidden-paragraph"}:
                    self._may_hide = True
                elif name == "page-layout-properties":
                    self._has_dark_pages |= _is_ground(attribute(element, "background-color"))

    def hides(self, element: Any) -> bool:
        """Say whether nobody sees the text that stands in an element itself."""
        if not self._may_hide:
            return False
        for around in (element, *element.iterancestors()):
            vanished = self._said(around, "is_vanished")
            if vanished or (local(around) == "section" and attribute(around, "display") == "none"):
                return True
            if local(around) == "hidden-paragraph" and attribute(around, "is-hidden") == "true":
                return True
        if self._nearest(element, "is_tiny"):
            return True
        return bool(self._nearest(element, "is_white")) and not self._stands_on_ground(element)

    def _nearest(self, element: Any, name: str) -> bool | None:
        for around in (element, *element.iterancestors()):
            if (said := self._said(around, name)) is not None:
                return said
        return None

    def _stands_on_ground(self, element: Any) -> bool:
        return self._has_dark_pages or any(
            local(around) in _DRAWN or self._said(around, "has_ground")
            for around in (element, *element.iterancestors())
        )

    def _said(self, element: Any, what: str) -> bool | None:
        name = attribute(element, "style-name")
        for _ in range(_MOST_PARENTS):
            style = self._styles.get(name)
            if style is None:
                return None
            said: bool | None = getattr(style, what)
            if said is not None:
                return said
            name = style.parent
        return None


def _style(element: Any) -> _TextStyle:
    vanished = white = tiny = ground = None
    for properties in element:
        if local(properties) not in _PROPERTIES:
            continue
        for key, value in properties.attrib.items():
            name = key.rpartition("}")[2]
            if name == "display":
                vanished = value == "none"
            elif name == "color":
                ink = colour(value)
                white = ink is not None and is_lost(ink, WHITE)
            elif name == "use-window-font-color" and value == "true":
                white = False
            elif name == "font-size" and (size := _POINTS.match(value)):
                tiny = float(size[1]) * _POINTS_EACH[size[2]] < SMALLEST_PT
            elif name == "background-color":
                ground = _is_ground(value) if value != "transparent" else ground
        if any(local(inner) == "background-image" for inner in properties):
            ground = ground or any(attribute(inner, "href") for inner in properties)
    return _TextStyle(attribute(element, "parent-style-name"), vanished, white, tiny, ground)


def _is_ground(written: str) -> bool:
    """Say whether white is seen on a colour."""
    if written in {"", "transparent"}:
        return False
    paper = colour(written)
    return paper is None or not is_lost(paper, WHITE)
