"""A filter as stores take it: the conditions of `filter.sql` that a statement gets, and their values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from twolane.documents import Filter
from twolane.store.paths import fold
from twolane.store.queries import sql
from twolane.store.words import clean

VISIBLE = "visible"  # the condition that a search can find a file's document by it


def passing(name: str, within: Filter, dialect: str, *always: str) -> str:
    """Return a statement with the conditions of a filter, on a file `f`, in the place of `{passes}`.

    `always` names conditions that stand whatever the filter says.
    """
    given = {
        "documents": within.documents,
        "categories": within.categories,
        "states": within.states,
        "dates": within.dated_from or within.dated_to,
        "folders": within.folders,
        "kinds": within.kinds,
        "languages": within.languages,
        "owners": within.owners,
        "name": within.name,
    }
    return _statement(name, dialect, (*always, *(field for field, value in given.items() if value)))


def filter_values(within: Filter) -> dict[str, list[str] | str]:
    """Return what the conditions of a filter compare with, but for its folders."""
    kinds = sorted(map(_kind_range, within.kinds))
    return {
        "documents": [clean(document) for document in within.documents],
        "categories": [clean(category) for category in within.categories],
        "states": [state.value for state in within.states],
        "dated_from": (within.dated_from or date.min).isoformat(),
        "dated_to": (within.dated_to or date.max).isoformat(),
        "first_kinds": [first for first, _ in kinds],
        "last_kinds": [last for _, last in kinds],
        "languages": [clean(language) for language in within.languages],
        "owners": [clean(owner) for owner in within.owners],
        "name": fold(clean(within.name)),
    }


def listed(within: Filter) -> tuple[str, ...]:
    """Return what stands in any case where files are listed: what is gone is named, or left out."""
    return () if within.states else ("not_gone",)


@cache
def _statement(name: str, dialect: str, conditions: Sequence[str]) -> str:
    passes = " AND ".join(sql(f"filter.{condition}", dialect) for condition in conditions)
    return sql(name, dialect).replace("{passes}", passes or "TRUE")


def _kind_range(kind: str) -> tuple[str, str]:
    """Return the first and the last media type of a kind; what comes after "/" in ASCII ends a family."""
    kind = clean(kind).lower()
    family = kind.removesuffix("*")
    return (family, family.removesuffix("/") + "0") if family != kind else (kind, kind)
