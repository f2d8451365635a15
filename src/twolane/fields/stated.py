"""What a file says of itself, as values of fields: believed by where in the file it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import parseaddr, parsedate_to_datetime

from twolane.facts import (
    CORRESPONDENT,
    DATE,
    TITLE,
    FieldSource,
    FieldSpec,
    FieldType,
    FieldValue,
    Origin,
    Stated,
)
from twolane.fields.amounts import amount_text
from twolane.fields.check_digits import iban_of

# The probability that what is stated there is right, and that of fields which are right more or less often:
# docs/why/fields.md#how-far-a-file-is-believed
_BELIEVED: Mapping[str, float] = {
    Origin.INVOICE: 0.98,
    Origin.INVOICE_OTHERWISE: 0.5,
    Origin.INVOICE_ATTACHED: 0.85,
    Origin.MAIL: 0.95,
    Origin.MAIL_DOUBTED: 0.4,
    Origin.CALENDAR: 0.95,
    Origin.CARD: 0.9,
    Origin.PAGE_DATA: 0.85,
    Origin.PAGE: 0.7,
    Origin.HEADING: 0.7,
    Origin.LARGEST: 0.55,
    Origin.PROPERTIES: 0.1,
    Origin.PDF: 0.2,
    Origin.PICTURE: 0.5,
    Origin.LETTERS: 0.8,
}
_BELIEVED_OF: Mapping[tuple[str, str], float] = {
    (Origin.INVOICE, TITLE): 0.8,  # "RECHNUNG" on many that are called more
    (Origin.MAIL, DATE): 0.98,
    (Origin.MAIL, CORRESPONDENT): 0.9,  # the machine that sent it, or who passed it on
    (Origin.CALENDAR, DATE): 0.85,
    (Origin.CALENDAR, CORRESPONDENT): 0.85,
    (Origin.CARD, DATE): 0.6,
    (Origin.PROPERTIES, TITLE): 0.6,
    (Origin.PDF, TITLE): 0.6,
    (Origin.PAGE, TITLE): 0.88,
    (Origin.PAGE, CORRESPONDENT): 0.5,
}
_UNKNOWN_ORIGIN = 0.3
_WORTH_SAYING = 0.25
_ONLY_AN_ADDRESS = 0.6  # of the confidence in a name: people know senders by other names than addresses
_OF_TWO = 0.6  # of the confidence where the same place says two things
_HIGHEST = 0.98
_NOT_YET = 0.4  # of the confidence in a paper that was written tomorrow
_NEVER_SET = frozenset({date(1970, 1, 1), date(1980, 1, 1)})  # where the clocks of machines begin
_EARLIEST, _YEARS_AHEAD = date(1900, 1, 1), timedelta(days=366 * 30)
_TEXT_CHARS, _ADDRESS_CHARS = 300, 250
# also of EXIF, of PDF, of calendars, and of the 102 of XML invoices
_YEAR_FIRST = re.compile(r"(?:D:)?(\d{4})([-:/.]?)(\d{2})\2(\d{2})(?:\d{4,6}\D.*|\d{4}|\d{6}|\D.*)?", re.S)
_AMOUNT = re.compile(r"(?P<number>[-+]?\d{1,13}(?:\.\d{1,6})?)(?:\s*(?P<currency>[A-Za-z]{3}))?")
_VAT_ID = re.compile(r"[A-Z]{2}[A-Z0-9]{2,13}")
_HAS_WORD = re.compile(r"[^\W_]")


def values_of(stated: Sequence[Stated], specs: Sequence[FieldSpec]) -> list[FieldValue]:
    """Return the likeliest value of each field that is asked for and stated, in the order of `specs`.

    What is no value of its field's type is left out: a date that does not exist, an IBAN whose digits do not
    check.
    """
    found = []
    for spec in specs:
        read = [(_normalised(one.value, spec.type), one) for one in stated if one.field == spec.id]
        values = [_value(value, one, spec) for value, one in read if value]
        if values and (likeliest := _likeliest(values)).confidence >= _WORTH_SAYING:
            found.append(likeliest)
    return found


def _value(value: str, one: Stated, spec: FieldSpec) -> FieldValue:
    confidence = _BELIEVED_OF.get((one.origin, spec.id), _BELIEVED.get(one.origin, _UNKNOWN_ORIGIN))
    if spec.type is FieldType.NAME and "@" in value:
        confidence *= _ONLY_AN_ADDRESS
    if spec.id == DATE and one.origin != Origin.CALENDAR and value > _tomorrow():
        confidence *= _NOT_YET
    return FieldValue(spec.id, value, confidence, FieldSource.FILE, one.value, reason=one.origin)


def _likeliest(values: Sequence[FieldValue]) -> FieldValue:
    """Return the first most believed: more so where others agree, less where its own place differs."""
    best = max(values, key=lambda value: value.confidence)
    doubt = 1 - best.confidence
    for other in values:
        if other.value == best.value and other.reason != best.reason:
            doubt *= 1 - other.confidence
    confidence = min(_HIGHEST, 1 - doubt)
    if any(other.value != best.value and other.reason == best.reason for other in values):
        confidence *= _OF_TWO
    return replace(best, confidence=confidence)


def _tomorrow() -> str:
    return (datetime.now(UTC).date() + timedelta(days=1)).isoformat()


def _normalised(value: str, kind: FieldType) -> str:
    """Return a value as its type is written, or the empty string for what is none."""
    return _RULES.get(kind, _line)(value)


def _line(value: str) -> str:
    line = " ".join(value.split())[:_TEXT_CHARS]
    return line if _HAS_WORD.search(line) else ""


def _name(value: str) -> str:
    value = value[:_ADDRESS_CHARS]  # the parser follows brackets within brackets as deep as they go
    name, address = parseaddr(value) if "@" in value else (value, "")
    return _line(name.strip(" \"'")) or _line(address)


def _date(value: str) -> str:
    day = _day(value.strip())
    if day is None or day in _NEVER_SET or not _EARLIEST <= day <= datetime.now(UTC).date() + _YEARS_AHEAD:
        return ""
    return day.isoformat()


def _day(value: str) -> date | None:
    try:
        if match := _YEAR_FIRST.fullmatch(value):
            return date(int(match[1]), int(match[3]), int(match[4]))
        return parsedate_to_datetime(value).date()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _period(value: str) -> str:
    first, _, last = value.partition("/")
    days = (_date(first), _date(last))
    return "/".join(days) if all(days) and days[0] <= days[1] else ""


def _amount(value: str) -> str:
    match = _AMOUNT.fullmatch(value.strip())
    if match is None:
        return ""
    return amount_text(Decimal(match["number"]), (match["currency"] or "").upper())


def _quantity(value: str) -> str:
    match = _AMOUNT.fullmatch(value.strip())
    return match["number"] if match and not match["currency"] else ""


def _language(value: str) -> str:
    code = re.split("[-_]", value.strip().lower())[0]
    return code if re.fullmatch("[a-z]{2,3}", code) else ""


def _vat_id(value: str) -> str:
    number = re.sub(r"[\s.-]", "", value).upper()
    return number if _VAT_ID.fullmatch(number) and any(map(str.isdigit, number)) else ""


_RULES: Mapping[FieldType, Callable[[str], str]] = {
    FieldType.NAME: _name,
    FieldType.DATE: _date,
    FieldType.PERIOD: _period,
    FieldType.AMOUNT: _amount,
    FieldType.QUANTITY: _quantity,
    FieldType.IBAN: iban_of,
    FieldType.VAT_ID: _vat_id,
    FieldType.LANGUAGE: _language,
}
