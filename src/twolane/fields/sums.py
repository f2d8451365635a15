"""What the sums of a document say of each other: net and tax that make a total, a column that adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from twolane.fields.amounts import FoundAmount
from twolane.fields.sheet import Sheet

_MOST = 60
# How surely the third of three amounts is known when labels name none, one or both of the others; less where
# they name one of them otherwise.
_BY_NAMES = (0.6, 0.85, 1.0)
_NAMED_OTHERWISE = 0.4
# How surely the third of three amounts is known when labels name none, one or both of the others; less where
# they name one of them otherwise.
_BY_NAMES = (0.6, 0.85, 1.0)
_NAMED_OTHERWISE = 0.4
_BY_CHANCE = 0.6  # how far it is believed that amounts which no label names are net, tax and total
# No country taxes sales at less than one in fifty or more than one in three.
_LEAST_RATE, _MOST_RATE = Decimal("0.019"), Decimal("0.34")


class Triple(NamedTuple):
    """Three amounts of a document of which the first two make the third, as net and tax do."""

    net: Decimal
    tax: Decimal
    total_due: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """What arithmetic shows of amounts; `columns` are those that add up the ones before them."""

    triples: tuple[Triple, ...] = ()
    columns: frozenset[Decimal] = frozenset()

    def shown(self, named: Mapping[str, set[Decimal]]) -> dict[tuple[str, Decimal], float]:
        """Return how surely an amount is a part, 0 to 1, by part and amount.

        `named` are the amounts that labels call so. What makes a total with one that is named is proven.
        """
        found: dict[tuple[str, Decimal], float] = {}
        for triple in self.triples:
            called = {part for part in Triple._fields if getattr(triple, part) in named.get(part, ())}
            is_otherwise = any(
                getattr(triple, part) in named.get(other, ())
                for part in Triple._fields
                for other in Triple._fields
                if other != part and part not in called
            )
            for part in Triple._fields:
                others = len(called - {part})
                sure = _BY_NAMES[others] if called else _BY_CHANCE / len(self.triples)
                if is_otherwise and others < len(_BY_NAMES) - 1:
                    sure *= _NAMED_OTHERWISE
                key = (part, getattr(triple, part))
                found[key] = max(sure, found.get(key, 0.0))
        return found


def sums_of(sheet: Sheet, found: Sequence[FoundAmount]) -> Sums:
    """Return what adds up among the amounts of a document."""
    money = [one for one in found if one.has_cents or one.currency]
    distinct = sorted({one.amount for one in money if one.amount > 0})
    if not 3 <= len(distinct) <= _MOST:
        return Sums()
    known = set(distinct)
    triples = tuple(
        Triple(net, tax, net + tax)
        for tax in distinct
        for net in distinct
        if net * _LEAST_RATE <= tax <= net * _MOST_RATE and net + tax in known
    )
    last_of_lines: dict[int, Decimal] = {sheet.line_of(one.start): one.amount for one in money}
    columns = _added_up([one.amount for one in money]) | _added_up(list(last_of_lines.values()))
    return Sums(triples, frozenset(columns))


def _added_up(amounts: Sequence[Decimal]) -> set[Decimal]:
    """Return the amounts that are the sum of two or more directly before them."""
    found: set[Decimal] = set()
    for at, total in enumerate(amounts):
        rest, count = total, 0
        for before in reversed(amounts[:at]):
            rest -= before
            count += 1
            if rest <= 0:
                break
        if rest == 0 and count > 1 and total > 0:
            found.add(total)
    return found
