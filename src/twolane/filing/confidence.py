"""How sure filing is: probabilities calibrated on what people decided, and what may be accepted without them.

Everything follows from pairs of what the machine had decided on a document and what a person decided then.
Without any pair the probabilities stay as the tiers gave them, and a cautious threshold stands. See
docs/why/filing.md#what-is-accepted-is-proven
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twolane.documents import FilingProof, Needed, Tier
from twolane.filing.numbers import Floats

Flags = NDArray[np.bool_]

CAUTIOUS_THRESHOLD = 0.85
"""What is accepted as long as too few decisions are kept to prove anything; see docs/results.md."""

# The probability with which a proof may be wrong.
_RISK = 0.05
# Thresholds are tested from the cautious one downwards in such steps, until one fails.
_STEP = 0.05
_LOWEST = 0.5
# Before there is proof this share of what is accepted goes to a person all the same, afterwards that one.
_SHARE_BEFORE, _SHARE_AFTER = 0.04, 0.02
# How far the slope, the tiers and the categories may move without much evidence: standard deviations of the
# normal prior around probabilities that are right as they are.
_SLOPE_SPREAD, _TIER_SPREAD, _CATEGORY_SPREAD = 0.3, 0.5, 0.5
_NEWTON_STEPS = 12
_CLOSEST = 1e-4  # probabilities come no closer to 0 and 1
_PROVABLE = (0.1, 0.05, 0.02, 0.01)


@dataclass(frozen=True, slots=True)
class ComparedDecision:
    """What a machine decided on a document, and whether a person then decided the same.

    `probability` is that of the tiers before calibration. Only documents count of which a person was asked,
    because they were doubtful or drawn: who corrects unasked corrects what is wrong, and such pairs would say
    nothing of how often that happens.
    """

    tier: Tier
    category: str
    probability: float
    right: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic correction of probabilities: a slope, a shift, and a shift for each tier and category.

    After J. Platt (1999), with the shifts of tiers and categories as normal random effects, so that a
    category with two decisions hardly moves.
    """

    slope: float = 1.0
    shift: float = 0.0
    tiers: Mapping[Tier, float] = field(default_factory=dict)
    categories: Mapping[str, float] = field(default_factory=dict)

    def of(self, probability: float, tier: Tier, category: str) -> float:
        """Return the probability that a category is right."""
        shift = self.shift + self.tiers.get(tier, 0.0) + self.categories.get(category, 0.0)
        return 1.0 / (1.0 + math.exp(-(self.slope * _logit(probability) + shift)))


class Confidence:
    """How sure the machine's decisions are by the pairs kept so far; a value that does not change."""

    def __init__(self, pairs: Sequence[ComparedDecision] = (), max_error: float = 0.05) -> None:
        self._calibration = _calibrated(pairs)
        self.proof = self._proven(pairs, max_error)

    def of(self, probability: float, tier: Tier, category: str) -> float:
        """Return the probability that a category is right, from what the tiers gave it."""
        return self._calibration.of(probability, tier, category)

    def accepts(self, confidence: float) -> bool:
        """Say whether a category may stand without a person."""
        return confidence >= self.proof.threshold

    def samples(self, document: str) -> bool:
        """Say whether an accepted document is drawn to be looked at; `document` is its hash (hexadecimal).

        Without such a share only doubtful documents would ever be compared, and nothing be known of the rest.
        """
        share = _SHARE_AFTER if self.proof.proven else _SHARE_BEFORE
        return int(document[:8], 16) < share * 16**8

    def _proven(self, pairs: Sequence[ComparedDecision], max_error: float) -> FilingProof:
        sure = np.array([self.of(pair.probability, pair.tier, pair.category) for pair in pairs])
        right = np.array([pair.right for pair in pairs], dtype=bool)
        threshold, proven = _threshold(sure, right, max_error)
        beyond = right[sure >= threshold]
        wrong = int(np.count_nonzero(~beyond))
        return FilingProof(
            max_error,
            threshold,
            proven,
            decided=len(pairs),
            right=int(np.count_nonzero(right)),
            at_threshold=len(beyond),
            wrong_at_threshold=wrong,
            ece=expected_calibration_error(sure, right) if pairs else None,
            needed=tuple(Needed(error, needed(error, len(beyond), wrong)) for error in _PROVABLE),
        )


def _threshold(sure: Floats, right: Flags, max_error: float) -> tuple[float, bool]:
    """Return the least confidence that may be accepted, and whether that is proven.

    Learn-then-Test by fixed sequence (Angelopoulos et al. 2021, arXiv 2110.01052): the cautious threshold is
    tested first, then lower ones as long as each is proven, so that all tests together keep the risk of one.
    Where the cautious one itself is wrong more often than allowed, it is raised until it is not.
    """
    grid = np.round(np.arange(CAUTIOUS_THRESHOLD, _LOWEST - 1e-9, -_STEP), 2)
    proven = grid[: _held(sure, right, grid, max_error)]
    if len(proven):
        return float(proven[-1]), True
    for threshold in (CAUTIOUS_THRESHOLD, 0.9, 0.95, 0.98, 0.99):
        beyond = right[sure >= threshold]
        if np.count_nonzero(~beyond) <= max_error * (len(beyond) + 1 / max_error):
            return threshold, False
    return 1.0, False


def _held(sure: Floats, right: Flags, grid: Floats, max_error: float) -> int:
    """Return how many thresholds are proven before the first that is not."""
    for place, threshold in enumerate(grid):
        beyond = right[sure >= threshold]
        if upper_bound(int(np.count_nonzero(~beyond)), len(beyond)) > max_error:
            return place
    return len(grid)


def upper_bound(errors: int, count: int, risk: float = _RISK) -> float:
    """Return the greatest share of errors that fits what was seen, after C. Clopper and E. Pearson (1934).

    It is exceeded with the probability `risk` at most; 1 where nothing was seen.
    """
    if errors >= count:
        return 1.0
    low, high = errors / count, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(errors, count, middle) > risk else (low, middle)
    return high


def needed(error: float, count: int, errors: int) -> int:
    """Return how many decisions more, none of them wrong, prove that no more than `error` is wrong."""
    low, high = 0, 1
    while _at_most(errors, count + high, error) > _RISK:
        low, high = high, high * 2
    if _at_most(errors, count, error) <= _RISK:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _at_most(errors, count + middle, error) > _RISK else (low, middle)
    return high


def expected_calibration_error(sure: Floats, right: Flags) -> float:
    """Return how far confidence and accuracy lie apart in ten bins, weighed by the decisions in each."""
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(float((sure - right)[bins == each].sum())) for each in range(10)]
    return sum(gaps) / len(sure)


def _at_most(errors: int, count: int, share: float) -> float:
    """Return the probability of at most so many errors among `count`, each with the probability `share`."""
    if share <= 0.0:
        return 1.0
    if share >= 1.0:
        return float(errors >= count)
    found = np.arange(min(errors, count) + 1)
    factorials = np.array([math.lgamma(n + 1) + math.lgamma(count - n + 1) for n in found])
    logs = (
        math.lgamma(count + 1) - factorials + found * math.log(share) + (count - found) * math.log1p(-share)
    )
    return float(np.exp(logs).sum())


def _calibrated(pairs: Sequence[ComparedDecision]) -> Calibration:
    """Fit the correction by Newton's method: the most probable one under the priors."""
    if not pairs:
        return Calibration()
    tiers = sorted({pair.tier for pair in pairs})
    categories = sorted({pair.category for pair in pairs})
    rows = np.zeros((len(pairs), 2 + len(tiers) + len(categories)))
    rows[:, 0] = [_logit(pair.probability) for pair in pairs]
    rows[:, 1] = 1.0
    for row, pair in zip(rows, pairs, strict=True):
        row[2 + tiers.index(pair.tier)] = 1.0
        row[2 + len(tiers) + categories.index(pair.category)] = 1.0
    right = np.array([pair.right for pair in pairs], dtype=float)
    spreads = [_SLOPE_SPREAD, 1.0] + [_TIER_SPREAD] * len(tiers) + [_CATEGORY_SPREAD] * len(categories)
    weights = _fitted(rows, right, 1.0 / np.square(spreads))
    of_tiers, of_categories = weights[2 : 2 + len(tiers)], weights[2 + len(tiers) :]
    return Calibration(
        # a slope under 0 would call the surer the less sure
        max(0.1, float(weights[0])),
        float(weights[1]),
        dict(zip(tiers, map(float, of_tiers), strict=True)),
        dict(zip(categories, map(float, of_categories), strict=True)),
    )


def _fitted(rows: Floats, right: Floats, precision: Floats) -> Floats:
    start = np.zeros(rows.shape[1])
    start[0] = 1.0
    weights = start.copy()
    for _ in range(_NEWTON_STEPS):
        shares = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -30, 30)))
        gradient = rows.T @ (right - shares) - precision * (weights - start)
        curvature = (rows * (shares * (1 - shares))[:, None]).T @ rows + np.diag(precision)
        weights = weights + np.linalg.solve(curvature, gradient)
    return weights


def _logit(probability: float) -> float:
    held = min(max(probability, _CLOSEST), 1 - _CLOSEST)
    return math.log(held / (1 - held))
