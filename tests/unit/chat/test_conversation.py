"""A follow-up question borrows what it leans on from the turn before, and nothing else does."""

from __future__ import annotations

import pytest

from twolane.chat.conversation import leans_back, recent, search_query
from twolane.documents import Turn

_HISTORY = (Turn("Who signed the lease in Berlin?", "Ms. Miller signed it on 4 March 2021 [1]."),)


@pytest.mark.parametrize(
    "question",
    ["When did she sign it?", "And the deposit?", "Why?", "What about Hamburg?", "Und wann?", "Where is it?"],
)
def test_questions_that_lean_back(question: str) -> None:
    # when
    query = search_query(question, _HISTORY)

    # then
    assert leans_back(question)
    assert query.startswith(question)
    assert "lease" in query
    assert "Miller" in query


@pytest.mark.parametrize(
    "question",
    [
        "How many employees did the Norwegian branch of Acme have in 2020?",
        "Which medicine does Doctor Brown recommend against hay fever?",
    ],
)
def test_questions_that_stand_alone(question: str) -> None:
    # when / then
    assert not leans_back(question)
    assert search_query(question, _HISTORY) == question
    assert recent(question, _HISTORY, len, 1000) == ()


def test_without_a_history_a_question_is_searched_as_it_is() -> None:
    # when / then
    assert search_query("Why?", ()) == "Why?"


def test_only_as_many_turns_as_fit_are_kept_oldest_first() -> None:
    # given
    history = tuple(Turn(f"question {n}", "answer " * 5) for n in range(6))

    # when
    kept = recent("Why?", history, lambda text: len(text.split()), 32)

    # then
    assert [turn.question for turn in kept] == ["question 4", "question 5"]
