"""What styles hide of a page of HTML: whole elements, and text by its colour, size or indent.

Style sheets count only where nothing can change what they say: a page with scripts opens what it folded away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from twolane.extract.visible import BLACK, LEAST_OPACITY, WHITE, Colour, colour, is_lost, mixed, opacity

Style = Mapping[str, str]

_TINY_PX = 1.0
_AWAY_PX = -500.0  # further to the left or up than any page is scrolled
_USUAL_PX = 16.0
_WIDE_PX = 1000.0
_DECLARATION = re.compile(r"([\w-]{2,40})\s*:\s*([^;{}]{1,400})")
_LENGTH = re.compile(r"\s*(-?(?:\d{1,7}(?:\.\d{0,6})?|\.\d{1,6}))\s*(px|pt|r?em|ex|%|v[wh]|cm|mm|in|)", re.I)
_PX_EACH = {
    "px": 1.0,
    "": 1.0,
    "pt": 4 / 3,
    "rem": _USUAL_PX,
    "cm": 37.8,
    "mm": 3.78,
    "in": 96.0,
    "vw": 12.0,
    "vh": 8.0,
}
_CLIPPED = re.compile(
    r"rect\(\s*[01](?:px)?(?:[\s,]+[01](?:px)?){3}\s*\)|inset\(\s*(?:50|100)%|circle\(\s*0(?![.\d])", re.I
)
_MOVED_AWAY = re.compile(r"translate\w*\([^)]*-\s*\d{4,}|scale\w*\(\s*0(?:\.0+)?\s*[,)]", re.I)
_MOST_RULES = 400
_ONLY_LOOKS = frozenset(
    {"color", "background", "background-color", "background-image", "font-size", "text-indent"}
    | {"text-decoration", "list-style-type"}
)
_KNOWN = frozenset(
    {
        "display",
        "visibility",
        "opacity",
        "animation",
        "animation-name",
        "position",
        "left",
        "top",
        "right",
        "bottom",
        "clip",
        "clip-path",
    }
    | {"transform", "margin-left", "width", "height", "max-width", "max-height", "overflow", "mso-hide"}
    | _ONLY_LOOKS
)
_FOLDS = frozenset(
    {"display", "visibility", "opacity", "height", "max-height", "left", "top", "clip", "transform"}
)
_HIDES_ANYTHING = re.compile(
    r"none|hidden|opacity|font-size|color|background|clip|text-indent|transform|mso-hide|line-through"
    r"|(?:left|top|right|bottom)\s*:\s*-",
    re.I,
)


def declarations(style: str) -> dict[str, str]:
    """Return what a style attribute or a rule says of the properties that can hide anything."""
    found = ((name.lower(), value.strip().lower()) for name, value in _DECLARATION.findall(style))
    return {name: value.removesuffix("!important").strip() for name, value in found if name in _KNOWN}


def hides(style: Style) -> bool:
    """Say whether an element of this style is not seen, nor anything within it."""
    if style.keys() <= _ONLY_LOOKS:
        return False
    if style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}:
        return True
    if style.get("mso-hide") == "all":
        return True
    opaque = _LENGTH.match(style.get("opacity", ""))
    is_moved = "animation" in style or "animation-name" in style  # it may come in by itself
    if opaque and not is_moved and float(opaque[1]) * (0.01 if opaque[2] == "%" else 1) < LEAST_OPACITY:
        return True
    return _is_away(style) or _is_shut(style)


def _is_away(style: Style) -> bool:
    sides = {"margin-left": length(style.get("margin-left", "")) or 0}
    if style.get("position") in {"absolute", "fixed", "relative"}:
        sides |= {side: length(style.get(side, "")) or 0 for side in ("left", "top", "right", "bottom")}
        # half of a wide page is drawn back to the left from its middle
        sides["margin-left"] += max(0.0, length(style.get("left", ""), _WIDE_PX) or 0)
    if any(away <= _AWAY_PX for away in sides.values()):
        return True
    return bool(_MOVED_AWAY.search(style.get("transform", "")))


def _is_shut(style: Style) -> bool:
    if _CLIPPED.match(style.get("clip-path", "")):
        return True
    if style.get("position") in {"absolute", "fixed"} and _CLIPPED.match(style.get("clip", "")):
        return True
    sizes = [length(style.get(side, ""), _WIDE_PX) for side in ("width", "height", "max-width", "max-height")]
    return style.get("overflow") == "hidden" and any(size is not None and size <= _TINY_PX for size in sizes)


def length(text: str, whole_px: float = _USUAL_PX) -> float | None:
    """Return a length in pixels, shares as those of a whole; None where it is none."""
    found = _LENGTH.match(text)
    if not found:
        return None
    unit = found[2].lower()
    if unit in {"em", "ex", "%"}:
        return float(found[1]) * whole_px * (0.01 if unit == "%" else 1)
    return float(found[1]) * _PX_EACH[unit]


@dataclass(frozen=True, slots=True)
class TextLook:
    """What text inherits from the elements around it; an ink or ground of None is not known."""

    ink: Colour | None = BLACK
    is_clear: bool = False
    ground: Colour | None = WHITE
    size_px: float = _USUAL_PX
    indent_px: float = 0.0

    def within(self, style: Style) -> TextLook:
        """Return the look within an element of a style."""
        look = self
        if painted := " ".join(style[name] for name in _GROUNDS if name in style):
            look = replace(look, ground=_ground(painted, look.ground))
        if (said := style.get("color", "inherit")) != "inherit":
            is_clear = said == "transparent" or bool(_CLEAR.match(said))
            look = replace(look, ink=colour(said), is_clear=is_clear)
        if (size := length(style.get("font-size", ""), look.size_px)) is not None:
            look = replace(look, size_px=size)
        if (indent := length(style.get("text-indent", ""))) is not None:
            look = replace(look, indent_px=indent)
        return look

    @property
    def is_seen(self) -> bool:
        """Whether text of this look is seen."""
        if self.size_px <= _TINY_PX or self.indent_px <= _AWAY_PX:
            return False
        if self.ground is None:
            return True
        return not self.is_clear and (self.ink is None or not is_lost(self.ink, self.ground))


_GROUNDS = ("background-image", "background", "background-color")
_CLEAR = re.compile(r"(?:rgba|hsla)\([^)]*[,/]\s*0?(?:\.0+)?%?\s*\)|#[0-9a-f]{6}00$|#[0-9a-f]{3}0$", re.I)


_PAINTS_NOTHING = frozenset(
    {"none", "transparent", "initial", "unset", "repeat", "no", "x", "y", "scroll", "fixed", "local", "auto"}
    | {"center", "left", "right", "top", "bottom", "cover", "contain", "border", "padding", "content", "box"}
)


def _ground(painted: str, around: Colour | None) -> Colour | None:
    if "url(" in painted or "gradient" in painted or "var(" in painted:
        return None
    words = re.findall(r"rgba?\([^)]*\)|#?\w+", painted)
    for word in reversed(words):
        if (known := colour(word)) and (opaque := opacity(word)):
            return known if opaque == 1 else around and mixed(known, around, opaque)
    is_bare = all(word in _PAINTS_NOTHING or word[0].isdigit() or _CLEAR.match(word) for word in words)
    return around if is_bare else None


def rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rules of a style sheet as (selectors, declarations), without those for some screens only."""
    selectors, depth, count = "", 0, 0
    for part in re.split(r"([{}])", _without_comments(sheet)):
        if part == "{":
            depth += 1
        elif part == "}":
            depth = max(0, depth - 1)
        elif not depth:
            selectors = part.rpartition(";")[2].strip()
        elif depth == 1 and not selectors.startswith("@") and (said := declarations(part)):
            yield from ((one, said) for one in _parted(selectors))
            count += 1
            if count >= _MOST_RULES:
                return


def _parted(selectors: str) -> Iterator[str]:
    """Yield the selectors of a rule in two lists: those of elements, and those of their states."""
    every = [one.strip() for one in selectors.replace(":root", "html").split(",")]
    for is_state in (False, True):
        if some := [one for one in every if (":" in one) == is_state]:
            yield ", ".join(some)


def weight(selectors: str) -> tuple[int, int]:
    """Return which of two rules wins, roughly: ids count before classes, and these before names."""
    return max((one.count("#"), one.count(".") + one.count("[")) for one in selectors.split(","))


def opened(sheet: Sequence[tuple[str, Style]]) -> frozenset[str]:
    """Return the properties by which a sheet's rules show what others hide, as tabs without a script do."""
    return frozenset(
        name
        for selectors, said in sheet
        if ":" in selectors and not hides(said)
        for name in said
        if name in _FOLDS
    )


def _without_comments(sheet: str) -> str:
    first, *rest = sheet.split("/*")
    return first + " ".join(part.partition("*/")[2] for part in rest)


def may_hide(sheet: str) -> bool:
    """Say whether a style sheet may hide anything, or give a ground on which white is seen."""
    return bool(_HIDES_ANYTHING.search(sheet))
