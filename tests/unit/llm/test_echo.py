"""Words that a server says once more before it continues them are taken off, however they come."""

from __future__ import annotations

import pytest

from twolane.llm.base import Delta, Finished, Message, Prompt
from twolane.llm.runtimes.echo import without_echo
from twolane.llm.runtimes.thinking import Thought

WORDS = "Tenants must vac"
PROMPT: Prompt = (Message("user", "What?"), Message("assistant", WORDS))


def said(*pieces: str, prompt: Prompt = PROMPT) -> str:
    events: list[Delta | Thought | Finished] = [*map(Delta, pieces), Finished("stop")]
    *texts, end = list(without_echo(events, prompt))
    assert isinstance(end, Finished)
    return "".join(event.text for event in texts if isinstance(event, Delta))


@pytest.mark.parametrize("size", range(1, 20))
@pytest.mark.parametrize("echo", [WORDS, f" {WORDS}", f"\n\n{WORDS}", "Tenants  must vac"])
def test_an_echo_is_taken_off_in_any_pieces_and_with_any_blanks(echo: str, size: int) -> None:
    # given
    whole = f"{echo}ate by May."

    # then
    assert said(*(whole[start : start + size] for start in range(0, len(whole), size))) == "ate by May."


@pytest.mark.parametrize(
    "pieces", [("ate by", " May."), ("Tenants pay.",), ("T", "omorrow"), (" and", " go"), ("Tenants must",)]
)
def test_what_is_no_echo_is_passed_on_as_it_is(pieces: tuple[str, ...]) -> None:
    assert said(*pieces) == "".join(pieces)


def test_an_answer_that_is_begun_anew_keeps_its_blanks() -> None:
    assert said(" yes", prompt="Is it so?") == " yes"
    assert said(f"{WORDS}", " ate") == " ate"
