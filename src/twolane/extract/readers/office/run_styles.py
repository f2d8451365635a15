"""How the runs of a Word document look, by their own properties and the styles that they inherit from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.ooxml import children
from twolane.extract.visible import SMALLEST_PT, WHITE, colour, is_lost

_OFF = frozenset({"0", "false", "off", "none"})
_NO_GROUND = frozenset({"", "auto", "none", "nil", "clear"})
_DRAWN = frozenset({"txbxContent", "textbox"})  # a shape has a filling of its own
_MOST_PARENTS = 20
# Properties stand before what they are of: a paragraph without any may hold a hundred thousand runs.
_BEFORE = 50


@dataclass(frozen=True, slots=True)
class RunLook:
    """What is said of the look of a run; None is what is not said."""

    is_vanished: bool | None = None
    is_white: bool | None = None
    is_tiny: bool | None = None
    has_ground: bool | None = None

    def over(self, base: RunLook) -> RunLook:
        """Return this look where it says anything, else the base's."""
        pairs = ((getattr(self, field.name), getattr(base, field.name)) for field in fields(RunLook))
        return RunLook(*(own if own is not None else other for own, other in pairs))


_PLAIN = RunLook()


class RunStyles:
    """The styles of a document, as far as they hide text or give it a ground."""

    def __init__(self, root: Any) -> None:
        self._own: dict[str, RunLook] = {}
        self._parents: dict[str, str] = {}
        self._grounds: set[str] = set()
        self._usual = ""
        self._looks: dict[tuple[str, str], RunLook] = {}
        for style in children(root, "style"):
            name = attribute(style, "styleId")
            self._own[name] = _look(_child(style, "rPr")).over(_look(_child(style, "pPr")))
            self._parents[name] = _value(style, "basedOn")
            if attribute(style, "default") in {"1", "true"} and attribute(style, "type") == "paragraph":
                self._usual = name
            if any(_is_ground(element) for element in style.iter()):
                self._grounds.add(name)

    def hides(self, run: Any) -> bool:
        """Say whether nobody sees a run's text."""
        own = _child(run, "rPr")
        paragraph = next((e for e in run.iterancestors() if local(e) == "p"), None)
        properties = _child(paragraph, "pPr")
        styles = _value(own, "rStyle"), _value(properties, "pStyle") or self._usual
        if styles not in self._looks:
            character, around = (self._resolved(name) for name in styles)
            self._looks[styles] = character.over(around)
        look = _look(own).over(_look(properties)).over(self._looks[styles])
        if look.is_vanished or look.is_tiny:
            return True
        return bool(look.is_white) and not look.has_ground and not self._stands_on_ground(run)

    def _resolved(self, name: str) -> RunLook:
        look = _PLAIN
        for _ in range(_MOST_PARENTS):
            if name not in self._own:
                break
            look, name = look.over(self._own[name]), self._parents[name]
        return look

    def _gives_ground(self, style: str) -> bool:
        for _ in range(_MOST_PARENTS):
            if style in self._grounds:
                return True
            style = self._parents.get(style, "")
        return False

    def _stands_on_ground(self, run: Any) -> bool:
        for element in run.iterancestors():
            name = local(element)
            if name in _DRAWN:
                return True
            if name == "tc" and any(map(_is_ground, _child(element, "tcPr", ()))):
                return True
            properties = _child(element, "tblPr") if name == "tbl" else None
            if properties is not None and (
                self._gives_ground(_value(properties, "tblStyle")) or any(map(_is_ground, properties))
            ):
                return True
            if name == "document" and _child(element, "background") is not None:
                return True
        return False


def _look(properties: Any) -> RunLook:
    """Return what the properties of a run say, or those of a paragraph of the ground of its runs."""
    vanished = white = tiny = ground = None
    for element in properties if properties is not None else ():
        name, value = local(element), attribute(element, "val")
        if name == "vanish":
            vanished = value not in _OFF
        elif name == "color":
            ink = colour(value)
            white = ink is not None and is_lost(ink, WHITE)
        elif name == "sz":
            tiny = value.isdigit() and int(value) / 2 < SMALLEST_PT
        elif name in {"shd", "highlight"}:
            ground = ground or _is_ground(element)
    return RunLook(vanished, white, tiny, ground)


def _is_ground(element: Any) -> bool:
    """Say whether an element paints what stands on it in a colour on which white is seen."""
    if local(element) == "highlight":
        return attribute(element, "val") not in {"none", "white", ""}
    if local(element) != "shd":
        return False
    fill = attribute(element, "fill").lower()
    known = colour(fill)
    pattern = attribute(element, "val") not in _NO_GROUND
    return pattern or (fill not in _NO_GROUND and not (known and is_lost(known, WHITE)))


def _child(element: Any, name: str, default: Any = None) -> Any:
    """Return the first child of that name among those that properties can be."""
    first = islice(element if element is not None else (), _BEFORE)
    return next((e for e in first if local(e) == name), default)


def _value(properties: Any, name: str) -> str:
    element = _child(properties, name)
    return attribute(element, "val") if element is not None else ""
