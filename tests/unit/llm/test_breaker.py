"""The circuit breaker of one server: when it opens, how long it pauses, when it closes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twolane.errors import ModelAnswerError, ModelUnreachableError
from twolane.llm.pool.breaker import FAILURES, FIRST_PAUSE_S, MAX_PAUSE_S, Breaker

BAD = ModelAnswerError("nonsense", "look at its log")
GONE = ModelUnreachableError("nobody there", "start it")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_not_after_some_among_successes() -> None:
    # given
    breaker = Breaker()

    # when
    for _ in range(10):
        for _ in range(FAILURES - 1):
            breaker.failed(BAD)
        breaker.succeeded()
    opened = [breaker.failed(BAD) for _ in range(FAILURES)]

    # then
    assert opened == [False] * (FAILURES - 1) + [True]
    assert breaker.state == "open"
    assert breaker.error is BAD


@given(st.integers(1, 40))
def test_its_pause_grows_with_each_failed_trial_up_to_a_bound(failures: int) -> None:
    # given
    breaker = Breaker(Clock())

    # when
    pauses = []
    for _ in range(failures):
        breaker.trip(GONE)
        pauses.append(breaker.pause_left_s)
        breaker.try_again()

    # then
    assert pauses == [min(MAX_PAUSE_S, FIRST_PAUSE_S * 2**n) for n in range(failures)]


def test_its_pause_runs_out_and_a_success_forgets_it() -> None:
    # given
    clock = Clock()
    breaker = Breaker(clock)
    breaker.trip(GONE)
    breaker.trip(GONE)

    # when
    clock.now += 10 * MAX_PAUSE_S

    # then
    assert breaker.pause_left_s == 0

    # when
    breaker.succeeded()
    breaker.trip(GONE)

    # then
    assert breaker.pause_left_s == FIRST_PAUSE_S
