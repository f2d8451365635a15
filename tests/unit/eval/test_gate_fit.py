"""The gate is fitted to what parts questions that files answer from others."""

from __future__ import annotations

from random import Random

from eval.gate import Weighed, fit, fitted, table


def _weighed(number: int, *, answered: bool, nearness: float, coverage: float) -> Weighed:
    group = "there" if answered else "not there"
    return Weighed(group, number % 2, answered, 0.8, nearness, coverage, answered)


def _questions(chance: Random) -> list[Weighed]:
    near = [
        _weighed(number, answered=True, nearness=chance.gauss(1, 0.3), coverage=chance.gauss(0.8, 0.1))
        for number in range(100)
    ]
    far = [
        _weighed(number, answered=False, nearness=chance.gauss(0, 0.3), coverage=chance.gauss(0.4, 0.1))
        for number in range(100)
    ]
    return near + far


def test_nearness_and_coverage_both_speak_for_an_answer() -> None:
    # when
    at_nothing, by_nearness, by_coverage = fit(_questions(Random(1)))

    # then
    assert at_nothing < 0 < min(by_nearness, by_coverage)


def test_the_report_has_the_gate_as_it_is_and_as_it_would_be_fitted() -> None:
    # given
    weighed = _questions(Random(1))

    # when
    today, lines = table(weighed), fitted(weighed).splitlines()

    # then
    assert "| there | 100 | 0.000 (0.000 to 0.037) |" in today
    assert "| not there | 100 | 1.000 (0.963 to 1.000) |" in today
    assert lines[1].startswith("there: 0.0")
    assert lines[2].startswith("not there: ")
    assert float(lines[2].split()[2]) > 0.8
