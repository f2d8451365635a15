"""The port of a tier of the filing cascade: it looks at a document and gives evidence for each category."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from twolane.documents import ModelAnswer, Tier
from twolane.filing.learn import Floats, Learning


@dataclass(frozen=True, slots=True)
class Case:
    """A document as the tiers get it; `text` is its beginning, without needless white space."""

    text: str
    path: Path | None = None
    media_type: str = ""


@dataclass(frozen=True, eq=False)
class Opinion:
    """The evidence of one tier on a document.

    `logits` (categories) is added to those of the other tiers; the softmax of the sum is the probability of
    each category. `reason` returns the evidence for the category with an index, in words. No further tier is
    asked where it is `final`. `by` names the model that was asked.
    """

    tier: Tier
    logits: Floats
    reason: Callable[[int], str]
    by: str = ""
    final: bool = False
    vector: Floats | None = None
    answer: ModelAnswer | None = None


class FilingTier(Protocol):
    """One tier; safe to use from several threads."""

    @property
    def asked_below(self) -> float:
        """The tier is asked where the tiers before it are less sure than this, 0 to 1."""

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:
        """Return evidence, None where there is none; `before` is the evidence of the tiers before this one.

        Raises the `ModelError` of the model that it asks.
        """


def combined(opinions: Sequence[Opinion], categories: int) -> Floats:
    """Return the probability of each category by all the evidence."""
    return softmax(sum((opinion.logits for opinion in opinions), np.zeros(categories)))


def softmax(logits: Floats) -> Floats:
    """Return the shares of logits, which sum to 1."""
    powers = np.exp(logits - logits.max())
    shares: Floats = powers / powers.sum()
    return shares
