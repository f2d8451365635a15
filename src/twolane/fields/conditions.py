"""Conditions on fields as people write them: `total_due>=100`, `due_date<=2025-01-31`, `number=RE-1`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from twolane.errors import NotFoundError, SettingsError
from twolane.facts import FieldCondition, FieldSpec
from twolane.fields.find import normalised
from twolane.text.suggesting import choice

_CONDITION = re.compile(r"\s*([\w.-]+?)\s*(>=|<=|=)\s*(.+?)\s*")


def conditions_of(texts: Iterable[str], specs: Mapping[str, FieldSpec]) -> tuple[FieldCondition, ...]:
    """Return conditions, their bounds normalised as the type of each field says.

    Raises `NotFoundError` for an unknown field, `SettingsError` for what is no condition.
    """
    return tuple(_condition(text, specs) for text in texts)


def _condition(text: str, specs: Mapping[str, FieldSpec]) -> FieldCondition:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise SettingsError(f"{text!r} is no condition on a field", "write it like total_due>=100")
    field, sign, bound = match.groups()
    if field not in specs:
        raise NotFoundError(f"there is no field {field!r}", choice(field, specs, see="`twolane fields`"))
    value = normalised(specs[field], bound)
    if not value:
        raise SettingsError(
            f"{bound!r} is no value of {specs[field].name}", "write it as `twolane files FILE` shows it"
        )
    return FieldCondition(field, value if sign != "<=" else "", value if sign != ">=" else "")
