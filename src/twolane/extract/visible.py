"""What a person can see of a text: by its colour on its ground, its size, its opacity.

Why text that nobody sees is kept from models: docs/why/reading.md#what-nobody-sees-is-not-read.
"""

from __future__ import annotations

import re

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
SMALLEST_PT = 2.0
LEAST_OPACITY = 0.05
# Nearer colours than this no eye tells apart; light grey, which is meant to be seen, is further from white.
_LEAST_DIFFERENCE = 24

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})(?:[0-9a-f]{2})?$", re.I)
_NUMBER = r"(\d{1,4}(?:\.\d{1,9})?%?)"
_NUMBERS = re.compile(rf"rgba?\(\s*{_NUMBER}[\s,]+{_NUMBER}[\s,]+{_NUMBER}", re.I)
_ALPHA = re.compile(r"rgba?\([^)]*[,/]\s*(\d{0,3}(?:\.\d{1,9})?)(%?)\s*\)$", re.I)
_HEX_ALPHA = re.compile(r"#[0-9a-f]{6}([0-9a-f]{2})$", re.I)
# Those of HTML 4, and the near whites that CSS knows by name
_NAMED: dict[str, Colour] = {
    "white": WHITE,
    "black": BLACK,
    "silver": (192, 192, 192),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "maroon": (128, 0, 0),
    "yellow": (255, 255, 0),
    "olive": (128, 128, 0),
    "lime": (0, 255, 0),
    "green": (0, 128, 0),
    "aqua": (0, 255, 255),
    "teal": (0, 128, 128),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "fuchsia": (255, 0, 255),
    "purple": (128, 0, 128),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "floralwhite": (255, 250, 240),
    "whitesmoke": (245, 245, 245),
    "mintcream": (245, 255, 250),
    "azure": (240, 255, 255),
}


def colour(text: str) -> Colour | None:
    """Return a colour as CSS and office files write it, or None where it is not known."""
    text = text.strip().lower()
    if text in _NAMED:
        return _NAMED[text]
    if found := _HEX.match(text):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _NUMBERS.match(text):
        red, green, blue = (_channel(number) for number in found.groups())
        return red, green, blue
    return None


def _channel(number: str) -> int:
    value = float(number.rstrip("%")) * (2.55 if number.endswith("%") else 1)
    return min(255, round(value))


def opacity(text: str) -> float:
    """Return how opaque a colour is that CSS writes, 0 to 1."""
    if found := _HEX_ALPHA.match(text.strip()):
        return int(found[1], 16) / 255
    found = _ALPHA.match(text.strip())
    if not found or not found[1] or ("/" not in text and text.count(",") < 3):
        return 1.0
    return min(1.0, float(found[1]) * (0.01 if found[2] else 1))


def mixed(paint: Colour, ground: Colour, opaque: float) -> Colour:
    """Return what is seen of a ground under paint that is so opaque."""
    red, green, blue = (
        round(one * opaque + other * (1 - opaque)) for one, other in zip(paint, ground, strict=True)
    )
    return red, green, blue


def is_lost(ink: Colour, ground: Colour) -> bool:
    """Say whether nobody can tell letters of a colour from what they stand on."""
    (red, green, blue), (ground_red, ground_green, ground_blue) = ink, ground
    farthest = max(abs(red - ground_red), abs(green - ground_green), abs(blue - ground_blue))
    return farthest < _LEAST_DIFFERENCE
