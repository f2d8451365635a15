"""Two filters as one: what a question means, within what whoever asks may see or has chosen."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from operator import eq
from pathlib import Path
from typing import TypeVar

from twolane.documents import Filter

T = TypeVar("T", bound=Hashable)

NOTHING = Filter(documents=("",))
"""What no document passes: a hash is never empty."""


def narrowed(outer: Filter, inner: Filter) -> Filter:
    """Return a filter that passes what both do, never more than either, and nothing where names differ."""
    documents = _both(outer.documents, inner.documents)
    categories = _both(outer.categories, inner.categories, _is_in_category)
    only_categories = _both(outer.only_categories, inner.only_categories)
    states = _both(outer.states, inner.states)
    folders = _both(outer.folders, inner.folders, _is_in_folder)
    kinds = _both(outer.kinds, inner.kinds, _is_of_kind)
    languages = _both(outer.languages, inner.languages)
    owners = _both(outer.owners, inner.owners)
    correspondents = _both(outer.correspondents, inner.correspondents)
    tags = _both(outer.tags, inner.tags)
    chosen = (
        documents,
        categories,
        only_categories,
        states,
        folders,
        kinds,
        languages,
        owners,
        correspondents,
        tags,
    )
    if None in chosen or (outer.name and inner.name and outer.name != inner.name):
        return NOTHING
    return Filter(
        documents=documents or (),
        categories=categories or (),
        only_categories=only_categories or (),
        states=states or (),
        folders=folders or (),
        kinds=kinds or (),
        languages=languages or (),
        owners=owners or (),
        correspondents=correspondents or (),
        tags=tags or (),
        dated_from=_last(outer.dated_from, inner.dated_from),
        dated_to=_first(outer.dated_to, inner.dated_to),
        name=outer.name or inner.name,
        fields=tuple(dict.fromkeys((*outer.fields, *inner.fields))),
        with_copies=outer.with_copies or inner.with_copies,
    )


def _both(
    outer: tuple[T, ...], inner: tuple[T, ...], is_within: Callable[[T, T], bool] = eq
) -> tuple[T, ...] | None:
    """Return what is in both of two choices, None where that is nothing; without any value all is chosen."""
    if not outer or not inner:
        return outer or inner
    kept = [one for one in inner if any(is_within(one, other) for other in outer)]
    kept += [other for other in outer if any(is_within(other, one) for one in inner)]
    return tuple(dict.fromkeys(kept)) or None


def _is_in_category(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/")


def _is_in_folder(one: Path, other: Path) -> bool:
    return one.is_relative_to(other)


def _is_of_kind(one: str, other: str) -> bool:
    return one == other or (other.endswith("/*") and one.startswith(other[:-1]))


def _last(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else one or other


def _first(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other
