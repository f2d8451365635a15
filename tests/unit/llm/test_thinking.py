"""A model's thoughts are no part of its answer, whatever marks they have and wherever a stream is cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from twolane.errors import ModelThoughtError
from twolane.llm.base import Delta, Finished
from twolane.llm.runtimes.thinking import ThinkingModel, Thought, ends_in_thought

ANSWER = "The deposit for the key is 25 Euro [1]."
CUTS = pytest.mark.parametrize("cut", [1, 2, 3, 5, 8, 1000])

MARKED = [
    "<think>25? Yes.</think>",
    "<think>\n25?\n\nYes.\n</think>\n\n",
    "\n<THINKING>a < b, [1]</THINKING>",
    "<thought>25</thought>\n",
    "<reasoning>25</reasoning>",
    "<seed:think>25</seed:think>",
    "<|think|>25<|/think|>",
    "[THINK]25 [1][/THINK]",
    "◁think▷25◁/think▷",
    "<|begin_of_thought|>25<|end_of_thought|>\n\n<|begin_of_solution|>",
    "<|START_THINKING|>25<|END_THINKING|><|START_RESPONSE|>",
    "<|inner_prefix|>25<|inner_suffix|>",
    "<|channel|>analysis<|message|>25?<|end|><|start|>assistant<|channel|>final<|message|>",
    "<|start|>assistant<|channel|>analysis<|message|>25?<|end|>"
    "<|start|>assistant<|channel|>commentary<|message|>look<|end|><|start|>assistant<|channel|>final<|message|>",
    "analysisWe need 25.assistantfinal",
    "<|channel>thought\n25<channel|>",
    "<unused94>thought\n25<unused95>",
    "<think>25</think><answer>",
    "<think>25</think>\n<think>again</think>\n",
    "<think>a line:\n</thinking>\nand on</think>",
]


def _pieces(text: str, cut: int) -> Iterator[Delta]:
    return (Delta(text[start : start + cut]) for start in range(0, len(text), cut))


def _answer(
    model: ThinkingModel, text: str, cut: int, *, opened: bool = False, end: Finished | None = None
) -> str:
    """Return what is left of an answer for its user."""
    answer = ""
    for event in model.answer([*_pieces(text, cut), end or Finished("stop", 7, 9)], opened=opened):
        if isinstance(event, Delta):
            answer = event.text if event.restarts else answer + event.text
    return answer


@CUTS
@pytest.mark.parametrize("thought", MARKED)
@pytest.mark.parametrize("end", ["", "</answer>", "<|return|>", "<|END_RESPONSE|>", "\n<|end_of_solution|>"])
def test_a_marked_thought_is_taken_out(thought: str, end: str, cut: int) -> None:
    # given
    model = ThinkingModel("m")
    is_wrapped = thought.endswith(("<answer>", "<|message|>", "<|START_RESPONSE|>", "<|begin_of_solution|>"))

    # when
    answer = _answer(model, thought + ANSWER + (end if is_wrapped else ""), cut)

    # then
    assert answer.strip() == ANSWER
    assert "thinks" in model.detail


@CUTS
@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        "  " + ANSWER,
        "The mark <think> opens a thought, and </think> ends it.",
        "A thought ends with `</think>`.\nThen the answer comes.",
        "It is written so:\n<think>\nso?\n</think>\n\nThen the answer.",
        "analysis of the lease",
        "Analysis",
        "[note] the lease",
        "[1] <b>bold</b> [THIN",
        "a < b, b > c, [x] and <y",
        "<answer>25</answer>",
        "<table>\n<tr>",
        "◁ 25 ▷",
        "",
        "<thi",
    ],
)
def test_an_answer_may_speak_of_marks(text: str, cut: int) -> None:
    # given
    model = ThinkingModel("m")

    # then
    assert _answer(model, text, cut) == text
    assert not model.detail


@CUTS
def test_marks_around_no_thought_say_nothing_of_the_model(cut: int) -> None:
    # given
    model = ThinkingModel("m")

    # then
    assert _answer(model, f"<think>\n\n</think>\n\n{ANSWER}", cut) == ANSWER
    assert not model.detail


@CUTS
@pytest.mark.parametrize("between", ["\n</think>\n\n", ".</think>\n", "\n[/THINK]\n", "!\n  </thinking> \n"])
def test_a_thought_that_only_ends_is_taken_back_and_the_next_one_is_never_shown(
    between: str, cut: int
) -> None:
    # given
    model, text = ThinkingModel("m"), f"25? Let me see. It says 25{between}{ANSWER}"

    # when
    first = _answer(model, text, cut)
    events = list(model.answer([*_pieces(text, 4), Finished("stop")]))

    # then
    assert first == ANSWER
    assert "".join(event.text for event in events if isinstance(event, Delta)).strip() == ANSWER
    assert not any(isinstance(event, Delta) and event.restarts for event in events)


@CUTS
def test_a_model_that_was_seen_to_open_thoughts_unseen_may_answer_at_once(cut: int) -> None:
    # given
    model = ThinkingModel("m")
    _answer(model, f"25?\n</think>\n\n{ANSWER}", cut)

    # then
    assert _answer(model, ANSWER, cut) == ANSWER


@CUTS
def test_a_prompt_may_end_within_a_thought(cut: int) -> None:
    # then
    assert ends_in_thought("<|im_start|>assistant\n<think>\n")
    assert not ends_in_thought("<|im_start|>assistant\n<think>\n\n</think>\n\n")
    assert _answer(ThinkingModel("m"), f"25? </think> {ANSWER}", cut, opened=True) == ANSWER


@CUTS
@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("<think>Well, 25", False),
        ("<think>25</think>", False),
        ("25?\n</think>\n", False),
        ("Well, 25", True),
    ],
)
@pytest.mark.parametrize("reason", ["length", "stop"])
def test_a_thought_without_an_answer_is_an_error_with_a_remedy(
    text: str, opened: bool, reason: str, cut: int
) -> None:
    # given
    end = Finished("length" if reason == "length" else "stop", 7, 512)

    # when
    with pytest.raises(ModelThoughtError) as caught:
        _answer(ThinkingModel("m"), text, cut, opened=opened, end=end)

    # then
    assert ("512" in caught.value.what) == (reason == "length")
    assert caught.value.remedy


def test_a_thought_in_a_field_of_its_own_is_none_of_the_answer() -> None:
    # given
    model = ThinkingModel("m")

    # when
    events = list(model.answer([Thought("25?"), *_pieces(ANSWER, 4), Finished("stop")]))

    # then
    assert "".join(event.text for event in events if isinstance(event, Delta)) == ANSWER
    assert "thinks" in model.detail
    with pytest.raises(ModelThoughtError):
        list(model.answer([Thought("25?"), Finished("length", 7, 512)]))


def test_an_answer_is_passed_on_as_it_comes() -> None:
    # given
    came: list[str] = []

    def pieces() -> Iterator[Delta]:
        for word in ("<think>", "25", "</think>", "The", " deposit", " is"):
            came.append(word)
            yield Delta(word)

    # when
    stream = ThinkingModel("m").answer(pieces())

    # then
    assert (next(stream), came[-1]) == (Delta("The"), "The")
    assert (next(stream), came[-1]) == (Delta(" deposit"), " deposit")
