"""Texts as every database takes them: others are found wherever they stand."""

from __future__ import annotations

import pytest

from twolane.text.full_text import clean, unclean

NESTED: object = "a\0"
for _ in range(100_000):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "value",
    ["a\0b", "\udfff", {"a": {"b": ["c", "\0"]}}, {"a\ud800": 1}, [("name", "\0")], NESTED],
    ids=["NUL", "half", "within", "name", "pair", "deep"],
)
def test_a_text_that_no_database_takes_is_refused_wherever_it_stands(value: object) -> None:
    found = unclean(value)
    assert "which is no text" in found
    found.encode()  # it can be shown


@pytest.mark.parametrize(
    "value", ["", "plain", "Größe \U0001f600 合同\n\t", {"a": [1, None, 2.5, "b"]}, None, 3]
)
def test_what_every_database_takes_passes(value: object) -> None:
    assert not unclean(value)


def test_a_cleaned_text_passes() -> None:
    assert not unclean(clean("a\0b\ud800c"))
