"""Multinomial logistic regression with ridge, for a few thousand examples in a few hundred dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twolane.filing.numbers import Floats, softmax

_ROUNDS = 60
# Examples have lengths of about 8 here (1 over the spread of cosines).
_RIDGE = 30.0


@dataclass(frozen=True, eq=False, slots=True)
class Head:
    """A trained regression: `weights` (classes, dimensions) and `biases` (classes)."""

    weights: Floats
    biases: Floats

    def logprobs(self, vector: Floats) -> Floats:
        """Return the log-probability of each class for a vector (dimensions)."""
        logits = self.weights @ vector + self.biases
        logprobs: Floats = logits - np.logaddexp.reduce(logits)
        return logprobs


def trained(examples: Floats, members: Floats) -> Head:
    """Fit a regression to examples (examples, dimensions), each a member (examples, classes) of one class.

    Each step solves with a fixed bound of the Hessian (D. Böhning, "Multinomial logistic regression
    algorithm", 1992), so that it never overshoots, and the result is the same in every process.
    """
    rows = np.concatenate((examples, np.ones((len(examples), 1))), axis=1).astype(np.float64)
    ridge = np.full(rows.shape[1], _RIDGE)
    ridge[-1] = 1.0
    bound = np.linalg.inv(0.5 * rows.T @ rows + np.diag(ridge))
    weights = np.zeros((rows.shape[1], members.shape[1]))
    for _ in range(_ROUNDS):
        gradient = rows.T @ (members - softmax(rows @ weights)) - ridge[:, None] * weights
        weights = weights + bound @ gradient
    return Head(weights[:-1].T, weights[-1])
