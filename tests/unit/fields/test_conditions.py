"""Conditions on fields, as people write them."""

from __future__ import annotations

import pytest

from twolane.errors import NotFoundError, SettingsError
from twolane.facts import FieldCondition
from twolane.fields.catalogue import known_fields
from twolane.fields.conditions import conditions_of


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("total_due>=100", FieldCondition("total_due", "100.00", "")),
        ("total_due <= 99,50 €", FieldCondition("total_due", "", "99.50 EUR")),
        ("number=RE-1", FieldCondition("number", "RE-1", "RE-1")),
        ("due_date<=31.1.2025", FieldCondition("due_date", "", "2025-01-31")),
    ],
)
def test_a_condition_has_its_bounds_normalised(text: str, condition: FieldCondition) -> None:
    assert conditions_of([text], known_fields()) == (condition,)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("total_due", SettingsError),
        ("total_due>100", SettingsError),
        ("total_due>=much", SettingsError),
        ("colour=red", NotFoundError),
    ],
)
def test_what_is_no_condition_is_told(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        conditions_of([text], known_fields())
