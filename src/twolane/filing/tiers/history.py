"""The tier before all others: what a person said of the file before its content changed.

See docs/why/filing.md#what-a-person-said-of-a-file-outlives-its-content.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twolane.documents import Tier
from twolane.filing.learn import Learning
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.base import Case, Opinion

# An edited file nearly always stays what it was. This is more than a rule claims for itself, so that a file
# whose rule a person has overruled stays where it was put; and less than all the other tiers together can
# weigh, so that a file that was overwritten by something else goes to review.
_STAYS = 0.998


class HistoryTier:
    """Obeys `FilingTier`: an edited file is evidence for the category that a person gave to it before."""

    tier = Tier.HISTORY
    asked_below = 2.0  # always: it is the first

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._leaves = len(taxonomy.leaves().categories)

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:  # noqa: ARG002
        places = self._taxonomy.leaf_places(case.earlier) if case.earlier else ()
        if not places or len(places) == self._leaves:  # nobody decided before, or it is no category any more
            return None
        logits = np.full(self._leaves, np.log((1.0 - _STAYS) / (self._leaves - len(places))))
        logits[list(places)] = np.log(_STAYS / len(places))
        reason = f'a person filed an earlier version as "{self._taxonomy.path_name(case.earlier)}"'
        claims = places[0] if len(places) == 1 else None
        return Opinion(Tier.HISTORY, logits, lambda _: reason, claims=claims)
