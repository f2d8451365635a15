"""What a text states: its numbers, dates, amounts, names and words, each with its place.

Of an answer's sentence these are its claims, of a passage what can support them. Numbers and dates are
compared by their values, so that any spelling of one, in any language, supports any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto

from twolane.chat.numbers import NUMBER, PERCENT, decimal_sign, meanings, scaled
from twolane.documents import Page, Reading, ReadStatus
from twolane.fields.amounts import find_amounts
from twolane.fields.dates import FoundDate, find_dates
from twolane.fields.names import months
from twolane.fields.sheet import HEAD_CHARS, TAIL_CHARS, Sheet
from twolane.text.languages import UNKNOWN, Language, code_of, digits_of
from twolane.text.words import SPACELESS, SPACELESS_RUN, word_places

# In these languages every noun has a capital letter: it tells no name.
CAPITAL_NOUNS = frozenset({"german"})
# Dates of a text whose language is not known are read as English ones: either order of day and month counts.
_ANY_ORDER = "en"
_OF_DATES = "年月日號号년월일元"
_IDENTIFIER = re.compile(r"(?<![\w/-])(?<!\d[.,])(?=[\w/-]*\d)(?=[\w/-]*[^\W\d_])\w+(?:[/-]\w+)*")
# A bank account (ISO 13616), in groups of four or in one piece.
_ACCOUNT = re.compile(
    r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z]{4})?(?: ?(?=[A-Z]{0,3}\d)[A-Z0-9]{4}){2,7}(?: ?\d{1,3})?(?!\w)"
)
_MEASURE = re.compile(r"(\d+)[^\W\d_]{1,4}")  # 5kg
_UNIT = re.compile(r" ?([^\W\d_]{1,4})(?!\w)")
_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_DAY_BEFORE = re.compile(r"(?<![\d.,])([0-3]?\d)(?:\.|st|nd|rd|th|º|er)?\s(?:de\s)?$")
_DAY_AFTER = re.compile(r"\s([0-3]?\d)(?![\d:.,]\d|\d)")
_DAY_IN_HAN = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s?[月월]\s?([12]\d|3[01]|0?[1-9])\s?[日號号일]")
_BESIDE_NUMBER = re.compile(rf"(?![{_OF_DATES}])[{SPACELESS}](?=\d)|(?<=\d)(?![{_OF_DATES}])[{SPACELESS}]")
_LONGEST_MONTH = 31
_MOST_CHARS = HEAD_CHARS + TAIL_CHARS  # of a longer text a sheet has no middle; passages are shorter by far


class ValueKind(Enum):
    """What kind of value a text states: only values of one kind can be mistaken for each other."""

    NUMBER = auto()
    AMOUNT = auto()
    PERCENT = auto()
    DATE = auto()
    IDENTIFIER = auto()  # letters and digits, or a time


Key = Decimal | tuple[int | None, int, int | None] | str


@dataclass(frozen=True, slots=True)
class PlacedValue:
    """A value at a place; `keys` are all it may mean, `also` what else it supports: a date its year.

    `pieces` are the numbers that it is where the spaces in it part more than thousands.
    """

    start: int
    end: int
    kind: ValueKind
    keys: frozenset[Key]
    also: frozenset[Key] = frozenset()
    currency: str = ""
    spelled: bool = False  # a word: seven
    pieces: frozenset[Key] = frozenset()

    def supports(self, claim: PlacedValue) -> bool:
        """Say whether a value of a passage states that of a claim."""
        return (
            not claim.keys.isdisjoint(self.keys | self.also)
            and {claim.kind, self.kind} != {ValueKind.PERCENT, ValueKind.AMOUNT}
            and _one_currency(claim.currency, self.currency)
        )


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word at a place, without case; `is_name` says that it is written as a name is."""

    start: int
    end: int
    text: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a text states, in order."""

    values: tuple[PlacedValue, ...]
    words: tuple[PlacedWord, ...]


def read(text: str, language: Language, otherwise: Language = UNKNOWN) -> Statement:
    """Return what a text in a language states; the words are those beside the values.

    `otherwise` is the likeliest language of a text whose words do not show it.
    """
    values = tuple(_values(text, language, otherwise))
    return Statement(values, tuple(_words(text, language, values)))


def _values(text: str, language: Language, otherwise: Language) -> list[PlacedValue]:
    text = text[:_MOST_CHARS]
    sheet = _sheet(text, language)
    apart = _apart(text)
    found = [_date(one) for one in find_dates(sheet if apart == text else _sheet(apart, language))]
    found = _outside(accounts := list(_accounts(sheet.text)), iter(found)) + accounts
    found += _outside(found, _days_of_months(sheet))
    found += _outside(found, _clocks(sheet.text))
    found += _outside(found, _identifiers(sheet.text))
    taken = [(one.start, one.end) for one in found]
    currencies = {one.start: one for one in find_amounts(sheet, taken)}
    amounts = [
        (one.start, one.end, one.currency, one.has_cents or bool(one.currency)) for one in currencies.values()
    ]
    found += _outside(found, _numbers(sheet, amounts))
    found += _outside(found, _spelled(sheet.text, language if language.algorithm else otherwise))
    return sorted(found, key=lambda one: (one.start, -one.end))


def _sheet(text: str, language: Language) -> Sheet:
    code = code_of(language.algorithm) or _ANY_ORDER
    return Sheet(Reading(ReadStatus.TEXT, pages=(Page(1, text),), language=code))


def _apart(text: str) -> str:
    """Return a text with a blank for each letter beside a number that is no part of a date: 从2024-03-12."""
    return _BESIDE_NUMBER.sub(" ", text) if SPACELESS_RUN.search(text) else text


def _date(one: FoundDate) -> PlacedValue:
    days = [one.day, *([one.swapped] if one.swapped else [])]
    keys: set[Key] = {_key(day, has_day=one.has_day) for day in days}
    also: set[Key] = {Decimal(one.day.year)}
    for day in days:
        also |= {(day.year, day.month, None), (None, day.month, day.day)}
    return PlacedValue(one.start, one.end, ValueKind.DATE, frozenset(keys), frozenset(also))


def _key(day: date, *, has_day: bool) -> Key:
    return (day.year, day.month, day.day if has_day else None)


def _days_of_months(sheet: Sheet) -> Iterator[PlacedValue]:
    """Yield the days without a year: 12 March, 3月12日."""
    text = sheet.folded
    for match in sheet.words:
        languages = months().get(match.group())
        if languages is None:
            continue
        month = languages.get(sheet.language) or next(iter(languages.values()))
        before = _DAY_BEFORE.search(text, max(0, match.start() - 8), match.start())
        after = None if before else _DAY_AFTER.match(text, match.end(), match.end() + 6)
        day = before or after
        if day and 0 < int(day[1]) <= _LONGEST_MONTH:
            start, end = min(day.start(1), match.start()), max(day.end(1), match.end())
            yield PlacedValue(start, end, ValueKind.DATE, frozenset(((None, month, int(day[1])),)))
    for match in _DAY_IN_HAN.finditer(text):
        yield PlacedValue(*match.span(), ValueKind.DATE, frozenset(((None, int(match[1]), int(match[2])),)))


def _clocks(text: str) -> Iterator[PlacedValue]:
    for match in _CLOCK.finditer(text):
        yield PlacedValue(*match.span(), ValueKind.IDENTIFIER, frozenset((f"{int(match[1])}:{match[2]}",)))


def _accounts(text: str) -> Iterator[PlacedValue]:
    for match in _ACCOUNT.finditer(text):
        yield PlacedValue(*match.span(), ValueKind.IDENTIFIER, frozenset((_compact(match.group()),)))


def _compact(written: str) -> str:
    """Return letters and digits alone, without case."""
    return re.sub(r"[\W_]", "", written).casefold()


def _identifiers(text: str) -> Iterator[PlacedValue]:
    """Yield the numbers with letters: RE-2018/507; not those of a script without spaces, as 850元."""
    for match in _IDENTIFIER.finditer(text):
        word = match.group()
        if not SPACELESS_RUN.search(word):
            measure = _MEASURE.fullmatch(word)
            also: frozenset[Key] = frozenset((Decimal(measure[1]),)) if measure else frozenset()
            yield PlacedValue(*match.span(), ValueKind.IDENTIFIER, frozenset((_compact(word),)), also)


def _numbers(sheet: Sheet, amounts: Sequence[tuple[int, int, str, bool]]) -> Iterator[PlacedValue]:
    text = sheet.text
    decimal = decimal_sign(match.group() for match in NUMBER.finditer(text))
    for match in NUMBER.finditer(text):
        start, end = match.span()
        values, end = scaled(sheet.folded, end, meanings(match.group(), decimal))
        keys: frozenset[Key] = frozenset(values) or frozenset((match.group(),))
        currency, is_amount = "", False
        for first, last, named, sure in amounts:
            if first < end and start < last:
                currency, is_amount = named, sure
                start, end = min(start, first), max(end, last)
        if percent := PERCENT.match(text, end):
            kind, end = ValueKind.PERCENT, percent.end()
        else:
            kind = ValueKind.AMOUNT if is_amount else ValueKind.NUMBER
        pieces = frozenset(Decimal(piece) for piece in match.group().split(" ") if piece.isdecimal())
        pieces = pieces if " " in match.group() else frozenset()
        also = pieces | frozenset(_times(match.group()))
        if unit := _UNIT.match(text, match.end()):
            also |= {_compact(match.group() + unit[1])}
        yield PlacedValue(start, end, kind, keys, also, currency, pieces=pieces)


def _times(number: str) -> Iterator[Key]:
    """Yield the time that a number may be: 14.30 is also 14:30."""
    if re.fullmatch(r"(?:[01]?\d|2[0-3])\.[0-5]\d", number):
        hour, _, minute = number.partition(".")
        yield f"{int(hour)}:{minute}"


def _spelled(text: str, language: Language) -> Iterator[PlacedValue]:
    """Yield the numbers that are words, but for nought and one, which are articles in many languages."""
    digits = digits_of(language.algorithm)
    if not digits:
        return
    for match in word_places(text):
        digit = digits.get(match.group().casefold())
        if digit is not None and int(digit) > 1:
            keys: frozenset[Key] = frozenset((Decimal(digit),))
            yield PlacedValue(*match.span(), ValueKind.NUMBER, keys, spelled=True)


def _outside(taken: Sequence[PlacedValue], found: Iterator[PlacedValue]) -> list[PlacedValue]:
    """Return what was found beside what is taken."""
    return [one for one in found if not any(a.start < one.end and one.start < a.end for a in taken)]


def _words(text: str, language: Language, values: Sequence[PlacedValue]) -> Iterator[PlacedWord]:
    """Yield the words that are no values; a run without spaces counts as one."""
    covered = [(one.start, one.end) for one in values if not one.spelled]
    tells_names = language.algorithm not in CAPITAL_NOUNS
    is_first = True
    for match in word_places(text):
        start, end = match.span()
        written = match.group()
        if any(first < end and start < last for first, last in covered):
            is_first = False
            continue
        is_capital = written[0].isupper() and (not is_first or not written[1:].islower())
        is_name = is_capital and (tells_names or not written[1:].islower())
        yield PlacedWord(start, end, written.casefold(), is_name and len(written) > 1)
        is_first = False


def _one_currency(one: str, other: str) -> bool:
    """Say whether two currencies may be one: a bare dollar sign is read as USD, and may be any dollar."""
    if not one or not other or one == other:
        return True
    return "USD" in (one, other) and one[-1] == other[-1] == "D"
