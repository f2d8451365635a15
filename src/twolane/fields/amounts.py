"""Sums of money as documents write them: where they stand, in which currency, with which decimal sign."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from twolane.fields.names import currency_codes
from twolane.fields.sheet import Sheet


def _number(groups: str) -> re.Pattern[str]:
    return re.compile(
        r"(?:(?<![0-9A-Za-z\u00c0-\u06ff.,/'°_-])(?<!\d:)|(?<=\b[A-Z]{3})|(?<=\b[Rr]s)|(?<=[$€£¥])|(?<=\bRs\.))(?P<sign>[-+]\s?)?"
        rf"(?P<n>\d{{1,3}}(?P<g>[{groups}])\d{{3}}(?:(?P=g)\d{{3}})*(?:(?!(?P=g))[.,]\d{{1,4}})?"
        r"|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?"
        r"|\d+(?:[.,]\d{1,4})?)(?P<dash>[.,]-(?!\w|\s?\d))?(?![\d'°]|[.,:/-]\d| ?%)"
    )


_NUMBER, _SPACED_NUMBER = _number(".,'°"), _number(".,'° ")
# Where a plain space may stand between thousands; elsewhere it parts two numbers.
_SPACED = frozenset(
    {"fr", "pl", "ru", "cs", "sk", "sv", "no", "nb", "da", "fi", "uk", "hu", "bg", "et", "lv", "lt"}
)
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "zł": "PLN",
    "zl": "PLN",
    "₽": "RUB",
    "₴": "UAH",
    "₺": "TRY",
    "₩": "KRW",
    "₪": "ILS",
    "kč": "CZK",
    "kc": "CZK",
    "円": "JPY",
    "元": "CNY",
    "원": "KRW",
    "r$": "BRL",
    "us$": "USD",
    "$": "USD",
    "fr.": "CHF",
    "sfr": "CHF",
    "rs": "INR",
    "rs.": "INR",
    "руб": "RUB",
    "руб.": "RUB",
    "рублей": "RUB",
    "р.": "RUB",
    "грн": "UAH",
    "ft": "HUF",
    "lei": "RON",
    "лв": "BGN",
    "tl": "TRY",
    "ر.س": "SAR",
    "ريال": "SAR",
    "د.إ": "AED",
    "درهم": "AED",
    "ج.م": "EGP",
    "جنيه": "EGP",
    "دينار": "KWD",
    "د.ك": "KWD",
    "c$": "CAD",
    "ca$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "hk$": "HKD",
    "nt$": "TWD",
    "s$": "SGD",
    "nz$": "NZD",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
    "人民币": "CNY",
    "rmb": "CNY",
    "rub": "RUB",
    "dollars": "USD",
    "zlotych": "PLN",
    "złotych": "PLN",
    "рубля": "RUB",
    "дол": "USD",
    "евро": "EUR",
    "﷼": "SAR",
    "يورو": "EUR",
    "ريال سعودي": "SAR",
    "دولار": "USD",
    "ر.ق": "QAR",
}
_OF_LANGUAGE = {
    "kr": {"sv": "SEK", "da": "DKK", "no": "NOK", "nb": "NOK", "is": "ISK"},
    "kr.": {"sv": "SEK", "da": "DKK", "no": "NOK", "nb": "NOK"},
    "¥": {"ja": "JPY", "zh": "CNY"},
    "p.": {"ru": "RUB"},
}
_WORDS = re.compile(
    r"(?:us|ca?|au?|hk|nt|nz|s|r)?\$|[€£¥₹₽₴₺₩₪﷼]|(?<![^\W\d_])(?:zł|zl|kč|kc|kr\.?|fr\.|sfr|rs\.?|руб(?:лей|ля|\.)?|р\.|грн|ft|lei|лв|tl|euros?|rmb"
    r"|dollars|złotych|zlotych|евро|eur|[a-z]{3})(?![^\W\d_])|人民币|[円元원]|ر\.س|د\.إ|ج\.م|د\.ك|ر\.ق|ريال|درهم|جنيه|دينار|يورو|دولار"
)
_AFTER = re.compile(rf"[ .,-]{{0,3}}({_WORDS.pattern})")
_JOIN = re.compile(r"[ .:\t-]{0,2}")
# Where a document has a sum with a dot and three digits alone, its language says what the dot is.
_DOT_IS_DECIMAL = frozenset({"en", "zh", "ja", "ko", "he", "th", "ar", "hi", ""})
# What is paid with where a language is spoken, for papers that name no currency at all.
_MONEY_OF = {
    "de": "EUR",
    "fr": "EUR",
    "it": "EUR",
    "nl": "EUR",
    "es": "EUR",
    "fi": "EUR",
    "el": "EUR",
    "sk": "EUR",
    "pl": "PLN",
    "ru": "RUB",
    "uk": "UAH",
    "cs": "CZK",
    "tr": "TRY",
    "ja": "JPY",
    "zh": "CNY",
    "sv": "SEK",
    "da": "DKK",
    "hu": "HUF",
    "ko": "KRW",
    "ro": "RON",
    "no": "NOK",
    "he": "ILS",
    "pt": "EUR",
}
_BRITISH = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\bSort code\b|\+44", re.I)
_AMERICAN = re.compile(r"\b[A-Z]{2} \d{5}\b|\bSSN\b|\bRouting\b")
_IN_NUMBER = re.compile(r"[-/_]\d")  # behind letters of a paper's number: TL-2026-022 names no lira
_CURRENCY_BEFORE_CHARS, _CURRENCY_AFTER_CHARS = 6, 9
_NO_CENTS = frozenset({"JPY", "KRW", "HUF", "ISK", "CLP", "VND"})


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """A sum in a sheet; `currency` is "" where none stands by, `has_cents` where it has two decimals."""

    start: int
    end: int
    amount: Decimal
    currency: str = ""
    has_cents: bool = False


def amount_text(amount: Decimal, currency: str) -> str:
    """Return an amount as the values of fields have it: "571.04 EUR", or "571.04" without a currency."""
    whole = currency in _NO_CENTS and amount == amount.to_integral_value()
    text = f"{amount:.0f}" if whole else f"{amount:.2f}"
    return f"{text} {currency}".strip()


def find_amounts(sheet: Sheet, taken: Sequence[tuple[int, int]]) -> list[FoundAmount]:
    """Return the sums of a sheet in their order, but for places `taken` by dates and the like."""
    text, folded = sheet.text, sheet.folded
    pattern = _SPACED_NUMBER if sheet.language in _SPACED else _NUMBER
    raw = [
        match for match in pattern.finditer(text) if not _overlaps(match.start("n"), match.end("n"), taken)
    ]
    decimal = _decimal_sign(raw, sheet.language)
    found: list[FoundAmount] = []
    free = 0
    for match in raw:
        number = match["n"]
        start, end = match.span("n")
        currency, start, end = _currency(sheet, start, end, free)
        free = end
        if end == match.end("n") and text[end : end + 1].isalpha() and text[end] < "\u3000":
            continue  # a measure: 100ml
        value, has_cents = _value(number, decimal)
        if match["dash"]:
            has_cents = True
        if _is_minus(folded, match.start("n")) or _is_minus(folded, start):
            value = -value
        found.append(FoundAmount(start, max(end, match.end("n")), value, currency, has_cents))
    return found


def _is_minus(folded: str, at: int) -> bool:
    """Say whether a minus stands before a number: a line that nothing before it could be joined to."""
    before = folded[max(0, at - 3) : at].rstrip(" ")
    return before.endswith("-") and not before[:-1].strip(" \t\n$€£(")


def main_currency(sheet: Sheet, amounts: Iterable[FoundAmount]) -> str:
    """Return the currency that a document has most, "" where it names none."""
    counted = Counter(one.currency for one in amounts if one.currency)
    if counted:
        return counted.most_common(1)[0][0]
    named = Counter(
        code
        for match in _WORDS.finditer(sheet.folded)
        if not _IN_NUMBER.match(sheet.folded, match.end())
        and (code := currency_of(match.group(), sheet.text[match.start() : match.end()], sheet.language))
    )
    if named:
        return named.most_common(1)[0][0]
    if sheet.language == "en":
        return "GBP" if _BRITISH.search(sheet.text) else "USD" if _AMERICAN.search(sheet.text) else ""
    return _MONEY_OF.get(sheet.language, "")


def currency_of(word: str, written: str, language: str) -> str:
    """Return the ISO code of a folded word or sign, "" where it is none; codes count in capitals only."""
    if known := _SIGNS.get(word):
        return known
    if by_language := _OF_LANGUAGE.get(word):
        return by_language.get(language, {"¥": "CNY" if language == "zh" else "JPY"}.get(word, ""))
    return written if written.isupper() and written in currency_codes() else ""


def _currency(sheet: Sheet, start: int, end: int, free: int) -> tuple[str, int, int]:
    """Return the currency beside a number, and where number and currency begin and end.

    What stands before `free` belongs to the number before.
    """
    text, folded = sheet.text, sheet.folded
    for before in _WORDS.finditer(folded, max(free, start - _CURRENCY_BEFORE_CHARS), start):
        if _JOIN.fullmatch(folded, before.end(), start) and (
            code := currency_of(before.group(), text[before.start() : before.end()], sheet.language)
        ):
            return code, before.start(), end
    if after := _AFTER.match(folded, end, end + _CURRENCY_AFTER_CHARS):
        word, written = after[1], text[after.start(1) : after.end(1)]
        if code := currency_of(word, written, sheet.language):
            return code, start, after.end()
    return "", start, end


def _overlaps(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in taken)


def _decimal_sign(numbers: Iterable[re.Match[str]], language: str) -> str:
    """Return the sign before the cents in this document: what stands before two last digits most often."""
    signs = Counter(match["n"][-3] for match in numbers if len(match["n"]) > 3 and match["n"][-3] in ".,")
    if signs:
        return signs.most_common(1)[0][0]
    return "." if language in _DOT_IS_DECIMAL else ","


def _value(number: str, decimal: str) -> tuple[Decimal, bool]:
    """Return a number as it is meant, and whether it has cents."""
    digits = re.sub(r"['° ]", "", number)
    signs = [char for char in digits if char in ".,"]
    if not signs:
        return Decimal(digits), False
    last = signs[-1]
    tail = len(digits) - digits.rindex(last) - 1
    if len(set(signs)) == 2:
        is_decimal = True
    elif len(signs) > 1:
        is_decimal = False
    else:
        is_decimal = tail != 3 or (last == decimal and not digits.startswith(tuple("123456789")))
    if not is_decimal:
        return Decimal(digits.replace(".", "").replace(",", "")), False
    whole = digits[: digits.rindex(last)].replace(".", "").replace(",", "")
    return Decimal(f"{whole}.{digits[-tail:]}"), tail == 2
