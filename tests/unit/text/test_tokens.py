"""Tokens are estimated from two sides: not too low for what must fit, not too high for pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.text.tokens import fewest_tokens, most_tokens


@given(st.text())
def test_an_estimate_is_never_negative_and_grows_with_the_text(text: str) -> None:
    assert 0 <= most_tokens(text) <= most_tokens(text + " word") <= 4 * len(text) + 4


@pytest.mark.parametrize(
    ("text", "tokens"),
    [  # as a tokenizer with a small English vocabulary counts them
        ("2023-11-05 1.234,50 EUR IBAN DE89 3704 0044 0532 0130 00\n" * 10, 490),
        ("Größe überprüfen, schöne Grüße aus Österreich. " * 10, 251),
        ("今天天气很好，我们去公园散步吧。" * 10, 310),
        ("Привет, как дела? Сегодня хорошая погода. " * 10, 311),
        ("🍣🎉👩‍👩‍👧" * 10, 190),
        ("مرحبا كيف حالك اليوم " * 10, 171),
        ("สวัสดีครับ วันนี้อากาศดี " * 10, 450),
        ("    def f(x):\n        return x\n" * 10, 91),
    ],
    ids=["numbers", "German", "Chinese", "Russian", "emoji", "Arabic", "Thai", "code"],
)
def test_an_estimate_is_not_too_low(text: str, tokens: int) -> None:
    assert tokens <= most_tokens(text) <= 2.2 * tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [  # as the tokenizer of the embedded embedder counts them
        ("The rent is due on the third working day of every month. " * 10, 130),
        ("Größe überprüfen, schöne Grüße aus Österreich. " * 10, 190),
        ("IBAN DE89 3704 0044 0532 0130 00, 1.234,50 EUR\n" * 10, 220),
    ],
    ids=["English", "German", "numbers"],
)
def test_pieces_are_not_estimated_too_large(text: str, tokens: int) -> None:
    assert 0.5 * tokens <= fewest_tokens(text) <= tokens
