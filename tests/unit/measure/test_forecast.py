"""The time left: reckoned from guesses first, and from this machine's own times as soon as there are some."""

from __future__ import annotations

import pytest

from twolane.measure.prove.experiment import ExperimentStep, Values
from twolane.measure.prove.forecast import Forecast
from twolane.measure.prove.rig import Rig


def not_measured(rig: Rig) -> Values:
    raise AssertionError("no test of this file measures")


def test_a_machine_that_is_twice_as_slow_is_soon_known_to_be() -> None:
    # given
    steps = [ExperimentStep("speed", str(number), "two", 0, not_measured, papers=100) for number in range(3)]
    forecast = Forecast(quick=False)
    forecast.plan(steps)
    forecast.open(steps[0], "opening two lanes")
    before = forecast.progress()

    # when
    forecast.begin("speed, two lanes")
    forecast.learn(steps[0], 360.0)
    forecast.done(steps[0])
    after = forecast.progress()

    # then
    assert before.total - before.done == pytest.approx(540.0, abs=2.0)
    assert after.total - after.done == pytest.approx(720.0, abs=2.0)
    assert after.now == "speed, two lanes"


def test_nothing_is_left_at_the_end() -> None:
    # given
    only = ExperimentStep("speed", "", "two", 0, not_measured, papers=5)
    forecast = Forecast(quick=True)
    forecast.plan([only])

    # when
    forecast.open(only, "opening two lanes")
    forecast.learn(only, 5.0)
    forecast.done(only)
    end = forecast.progress()

    # then
    assert end.done == end.total
