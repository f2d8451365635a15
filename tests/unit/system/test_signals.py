"""Signals that ask a program to end have one handler for a while, and their earlier ones afterwards."""

from __future__ import annotations

import signal

import pytest

from twolane.system.signals import INTERRUPT, TERMINATE, asking_to_end, handled


def test_signals_are_handled_for_the_block_and_not_beyond() -> None:
    # given
    before = {number: signal.getsignal(number) for number in asking_to_end()}
    heard = []

    # when
    with handled(lambda number, _: heard.append(number), *asking_to_end()):
        signal.raise_signal(INTERRUPT)
        signal.raise_signal(TERMINATE)

    # then
    assert heard == [signal.SIGINT, signal.SIGTERM]
    assert {number: signal.getsignal(number) for number in asking_to_end()} == before


def test_a_handler_can_be_for_the_first_signal_alone() -> None:
    # given
    heard = []

    # when
    with handled(lambda *_: heard.append("outer"), TERMINATE):
        with handled(lambda *_: heard.append("inner"), TERMINATE, once=True):
            signal.raise_signal(TERMINATE)
            signal.raise_signal(TERMINATE)

    # then
    assert heard == ["inner", "outer"]


def test_an_error_in_the_block_gives_the_earlier_handler_back_too() -> None:
    # given
    before = signal.getsignal(TERMINATE)

    # when
    with pytest.raises(ValueError, match="broken"), handled(lambda *_: None, TERMINATE):
        raise ValueError("broken")

    # then
    assert signal.getsignal(TERMINATE) == before


def test_windows_ctrl_break_asks_to_end_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)

    # when
    numbers = asking_to_end()

    # then
    assert numbers[:3] == (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
