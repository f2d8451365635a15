"""Days, months, years and spans of them that a question names, and what it says of before and after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from twolane.chat.asked.scan import Scan
from twolane.chat.asked.words import UNITS, same_words
from twolane.fields.dates import find_dates, find_periods
from twolane.fields.names import months

_YEAR = re.compile(r"(?:19|20)\d\d")
_GLUED = re.compile(r"[\w#№/.-]\Z")
_QUARTER = re.compile(r"q([1-4])|([1-4])q")
_ORDINAL = re.compile(r"([1-4])(?:\.|st|nd|rd|th|er|e|eme|o|a|º|ª)?")
_NAMED_BEFORE = (
    "since",
    "after",
    "before",
    "until",
    "between",
    "from",
    "of",
    "link",
    "this",
    "last",
    "fill",
    "and",
)
_MONTHS_OF_UNIT = {"year": 12, "quarter": 3, "month": 1}
_DAYS_OF_UNIT = {"week": 7, "day": 1}
_JOINED_MONTH = frozenset({"zh", "ja", "ko"})
_MOST_YEARS = 100
_INFLECTING = frozenset({"pl", "ru", "uk", "tr"})
_LEAST_LETTERS, _MOST_ENDING = 4, 3  # of the name of a month, and how much longer it may be
_VOWELS = "aeiouyаеиоуыюяьій"


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A span of days that tokens `start` to before `end` name; None is no bound."""

    first: date | None
    last: date | None
    start: int
    end: int
    has_year: bool = True


def read_days(scan: Scan, today: date) -> DaySpan | None:
    """Return the one span of days that a question names, and take its tokens; None where it names none.

    Several that are no single span are left as they are, so that nothing is understood wrongly.
    """
    named = _named(scan, today)
    spans = _paired(scan, named)
    if not spans:
        return None
    spans = [_bounded(scan, span) for span in spans]
    whole = spans[0]
    for span in spans[1:]:
        if not (joined := _joined(whole, span)):
            return None
        whole = joined
    for span in spans:
        scan.take(span.start, span.end)
    for one in named:
        scan.take(one.start, one.end)
    return replace(whole, start=min(one.start for one in spans), end=max(one.end for one in spans))


def _named(scan: Scan, today: date) -> list[DaySpan]:
    """Return the days, months and years of a question in their order, without what lies within others."""
    found: list[DaySpan] = []
    readers: Sequence[Callable[[Scan, date], Iterator[DaySpan]]] = (
        _written, _relative, _quarters, _month_names, _month_numbers, _years,
    )  # fmt: skip
    for reader in readers:
        for one in reader(scan, today):
            if scan.is_free(one.start, one.end) and not any(
                one.start < other.end and other.start < one.end for other in found
            ):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def _written(scan: Scan, _: date) -> Iterator[DaySpan]:
    dates = find_dates(scan.sheet)
    for period in find_periods(scan.sheet, dates):
        start, end = scan.places(period.start, period.end)
        if start < end:
            yield DaySpan(period.first, period.last, start, end)
    for one in dates:
        start, end = scan.places(one.start, one.end)
        if one.has_day and start < end:
            yield DaySpan(one.day, one.day, start, end)


def _relative(scan: Scan, today: date) -> Iterator[DaySpan]:
    for place in range(len(scan.tokens)):
        for phrase in scan.phrases[place]:
            role = phrase.meaning.role
            if role == "today":
                yield DaySpan(today, today, place, phrase.end)
            elif role == "yesterday":
                yield DaySpan(today - timedelta(1), today - timedelta(1), place, phrase.end)
            elif role in UNITS and (found := _this_or_last(scan, role, place, phrase.end, today)):
                yield found


def _this_or_last(scan: Scan, unit: str, start: int, end: int, today: date) -> DaySpan | None:
    """Return the span that a unit makes with "this" or "last" beside it, and perhaps a number between."""
    number, before = None, start
    while before > max(0, start - 2) and (scan.number(before - 1) is not None or scan.is_stop(before - 1)):
        beside = scan.before(before, ("this", "last"))
        if beside and beside.end == before:
            break
        before -= 1
        number = scan.number(before) if number is None else number
    beside = scan.before(before, ("this", "last"))
    if beside and beside.end == before:
        first, last = _unit_span(unit, beside.meaning.role, number, today)
        return DaySpan(first, last, beside.start, end)
    behind = scan.after(end, ("this", "last"))
    if behind is None:
        return None
    has_number = start > 0 and scan.number(start - 1) is not None
    first, last = _unit_span(unit, behind.meaning.role, scan.number(start - 1) if has_number else None, today)
    return DaySpan(first, last, start - 1 if has_number else start, behind.end)


def _unit_span(unit: str, role: str, number: int | None, today: date) -> tuple[date, date]:
    if role == "last" and number:
        if unit in _DAYS_OF_UNIT:
            return today - timedelta(min(number, 36_500) * _DAYS_OF_UNIT[unit]), today
        return _months_back(today, min(number, 12 * _MOST_YEARS) * _MONTHS_OF_UNIT[unit]), today
    back = 1 if role == "last" else 0
    if unit == "day":
        return today - timedelta(back), today - timedelta(back)
    if unit == "week":
        monday = today - timedelta(today.weekday() + 7 * back)
        return monday, monday + timedelta(6)
    length = _MONTHS_OF_UNIT[unit]
    first = _months_back(today.replace(day=1), (today.month - 1) % length + back * length)
    return first, _last_day(first, length)


def _months_back(day: date, count: int) -> date:
    month = day.year * 12 + day.month - 1 - count
    year, month = divmod(month, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(max(1, year), month + 1, min(day.day, last))
        except ValueError:
            continue
    return day


def _last_day(first: date, months_long: int) -> date:
    return _months_back(first, -months_long) - timedelta(1)


def _quarters(scan: Scan, today: date) -> Iterator[DaySpan]:
    for place, token in enumerate(scan.tokens):
        if match := _QUARTER.fullmatch(token.word):
            yield _quarter(scan, int(match[1] or match[2]), place, place + 1, today)
        for phrase in scan.phrases[place]:
            if phrase.meaning.role != "quarter":
                continue
            for beside in (place - 1, phrase.end):
                if 0 <= beside < len(scan.tokens) and (number := _quarter_number(scan, beside)):
                    start = place if beside == phrase.end else beside
                    if start and scan.tokens[start - 1].word == "第":
                        start -= 1
                    yield _quarter(scan, number, start, max(phrase.end, beside + 1), today)


def _quarter_number(scan: Scan, place: int) -> int:
    token = scan.tokens[place]
    for number, phrase in enumerate(scan.words.ordinals, 1):
        if same_words(phrase, (token.word,)) or same_words(phrase, (token.bare,)):
            return number
    match = _ORDINAL.fullmatch(token.word)
    number = int(match[1]) if match else scan.number(place) or 0
    return number if 1 <= number <= 4 else 0


def _quarter(scan: Scan, number: int, start: int, end: int, today: date) -> DaySpan:
    start, end, year = _with_year(scan, start, end)
    if not year:
        year = today.year if (number - 1) * 3 < today.month else today.year - 1
    first = date(year, number * 3 - 2, 1)
    return DaySpan(first, _last_day(first, 3), start, end)


def _with_year(scan: Scan, start: int, end: int) -> tuple[int, int, int]:
    """Return tokens with the year that stands beside them, and the year, 0 where none does."""
    at = end
    while at < min(len(scan.tokens), end + 3):
        if year := _year_at(scan, at):
            return start, _behind_year(scan, at + 1), year
        if not scan.is_stop(at) and not scan.after(at, ("of", "from", "year", "fill")):
            break
        at += 1
    at = start - 1
    while at >= max(0, start - 2):
        if year := _year_at(scan, at):
            return at, end, year
        if not scan.is_stop(at) and not scan.after(at, ("of", "year")):
            break
        at -= 1
    return start, end, 0


def _year_at(scan: Scan, place: int) -> int:
    """Return the year that a token is; one that is a part of a number or a name is none."""
    token, text = scan.tokens[place], scan.sheet.text
    if scan.taken[place] or not _YEAR.fullmatch(token.word):
        return 0
    behind = text[token.end : token.end + 2]
    is_number = (
        behind[:1] in ("-", "/", ".") and behind[1:].isalnum() and not _YEAR.match(text[token.end + 1 :])
    )
    before = text[: token.start]
    is_part = _GLUED.search(before) and not re.search(r"(?:19|20)\d\d[-/]\Z", before)
    return 0 if is_number or (is_part and not scan.tokens[place - 1].is_joined) else int(token.word)


def _behind_year(scan: Scan, place: int) -> int:
    """Return where a year ends that the word for year may follow."""
    phrase = scan.after(place, ("year",))
    return phrase.end if phrase else place


def _month_names(scan: Scan, today: date) -> Iterator[DaySpan]:
    folded = scan.sheet.folded
    for place, token in enumerate(scan.tokens):
        month = _month_number(folded[token.start : token.end], scan.words.code)
        if not month or token.is_joined:
            continue
        start, end, year = _with_year(scan, place, place + 1)
        if year or scan.before(place, _NAMED_BEFORE) or (place and scan.is_stop(place - 1)):
            yield _month(month, year, start, end, today)


@lru_cache(maxsize=1024)
def _month_number(word: str, code: str) -> int:
    """Return the number of a month by its name, 0 where a word is none; some languages inflect it."""
    if month := months().get(word, {}).get(code):
        return month
    if code not in _INFLECTING:
        return 0
    named = (name for name, languages in months().items() if code in languages)
    return next((months()[name][code] for name in named if _is_case(name, word)), 0)


def _is_case(name: str, word: str) -> bool:
    """Say whether a word may be the name of a month in another case."""
    beginning = name if name[-1] not in _VOWELS else name[:-1]
    is_as_long = len(name) - 1 <= len(word) < len(name) + _MOST_ENDING
    return len(name) >= _LEAST_LETTERS and is_as_long and word.startswith(beginning)


def _month_numbers(scan: Scan, today: date) -> Iterator[DaySpan]:
    """Yield the months that are written as numbers, as 3月 is."""
    if scan.words.code not in _JOINED_MONTH:
        return
    for place in range(len(scan.tokens) - 1):
        number, phrase = scan.number(place), scan.after(place + 1, ("month",))
        if number and 1 <= number <= 12 and phrase and phrase.end == place + 2:
            yield _month(number, 0, place, phrase.end, today)


def _month(month: int, year: int, start: int, end: int, today: date) -> DaySpan:
    has_year = bool(year)
    first = date(year or (today.year if month <= today.month else today.year - 1), month, 1)
    return DaySpan(first, _last_day(first, 1), start, end, has_year)


def _years(scan: Scan, _: date) -> Iterator[DaySpan]:
    for place in range(len(scan.tokens)):
        if year := _year_at(scan, place):
            start = place
            if (before := scan.before(place, ("year",))) and before.end == place:
                start = before.start
            yield DaySpan(date(year, 1, 1), date(year, 12, 31), start, _behind_year(scan, place + 1))


def _paired(scan: Scan, named: Sequence[DaySpan]) -> list[DaySpan]:
    """Return spans, of which those that are linked as from one to another are one."""
    spans: list[DaySpan] = []
    for one in named:
        before = spans[-1] if spans else None
        if before and before.first and one.last and _is_pair(scan, before, one):
            first = before.first
            if not before.has_year and one.first:
                first = first.replace(year=one.first.year - (first.month > one.first.month))
            start = between.start if (between := scan.before(before.start, ("between",))) else before.start
            end = behind.end if (behind := scan.after(one.end, ("between", "until"))) else one.end
            spans[-1] = DaySpan(first, one.last, start, end)
        else:
            spans.append(one)
    return [span for span in spans if span.first is None or span.last is None or span.first <= span.last]


def _is_pair(scan: Scan, one: DaySpan, other: DaySpan) -> bool:
    if one.end == other.start:
        return scan.gap(one.end - 1, other.start).strip() in {"-", "~", "/"}
    link = scan.after(one.end, ("link",))
    while link and link.end < other.start and scan.is_stop(link.end):
        link = replace(link, end=link.end + 1)
    if link is None or link.end != other.start:
        return False
    before, behind = scan.before(one.start, ("between",)), scan.after(other.end, ("between",))
    if before and not behind and scan.after(one.end, ("and",)):  # "from 2022 and 2024" are two years
        return not scan.before(one.start, ("from", "of", "since"))
    return bool(before or behind or scan.after(one.end, ("until",)))


def _bounded(scan: Scan, span: DaySpan) -> DaySpan:
    """Return a span with what is said of it: since, after, before or until then."""
    if span.first is None or span.last is None:
        return span
    roles = ("since", "after", "before", "until")
    before = scan.before(span.start, roles)
    behind = scan.after(span.end, roles)
    said = before or behind
    if said is None:
        return span
    start, end = min(said.start, span.start), max(said.end, span.end)
    match said.meaning.role:
        case "since":
            return DaySpan(span.first, None, start, end)
        case "after":
            return DaySpan(span.last + timedelta(1), None, start, end)
        case "before":
            return DaySpan(None, span.first - timedelta(1), start, end)
    return DaySpan(None, span.last, start, end)


def _joined(one: DaySpan, other: DaySpan) -> DaySpan | None:
    """Return two spans as one: "after March and before May", or years that follow each other."""
    if one.last is None and other.first is None:
        return DaySpan(one.first, other.last, one.start, other.end)
    if one.first is None and other.last is None:
        return DaySpan(other.first, one.last, one.start, other.end)
    if one.first and one.last and other.first and other.last:
        earlier, later = sorted((one, other), key=lambda span: span.first or date.min)
        if later.first and earlier.last and earlier.last + timedelta(1) >= later.first:
            return DaySpan(earlier.first, max(one.last, other.last), one.start, other.end)
    return None


def label_of(first: date | None, last: date | None) -> str:
    """Return a span of days as people read it in any language: "2025", "2025-03", "≥ 2025-03-01"."""
    if first is None:
        return f"≤ {last}"
    if last is None:
        return f"≥ {first}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
    if first.day == 1 and (last + timedelta(1)).day == 1:
        begins, ends = f"{first:%Y-%m}", f"{last:%Y-%m}"
        return begins if begins == ends else f"{begins} – {ends}"
    return f"{first}" if first == last else f"{first} – {last}"
