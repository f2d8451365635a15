"""The gate asks back what holds nothing to look for, in any language."""

from __future__ import annotations

import pytest

from twolane.answers import Turn
from twolane.chat.gate import unclear

_TALK = (Turn("What does the rent cost?", "It costs 950 euros [1]."),)


@pytest.mark.parametrize(
    "question", ["", "   ", "?", "   ?  ", "¿?", "…", "👍", "🤷🏽‍♀️ !!", "—", "。", "؟", "\x00", "___"]
)
def test_what_has_no_word_is_asked_back_even_in_a_conversation(question: str) -> None:
    assert unclear(question)
    assert unclear(question, _TALK)


@pytest.mark.parametrize(
    "words",
    [
        *("yes", "Yes!", "ok", "OK?", "no", "what", "Why?", "thanks", "yes please", "Hello"),
        *("ja", "Nein.", "was", "und?", "oui", "merci", "pourquoi", "sí", "gracias", "¿qué?"),
        *("tak", "dlaczego", "да", "Почему?", "что", "спасибо", "так", "що", "evet"),
        *("نعم", "ماذا", "是的", "什么", "谢谢", "はい", "なぜ", "네", "왜"),
    ],
)
def test_a_bare_word_is_asked_back_unless_it_leans_on_a_conversation(words: str) -> None:
    assert unclear(words)
    assert not unclear(words, _TALK)


@pytest.mark.parametrize(
    "question",
    [
        *(
            "F22",
            "2019",
            "42",
            "§ 4",
            "rent",
            "Miete",
            "租金",
            "金",
            "аренда",
            "الإيجار",
            "賃料",
            "월세",
            "loyer",
        ),
        *(
            "What is the rent?",
            "Wer ist Anna?",
            "how much rent",
            "ok computer",
            "Was kostet das?",
            "谁赢了？",
        ),
    ],
)
def test_whatever_names_something_is_clear(question: str) -> None:
    assert not unclear(question)
