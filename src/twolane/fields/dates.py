"""Dates and periods as documents write them, in any language and order of day and month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise

from twolane.fields.names import months
from twolane.fields.sheet import Sheet, matches_at

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_CENTURY_TURNS_AT = 70  # a year of two digits from here on is of the last century

_NUMERIC = re.compile(
    r"(?<![\w.,/-])(?<!\d:)(?:(\d{4})(?:(?P<s>[-/.])\s?|\s?[年년]\s?)(\d{1,2})(?:(?P=s)\s?|\s?[月월]\s?)(\d{1,2})"
    r"|(\d{1,2})\s?(?P<t>[./-])\s?(\d{1,2})\s?(?P=t)\s?((?:\d{4}|\d{2})(?!\d)))(?![\w/]|[.:-]\d|,\d)(?:\s?[日일])?"
)
_SPACED_CJK = re.compile(
    r"(?:(?P<era>令和|平成|昭和|民國|民国)\s?(\d{1,3}|元)|(?<!\d)(\d{4}))\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?"
)
_DIGITS = re.compile(r"\d{1,4}(?=\s?[-./年년])")
_DIGIT_DATE = re.compile(r"20(?<![\d.,/-]20)(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_HAN = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0, "Ｏ": 0}
_HAN_DATE = re.compile(
    r"([一二][〇○零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN = re.compile(r"\b([0-3]?\d)[ ./-]{1,2}(I{1,3}|I?V|VI{1,3}|I?X|XI{1,2})[ ./-]{1,2}((?:19|20)\d\d)\b")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_DAY = r"(?<![\d.,/])(?P<d>[0-3]?\d)(?:st|nd|rd|th|er|re|e|o|º|ª|°|-го)?"
_YEAR = r"(?P<y>(?:19|20)\d\d|'?\d\d(?!\d))"
_JOINS = r"(?:[\s.,/\"'»«“”„-]|(?:of|day|de|del|d'|di|dne|den|года|м)(?=[\s'.,])){1,14}"
_DIGIT_SOON = re.compile(r"\D{0,12}\d")  # a day or a year stands behind the names of months
_BEFORE = re.compile(_DAY + _JOINS + r"\Z")
_AFTER_YEAR = re.compile(r"(?:[\s.,/\"'»«“”-]|(?:of|de|del|d'|do)(?=\s)){1,8}" + _YEAR + r"(?![\d:])")
_AFTER_DAY = re.compile(
    r"[\s.]{1,3}(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?:\s?[,.]\s?|\s)\s?(?:\d{1,2}:\d\d(?::\d\d)?\s(?:\w{1,4}\s)?)?(?P<y>(?:19|20)\d\d)(?!\d)"
)
_BEFORE_YEAR = re.compile(r"(?P<y>(?:19|20)\d\d)[.\s]{1,3}\Z")
_AFTER_ONLY_DAY = re.compile(r"[\s.]{1,2}(?P<d>[0-3]?\d)\b")
_DASH = re.compile(
    r"\s?(?:-|bis(?: zum)?|to|until|through|till|au|al|a|ate|do|tot(?: en met)?"
    r"|t/m|по|до|起?至|から|〜|~|إلى|الى|och|til)"
    r"\s?(?:le |el |dem |il )?"
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a sheet.

    `swapped` is what it is with day and month in the other order, None where that cannot be.
    `has_day` is false of a month alone, whose day is then the first.
    """

    start: int
    end: int
    day: date
    swapped: date | None = None
    has_day: bool = True
    is_short: bool = False  # its year has two digits


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """Days that a sheet states as one span."""

    start: int
    end: int
    first: date
    last: date
    is_month: bool = False  # it is written as a month, not from a day to a day


def find_dates(sheet: Sheet) -> list[FoundDate]:
    """Return the dates of a sheet in their order."""
    found = [*_numeric(sheet), *_with_names(sheet)]
    if _ROMAN.search(sheet.text):
        found += _roman(sheet)
    if "年" in sheet.text or "년" in sheet.text:
        found += [*_with_characters(sheet), *_han(sheet)]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[FoundDate] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return _in_order(kept, sheet)


def _numeric(sheet: Sheet) -> Iterable[FoundDate]:
    for match in matches_at(_NUMERIC, _DIGITS, sheet.text):
        year, month, day, first, second, short = match.group(1, 3, 4, 5, 7, 8)
        if year:
            if made := _day(int(year), int(month), int(day)):
                yield FoundDate(match.start(), match.end(), made)
            continue
        number = _full_year(int(short)) if len(short) == 2 else int(short)
        day_first, month_first = _day(number, int(second), int(first)), _day(number, int(first), int(second))
        made = day_first or month_first
        if made is None or (len(short) == 2 and match["t"] == "-" and made is month_first):
            continue
        other = month_first if day_first and month_first and day_first != month_first else None
        yield FoundDate(match.start(), match.end(), made, other, is_short=len(short) == 2)
    for match in _DIGIT_DATE.finditer(sheet.text):
        year, month, day = match.groups()
        if made := _day(2000 + int(year), int(month), int(day)):
            yield FoundDate(match.start(), match.end(), made, is_short=True)


def _with_characters(sheet: Sheet) -> Iterable[FoundDate]:
    for match in _SPACED_CJK.finditer(sheet.text):
        era, count, year, month, day = match.group(1, 2, 3, 4, 5)
        number = int(year) if year else _ERAS[era] + (1 if count == "元" else int(count))
        if made := _day(number, int(month), int(day)):
            yield FoundDate(match.start(), match.end(), made)


def _with_names(sheet: Sheet) -> Iterable[FoundDate]:
    """Yield the dates whose month is a word."""
    text, named = sheet.folded, months()
    for match in sheet.words:
        languages = named.get(match.group())
        if languages is None or not _DIGIT_SOON.match(text, match.end()):
            continue
        month = languages.get(sheet.language) or _most(tuple(languages.values()))
        if found := _around(text, month, *match.span()):
            yield found


def _han(sheet: Sheet) -> Iterable[FoundDate]:
    """Yield the dates that are written in Chinese numerals."""
    for match in _HAN_DATE.finditer(sheet.text):
        year = int("".join(str(_HAN[char]) for char in match[1]))
        if made := _day(year, _han_number(match[2]), _han_number(match[3])):
            yield FoundDate(match.start(), match.end(), made)


def _han_number(words: str) -> int:
    """Return a number up to 99: 三十一 is 31."""
    tens, ten, ones = words.rpartition("十")
    return (_HAN.get(tens, 1) if ten else 0) * 10 + (_HAN[ones] if ones else 0)


def _roman(sheet: Sheet) -> Iterable[FoundDate]:
    """Yield the dates whose month is a Roman number, as in Poland, Hungary and Italy."""
    for match in _ROMAN.finditer(sheet.text):
        if made := _day(int(match[3]), _ROMAN_MONTHS.index(match[2]) + 1, int(match[1])):
            yield FoundDate(match.start(), match.end(), made)


def _around(text: str, month: int, start: int, end: int) -> FoundDate | None:
    """Return the date whose month stands from `start` to `end`, with day and year where they may stand."""
    before = _BEFORE.search(text, max(0, start - 24), start)
    after = _AFTER_YEAR.match(text, end)
    if before and after and len(after["y"]) < 4 and _AFTER_DAY.match(text, end):
        before = None  # "1-Dec. 31, 2010"
    if before and after:
        number = int(after["y"].lstrip("'"))
        is_short = number < 100
        if made := _day(_full_year(number) if is_short else number, month, int(before["d"])):
            return FoundDate(before.start("d"), after.end(), made, is_short=is_short)
    if (day := _AFTER_DAY.match(text, end)) and (made := _day(int(day["y"]), month, int(day["d"]))):
        return FoundDate(start, day.end(), made)
    year, day = _BEFORE_YEAR.search(text, max(0, start - 8), start), _AFTER_ONLY_DAY.match(text, end)
    if year and day and (made := _day(int(year["y"]), month, int(day["d"]))):
        return FoundDate(year.start(), day.end(), made)
    if after and len(after["y"]) == 4 and (made := _day(int(after["y"]), month, 1)):
        return FoundDate(start, after.end(), made, has_day=False)
    return None


@cache
def _most(numbers: tuple[int, ...]) -> int:
    return max(numbers, key=numbers.count)


def _day(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full_year(short: int) -> int:
    return (1900 if short >= _CENTURY_TURNS_AT else 2000) + short


_MONTH_FIRST_SIGNS = re.compile(
    r"\b[A-Z]{2} \d{5}(?:-\d{4})?\b|\(\d{3}\) \d{3}-\d{4}|\b1?[-. ]?\d{3}-\d{3}-\d{4}\b"
    r"|\bUnited States\b|\bU\.S\.|\bUSA\b|\bD\.C\.|\$ ?\d|\bUSD\b|\bSSN\b|\bEIN\b|\bZIP\b"
)
_DAY_FIRST_SIGNS = re.compile(
    r"[£€₹]|\b(?:GBP|EUR|CHF|INR|VAT|GST|AUD|NZD|Ltd|IBAN|Rs)\b|\+(?:44|61|91|49|33|353)\b"
    r"|\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b"
)
_FOUR_TO_ONE = 4


def _in_order(found: list[FoundDate], sheet: Sheet) -> list[FoundDate]:
    """Return dates with day and month in the order that this document has, as far as it shows one."""
    if not any(one.swapped for one in found):
        return found
    if _is_month_first(found, sheet):
        return [
            FoundDate(one.start, one.end, one.swapped, one.day, one.has_day, one.is_short)
            if one.swapped
            else one
            for one in found
        ]
    if sheet.language != "en" or is_order_known(found, sheet):
        return [FoundDate(one.start, one.end, one.day, None, one.has_day, one.is_short) for one in found]
    return found


def _is_month_first(found: Sequence[FoundDate], sheet: Sheet) -> bool:
    shown = _shown_order(found, sheet)
    if shown:
        return shown > 0
    if sheet.language not in {"en", ""}:
        return False
    us = len(_MONTH_FIRST_SIGNS.findall(sheet.text))
    others = len(_DAY_FIRST_SIGNS.findall(sheet.text))
    dotted = any(one.swapped and "." in sheet.text[one.start : one.end] for one in found)
    is_unmarked = sheet.language == "en" and not us and not others
    return (us > others or is_unmarked) and not dotted


def is_order_known(found: Sequence[FoundDate], sheet: Sheet) -> bool:
    """Say whether a document shows beyond doubt whether the day or the month comes first."""
    if _shown_order(found, sheet) or sheet.language not in {"en", ""}:
        return True
    us = len(_MONTH_FIRST_SIGNS.findall(sheet.text))
    others = len(_DAY_FIRST_SIGNS.findall(sheet.text))
    return max(us, others) >= _FOUR_TO_ONE * min(us, others) and max(us, others) > 0


def _shown_order(found: Sequence[FoundDate], sheet: Sheet) -> int:
    """Return 1 where a date can only have the month first, -1 where only the day, 0 where none shows."""
    for one in found:
        if one.swapped is None and one.has_day:
            words = re.fullmatch(
                r"(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?\d+", sheet.text[one.start : one.end]
            )
            if words and words[1] != words[2]:
                return -1 if int(words[1]) > 12 else 1 if int(words[2]) > 12 else 0
    return 0


_SHARED_MONTH = re.compile(r"(?<![\d.,/-])([0-3]?\d)(?:st|nd|rd|th|\.)?(?:\s?(?:-|bis|to|au|al|a|do|–)\s?)\Z")
_DAY_AND_MONTH = re.compile(r"(?<![\d.,/-])([0-3]?\d)\.(\d{1,2})\.?\s?(?:-|bis|to|do|по)\s?\Z")


def find_periods(sheet: Sheet, dates: Sequence[FoundDate]) -> list[FoundPeriod]:
    """Return the periods of a sheet: from one date to the next, or a whole month."""
    found = []
    for one, other in pairwise(dates):
        gap = sheet.folded[one.end : other.start]
        if (
            one.has_day
            and other.has_day
            and one.day <= other.day
            and len(gap) < 16
            and _DASH.fullmatch(gap.replace("\n", " "))
        ):
            found.append(FoundPeriod(one.start, other.end, one.day, other.day))
    taken = {(period.start, period.end) for period in found}
    for one in dates:
        if any(start <= one.start < end for start, end in taken):
            continue
        before = sheet.folded[max(0, one.start - 14) : one.start]
        if one.has_day and (match := _SHARED_MONTH.search(before)):
            if (first := _day(one.day.year, one.day.month, int(match[1]))) and first < one.day:
                found.append(FoundPeriod(one.start - len(before) + match.start(), one.end, first, one.day))
        elif one.has_day and (match := _DAY_AND_MONTH.search(before)):
            if (first := _day(one.day.year, int(match[2]), int(match[1]))) and first < one.day:
                found.append(FoundPeriod(one.start - len(before) + match.start(), one.end, first, one.day))
        elif not one.has_day:
            found.append(FoundPeriod(one.start, one.end, one.day, _last_of_month(one.day), is_month=True))
    found += _month_numbers(sheet)
    return sorted(found, key=lambda period: period.start)


_MONTH_NUMBER = re.compile(
    r"(?<![\d./-])(?:(0?[1-9]|1[0-2])[/.](20\d\d)|(20\d\d)[-/](0[1-9]|1[0-2])|(20\d\d)\s?[年년]\s?(1[0-2]|0?[1-9])\s?[月월])(?![\d/-]|\s?\d|\.\d)"
)


def _month_numbers(sheet: Sheet) -> Iterable[FoundPeriod]:
    for match in _MONTH_NUMBER.finditer(sheet.text):
        month, year = match[1] or match[4] or match[6], match[2] or match[3] or match[5]
        first = date(int(year), int(month), 1)
        yield FoundPeriod(match.start(), match.end(), first, _last_of_month(first), is_month=True)


def _last_of_month(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
