"""Which field is added up or compared: the one asked for, or else the one that most of the documents have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twolane.chat.asked.base import Asked, Intent
from twolane.facts import AskedField, FieldType
from twolane.store.known import Tallies

# what one document calls due another calls paid
_INSTEAD = {"total_due": "paid", "paid": "total_due"}
# parts of an amount that is known: they are meant only where they are named, or nothing else is there
_PARTS = frozenset({"net", "tax"})
_BY_DATE = frozenset({Intent.LATEST, Intent.EARLIEST})


@dataclass(frozen=True, slots=True)
class MeantField:
    """The field that a question means, and the one that counts where a document has none of it.

    Its id is "" where no document has any amount.
    """

    id: str = ""
    instead: str = ""
    is_date: bool = False


def meant_field(asked: Asked, known: Mapping[str, AskedField], counting: Tallies) -> MeantField:
    """Return the field that is asked for, or compared by a filter, or has an amount in most documents."""
    types = {field: one.spec.type for field, one in known.items()}
    if asked.intent in _BY_DATE and types.get(asked.field) is FieldType.DATE:
        return MeantField(asked.field, is_date=True)
    for field in (asked.field, *(condition.field for condition in asked.within.fields)):
        if types.get(field) in {FieldType.AMOUNT, FieldType.QUANTITY}:
            return MeantField(field, _INSTEAD.get(field, "") if field == asked.field else "")
    found = counting.amounts(asked.within)
    for kind in (FieldType.AMOUNT, FieldType.QUANTITY):
        had = [field for field in found if types.get(field) is kind]
        if whole := [field for field in had if field not in _PARTS] or had:
            most = max(whole, key=lambda field: (_documents(found, field), found[field]))
            return MeantField(most, _INSTEAD.get(most, ""))
    return MeantField()


def _documents(found: Mapping[str, int], field: str) -> int:
    return found[field] + found.get(_INSTEAD.get(field, ""), 0)
