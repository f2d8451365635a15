"""How sure filing is, by what people decided after it."""

from __future__ import annotations

import hashlib
import random

import numpy as np
import pytest

from twolane.documents import Tier
from twolane.filing.confidence import (
    CAUTIOUS_THRESHOLD,
    ComparedDecision,
    Confidence,
    expected_calibration_error,
    needed,
    upper_bound,
)


def _pair(
    probability: float,
    right: bool = True,
    *,
    tier: Tier = Tier.SIMILARITY,
    category: str = "invoice",
) -> ComparedDecision:
    return ComparedDecision(tier, category, probability, right)


@pytest.mark.parametrize(
    ("errors", "count", "bound"),
    # R: binom.test(errors, count, alternative = "less")$conf.int
    [(0, 59, 0.04950), (0, 149, 0.01991), (1, 10, 0.39416), (5, 100, 0.10225), (10, 10, 1.0), (0, 0, 1.0)],
)
def test_the_bound_of_errors_is_that_of_clopper_and_pearson(errors: int, count: int, bound: float) -> None:
    assert upper_bound(errors, count) == pytest.approx(bound, abs=2e-5)


def test_fifty_nine_decisions_without_an_error_prove_five_percent() -> None:
    assert needed(0.05, 0, 0) == 59
    assert needed(0.02, 0, 0) == 149
    assert needed(0.05, 59, 0) == 0
    assert needed(0.05, 40, 1) == 53  # 93 with one error


def test_without_decisions_probabilities_stay_and_the_threshold_is_cautious() -> None:
    confidence = Confidence()

    assert confidence.of(0.7, Tier.SMALL_MODEL, "letter") == pytest.approx(0.7)
    assert confidence.accepts(CAUTIOUS_THRESHOLD)
    assert not confidence.accepts(CAUTIOUS_THRESHOLD - 0.01)
    assert not confidence.proof.proven
    assert confidence.proof.ece is None
    assert [(each.error, each.decisions) for each in confidence.proof.needed][1] == (0.05, 59)


def test_decisions_without_an_error_lower_the_threshold_as_far_as_they_prove() -> None:
    # given decisions on files of all probabilities from 0.7 on, all of them right
    pairs = [_pair(0.7 + 0.29 * place / 199) for place in range(200)]

    # when
    proof = Confidence(pairs, max_error=0.05).proof

    # then
    assert proof.proven
    assert proof.threshold <= 0.75
    assert (proof.decided, proof.right) == (200, 200)


def test_more_errors_than_allowed_raise_the_threshold() -> None:
    # given a machine that is wrong one time in five where it is as sure as 0.93, and right at 0.999
    pairs = [_pair(0.93, right=place % 5 > 0) for place in range(100)]
    pairs += [_pair(0.999) for _ in range(40)]

    # when
    confidence = Confidence(pairs, max_error=0.05)

    # then
    assert not confidence.accepts(confidence.of(0.93, Tier.SIMILARITY, "invoice"))
    assert confidence.of(0.93, Tier.SIMILARITY, "invoice") < 0.88


def test_a_tier_and_a_category_that_are_often_wrong_are_believed_less() -> None:
    # given letters by the small model that are wrong half of the time, and invoices by vectors that are right
    wrong = [_pair(0.9, right=place % 2 > 0, tier=Tier.SMALL_MODEL, category="letter") for place in range(40)]
    right = [_pair(0.9) for _ in range(40)]

    # when
    confidence = Confidence(wrong + right)

    # then
    assert confidence.of(0.9, Tier.SMALL_MODEL, "letter") < 0.7
    assert confidence.of(0.9, Tier.SIMILARITY, "invoice") > 0.9


def test_two_decisions_hardly_move_a_category() -> None:
    confidence = Confidence([_pair(0.9, right=False), _pair(0.9, right=True)])

    assert 0.7 < confidence.of(0.9, Tier.SIMILARITY, "invoice") < 0.9


def test_proofs_are_wrong_no_more_often_than_they_say() -> None:
    """With 8 % of errors at every confidence, 5 % is "proven" in at most about one library of twenty."""
    chance = random.Random(5)
    proven = 0
    for _ in range(200):
        pairs = [_pair(chance.uniform(0.5, 0.99), right=chance.random() > 0.08) for _ in range(150)]
        proven += Confidence(pairs, max_error=0.05).proof.proven
    assert proven <= 0.1 * 200


def test_the_sample_is_a_small_share_of_documents_and_smaller_once_there_is_proof() -> None:
    # given
    documents = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(5000)]
    before, after = Confidence(), Confidence([_pair(0.97) for _ in range(100)])

    # when
    drawn = {document for document in documents if before.samples(document)}
    later = {document for document in documents if after.samples(document)}

    # then
    assert 0.03 * 5000 < len(drawn) < 0.07 * 5000
    assert later < drawn


def test_the_calibration_error_is_the_gap_of_each_bin_by_its_share() -> None:
    sure = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, False, False])

    assert expected_calibration_error(sure, right) == pytest.approx((0.05 * 2 + 0.55 * 2) / 4)
