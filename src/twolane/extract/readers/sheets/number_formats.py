"""Numbers as spreadsheets show them: what a format code such as `#,##0.00 "€"` makes of a value.

The codes are those of ECMA-376 part 1, §18.8.30 and §18.8.31, which XLSX, XLSB and XLS share. Why the
decimal sign is always a point: docs/why/reading.md#cells-are-read-as-they-are-shown.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from twolane.extract.readers.sheets.date_formats import TimeToken, shown_day
from twolane.extract.readers.sheets.digits import DigitPattern, FormatPiece, general

_LONGEST_CODE = 1_000
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]?"""
    r"""|(?P<general>General)|(?P<ampm>AM/PM|A/P|上午/下午|午前/午後|오전/오후)"""
    r"""|(?P<exponent>[Ee][+-])|(?P<date>y+|m+|d+|h+|s+|e+|g+|b+|a{3,4})"""
    r"""|(?P<digit>[0#?])|(?P<sign>[.,%/@])|(?P<other>.)""",
    re.I | re.S,
)
_SECTION_END = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?|(;)', re.S)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "=": operator.eq,
    "<>": operator.ne,
}  # fmt: skip
_ELAPSED = re.compile(r"(?:h+|m+|s+)$", re.I)
_LOCALE = re.compile(r"\$([^-]*)(?:-([0-9A-Fa-f]{1,8}))?")
_SPACES = re.compile(r"[ \u2007]{2,}")

_DAY, _CLOCK, _DAY_OR_CLOCK = "yyyy-mm-dd", "h:mm", "[<1]h:mm;yyyy-mm-dd"
# The codes behind the ids that files leave unsaid. What depends on the reader's country is written without
# what is not known: the currency of 5 to 8 and 41 to 44, the order of days.
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: _DAY, 15: _DAY, 16: _DAY, 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: _CLOCK, 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((5, 6, 37, 38, 41, 42), "#,##0;-#,##0"),
    **dict.fromkeys((7, 8, 39, 40, 43, 44), "#,##0.00;-#,##0.00"),
    # Of East Asia: the same id is a day in one language and a time in another.
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), _DAY),
    **dict.fromkeys((32, 33), "h:mm:ss"), **dict.fromkeys((34, 35, 55, 56), _DAY_OR_CLOCK),
}  # fmt: skip


def built_in_code(number: int) -> str:
    """Return the code of a format that files only name by its number."""
    return _BUILT_IN.get(number, "General")


@dataclass(frozen=True, slots=True)
class _CodeSection:
    """One of the up to four parts of a code: a time, or a pattern of digits and texts."""

    is_met: Callable[[float], bool]
    times: tuple[TimeToken, ...]
    language_id: int
    digits: DigitPattern
    sign: str


class NumberFormat:
    """A format code, ready to show many values."""

    __slots__ = ("_is_1904", "_sections", "_text", "is_general", "shows_nothing")

    def __init__(self, code: str, *, is_1904: bool = False) -> None:
        code = code[:_LONGEST_CODE] or "General"
        parts = _split(code)
        self._is_1904 = is_1904
        self.is_general = code.strip().lower() in {"", "general", "@", "standard"}
        self.shows_nothing = code == ";;;"
        has_text = len(parts) > 3 or "@" in parts[-1]
        self._text = _text_section(parts[-1]) if has_text else ("@",)
        numbers = parts[:3] if len(parts) > 3 else parts[:-1] if has_text else parts
        self._sections = [_section(part, place, len(numbers)) for place, part in enumerate(numbers[:3])]

    def shown(self, value: float) -> str:
        """Return the text that a number shows."""
        if self.is_general or not math.isfinite(value):
            return general(value)
        section = next((one for one in self._sections if one.is_met(value)), None)
        if section is None:
            return general(value)
        if not section.times:
            return _tidy(section.digits.shown(value, section.sign))
        shown = shown_day(value, section.times, is_1904=self._is_1904, language_id=section.language_id)
        return general(value) if shown is None else _tidy(shown)

    def shown_text(self, text: str) -> str:
        """Return what a text shows: most formats show it as it is."""
        if self._text == ("@",):
            return text
        return _tidy("".join(text if part == "@" else part for part in self._text))


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _split(code: str) -> list[str]:
    parts, start = [], 0
    for found in _SECTION_END.finditer(code):
        if found[1]:
            parts.append(code[start : found.start()])
            start = found.end()
    return [*parts, code[start:]]


def _text_section(part: str) -> tuple[str, ...]:
    """Return the texts of a section for texts, with "@" where the text itself stands."""
    tokens = _TOKEN.finditer(part)
    return tuple("@" if token["sign"] == "@" else _literal(token) for token in tokens)


def _literal(token: re.Match[str]) -> str:
    """Return the text of a token that stands for itself."""
    if token["quoted"]:
        return token["quoted"].strip('"')
    if token["space"] or token["fill"]:
        return " "
    if token["bracket"] is not None:
        found = _LOCALE.match(token["bracket"])
        return found[1] if found else ""
    return token["escaped"] or token["other"] or ""


def _section(part: str, place: int, count: int) -> _CodeSection:
    tokens = list(_TOKEN.finditer(part))
    language_id, is_met = 0, _usual_condition(place, count)
    sign = "" if place == 1 else "-"
    for token in tokens:
        bracket = token["bracket"] or ""
        if found := _CONDITION.match(bracket):
            limit = float(found[2])
            is_met = _condition(_COMPARE[found[1]], limit)
            sign = "" if found[1].startswith("<") and found[1] != "<>" and limit <= 0 else "-"
        elif (named := _LOCALE.match(bracket)) and named[2]:
            language_id = int(named[2], 16)
    shows_time = any(token["date"] or _ELAPSED.match(token["bracket"] or "") for token in tokens)
    times = tuple(_times(tokens)) if shows_time and not any(t["general"] for t in tokens) else ()
    return _CodeSection(is_met, times, language_id, DigitPattern(_pieces(tokens)), sign)


def _usual_condition(place: int, count: int) -> Callable[[float], bool]:
    """Return when a section without a condition of its own is meant: positive; negative; zero."""
    if place == count - 1:
        return lambda _: True
    if place == 1:
        return lambda value: value < 0
    return (lambda value: value >= 0) if count == 2 else (lambda value: value > 0)


def _condition(compare: Callable[[float, float], bool], limit: float) -> Callable[[float], bool]:
    return lambda value: compare(value, limit)


def _pieces(tokens: Sequence[re.Match[str]]) -> list[FormatPiece]:
    pieces: list[FormatPiece] = []
    for token in tokens:
        if token["digit"]:
            pieces.append(FormatPiece(token["digit"], token["digit"]))
        elif token["general"]:
            pieces.append(FormatPiece("General"))
        elif token["exponent"]:
            pieces.append(FormatPiece("E", token["exponent"]))
        elif token["sign"] and token["sign"] != "@":
            pieces.append(FormatPiece(token["sign"], token["sign"]))
        elif literal := _literal(token):
            pieces.append(FormatPiece("", literal))
    return pieces


def _times(tokens: Sequence[re.Match[str]]) -> Iterator[TimeToken]:
    """Yield the units of a section for times; "m" is minutes beside hours or seconds, else months."""
    units = [_unit(token) for token in tokens]
    decimals = 0
    for at, (token, unit) in enumerate(zip(tokens, units, strict=True)):
        width = len((token["bracket"] or token["date"] or "").strip())
        if unit == "m":
            before = next((u for u in reversed(units[:at]) if u), "")
            after = next((u for u in units[at + 1 :] if u), "")
            is_minutes = before in {"h", "[h]"} or after in {"s", "[s]"}
            yield TimeToken("n" if is_minutes and width < 3 else "m", width)
        elif unit:
            yield TimeToken(unit, width)
        elif token["sign"] == "." and at + 1 < len(tokens) and tokens[at + 1]["digit"]:
            decimals = sum(1 for _ in takewhile(lambda t: t["digit"], tokens[at + 1 :]))
            yield TimeToken(".", min(3, decimals))
        elif token["digit"] is None:
            yield TimeToken("", text=token["sign"] or _literal(token))


def _unit(token: re.Match[str]) -> str:
    """Return the unit of a token, or the empty string for a text."""
    if token["ampm"]:
        return "ampm"
    if token["date"]:
        return str(token["date"][0]).lower()
    bracket = token["bracket"] or ""
    if _ELAPSED.match(bracket):
        return f"[{'n' if bracket[0] in 'mM' else bracket[0].lower()}]"
    return ""
