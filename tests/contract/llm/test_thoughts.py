"""Whatever a model thinks is no part of its answer, and what it continues is not said twice."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from standins.model_server import Said
from tests.contract.llm.conftest import Bench

from twolane.errors import ModelThoughtError
from twolane.llm.base import ChatOptions, Delta, Finished, Message, Schema

ANSWER = "The deposit for the key is 25 Euro [1]."
CHAT = (Message("user", "How much is the deposit?"),)
SCHEMA: Schema = {"type": "object", "properties": {"euros": {"type": "integer"}}, "required": ["euros"]}
CUTS = pytest.mark.parametrize("cut", [1, 4, 1000])
MARKED = pytest.mark.parametrize(
    "thought",
    [
        "<think>\n25? Yes.\n</think>\n\n",
        "[THINK]25? Yes.[/THINK]",
        "<|channel|>analysis<|message|>25?<|end|><|start|>assistant<|channel|>final<|message|>",
        "25? Yes.\n</think>\n\n",
    ],
    ids=["tags", "brackets", "channels", "only closed"],
)


def _text(events: Iterable[Delta | Finished]) -> str:
    text = ""
    for event in events:
        if isinstance(event, Delta):
            text = event.text if event.restarts else text + event.text
    return text


@CUTS
@MARKED
def test_a_thought_within_the_text_is_none_of_the_answer(bench: Bench, thought: str, cut: int) -> None:
    # given
    bench.say(Said.cut_in(cut, thought + ANSWER))
    llm = bench.open()

    # when
    text = _text(llm.chat(CHAT, ChatOptions()))

    # then
    assert text == ANSWER
    assert "thinks" in llm.health().detail or not llm.health().loaded


@MARKED
def test_a_value_is_filled_in_behind_a_thought(bench: Bench, thought: str) -> None:
    # given
    bench.say(Said.cut_in(3, thought + '{"euros": 25}'))

    # then
    assert bench.open().fill(CHAT, SCHEMA, 100).value == {"euros": 25}


def test_a_thought_in_a_field_of_its_own_is_none_of_the_answer(bench: Bench) -> None:
    # given
    bench.say(Said((ANSWER[:9], ANSWER[9:]), ("25", "? Yes.")))

    # then
    assert _text(bench.open().chat(CHAT, ChatOptions())) == ANSWER


@pytest.mark.parametrize(
    "said",
    [
        Said.cut_in(4, "<think>25? Yes, and", "length"),
        Said.cut_in(4, "25? Yes.\n</think>\n", "length"),
        Said((), ("25?",), "length"),
        Said((), ("25?",), "stop"),
    ],
    ids=["unclosed", "only closed", "field, cut", "field"],
)
def test_a_thought_without_an_answer_is_an_error_that_nobody_repeats(bench: Bench, said: Said) -> None:
    # given
    bench.say(said, Said((ANSWER,)))

    # when
    with pytest.raises(ModelThoughtError) as caught:
        _text(bench.open().chat(CHAT, ChatOptions()))

    # then
    assert caught.value.remedy


@pytest.mark.parametrize("echoes", [False, True])
def test_what_an_answer_continues_is_not_said_again(bench: Bench, echoes: bool) -> None:
    # given: the stand-ins repeat what they are asked
    bench.say(echoes=echoes)
    chat = (Message("user", "one two three four"), Message("assistant", "one two"))

    # then
    assert _text(bench.open().chat(chat, ChatOptions())).split() == ["three", "four"]
