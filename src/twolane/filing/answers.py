"""What the small model's answers to a library's documents sum up to: its bias for some labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from twolane.filing.numbers import Floats


@dataclass(frozen=True, eq=False, slots=True)
class Answered:
    """The small model's answer to one document.

    `logprobs` (labels) is what it said; `shares` (categories) is how far the document belongs to each.
    """

    logprobs: Floats
    shares: Floats


@dataclass(frozen=True, eq=False, slots=True)
class ModelAnswers:
    """Sums over answers, one a category; a value that does not change.

    Means are taken over categories and not over documents, so that a thousand invoices and three letters do
    not look like a bias towards invoices. `asked` (categories) is the weight of the documents that were asked
    about, `logprobs` and `squares` (categories, labels) the sums of log-probabilities and of their squares.
    """

    asked: Floats
    logprobs: Floats
    squares: Floats

    @classmethod
    def none(cls, categories: int) -> ModelAnswers:
        """Return the sums before the first answer."""
        table = np.zeros((categories, categories))
        return cls(np.zeros(categories), table, table)

    def plus(self, answered: Sequence[Answered], sign: float = 1.0) -> ModelAnswers:
        """Return them with some more answers, or with a `sign` of -1 without them."""
        if not answered:
            return self
        shares = sign * np.array([one.shares for one in answered], dtype=np.float64)
        logprobs = np.array([one.logprobs for one in answered], dtype=np.float64)
        return replace(
            self,
            asked=self.asked + shares.sum(axis=0),
            logprobs=self.logprobs + shares.T @ logprobs,
            squares=self.squares + shares.T @ logprobs**2,
        )
