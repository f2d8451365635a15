"""Values in a text, found by the type of their field; and what people type, normalised as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twolane.documents import Page, Reading, ReadStatus
from twolane.facts import FieldSpec, FieldType, TextSpan
from twolane.fields.amounts import amount_text, find_amounts
from twolane.fields.dates import find_dates, find_periods
from twolane.fields.marks import find_marks
from twolane.fields.sheet import Sheet

_WORDY = (FieldType.TEXT, FieldType.NAME)
_BEFORE_CHARS = 80
_NUMBER = re.compile(r"(?<![\w/.-])(?=[\w./-]*\d)[\w][\w./-]{2,39}(?<![./-])(?![\w])")
_QUANTITY = re.compile(r"(?<![\w.,])-?\d+(?:[.,]\d+)?(?![\w]|[.,]\d)")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")  # which a text's language says elsewhere
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_BLANKS = re.compile(r"\s+")
_LONGEST_CHARS = 300


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A value in a document; `before` is what stands before it in its line."""

    value: str
    words: str
    place: TextSpan
    before: str = ""


def find(spec: FieldSpec, reading: Reading) -> list[FoundValue]:
    """Return what could be a value of a field by its type, in the order of the text; of words, nothing."""
    sheet = Sheet(reading)
    return [_found(sheet, value, start, end) for value, start, end in _spots(spec.type, sheet)]


def find_words(spec: FieldSpec, words: str, reading: Reading) -> FoundValue | None:
    """Return the value that words are, where the document has them and they are one of the field's type."""
    bare = _BLANKS.sub(" ", words).strip()
    if not bare:
        return None
    if spec.type in _WORDY:
        return _find_line(bare, reading)
    return next((one for one in find(spec, reading) if one.words == bare), None)


def find_value(spec: FieldSpec, value: str, reading: Reading) -> FoundValue | None:
    """Return the first place where a document has a value, however it writes it."""
    if spec.type in _WORDY:
        return _find_line(value, reading)
    amount = value.partition(" ")[0] if spec.type is FieldType.AMOUNT else value
    for one in find(spec, reading):
        if one.value == value or (spec.type is FieldType.AMOUNT and one.value.partition(" ")[0] == amount):
            return one
    return None


def normalised(spec: FieldSpec, typed: str) -> str:
    """Return what a person typed as a value of a field: "31.3.2025" as "2025-03-31"; "" for what is none."""
    bare = _BLANKS.sub(" ", typed).strip()[:_LONGEST_CHARS]
    if spec.type in _WORDY or spec.type is FieldType.NUMBER:
        return bare
    if spec.type is FieldType.LANGUAGE:
        return bare.lower() if _LANGUAGE.fullmatch(bare.lower()) else ""
    if spec.type is FieldType.PERIOD and (
        match := re.fullmatch(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)", bare)
    ):
        bare = f"{match[1]} - {match[2]}"
    if spec.type in (FieldType.AMOUNT, FieldType.QUANTITY):
        bare = _THOUSANDS.sub("", bare)
    if spec.type in (FieldType.IBAN, FieldType.VAT_ID):
        bare = bare.upper()
    page = Page(1, bare)
    sheet = Sheet(Reading(ReadStatus.TEXT, "text/plain", (page,), page_count=1))
    whole = [(value, end - start) for value, start, end in _spots(spec.type, sheet)]
    longest = max(whole, key=lambda one: one[1], default=("", 0))
    # what is typed is the value, and nothing else stands beside it
    return longest[0] if longest[1] >= len(bare) - 1 else ""


def _spots(kind: FieldType, sheet: Sheet) -> Iterator[tuple[str, int, int]]:
    """Yield value, start and end of all that could be a value of a type."""
    text = sheet.text
    if kind is FieldType.DATE:
        yield from ((one.day.isoformat(), one.start, one.end) for one in find_dates(sheet) if one.has_day)
    elif kind is FieldType.PERIOD:
        for span in find_periods(sheet, find_dates(sheet)):
            yield f"{span.first.isoformat()}/{span.last.isoformat()}", span.start, span.end
    elif kind is FieldType.AMOUNT:
        taken = [(one.start, one.end) for one in find_dates(sheet)]
        for sum_ in find_amounts(sheet, taken):
            yield amount_text(sum_.amount, sum_.currency), sum_.start, sum_.end
    elif kind is FieldType.QUANTITY:
        for match in _QUANTITY.finditer(text):
            yield match.group().replace(",", "."), *match.span()
    elif kind is FieldType.NUMBER:
        yield from ((match.group(), *match.span()) for match in _NUMBER.finditer(text))
    elif kind in (FieldType.IBAN, FieldType.VAT_ID):
        yield from ((one.mark, one.start, one.end) for one in find_marks(sheet) if one.kind == kind.value)


def _found(sheet: Sheet, value: str, start: int, end: int) -> FoundValue:
    line = sheet.lines[sheet.line_of(start)]
    before = sheet.text[max(line.start, start - _BEFORE_CHARS) : start].strip()
    return FoundValue(value, sheet.raw[start:end], sheet.span(start, end), before)


def _find_line(words: str, reading: Reading) -> FoundValue | None:
    """Return words that stand in the text, whatever white space and case it has between and in them."""
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    for page in reading.pages:
        if match := pattern.search(page.text):
            line = page.text.rfind("\n", 0, match.start()) + 1
            before = page.text[max(line, match.start() - _BEFORE_CHARS) : match.start()].strip()
            shown = _BLANKS.sub(" ", match.group())
            return FoundValue(shown, shown, TextSpan(page.number, *match.span()), before)
    return None
