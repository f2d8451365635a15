"""How the messages of other programs' clients become a question with the turns before it."""

from __future__ import annotations

import pytest

from twolane.answers import Turn
from twolane.api.compat.footnotes import without_footnotes
from twolane.api.compat.foreign import Chore, PutQuestion, Utterance, asked_by, chore_of
from twolane.api.compat.recent import RecentlyTold
from twolane.errors import SettingsError


def said(*pairs: tuple[str, str]) -> list[Utterance]:
    return [Utterance(role, text) for role, text in pairs]


@pytest.mark.parametrize(
    ("messages", "asked"),
    [
        (said(("user", " a ")), PutQuestion("a")),
        (said(("system", "s"), ("user", "a"), ("tool", "t")), PutQuestion("a")),
        (
            said(("user", "a"), ("assistant", "1"), ("user", "b"), ("user", "c")),
            PutQuestion("c", (Turn("a", "1"), Turn("b", ""))),
        ),
        (  # an answer that the client wants gone on with
            said(("user", "a"), ("assistant", "1"), ("user", "b"), ("assistant", "2")),
            PutQuestion("b", (Turn("a", "1"),)),
        ),
        (said(("assistant", "Hello!"), ("user", "a")), PutQuestion("a")),
    ],
)
def test_the_last_message_of_the_user_is_the_question(messages: list[Utterance], asked: PutQuestion) -> None:
    assert asked_by(messages) == asked


def test_of_what_was_pasted_earlier_the_beginning_is_read() -> None:
    # given
    pasted = said(("user", "q" * 9_000), ("assistant", "a" * 200_000), ("user", "And then?"))

    # when
    asked = asked_by(pasted)

    # then
    assert asked == PutQuestion("And then?", (Turn("q" * 8_000, "a" * 100_000),))


@pytest.mark.parametrize("messages", [[], said(("system", "s")), said(("user", " \n"))])
def test_without_words_of_the_user_there_is_no_question(messages: list[Utterance]) -> None:
    with pytest.raises(SettingsError, match="no question"):
        asked_by(messages)


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        (
            "It ends in 2027 [1].\n\n---\n- [1] [lease.txt, p. 1](http://h/#/files/3?page=1)",
            "It ends in 2027 [1].",
        ),
        ("Nein.\n\n---\n- [1] ≈ [a.txt, p. 1](http://h/)\n- ↳ Wann?\n- ▽ Miete · 2025", "Nein."),
        ("One\n\n---\n- an item\n\nand more", "One\n\n---\n- an item\n\nand more"),
        ("No lines", "No lines"),
        ("Twice\n\n---\n- [1] [a](http://h/)\n\n---\n- ⏳ 3 \n", "Twice\n\n---\n- [1] [a](http://h/)"),
    ],
)
def test_what_stands_below_an_earlier_answer_is_taken_off(told: str, answer: str) -> None:
    assert without_footnotes(told) == answer


def test_answers_come_back_as_they_were_given_and_refusals_not_at_all() -> None:
    # given
    told = RecentlyTold()
    told.keep("It ends [1].\n", "It ends [3].")
    told.keep("Nothing.", None)

    # when
    turns = told.turns([Turn("a", "It ends [1]."), Turn("b", "Nothing."), Turn("c", "Told elsewhere.")])

    # then
    assert turns == [Turn("a", "It ends [3]."), Turn("c", "Told elsewhere.")]


def test_only_the_latest_answers_are_kept() -> None:
    # given
    told = RecentlyTold()

    # when
    for number in range(300):
        told.keep(f"told {number}", f"given {number}")

    # then
    answers = [turn.answer for turn in told.turns([Turn("", "told 0"), Turn("", "told 299")])]
    assert answers == ["told 0", "given 299"]


@pytest.mark.parametrize(
    ("question", "chore"),
    [
        (
            "### Task:\nTitle\n<chat_history>\nUSER: Wann endet es?\n</chat_history>",
            Chore("Wann endet es?"),
        ),
        ('### Task:\n{ "tags": [] }<chat_history>\nUSER: a { "b": 1 }</chat_history>', Chore('{"tags": []}')),
        ("### Task:\nExplain the plan of the boiler.", None),
        ("### Task:\n</chat_history> <chat_history>", None),
        ("When does <chat_history> end?", None),
    ],
)
def test_a_chore_is_known_by_its_form(question: str, chore: Chore | None) -> None:
    assert chore_of(question) == chore


MANY = 500_000  # as much as fits into a request: what takes the square of it takes hours


@pytest.mark.parametrize(
    ("question", "chore"),
    [
        ("### Task:\n" + "<chat_history>" * MANY, None),
        ("### Task:\n<chat_history>" + "\n" * MANY + "</chat_history>", Chore("")),
        ("### Task:\n" + "{" * MANY + "<chat_history></chat_history>", Chore("")),
    ],
)
def test_a_message_of_any_length_is_read_at_once(question: str, chore: Chore | None) -> None:
    assert chore_of(question) == chore


def test_an_earlier_answer_of_any_length_is_read_at_once() -> None:
    # given
    told = "\n\n---\n- x" + " " * MANY + "y\nz"

    # when
    answer = without_footnotes(told)

    # then
    assert answer == told.strip()
