"""A follow-up question is also searched for with what was spoken of, and goes on from the former prompt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twolane.answers import Turn
from twolane.chat.conversation import AskedPrompt, RecentPrompts, leans_back, merged, queries, recent
from twolane.chat.retrieve import Found
from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.principal import Access, seeing

_HISTORY = (Turn("Who signed the lease in Berlin?", "Ms. Miller signed it on 4 March 2021 [1]."),)


@pytest.mark.parametrize(
    "question",
    [
        "When did she sign it?",
        "And the deposit?",
        "What about Hamburg?",
        "Und wann endet er?",
        "Et la caution ?",
        "¿Y la fianza?",
        "А залог?",
        "A kaucja?",
        "押金呢？",
        "والتأمين؟",
    ],
)
def test_a_question_that_says_little_is_searched_for_alone_and_with_the_subject(question: str) -> None:
    # when
    whole, alone = queries(question, _HISTORY)

    # then
    assert leans_back(question)
    assert alone == question
    assert whole.startswith(question)
    assert "lease" in whole
    assert "Miller" in whole


def test_a_question_without_any_subject_is_searched_for_with_that_of_the_last_turn_only() -> None:
    # when
    (whole,) = queries("Why?", _HISTORY)

    # then
    assert "lease" in whole


def test_the_subject_is_that_of_the_last_question_which_names_one() -> None:
    # given
    history = (
        Turn("Which deposit does the lease of the flat in Berlin name?", "Three rents [1]."),
        Turn("And when is it due?", "In May [1]."),
    )

    # when
    whole, _ = queries("To which account?", history)

    # then
    assert {"deposit", "berlin", "due"} <= set(whole.split())


def test_neither_citations_nor_words_without_meaning_are_of_the_subject() -> None:
    # given
    history = (Turn("What is the rent of the flat?", "The rent is 850 euros [7]. It is paid to Miller [8]."),)

    # when
    whole, _ = queries("And the deposit?", history)

    # then
    assert whole.split()[3:] == ["rent", "flat", "850", "Miller"]


@pytest.mark.parametrize(
    "question",
    [
        "How many employees did the Norwegian branch of Acme have in 2020?",
        "Which medicine does Doctor Brown recommend against hay fever?",
        "Wie hoch ist der Jahresbeitrag der Hausratversicherung bei der Allianz?",
        "Какой залог указан в договоре аренды квартиры в Берлине?",
    ],
)
def test_questions_that_stand_alone(question: str) -> None:
    # when / then
    assert not leans_back(question)
    assert queries(question, _HISTORY) == (question,)
    assert recent(question, _HISTORY, len, 1000) == ()


def test_without_a_history_a_question_is_searched_as_it_is() -> None:
    # when / then
    assert queries("Why?", ()) == ("Why?",)


def test_what_several_searches_found_comes_in_turn_and_once() -> None:
    # given
    one, two, three = (
        FoundPassage(number, f"d{number}", Path(f"{number}.txt"), "", 1, "text") for number in (1, 2, 3)
    )
    worse = Found((one, two), nearness=0.1, coverage=0.1)
    better = Found((three, two), nearness=0.9, coverage=0.9)

    # when
    found = merged([better, worse], 5)

    # then
    assert found == replace(better, passages=(three, one, two))


def test_only_as_many_turns_as_fit_are_kept_oldest_first() -> None:
    # given
    history = tuple(Turn(f"question {n}", "answer " * 5) for n in range(6))

    # when
    kept = recent("Why?", history, lambda text: len(text.split()), 32)

    # then
    assert [turn.question for turn in kept] == ["question 4", "question 5"]


def test_a_follow_up_finds_the_prompt_of_its_turn_within_the_same_filter_only() -> None:
    # given
    prompts, asked = RecentPrompts(), AskedPrompt()
    prompts.keep(_HISTORY[0], EVERYTHING, asked)

    # when / then
    assert prompts.before("And the deposit?", _HISTORY, EVERYTHING) is asked
    assert prompts.before("And the deposit?", _HISTORY, Filter(owners=("ada",))) is None
    assert prompts.before("And the deposit?", (), EVERYTHING) is None
    assert prompts.before("And the deposit?", (Turn("Who?", "Nobody."),), EVERYTHING) is None


def test_nobody_goes_on_from_the_prompt_of_somebody_who_sees_more() -> None:
    # given
    prompts, asked = RecentPrompts(), AskedPrompt()
    with seeing(Access("anna")):
        prompts.keep(_HISTORY[0], EVERYTHING, asked)

        # when / then
        assert prompts.before("And the deposit?", _HISTORY, EVERYTHING) is asked
    with seeing(Access("bob")):
        assert prompts.before("And the deposit?", _HISTORY, EVERYTHING) is None


def test_the_oldest_prompts_are_forgotten() -> None:
    # given
    prompts = RecentPrompts()
    turns = [Turn(f"question {number}", "answer") for number in range(100)]

    # when
    for turn in turns:
        prompts.keep(turn, EVERYTHING, AskedPrompt())

    # then
    assert prompts.before("Why?", turns[:1], EVERYTHING) is None
    assert prompts.before("Why?", turns[-1:], EVERYTHING) is not None
