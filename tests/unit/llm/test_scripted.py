"""The shipped twin: rules for answers, choices by words, and vectors that anybody can compute."""

from __future__ import annotations

import numpy as np
import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError
from twolane.llm.base import ChatOptions, Delta, Finished, Message
from twolane.llm.runtimes.scripted import ScriptedLLM

SETTINGS = LaneSettings(runtime="scripted")


def answer(llm: ScriptedLLM, prompt: str, **options: object) -> str:
    events = list(llm.chat(prompt, ChatOptions(**options)))  # type: ignore[arg-type]
    return "".join(event.text for event in events if isinstance(event, Delta))


def test_it_is_made_from_settings_alone() -> None:
    # given
    llm = ScriptedLLM(SETTINGS)

    # then
    assert llm.model == "scripted"
    assert answer(llm, "Say this:\nhello  you") == "hello  you"


def test_answers_follow_a_mapping_or_a_function() -> None:
    # given
    mapped = ScriptedLLM(SETTINGS, {"invoice": "42 EUR [1]"})
    computed = ScriptedLLM(SETTINGS, lambda prompt: prompt.upper())

    # then
    assert answer(mapped, "How much is the invoice?") == "42 EUR [1]"
    assert answer(computed, "loud") == "LOUD"


def test_it_quotes_the_first_source() -> None:
    # given
    prompt = "Sources:\n[1] The rent is 800 EUR.\n[2] The cat is old.\n\nQuestion: how much?"

    # then
    assert answer(ScriptedLLM(SETTINGS), prompt) == "The rent is 800 EUR. [1]"


def test_stop_and_length_cut_the_answer() -> None:
    # given
    llm = ScriptedLLM(SETTINGS, {"": "one two END three"})

    # then
    assert answer(llm, "go", stop=("END",)) == "one two "
    assert list(llm.chat("go", ChatOptions(max_tokens=2)))[-1] == Finished("length", 1, 2)


def test_the_label_whose_words_are_in_the_prompt_wins() -> None:
    # given
    llm = ScriptedLLM(SETTINGS)
    prompt = (Message("system", "Choose."), Message("user", "Two INVOICES for paper"))

    # when
    choice = llm.choose(prompt, ["holiday", "invoice"])

    # then
    assert int(np.argmax(choice.logprobs)) == 1


def test_texts_with_the_same_words_are_near() -> None:
    # when
    a, b, c = ScriptedLLM(SETTINGS).embed(["rent for May", "the rent in May", "cats and dogs"], "passage")

    # then
    assert a @ b > a @ c


def test_steps_can_fail_on_purpose() -> None:
    # given
    def before(step: str) -> None:
        if step == "token":
            raise ModelAnswerError("the script broke", "mend it")

    llm = ScriptedLLM(SETTINGS, before=before)

    # then
    with pytest.raises(ModelAnswerError):
        answer(llm, "hello")
    assert llm.choose("hello", ["a"]).labels == ("a",)


def test_a_missing_model_can_be_pulled() -> None:
    # given
    llm = ScriptedLLM(SETTINGS, missing=True)

    # when
    steps = list(llm.pull())

    # then
    assert steps[-1].step == "success"
    assert llm.health().ready
