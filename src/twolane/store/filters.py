"""A filter as stores take it: the conditions of `filter.sql` that a statement gets, and their values."""

from __future__ import annotations

import json
from datetime import date

from twolane.documents import Filter
from twolane.facts import GUESS_BELOW, FieldCondition
from twolane.store.amounts import currency_of, number_e4
from twolane.store.paths import fold, root_ranges
from twolane.text.full_text import clean

_MOST_ID = 1 << 62
VISIBLE = "visible"  # the condition that a file makes its document findable


def passing(statement: str, within: Filter, always: str = "") -> str:
    """Return the name of a statement with a filter's conditions; `always` is one that it always has."""
    given = {
        "documents": within.documents,
        "categories": within.categories,
        "only_categories": within.only_categories,
        "states": within.states,
        "dates": within.dated_from or within.dated_to,
        "folders": within.folders,
        "kinds": within.kinds,
        "languages": within.languages,
        "owners": within.owners,
        "name": within.name,
        "correspondents": within.correspondents,
        "tags": within.tags,
        "fields": within.fields,
        "with_copies": within.with_copies,
    }
    conditions = [name for name in (always, *(name for name, value in given.items() if value)) if name]
    return f"{statement} where {' '.join(conditions)}"


def filter_values(within: Filter) -> dict[str, object]:
    """Return the values for the conditions of a filter."""
    kinds = [_kind_range(clean(kind).lower()) for kind in within.kinds]
    values: dict[str, object] = {
        "documents": [clean(document) for document in within.documents],
        "categories": [clean(category) for category in within.categories],
        "only_categories": [clean(category) for category in within.only_categories],
        "states": [state.value for state in within.states],
        "dated_from": (within.dated_from or date.min).isoformat(),
        "dated_to": (within.dated_to or date.max).isoformat(),
        "first_kinds": [first for first, _ in kinds],
        "last_kinds": [last for _, last in kinds],
        "languages": [clean(language) for language in within.languages],
        "owners": [clean(owner) for owner in within.owners],
        "name": fold(clean(within.name)),
        "correspondents": [number for number in within.correspondents if abs(number) < _MOST_ID],
        "tags": [fold(" ".join(clean(tag).split())) for tag in within.tags],
        "least_confidence": GUESS_BELOW,
        "field_conditions": [_condition(condition) for condition in within.fields],
    }
    # only where there are any: in SQLite they are written to a table
    return values | ({"ranges": list(root_ranges(within.folders))} if within.folders else {})


def _condition(condition: FieldCondition) -> str:
    bounds = [clean(condition.least), clean(condition.most)]
    [currency, *_] = [*(currency_of(bound) for bound in bounds if currency_of(bound)), ""]
    least_e4, most_e4 = map(number_e4, bounds)
    return json.dumps(
        {
            "field": clean(condition.field),
            "least": bounds[0],
            "most": bounds[1],
            "least_e4": least_e4,
            "most_e4": most_e4,
            "currency": currency,
        }
    )


def _kind_range(kind: str) -> tuple[str, str]:
    """Return the range of media types of a kind; a family's ends at "0", which follows "/" in ASCII."""
    family = kind.removesuffix("*")
    return (family, family.removesuffix("/") + "0") if family.endswith("/") else (kind, kind)
