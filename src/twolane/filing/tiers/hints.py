"""The tier of hints: each that is found at the start of a text is evidence for its category."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from twolane.documents import Tier
from twolane.filing.expressions import GroupedExpressions
from twolane.filing.learn import Learning
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.base import Case, Opinion
from twolane.filing.tiers.rules import quote

HINT_CHARS = 3000

# What one hint adds to a category's logit, and the most hints that count: with vectors of two models it gave
# the best probabilities on home and office documents; alone it was sure and wrong twice on 590 others.
_HINT_LOGIT = 2.0
_MOST_HINTS = 4


class Hints:
    """A taxonomy's hints, ready to be looked for; safe to use from several threads."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._expressions = GroupedExpressions([category.hints for category in taxonomy.categories])

    def look(self, text: str) -> tuple[tuple[str, ...], ...]:
        """Return for each category, in the taxonomy's order, what each of its hints that matches found."""
        return self._expressions.search(re.sub(r"\n{2,}", "\n", text)[:HINT_CHARS])


class HintsTier:
    """Obeys `FilingTier`: hints are evidence for their category."""

    tier = Tier.RULES
    asked_below = 2.0  # always: it is cheap, and what it finds may speak against a rule

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._hints = Hints(taxonomy)
        self._categories = taxonomy.categories

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:  # noqa: ARG002
        found = self._hints.look(case.text)
        if not any(found):
            return None
        counts = np.array([min(len(hints), _MOST_HINTS) for hints in found], dtype=np.float64)
        return Opinion(Tier.RULES, _HINT_LOGIT * counts, lambda best: self._words(found, best))

    def _words(self, found: Sequence[tuple[str, ...]], best: int) -> str:
        hints = found[best]
        return f'words of "{self._categories[best].name}": {quote(hints)}' if hints else ""
