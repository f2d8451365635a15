"""Days and times as spreadsheets show them: days in ISO form, times as their format writes them.

Why days are not written in the order of their format: docs/why/reading.md#cells-are-read-as-they-are-shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from locale import windows_locale

from twolane.text.locales import Locale, has_locale, locale

_LAST_SERIAL = 2_958_466  # the day after 9999-12-31
_LEAP_DAY_THAT_WAS_NONE = 60  # Excel's 29 February 1900
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class TimeToken:
    """A piece of a format: a unit ("h", "n" for minutes, "[h]" for all hours, ...) or a literal text."""

    unit: str
    width: int = 0
    text: str = ""


def shown_day(serial: float, tokens: Sequence[TimeToken], *, is_1904: bool, language_id: int) -> str | None:
    """Return what a serial number shows as a day or time, or None where it is none."""
    units = {token.unit for token in tokens}
    if not units & set("ymdaeb"):
        return _shown_time(serial, tokens)
    days = serial + (1462 if is_1904 else 0)
    if not 0 <= days < _LAST_SERIAL:
        return None
    seconds = round((days - int(days)) * _DAY_S)
    whole = int(days) + seconds // _DAY_S
    day = _day(whole)
    shown = _date_part(day, tokens, language_id)
    if not units & {"h", "n", "s"}:
        return shown
    seconds %= _DAY_S
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return f"{shown} {clock}:{seconds % 60:02d}" if "s" in units else f"{shown} {clock}"


def _day(whole: int) -> dt.date | None:
    """Return the day of a number of days, or None for the day before the first and the one that was none."""
    if whole in {0, _LEAP_DAY_THAT_WAS_NONE}:
        return None
    return dt.date(1899, 12, 31 if whole < _LEAP_DAY_THAT_WAS_NONE else 30) + dt.timedelta(whole)


def _date_part(day: dt.date | None, tokens: Sequence[TimeToken], language_id: int) -> str:
    if day is None:
        return "1900-01-00"
    widths = _widths(tokens)
    has_year = bool(widths.keys() & {"y", "e", "b"})
    month, of_month = widths.get("m", 0), widths.get("d", 0)
    if 0 < of_month < 3 and (month or has_year):
        return day.isoformat()
    if month:
        return _month(day, month, language_id, has_year=has_year)
    if has_year:
        return str(day.year)
    if of_month >= 3 or "a" in widths:
        width = "wide" if max(of_month, widths.get("a", 0)) == 4 else "abbreviated"
        return _names(language_id).days[width][day.weekday()]
    return f"{day.day:0{max(1, of_month)}d}"


def _widths(tokens: Sequence[TimeToken]) -> dict[str, int]:
    """Return the letters of each unit; a day's number counts before its name."""
    widths: dict[str, int] = {}
    for token in tokens:
        known = widths.get(token.unit)
        widths[token.unit] = token.width if known is None else min(known, token.width)
    return widths


def _month(day: dt.date, width: int, language_id: int, *, has_year: bool) -> str:
    if width >= 3:
        name = _names(language_id).months["wide" if width == 4 else "abbreviated"][day.month - 1]
        return f"{name} {day.year}" if has_year else name
    return f"{day.year}-{day.month:02d}" if has_year else f"{day.month:0{width}d}"


@lru_cache(maxsize=64)
def _names(language_id: int) -> Locale:
    """Return the names of a Windows language id, which a format may have; English where it has none."""
    known = windows_locale.get(language_id & 0xFFFF, "en_US")
    return locale(next(filter(has_locale, (known, known.partition("_")[0])), "en"))


def _shown_time(serial: float, tokens: Sequence[TimeToken]) -> str:
    decimals = max((token.width for token in tokens if token.unit == "."), default=0)
    scale = 10**decimals
    ticks = round(abs(serial) * _DAY_S * scale)
    seconds, fraction = divmod(ticks, scale)
    hour = seconds // 3600 % 24
    halves = any(token.unit == "ampm" for token in tokens)
    values = {
        "h": (hour % 12 or 12) if halves else hour,
        "n": seconds // 60 % 60,
        "s": seconds % 60,
        "[h]": seconds // 3600,
        "[n]": seconds // 60,
        "[s]": seconds,
    }
    parts = ["-" if serial < 0 and ticks else ""]
    for token in tokens:
        if token.unit in values:
            parts.append(f"{values[token.unit]:0{min(2, token.width)}d}")
        elif token.unit == ".":
            parts.append(f".{fraction:0{token.width}d}")
        elif token.unit == "ampm":
            parts.append("AM" if hour < 12 else "PM")
        else:
            parts.append(token.text)
    return "".join(parts)
