"""What is typed, key by key: what an arrow sends is never taken for letters."""

from __future__ import annotations

import pytest

from twolane.cli.keys import ESCAPE, first_key

NO_CHARACTERS = {
    "up": "\x1b[A",
    "down, of another mode": "\x1bOB",
    "right with Shift and Alt": "\x1b[1;4C",
    "delete": "\x1b[3~",
    "F1": "\x1bOP",
    "F12": "\x1b[24~",
    "a letter with Alt": "\x1by",
    "the mouse": "\x1b[<0;12;7M",
    "the window has the focus": "\x1b[I",
    "escape": "\x1b",
}


@pytest.mark.parametrize("name", NO_CHARACTERS)
def test_a_key_that_is_no_character_is_one_key_wherever_it_stands(name: str) -> None:
    # given
    sent = NO_CHARACTERS[name]
    typed, keys = f"y{sent}\x1b[B" + "uß中", []

    # when
    while typed:
        key, typed, _ = first_key(typed)
        keys.append(key)

    # then
    assert keys == ["y", ESCAPE, ESCAPE, "u", "ß", "中"]


@pytest.mark.parametrize("name", NO_CHARACTERS)
def test_it_is_waited_for_the_rest_of_a_key_and_for_no_more(name: str) -> None:
    # given
    sent = NO_CHARACTERS[name]

    # then
    assert all(first_key(sent[:length]) == (ESCAPE, "", True) for length in range(1, len(sent)))
    assert first_key(sent) == (ESCAPE, "", name == "escape")
