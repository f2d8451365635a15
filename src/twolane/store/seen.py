"""What somebody may see of a library, made of an access: a rule for each range of paths and each category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

from twolane.principal import Access, Share, ShareKind
from twolane.store.paths import root_ranges


class Rule(IntEnum):
    """What the innermost share about a place says of somebody."""

    SHUT = 0
    NONE = 1  # no share is about it
    OPEN = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """What the conditions of an access look like: all that their text depends on, and none of their values.

    `rules` are those of the ranges of paths between bounds, one more than there are bounds; the rest says
    whether there is a user, and whether there are categories that are open and such that are shut.
    """

    rules: tuple[Rule, ...]
    has_user: bool
    has_open: bool
    has_shut: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """An access as statements take it: the shape of their conditions, and values for them."""

    shape: Shape
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Lineages:
    """Where categories lie: those around each, of any version of the taxonomy, and where each has gone."""

    around: Mapping[str, Set[str]]
    moved: Mapping[str, str]

    def of(self, category: str) -> frozenset[str]:
        """Return a category and all that it lies within, by now."""
        now = self.moved.get(category, category)
        return frozenset({category, now, *self.around.get(category, ()), *self.around.get(now, ())})

    def depth(self, category: str) -> int:
        """Return how deep a category lies."""
        return len(self.around.get(category, ()))


NO_LINEAGES = Lineages({}, {})


def seen_by(access: Access, lineages: Lineages = NO_LINEAGES) -> Seen:
    """Return an access as statements take it; `lineages` count where a share is about a category."""
    bounds, rules = folder_rules(access)
    categories = category_rules(access, lineages)
    values: dict[str, object] = {f"seen_{number}": bound for number, bound in enumerate(bounds)}
    values["seen_user"] = access.user
    for rule, name in ((Rule.OPEN, "seen_open"), (Rule.SHUT, "seen_shut")):
        values[name] = sorted(category for category, its in categories.items() if its is rule)
    return Seen(Shape(rules, bool(access.user), bool(values["seen_open"]), bool(values["seen_shut"])), values)


@lru_cache(maxsize=256)
def folder_rules(access: Access) -> tuple[tuple[bytes, ...], tuple[Rule, ...]]:
    """Return the bounds of ranges of paths, and a rule for each range, the first of which has no bound."""
    shares = [share for share in access.shares if share.kind is ShareKind.FOLDER]
    # the innermost is the longest: of two around a path, one lies within the other
    shares.sort(key=lambda share: len(share.place))
    ranges = [(share, span) for share in shares for span in root_ranges([Path(share.place)])]
    bounds = sorted({bound for _, span in ranges for bound in span})
    rules = [Rule.NONE] * (len(bounds) + 1)
    for share, (low, high) in ranges:
        first, end = bounds.index(low) + 1, bounds.index(high) + 1
        rules[first:end] = [_rule(access, share)] * (end - first)
    # neighbours with one rule are one range
    kept = [number for number in range(len(bounds)) if rules[number] is not rules[number + 1]]
    return tuple(bounds[number] for number in kept), (rules[0], *(rules[number + 1] for number in kept))


def category_rules(access: Access, lineages: Lineages) -> dict[str, Rule]:
    """Return the rule of each category that a share is about, of any version of the taxonomy."""
    shares = [share for share in access.shares if share.kind is ShareKind.CATEGORY]
    if not shares:
        return {}
    named = {place for share in shares for place in (share.place, _by_now(share, lineages))}
    rules = {}
    for category in {*lineages.around, *lineages.moved, *named}:
        if about := shares_about(category, shares, lineages):
            # two that have become one category by now must both let somebody in
            rules[category] = min(_rule(access, share) for share in about)
    return rules


def shares_about(category: str, shares: Iterable[Share], lineages: Lineages) -> frozenset[Share]:
    """Return the innermost of these shares about a category; several where two have become one by now."""
    lineage = lineages.of(category)
    of_categories = (share for share in shares if share.kind is ShareKind.CATEGORY)
    about = [
        (lineages.depth(place), share)
        for share in of_categories
        if (place := _by_now(share, lineages)) in lineage
    ]
    deepest = max((depth for depth, _ in about), default=0)
    return frozenset(share for depth, share in about if depth == deepest)


def _by_now(share: Share, lineages: Lineages) -> str:
    return lineages.moved.get(share.place, share.place)


def _rule(access: Access, share: Share) -> Rule:
    return Rule.OPEN if access.is_let_in(share) else Rule.SHUT
