"""Calibration: what is summed, what is forgotten, and that it survives being written and read."""

from __future__ import annotations

import json

import numpy as np
import pytest

from twolane.filing.calibrate import Calibration


def learned() -> Calibration:
    return (
        Calibration.fresh("k", 2)
        .with_neutral(np.array([-0.1, -2.0]))
        .with_vector(np.array([1.0, 0.0, 0.0]), np.array([0.75, 0.25]))
        .with_logprobs(np.array([-1.0, -0.5]), np.array([0.5, 0.5]))
    )


def test_documents_are_shared_out_over_the_categories() -> None:
    # when
    calibration = learned().with_vector(np.array([0.0, 1.0, 0.0]), np.array([0.25, 0.75]))

    # then
    assert calibration.seen.tolist() == [1.0, 1.0]
    assert calibration.vectors.tolist() == [[0.75, 0.25, 0.0], [0.25, 0.75, 0.0]]
    assert calibration.logprobs.tolist() == [[-0.5, -0.25], [-0.5, -0.25]]
    assert calibration.squares.tolist() == [[0.5, 0.125], [0.5, 0.125]]


def test_an_earlier_value_never_changes() -> None:
    # given
    before = learned()
    written = before.to_json()

    # when
    before.with_vector(np.ones(3), np.ones(2)).with_logprobs(np.ones(2), np.ones(2))

    # then
    assert before.to_json() == written


def test_old_documents_fade() -> None:
    # given
    calibration = learned()

    # when
    for _ in range(2000):
        calibration = calibration.with_vector(np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0]))

    # then
    assert calibration.seen[0] == pytest.approx(300)
    assert calibration.vectors[0, 0] < 0.01
    assert calibration.vectors[1, 0] == 0.25


def test_what_is_written_is_read_again() -> None:
    # given
    before = learned()

    # when
    after = Calibration.from_json(before.to_json())

    # then
    assert after is not None
    assert after.key == "k"
    assert after.to_json() == before.to_json()


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 99},
        {"key": None, "seen": 3},
        {"vectors": {"shape": [3, 3], "data": ""}},
        {"asked": {"shape": [3], "data": "AAAAAAAAAAAAAAAA"}},
        {"neutral": {"shape": [1], "data": "AADAfw=="}},
        {"neutral": {"shape": [1], "data": "???"}},
    ],
)
def test_what_is_damaged_is_learned_anew(damage: dict[str, object]) -> None:
    # given
    text = json.dumps(json.loads(learned().to_json()) | damage)

    # then
    assert Calibration.from_json(text) is None
    assert Calibration.from_json("no json") is None
    assert Calibration.from_json("[]") is None
