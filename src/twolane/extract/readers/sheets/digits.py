"""The digits of a number as a format's placeholders lay them out: decimals, thousands, percent, fractions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_EXACT = Context(prec=340)
_WHOLE_LIMIT = 1e15  # up to which a number keeps all its digits
_MOST_DECIMALS = 30
_PLACES = frozenset("0#?")
_PLAIN = re.compile(r"(?:#|#,##)?0(?:\.0+)?$")


@dataclass(frozen=True, slots=True)
class FormatPiece:
    """A part of a format: `kind` is a placeholder, one of ". , % / E General", or empty for a text."""

    kind: str
    text: str = ""


def general(value: float) -> str:
    """Return a number as it is shown without a format: whole numbers without a point, 12 digits at most."""
    if value.is_integer() and abs(value) < _WHOLE_LIMIT:
        return str(int(value))
    return f"{value:.12g}"


class DigitPattern:
    """The pieces of a format for numbers, ready to lay out many."""

    def __init__(self, pieces: Sequence[FormatPiece]) -> None:
        kinds = [piece.kind for piece in pieces]
        self._pieces = pieces
        self._is_general = "General" in kinds
        self._point = kinds.index(".") if "." in kinds else len(kinds)
        self._exponent = kinds.index("E") if "E" in kinds else len(kinds)
        self._slash = _fraction_sign(kinds)
        places = [at for at, kind in enumerate(kinds) if kind in _PLACES]
        self._whole = [at for at in places if at < min(self._point, self._exponent)]
        self._decimals = [at for at in places if self._point < at < self._exponent][:_MOST_DECIMALS]
        self._power = [at for at in places if at > self._exponent]
        last = self._whole[-1] if self._whole else -1
        commas = [at for at, kind in enumerate(kinds) if kind == ","]
        self._thousands = any(self._whole and self._whole[0] < at < last for at in commas)
        end = self._decimals[-1] if self._decimals else last
        self._scale = sum(1 for at in commas if _ends_number(kinds, at, last, end))
        self._percents = kinds.count("%")
        self._factor = 10.0 ** (2 * self._percents - 3 * self._scale)
        self._plain = self._as_python_writes(kinds)

    def _as_python_writes(self, kinds: Sequence[str]) -> tuple[str, str, str]:
        """Return the text before, Python's own format, and the text after; nothing where it has none."""
        places = [*self._whole, *self._decimals]
        if self._slash or "E" in kinds or "General" in kinds or not self._whole:
            return ("", "", "")
        run = "".join(kinds[places[0] : places[-1] + 1])
        if not _PLAIN.match(run) or kinds.count(".") != run.count("."):
            return ("", "", "")
        before = "".join(_literal(piece) for piece in self._pieces[: places[0]])
        after = "".join(_literal(piece) for piece in self._pieces[places[-1] + 1 :])
        return (before, f"{',' if self._thousands else ''}.{len(self._decimals)}f", after)

    def shown(self, value: float, sign: str) -> str:
        """Return a number laid out; `sign` is written before it where it is negative."""
        size = abs(value)
        if self._plain[1] and (number := self._plainly(size * self._factor)):
            before, _, after = self._plain
            return f"{sign if value < 0 and number.strip('0.,') else ''}{before}{number}{after}"
        if self._is_general:
            text = "".join(general(size) if p.kind == "General" else _literal(p) for p in self._pieces)
            return sign + text if value < 0 else text
        exact = _EXACT.create_decimal(f"{size:.15g}").scaleb(2 * self._percents - 3 * self._scale, _EXACT)
        if self._exponent < len(self._pieces):
            text, is_zero = self._scientific(exact)
        elif self._slash:
            text, is_zero = self._fraction(exact)
        else:
            rounded = _rounded(exact, len(self._decimals))
            text, is_zero = self._laid_out(rounded), not rounded
            if not (self._whole or self._decimals):
                is_zero = False
        return sign + text if value < 0 and not is_zero else text

    def _plainly(self, number: float) -> str:
        """Return a number by Python's own format, or nothing where that would round half to even."""
        exact = f"{number:.15g}"
        if "e" in exact or (exact[-1] == "5" and len(exact.partition(".")[2]) == len(self._decimals) + 1):
            return ""
        return format(float(exact), self._plain[1])

    def _laid_out(self, rounded: Decimal, until: int | None = None) -> str:
        whole, _, decimals = f"{rounded:f}".partition(".")
        digits = self._whole_digits("" if whole == "0" else whole)
        shown = self._decimal_digits(decimals)
        parts: list[str] = []
        for at, piece in enumerate(self._pieces[:until]):
            if at in digits:
                parts.append(digits[at])
            elif at in shown:
                parts.append(shown[at])
            elif piece.kind == "." and at == self._point:
                parts.append("" if not self._whole and not self._decimals else ".")
            elif piece.kind not in {",", "."} and piece.kind not in _PLACES:
                parts.append(_literal(piece))
        return "".join(parts)

    def _whole_digits(self, whole: str) -> dict[int, str]:
        """Return what stands in each place before the point: the first takes all that are left."""
        found: dict[int, str] = {}
        count = 0
        for nth, at in enumerate(reversed(self._whole)):
            is_first = nth == len(self._whole) - 1
            kind = self._pieces[at].kind
            if whole:
                taken = whole if is_first else whole[-1]
                whole = "" if is_first else whole[:-1]
            else:
                taken = {"0": "0", "?": " "}.get(kind, "")
            text = ""
            for digit in reversed(taken):
                comma = "," if self._thousands and count and count % 3 == 0 and digit != " " else ""
                text = digit + comma + text
                count += 1
            found[at] = text
        return found

    def _decimal_digits(self, decimals: str) -> dict[int, str]:
        found: dict[int, str] = {}
        is_needed = False
        for at, digit in zip(reversed(self._decimals), reversed(decimals), strict=False):
            is_needed = is_needed or digit != "0" or self._pieces[at].kind == "0"
            found[at] = digit if is_needed else ""
        return found

    def _scientific(self, exact: Decimal) -> tuple[str, bool]:
        width = max(1, len(self._whole))
        power = exact.adjusted() if exact else 0
        power -= power % width if width > 1 else 0
        mantissa = _rounded(exact.scaleb(-power, _EXACT), len(self._decimals))
        if mantissa and mantissa.adjusted() >= width:
            power += width
            mantissa = _rounded(exact.scaleb(-power, _EXACT), len(self._decimals))
        shows_plus = self._pieces[self._exponent].text.endswith("+")
        sign = "-" if power < 0 else "+" if shows_plus else ""
        after = "".join(_literal(p) for p in self._pieces[self._exponent + 1 :] if p.kind not in _PLACES)
        text = self._laid_out(mantissa, self._exponent)
        return f"{text}E{sign}{abs(power):0{max(1, len(self._power))}d}{after}", not mantissa

    def _fraction(self, exact: Decimal) -> tuple[str, bool]:
        """Return a number as a fraction, with the whole before it where the format has a place for it."""
        kinds = [piece.kind for piece in self._pieces]
        start = self._slash
        while start and kinds[start - 1] in _PLACES:
            start -= 1
        end = self._slash + 1
        while end < len(kinds) and (kinds[end] in _PLACES or self._pieces[end].text.isdigit()):
            end += 1
        below = "".join(p.text for p in self._pieces[self._slash + 1 : end])
        whole = int(exact) if any(at < start for at in self._whole) else 0
        if below.strip("#?0"):
            bottom = max(1, int("".join(c for c in below if c.isdigit())))
            top = round(Fraction(exact - whole) * bottom)
        else:
            part = Fraction(exact - whole).limit_denominator(10 ** min(5, len(below)) - 1)
            top, bottom = part.numerator, part.denominator
        if top >= bottom and any(at < start for at in self._whole):
            whole, top = whole + 1, 0
        before = "".join(_literal(p) for p in self._pieces[:start] if p.kind not in _PLACES).strip()
        after = "".join(_literal(p) for p in self._pieces[end:])
        parts = [before, str(whole) if whole or not top else "", f"{top}/{bottom}" if top else "", after]
        return " ".join(filter(None, parts)), not (whole or top)


def _literal(piece: FormatPiece) -> str:
    return "%" if piece.kind == "%" else piece.text if piece.kind in {"", "/", "E"} else ""


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)


def _ends_number(kinds: Sequence[str], at: int, last: int, end: int) -> bool:
    """Say whether a comma stands behind the whole or the number, where it divides by a thousand."""
    return any(at > place >= 0 and set(kinds[place + 1 : at]) <= {","} for place in (last, end))


def _fraction_sign(kinds: Sequence[str]) -> int:
    """Return the place of a slash between two numbers, or 0."""
    for at, kind in enumerate(kinds[1:-1], 1):
        if kind == "/" and kinds[at - 1] in _PLACES:
            return at
    return 0
