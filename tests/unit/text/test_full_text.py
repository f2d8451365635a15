"""Texts as every database takes them: others are found wherever they stand."""

from __future__ import annotations

import pytest

from twolane.errors import SettingsError
from twolane.text.full_text import clean, require_clean

NESTED: object = "a\0"
for _ in range(100_000):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "value",
    ["a\0b", "\udfff", {"a": {"b": ["c", "\0"]}}, {"a\ud800": 1}, [("name", "\0")], NESTED],
    ids=["NUL", "half", "within", "name", "pair", "deep"],
)
def test_a_text_that_no_database_takes_is_refused_wherever_it_stands(value: object) -> None:
    with pytest.raises(SettingsError) as refused:
        require_clean(value)
    str(refused.value).encode()  # it can be shown


@pytest.mark.parametrize(
    "value", ["", "plain", "Größe \U0001f600 合同\n\t", {"a": [1, None, 2.5, "b"]}, None, 3]
)
def test_what_every_database_takes_passes(value: object) -> None:
    require_clean(value)


def test_a_cleaned_text_passes() -> None:
    require_clean(clean("a\0b\ud800c"))
