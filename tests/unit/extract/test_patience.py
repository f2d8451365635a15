"""Patience with slow files: looks in vain get shorter, and what is read brings patience back."""

from __future__ import annotations

from twolane.extract.sandbox.patience import Patience


def test_many_slow_files_in_a_row_are_looked_at_shorter() -> None:
    # given
    patience = Patience()
    first_s = patience.look_s()

    # when
    for _ in range(10):
        patience.lost(patience.look_s())

    # then
    assert 0.0 < patience.look_s() < first_s


def test_files_that_are_read_bring_patience_back() -> None:
    # given
    patience = Patience()
    first_s = patience.look_s()
    for _ in range(10):
        patience.lost(first_s)

    # when
    for _ in range(400):
        patience.read(0.01)

    # then
    assert patience.look_s() == first_s


def test_what_a_broken_process_says_of_its_time_gives_no_patience_beyond_measure() -> None:
    # given
    patience = Patience()
    first_s = patience.look_s()
    patience.lost(10.0)

    # when
    patience.read(float("inf"))
    patience.read(-5.0)

    # then
    assert patience.look_s() <= first_s
