"""The figures of the evaluations, on cases small enough to be counted by hand."""

from __future__ import annotations

import pytest
from eval.scoring import Judged, ece, interval, macro_f1, score, wilson


def test_a_score_counts_what_is_right_what_could_be_defended_and_what_nobody_looks_at() -> None:
    # given
    run = [
        Judged("a", "letter", "letter", 0.9, accepted=True),
        Judged("b", "letter", "form", 0.9, accepted=True, also=("form",)),
        Judged("c", "form", "letter", 0.8, accepted=True),
        Judged("d", "form", "form", 0.4),
        Judged("e", "form", ""),
    ]

    # when
    found = score([run])

    # then
    assert [found.files, found.accuracy, found.lenient] == pytest.approx([5, 0.4, 0.6])
    shares = [found.accepted, found.wrong or 0, found.indefensible or 0]
    assert shares == pytest.approx([0.6, 2 / 3, 1 / 3])
    assert found.low < found.accuracy < found.high


def test_runs_over_the_same_files_make_no_narrower_interval() -> None:
    # given
    run = [Judged(str(number), "letter", "letter" if number % 3 else "form", 0.5) for number in range(30)]

    # when
    once, often = score([run]), score([run] * 5)

    # then
    assert (once.low, once.high, once.files) == (often.low, often.high, often.files)
    assert once.wrong is None


def test_a_confidence_that_is_kept_has_no_calibration_error() -> None:
    # given
    kept = [Judged(str(n), "letter", "letter" if n < 3 else "form", 0.75) for n in range(4)]
    boast = [Judged(str(n), "letter", "form", 0.95) for n in range(4)]

    # then
    assert ece(kept) == pytest.approx(0.0)
    assert ece(boast) == pytest.approx(0.95)
    assert ece([*kept, *boast]) == pytest.approx(0.475)
    assert ece([Judged("a", "letter", "")]) == 0.0


def test_macro_f1_weighs_a_rare_category_as_a_common_one() -> None:
    # given
    run = [Judged(str(n), "letter", "letter") for n in range(8)] + [Judged("x", "form", "letter")]

    # then
    assert macro_f1(run) == pytest.approx((16 / 17 + 0) / 2)


def test_intervals_are_those_of_the_textbooks() -> None:
    # then: Brown, Cai and DasGupta (2001) give Wilson's interval of 9 in 10
    assert list(wilson(9, 10)) == pytest.approx([0.596, 0.982], abs=1e-3)
    assert list(wilson(12, 12)) == pytest.approx([0.757, 1.0], abs=1e-3)
    assert interval([1.0, 1.0]) == (1.0, 1.0)
    assert interval([0.0, 1.0] * 50) == interval([0.0, 1.0] * 50)


def test_nothing_to_score_is_an_error() -> None:
    with pytest.raises(ValueError, match="no file"):
        score([[]])
