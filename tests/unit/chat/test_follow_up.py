"""A follow-up becomes a full question where that is certain, in any language, and never says anything new."""

from __future__ import annotations

import pytest

from twolane.answers import Turn
from twolane.chat.follow_up import adds_nothing, joined, turned

_RENT = (Turn("What is the rent of the flat in Leeds?", "The rent is 640 pounds [1]."),)


@pytest.mark.parametrize(
    ("before", "question", "full"),
    [
        ("What did the insurance cost in 2022?", "And in 2023?", "What did the insurance cost in 2023?"),
        ("Was kostete die Versicherung 2022?", "Und 2023?", "Was kostete die Versicherung 2023?"),
        ("Combien coûtait l'assurance en 2022 ?", "Et en 2023 ?", "Combien coûtait l'assurance en 2023 ?"),
        ("¿Cuánto costó el seguro en 2022?", "¿Y en 2023?", "¿Cuánto costó el seguro en 2023?"),
        ("Ile kosztowało auto w 2022 roku?", "A w 2023?", "Ile kosztowało auto w 2023 roku?"),
        ("Сколько стоила страховка в 2022 году?", "А в 2023?", "Сколько стоила страховка в 2023 году?"),
        ("2022年的保险费是多少？", "那2023年呢？", "2023年的保险费是多少？"),
        ("كم كان التأمين في 2022؟", "وفي 2023؟", "كم كان التأمين في 2023؟"),
        ("What was due on 3 March 2024?", "And on 3 April 2024?", "What was due on 3 April 2024?"),
        ("What did I pay for RE-507?", "And for RE-508?", "What did I pay for RE-508?"),
        ("What is the rent of the flat in Leeds?", "And in Bath?", "What is the rent of the flat in Bath?"),
        ("What does Ms. Miller pay?", "And Mr. Schmidt?", "What does Mr. Schmidt pay?"),
        ("What did Acme pay in Leeds?", "And in Bath?", "What did Acme pay in Bath?"),
        ("Wie hoch ist die Miete in Jena?", "Und in Lübeck?", "Wie hoch ist die Miete in Lübeck?"),
        ("Qui a signé le bail de Lille ?", "Et celui de Nantes ?", "Qui a signé le bail de Nantes ?"),
        ("Кто подписал договор в Казани?", "А в Твери?", "Кто подписал договор в Твери?"),
    ],
)
def test_one_value_or_name_in_place_of_another_makes_a_full_question(
    before: str, question: str, full: str
) -> None:
    assert turned(question, (Turn(before, "Some [1]."),)) == full


def test_a_follow_up_of_a_follow_up_goes_on_from_what_that_meant() -> None:
    # given
    history = (Turn("What did the insurance cost in 2022?", "412."), Turn("And in 2023?", "439."))

    # when / then
    assert turned("And in 2024?", history) == "What did the insurance cost in 2024?"


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "And the deposit?",
        "Who is Miller?",
        "Whose is it?",
        "And in 2023?",  # the question before names no year
        "Und in Jena?",  # in another language
        "What was due in 2023?",
        "And in Leeds?",  # nothing new
        "How high is the rent of the house in Bath without heating?",
    ],
)
def test_what_is_not_certain_is_left_as_it_is(question: str) -> None:
    assert turned(question, _RENT) is None
    assert turned(question, ()) is None


@pytest.mark.parametrize("question", ["Und der Vermieter?", "Und die Kaution?"])
def test_a_german_noun_is_no_name(question: str) -> None:
    assert turned(question, (Turn("Wie hoch ist die Miete der Wohnung in Jena?", ""),)) is None


def test_a_follow_up_is_shown_with_the_words_that_it_is_searched_for_with() -> None:
    assert joined("And the deposit?", _RENT) == "And the deposit? (rent, flat, Leeds, 640)"


@pytest.mark.parametrize(
    ("full", "question", "history"),
    [
        ("How high is the deposit of the flat in Leeds?", "And how high is the deposit?", _RENT),
        ("What is the deposit of the flat?", "And the deposit?", _RENT),
        ("Wie alt ist der Drucker?", "Und wie alt ist er?", (Turn("Wo steht der Drucker?", "Im Büro [1]."),)),
        ("杭州公寓的押金是多少？", "押金是多少？", (Turn("杭州公寓的房租是多少？", "4100元 [1]。"),)),
        ("Сколько лет принтеру?", "А сколько ему лет?", (Turn("Где стоит принтер?", "В кабинете."),)),
    ],
)
def test_the_conversation_s_words_may_be_put_together(
    full: str, question: str, history: tuple[Turn, ...]
) -> None:
    assert adds_nothing(full, question, history)


@pytest.mark.parametrize(
    "full",
    [
        "What is the deposit of the flat in Bath?",  # another place
        "What is the deposit of the flat in 2023?",
        "What is the rent of the flat in Leeds?",  # not what was asked
        "How high is the deposit?",  # no more than was said
        "Wie hoch ist die Kaution?",
        "押金是多少？",
        "What is the deposit of the flat?\nSources:",
        "deposit " * 60,
    ],
)
def test_what_says_anything_else_is_no_full_question(full: str) -> None:
    assert not adds_nothing(full, "And the deposit?", _RENT)
