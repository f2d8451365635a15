"""Numbers as people write them, and what each may mean: 1.234,50 and 1,234.5 are one, 1.234 may be two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from twolane.fields.names import scales

# A space may part thousands, or two numbers: see `PlacedValue.pieces`.
NUMBER = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,']\d+)*")
PERCENT = re.compile(r"\s?[%‰٪]")
_SCALE = re.compile(r"[ -]?([^\W\d_]+)")
_MOST_DIGITS = 30  # more are no number that anybody counts with
_THOUSANDS = 3
_CENTS = 2


def decimal_sign(numbers: Iterable[str]) -> str:
    """Return the sign before the decimals in a text, by numbers that leave no doubt; "" where none does."""
    for number in numbers:
        signs = [char for char in number if char in ".,"]
        if signs and (len(number) - number.rindex(signs[-1]) - 1 == _CENTS) and signs.count(signs[-1]) == 1:
            return signs[-1]
    return ""


def meanings(number: str, decimal: str = "") -> frozenset[Decimal]:
    """Return what a number of ASCII digits may mean; `decimal` is the sign before its text's decimals.

    It is empty for what is no number, as 4.2.1.
    """
    plain = number.replace(" ", "").replace("'", "")
    signs = [char for char in plain if char in ".,"]
    if len(plain) > _MOST_DIGITS:
        return frozenset()
    if not signs:
        return frozenset((Decimal(plain),))
    *whole, last = re.split("[.,]", plain)
    without = Decimal("".join((*whole, last)))
    with_decimals = Decimal(f"{''.join(whole)}.{last}")
    if len(signs) == 1:
        return frozenset(_of_one_sign(whole[0], last, signs[0] == decimal if decimal else None))
    if len(set(signs)) == 1:
        is_grouped = all(len(part) in (2, _THOUSANDS) for part in whole[1:]) and len(last) == _THOUSANDS
        return frozenset((without,) if is_grouped else ())
    return frozenset((with_decimals,) if len(set(signs[:-1])) == 1 and signs[-1] != signs[0] else ())


def _of_one_sign(whole: str, rest: str, is_decimal: bool | None) -> Iterator[Decimal]:
    """Yield what a number with one sign may mean: before three digits it parts thousands, or decimals."""
    may_be_thousands = len(rest) == _THOUSANDS and not whole.startswith("0") and len(whole) <= _THOUSANDS
    if not may_be_thousands or is_decimal is not False:
        yield Decimal(f"{whole}.{rest}")
    if may_be_thousands and not is_decimal:
        yield Decimal(whole + rest)


def scaled(text: str, end: int, values: frozenset[Decimal]) -> tuple[frozenset[Decimal], int]:
    """Return what a number may mean with the word behind it, and where that ends: 2 million is 2 000 000."""
    match = _SCALE.match(text, end, end + 20)
    if match is None:
        return values, end
    word = match[1]
    named = scales()
    powers, length = named.get(word), len(word)
    if powers is None and word[0] > "\u2e80":  # no space behind it: 万元
        powers, length = named.get(word[0]), 1
    if powers is None:
        return values, end
    return frozenset(value * power for value in values for power in powers), match.start(1) + length
