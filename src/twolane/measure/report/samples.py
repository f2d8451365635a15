"""A measured figure with how often it was measured and how far the values lie apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_MANY = 10
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Summary:
    """A figure: the median of `n` values, and the range `low` to `high` that they spread over.

    What the range means is said by the function that made it: `summarise` or `proportion`.
    """

    median: float
    low: float
    high: float
    n: int

    def text(self, digits: int = 3) -> str:
        """Write the figure for people: "12.3 (11.9-12.8, n=5)", with so many significant digits."""
        middle = number(self.median, digits)
        if self.n < 2:
            return f"{middle} (n={self.n})"
        return f"{middle} ({number(self.low, digits)}–{number(self.high, digits)}, n={self.n})"


def summarise(values: Sequence[float]) -> Summary:
    """Return the median, and the range of all values where there are under ten, else of their middle 80 %.

    Raises `ValueError` where there is no value.
    """
    if not values:
        raise ValueError("there is nothing to summarise")
    few = len(values) < _MANY
    low, median, high = np.percentile(values, [0 if few else 10, 50, 100 if few else 90])
    return Summary(float(median), float(low), float(high), len(values))


def proportion(hits: int, n: int) -> Summary:
    """Return the share of hits in `n` trials, with the 95 % interval of Wilson (1927)."""
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is no share")
    share, z2 = hits / n, _Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Summary(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)), n)


def number(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits, never as a power of ten."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
