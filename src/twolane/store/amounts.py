"""Normalised values as numbers: amounts are compared and added up exactly, as ten-thousandths."""

from __future__ import annotations

import re
from decimal import Decimal

# as the fields' types write them; what begins with a zero, or is very long, only identifies something
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]{0,13})(?:\.[0-9]+)?)(?: ([A-Z]{3}))?", re.ASCII)


def number_e4(value: str) -> int | None:
    """Return the ten-thousandths of a number or an amount, such as "571.04 EUR"; None where it is neither."""
    found = _NUMBER.fullmatch(value)
    return None if found is None else int((Decimal(found[1]) * 10_000).to_integral_value())


def currency_of(value: str) -> str:
    """Return the currency of an amount, or ""."""
    found = _NUMBER.fullmatch(value)
    return "" if found is None else found[2] or ""
