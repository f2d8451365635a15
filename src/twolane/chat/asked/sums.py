"""Sums of money that a question names as bounds: over 100 €, between 20 and 50 euros."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from twolane.chat.asked.scan import Scan
from twolane.chat.asked.words import MONEY, UNITS
from twolane.fields.amounts import amount_text, find_amounts
from twolane.fields.names import currency_codes

_BOUNDS = ("more", "least", "less", "most")
_SIGNS = {">=": "least", "≥": "least", ">": "more", "<=": "most", "≤": "most", "<": "less"}
_BEFORE_AMOUNT = re.compile(r"(>=|<=|[<>≥≤])[^\w<>]*$")  # a currency's sign may stand between
_NO_CENTS = frozenset({"JPY", "KRW"})


@dataclass(frozen=True, slots=True)
class AskedSum:
    """Bounds of an amount, both included; None is no bound, and the currency "" is any."""

    least: Decimal | None
    most: Decimal | None
    currency: str
    label: str
    start: int
    end: int

    def bound(self, amount: Decimal | None) -> str:
        """Return a bound as conditions on fields have it, "" where there is none."""
        return "" if amount is None else amount_text(amount, self.currency)


@dataclass(frozen=True, slots=True)
class _NamedSum:
    amount: Decimal
    currency: str
    start: int
    end: int


def read_sum(scan: Scan, *, with_currency: bool) -> AskedSum | None:
    """Return the bounds that a question names, and take their tokens; None where it names none.

    Without a currency a number counts only where it is said to be a bound, and is of nothing else.
    """
    named = _named(scan, with_currency=with_currency)
    if not named:
        return None if with_currency else _only_currency(scan)
    found: AskedSum | None = None
    if len(named) == 2 and (pair := _between(scan, *named)):
        found = pair
    else:
        for one in named:
            bounds = _bounded(scan, one)
            if bounds is None or (found and found.currency != bounds.currency):
                return None
            found = bounds if found is None else _both(found, bounds)
    if found:
        scan.take(found.start, found.end)
    return found


def _only_currency(scan: Scan) -> AskedSum | None:
    """Return any amount in the currency that a question names without one: "invoices in dollars".

    Where amounts are added up or compared, that is done in each currency.
    """
    if any(phrase.meaning.role in MONEY for phrases in scan.phrases for phrase in phrases):
        return None
    for place in scan.free_places():
        if place and scan.is_stop(place - 1) and (found := currency_at(scan, place)):
            currency, end = found
            is_code = scan.tokens[place].word.upper() == currency
            if scan.is_free(place, end) and (not is_code or scan.text(place, end) == currency):
                scan.take(place, end)
                return AskedSum(Decimal(0), None, currency, currency, place, end)
    return None


def _named(scan: Scan, *, with_currency: bool) -> Sequence[_NamedSum]:
    named: list[_NamedSum] = []
    for amount in find_amounts(scan.sheet, ()):
        start, end = scan.places(amount.start, amount.end)
        if start == end or not scan.is_free(start, end):
            continue
        currency = amount.currency
        if not currency and (behind := currency_at(scan, end)):
            currency, end = behind
        named.append(_NamedSum(abs(amount.amount), currency, start, end))
    if with_currency:
        return _sharing(scan, named)
    return [one for one in named if _stands_alone(scan, one)]


def currency_at(scan: Scan, place: int) -> tuple[str, int] | None:
    """Return the currency that stands at a token, and where it ends."""
    for words, code in scan.words.currencies.items():
        tokens = scan.tokens[place : place + len(words)]
        if len(tokens) == len(words) and all(
            token.word.startswith(word[:-1]) if word.endswith("*") else token.word == word
            for word, token in zip(words, tokens, strict=True)
        ):
            return code, place + len(words)
    if place < len(scan.tokens) and (code := scan.tokens[place].word.upper()) in currency_codes():
        return code, place + 1
    return None


def _sharing(scan: Scan, named: Sequence[_NamedSum]) -> list[_NamedSum]:
    """Return the amounts with a currency, and what is linked to one: "between 20 and 50 euros"."""
    shared: list[_NamedSum] = []
    for place, one in enumerate(named):
        following = named[place + 1] if place + 1 < len(named) else None
        if one.currency:
            shared.append(one)
        elif following and following.currency and _linked(scan, one, following):
            shared.append(_NamedSum(one.amount, following.currency, one.start, one.end))
    return shared


def _linked(scan: Scan, one: _NamedSum, other: _NamedSum) -> bool:
    if one.end == other.start:
        return scan.gap(one.end - 1, other.start).strip() in {"-", "~"}
    link = scan.after(one.end, ("link", "and"))
    return link is not None and link.end == other.start


def _stands_alone(scan: Scan, one: _NamedSum) -> bool:
    """Say whether a number without a currency is a bound of its own: of no months, pages or files."""
    said = scan.before(one.start, _BOUNDS) or scan.after(one.end, _BOUNDS) or _sign(scan, one)
    if one.currency or not said:
        return False
    if one.end == len(scan.tokens):
        return True
    return not any(phrase.meaning.role in UNITS for phrase in scan.phrases[one.end]) and (
        bool(scan.phrases[one.end]) or scan.taken[one.end]
    )


def _between(scan: Scan, one: _NamedSum, other: _NamedSum) -> AskedSum | None:
    before = scan.before(one.start, ("between",))
    behind = scan.after(other.end, ("between",))
    if not _linked(scan, one, other) or one.amount > other.amount:
        return None
    if not (before or behind or one.end == other.start or scan.after(one.end, ("until",))):
        return None
    start = before.start if before else one.start
    end = behind.end if behind else other.end
    label = f"{_short(one.amount)}–{_short(other.amount)} {other.currency}".strip()
    return AskedSum(one.amount, other.amount, other.currency, label, start, end)


def _bounded(scan: Scan, one: _NamedSum) -> AskedSum | None:
    said = scan.before(one.start, _BOUNDS) or scan.after(one.end, _BOUNDS)
    start, end = (min(said.start, one.start), max(said.end, one.end)) if said else (one.start, one.end)
    step = Decimal(1) if one.currency in _NO_CENTS else Decimal("0.01")
    text = f"{_short(one.amount)} {one.currency}".strip()
    match said.meaning.role if said else _sign(scan, one):
        case "more":
            return AskedSum(one.amount + step, None, one.currency, f"> {text}", start, end)
        case "least":
            return AskedSum(one.amount, None, one.currency, f"≥ {text}", start, end)
        case "less":
            return AskedSum(None, one.amount - step, one.currency, f"< {text}", start, end)
        case "most":
            return AskedSum(None, one.amount, one.currency, f"≤ {text}", start, end)
    return AskedSum(one.amount, one.amount, one.currency, text, start, end)


def _sign(scan: Scan, one: _NamedSum) -> str:
    """Return the bound that a sign before an amount makes it, "" where there is none: "> 100", "<=€50"."""
    before = scan.sheet.text[: scan.tokens[one.start].start]
    sign = _BEFORE_AMOUNT.search(before)
    return _SIGNS[sign.group(1)] if sign else ""


def _both(one: AskedSum, other: AskedSum) -> AskedSum:
    least = max(filter(None, (one.least, other.least)), default=None)
    most = min(filter(None, (one.most, other.most)), default=None)
    return AskedSum(least, most, one.currency, f"{one.label}, {other.label}", one.start, other.end)


def _short(amount: Decimal) -> str:
    return f"{amount:f}" if amount != amount.to_integral_value() else f"{amount:.0f}"
