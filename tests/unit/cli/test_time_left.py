"""The time left of some work, which people can rely on."""

from __future__ import annotations

import itertools
import random

import pytest

from twolane.cli.time_left import FileCosts, TimeLeft, rate_words, time_words


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_counts_down_without_jumps_though_files_are_done_in_bursts() -> None:
    # given: 300 files in 600 s, five at a time every ten seconds
    clock = Clock()
    left, shown = TimeLeft(clock), []

    # when
    for second in range(600):
        clock.now = float(second)
        left_s = left.left_s(second // 10 * 5, 300)
        shown.append((second, left_s))

    # then
    said = [(second, left_s) for second, left_s in shown if left_s is not None and second > 60]
    assert len(said) > 530
    assert all(abs(left_s - (600 - second)) < 0.25 * (600 - second) + 15 for second, left_s in said)
    assert all(abs(later - left_s) < 6 for (_, left_s), (_, later) in itertools.pairwise(said))


def test_time_that_was_spent_waiting_for_something_else_changes_nothing() -> None:
    # given
    clock = Clock()
    left = TimeLeft(clock)
    for second in range(101):
        clock.now = float(second)
        before = left.left_s(second, 200)

    # when
    for second in range(101, 400):
        clock.now = float(second)
        waiting = left.left_s(100, 200, waits=True)
    clock.now = 400.0
    after = left.left_s(101, 200)

    # then
    assert before == pytest.approx(100, rel=0.2)
    assert waiting == before
    assert after == pytest.approx(before, abs=5)


def test_what_a_scan_costs_is_learned_while_files_are_done() -> None:
    # given: a scan takes 30 s and a note 1 s, done in any order
    costs, chance = FileCosts(), random.Random(1)

    # when
    for _ in range(60):
        kinds = {"image/png": chance.randint(0, 3), "text/plain": chance.randint(0, 20)}
        costs.took(kinds, 30 * kinds["image/png"] + kinds["text/plain"])

    # then
    one_each = costs.of({"image/png": 1}) / costs.of({"text/plain": 1})
    assert one_each == pytest.approx(30, rel=0.35)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "5 s"), (31, "35 s"), (91, "1:30 min"), (700, "12 min"), (7900, "2 h 10 min")],
)
def test_times_are_said_as_exactly_as_they_are_known(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


@pytest.mark.parametrize(
    ("per_s", "words"),
    [(250.0, "250/s"), (3.46, "3.5/s"), (0.9, "54/min"), (0.02, "1/min"), (0.01, "36/h")],
)
def test_a_rate_is_said_in_the_unit_in_which_it_is_a_number(per_s: float, words: str) -> None:
    assert rate_words(per_s) == words
