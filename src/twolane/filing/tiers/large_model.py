"""The last tier before a person: the large model, asked as the small one is, where the user wants that."""

from __future__ import annotations

from twolane.documents import Tier
from twolane.filing.answers import ModelAnswers
from twolane.filing.learn import Learning
from twolane.filing.numbers import Floats
from twolane.filing.tiers.small_model import SmallModelTier, unbiased


class LargeModelTier(SmallModelTier):
    """Obeys `FilingTier`: asked about what all others together are not sure of.

    Too few documents come this far to learn its bias from them: only its answers to neutral texts count.
    """

    tier = Tier.LARGE_MODEL

    def _unbiased(self, logprobs: Floats, learning: Learning, neutral: Floats, *, alone: bool) -> Floats:  # noqa: ARG002
        return unbiased(logprobs, ModelAnswers.none(len(logprobs)), neutral, alone=True)
