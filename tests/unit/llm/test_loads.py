"""Loads of a model are counted where it was pushed out of memory, and nowhere else."""

from __future__ import annotations

import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelBusyError
from twolane.llm.wire.loads import LoadCounter


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counter(clock: Clock) -> LoadCounter:
    counter = LoadCounter(LaneSettings(model="m:1b"), "http://a:1", clock)
    counter.loaded()
    return counter


def answered(counter: LoadCounter, clock: Clock, *, at_s: float, load_s: float, total_s: float) -> None:
    clock.now_s = 1000.0 + at_s
    counter.note(int(load_s * 1e9), int(total_s * 1e9))


def test_a_load_that_many_requests_wait_for_is_one(counter: LoadCounter, clock: Clock) -> None:
    # when four come one after the other while a load from 100 s to 105 s goes on
    for waited in range(4):
        answered(counter, clock, at_s=110 + waited, load_s=5 - waited, total_s=10)

    # then
    assert counter.recent().loads == 1


def test_each_load_after_an_answer_is_one_more(counter: LoadCounter, clock: Clock) -> None:
    # when
    for number in range(3):
        answered(counter, clock, at_s=100 + 20 * number, load_s=5, total_s=10)

    # then
    assert (counter.recent().loads, counter.recent().too_many) == (3, True)


def test_a_request_that_came_during_the_first_load_is_not_counted(counter: LoadCounter, clock: Clock) -> None:
    # given
    clock.now_s += 100
    counter.loaded()

    # when
    answered(counter, clock, at_s=105, load_s=3, total_s=8)

    # then
    assert counter.recent().loads == 0


@pytest.mark.parametrize(("error", "loads"), [(ModelAnswerError, 0), (ModelBusyError, 1)])
def test_a_load_after_a_failure_is_as_it_should_be(
    counter: LoadCounter, clock: Clock, error: type[Exception], loads: int
) -> None:
    # given
    with pytest.raises(error), counter.watched():
        raise error("it died", "look why")

    # when
    answered(counter, clock, at_s=100, load_s=5, total_s=10)

    # then
    assert counter.recent().loads == loads
