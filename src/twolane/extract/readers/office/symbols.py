"""Letters of symbol fonts as the signs that they show: ticks and boxes of forms, arrows, Greek."""

from __future__ import annotations

import re

_PRIVATE = re.compile("[\uf000-\uf0ff]")
_BASE = 0xF000
# What forms and lists of office programs use of them; other letters of these fonts are ornaments.
_WINGDINGS = {
    0x21: "✏",
    0x22: "✂",
    0x28: "☎",
    0x29: "✆",
    0x2A: "✉",
    0x46: "☞",
    0x4A: "☺",
    0x4C: "☹",
    0x6C: "●",
    0x6E: "■",
    0x6F: "☐",
    0x71: "❑",
    0x72: "❒",
    0x75: "◆",
    0x76: "❖",
    0x77: "⬥",
    0x9F: "•",
    0xA1: "○",
    0xA7: "▪",
    0xA8: "☐",
    0xAB: "★",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xEF: "⇦",
    0xF0: "⇨",
    0xF1: "⇧",
    0xF2: "⇩",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}
_WINGDINGS_2 = {
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x30: "☐",
    0x2A: "☐",
    0xA3: "☐",
    0x97: "●",
    0x98: "●",
    0xA2: "■",
}
_WINGDINGS_3 = {0x22: "→", 0x7D: "▶", 0x7C: "◀", 0x66: "←", 0x67: "→", 0x68: "↑", 0x69: "↓"}
_WEBDINGS = {0x61: "✓", 0x72: "✗", 0x63: "☐", 0x67: "■", 0x6E: "●"}
_SYMBOL = {
    **dict(enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", 0x41)),
    **dict(enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ", 0x61)),
    **dict(enumerate("0123456789", 0x30)),
    0x20: " ",
    0x22: "∀",
    0x24: "∃",
    0x27: "∋",
    0x28: "(",
    0x29: ")",
    0x2B: "+",
    0x2C: ",",
    0x2D: "−",
    0x2E: ".",
    0x2F: "/",
    0x3C: "<",
    0x3D: "=",
    0x3E: ">",
    0x40: "≅",
    0x5B: "[",
    0x5D: "]",
    0x5E: "⊥",
    0xA3: "≤",
    0xA5: "∞",
    0xAB: "↔",
    0xAC: "←",
    0xAD: "↑",
    0xAE: "→",
    0xAF: "↓",
    0xB0: "°",
    0xB1: "±",
    0xB3: "≥",
    0xB4: "×",
    0xB7: "•",
    0xB8: "÷",
    0xB9: "≠",
    0xBA: "≡",
    0xBB: "≈",
    0xD2: "®",
    0xD3: "©",
    0xD4: "™",
    0xD5: "∏",
    0xD6: "√",
    0xDE: "⇒",
    0xE5: "∑",
    0xF2: "∫",
    0xCE: "∈",
    0xC7: "∩",
    0xC8: "∪",
}
_FONTS = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": _WINGDINGS_3,
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
}


def symbol(font: str, code: str) -> str:
    """Return the sign of a font by its code in hexadecimal; empty where it is not known."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    table = _FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(number & 0xFF if number & ~0xFF in {0, _BASE} else number, "")
    is_letter = 0x20 <= number < 0x11_0000 and not 0xD800 <= number < 0xF900
    return chr(number) if is_letter else ""


def has_private(text: str) -> bool:
    """Say whether a text has letters that only a symbol font can show."""
    return not text.isascii() and _PRIVATE.search(text) is not None


def shown(text: str, font: str) -> str:
    """Return a text whose private letters are the signs that a symbol font shows for them."""
    table = _FONTS.get(font.strip().lower(), {})
    return _PRIVATE.sub(lambda letter: table.get(ord(letter[0]) - _BASE, letter[0]), text)
