"""What changes make of a taxonomy: pure, so that a preview tells the truth."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from twolane.categories import (
    AddCategory,
    ImportTaxonomy,
    MergeCategories,
    MoveCategory,
    RemoveCategory,
    RenameCategory,
    SplitCategory,
    TaxonomyChange,
)
from twolane.errors import AmbiguousNameError, NotFoundError, TaxonomyError
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.principal import hidden_categories
from twolane.text.suggesting import choice_by

WAITING = ""
"""Among the categories whose documents are filed again: all that wait for a person, in any of them."""

_MERGED = ("examples", "hints", "extensions", "media_types", "folders", "patterns", "fields")
_ID = re.compile(r"[\w-][\w.-]{0,99}")


@dataclass(frozen=True, slots=True)
class ChangedTaxonomy:
    """What a change makes: the taxonomy, where the documents of each category that is no more go, and words.

    What machines have filed under a category of `refiled` is filed again.
    """

    taxonomy: Taxonomy
    moves: Mapping[str, str]
    what: str
    refiled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxonomyState:
    """A taxonomy with where the documents of each category that is no more went.

    `people` counts the documents in each category that a person has put there.
    """

    taxonomy: Taxonomy
    moves: Mapping[str, str]
    people: Mapping[str, int]


def changed(state: TaxonomyState, change: TaxonomyChange) -> ChangedTaxonomy:
    """Return what a change makes of a taxonomy.

    Raises `NotFoundError` for a category that there is not, and `TaxonomyError` for what cannot be, or would
    lose what people have decided.
    """
    match change:
        case AddCategory():
            made = _add(state, change)
        case RenameCategory():
            made = _rename(state, change)
        case MergeCategories():
            made = _merge(state, change)
        case SplitCategory():
            made = _split(state, change)
        case MoveCategory():
            made = _move(state, change)
        case RemoveCategory():
            made = _remove(state, change)
        case ImportTaxonomy():
            return _import(state, change)
    if made.taxonomy == state.taxonomy:
        raise TaxonomyError("the category is so already", "say what is to change of it")
    return made


def undone(now: TaxonomyState, before: ChangedTaxonomy, into: str = "") -> ChangedTaxonomy:
    """Return the taxonomy as it was `before` a change, with a place for each category that there was not yet.

    Documents of such a one go to what it was called before, to what it lies within, or `into` another one.
    `before.what` is the change that is taken back. Raises `TaxonomyError` where people have put documents
    into one that would have no place.
    """
    back = before.taxonomy
    place = find(back, into).id if into else ""
    moves = dict(before.moves)
    lost: list[str] = []
    for gone in now.taxonomy.by_id:
        if gone in back.by_id or gone in moves:
            continue
        to = _place_before(now, before, gone) or place
        if to:
            moves[gone] = to
        elif now.people.get(gone):
            raise TaxonomyError(
                f"people have put {now.people[gone]} documents into {gone!r}, which there was not before",
                "say where they go, as in `twolane taxonomy undo --into CATEGORY`",
            )
        else:
            lost.append(gone)
    for gone, to in now.moves.items():
        if gone in back.by_id or gone in moves:
            continue
        if went := to if to in back.by_id else moves.get(to, ""):
            moves[gone] = went
        else:  # as what it went into
            lost.append(gone)
    return ChangedTaxonomy(back, moves, f"taken back: {before.what}", tuple(lost))


def _place_before(now: TaxonomyState, before: ChangedTaxonomy, gone: str) -> str:
    """Return the category of before that one of now was called, or lies within; "" where there is none."""
    back = before.taxonomy
    renamed = [old for old, to in now.moves.items() if to == gone and old in back.by_id]
    if len(renamed) == 1:
        return renamed[0]
    return next((one for one in now.taxonomy.lineage(gone) if one in back.by_id), "")


def find(taxonomy: Taxonomy, words: str) -> Category:
    """Return the category with an id, a name, or a name after those that it lies within ("Bills: Power").

    Raises `NotFoundError` where there is none, and its `AmbiguousNameError` where a name stands for several.
    """
    hidden = hidden_categories()
    categories = [one for one in taxonomy.categories if one.id not in hidden]
    if (found := taxonomy.get(words)) and found.id not in hidden:
        return found
    sought = words.strip().casefold()
    ways: tuple[Callable[[Category], str], ...] = (
        lambda one: one.id,
        lambda one: taxonomy.path_name(one.id),
        lambda one: one.name,
    )
    for way in ways:
        same = [one for one in categories if way(one).casefold() == sought]
        if len(same) == 1:
            return same[0]
        if same:
            names = ", ".join(one.id for one in same)
            raise AmbiguousNameError(
                f"several categories are called {words!r}", f"name one by its id: {names}"
            )
    raise no_category(taxonomy, words)


def no_category(taxonomy: Taxonomy, words: str) -> NotFoundError:
    """Return what to raise for a category that is not there; ids and names suggest what was meant."""
    hidden = hidden_categories()
    known = [one for one in taxonomy.categories if one.id not in hidden]
    spelt = {one.name: one.id for one in known} | {one.id: one.id for one in known}
    return NotFoundError(f"there is no category {words!r}", choice_by(words, spelt, see="`twolane taxonomy`"))


def _add(state: TaxonomyState, change: AddCategory) -> ChangedTaxonomy:
    parent = find(state.taxonomy, change.parent) if change.parent else None
    added = _new(state, change.name, change.description, parent.id if parent else "", change.id)
    added = replace(added, examples=change.examples)
    taxonomy = Taxonomy.of([*state.taxonomy.categories, added])
    where = f' within "{parent.name}"' if parent else ""
    refiled = (parent.id, WAITING) if parent else (WAITING,)
    return ChangedTaxonomy(taxonomy, state.moves, f'added "{added.name}"{where}', refiled)


def _rename(state: TaxonomyState, change: RenameCategory) -> ChangedTaxonomy:
    old = find(state.taxonomy, change.category)
    new_id = old.id if change.id is None else change.id
    new = replace(
        old,
        id=new_id,
        name=old.name if change.name is None else change.name.strip(),
        description=old.description if change.description is None else change.description.strip(),
    )
    if not new.name:
        raise TaxonomyError("a category needs a name", "give it one")
    if new_id != old.id and state.moves.get(new_id) != old.id:
        _check_free(state, new_id)
    categories = [new if one is old else one for one in state.taxonomy.categories]
    categories = [replace(one, parent=new_id) if one.parent == old.id else one for one in categories]
    moves = _moved(state.moves, {old.id: new_id}) if new_id != old.id else state.moves
    named = (
        f'renamed "{old.name}" to "{new.name}"' if new.name != old.name else f'described "{old.name}" anew'
    )
    what = f"{named}, with the id {new_id!r}" if new_id != old.id else named
    return ChangedTaxonomy(Taxonomy.of(categories), moves, what)


def _merge(state: TaxonomyState, change: MergeCategories) -> ChangedTaxonomy:
    into = find(state.taxonomy, change.into)
    others = [find(state.taxonomy, one) for one in change.others]
    others = [one for one in dict.fromkeys(others) if one is not into]
    if not others:
        raise TaxonomyError(f"nothing is named that could go into {into.id!r}", "name other categories")
    gone = {one.id for one in others}
    merged = replace(into, parent=_nearest(state.taxonomy, into.parent, gone))
    for one in others:
        both: dict[str, Any] = {
            key: tuple(dict.fromkeys([*getattr(merged, key), *getattr(one, key)])) for key in _MERGED
        }
        merged = replace(merged, **both)
    kept = [merged if one is into else one for one in state.taxonomy.categories if one.id not in gone]
    kept = [replace(one, parent=into.id) if one.parent in gone else one for one in kept]
    names = ", ".join(f'"{one.name}"' for one in others)
    return _without(state, kept, dict.fromkeys(gone, into.id), f'merged {names} into "{into.name}"')


def _split(state: TaxonomyState, change: SplitCategory) -> ChangedTaxonomy:
    category = find(state.taxonomy, change.category)
    categories = list(state.taxonomy.categories)
    if len(change.parts) + sum(one.parent == category.id for one in categories) < 2:
        raise TaxonomyError(f"{category.id!r} cannot be split into one", "name two parts or more")
    taxonomy = state.taxonomy
    for part in change.parts:
        name, _, description = part.partition(":")
        now = replace(state, taxonomy=Taxonomy(tuple(categories), taxonomy.digest))
        categories.append(_new(now, name, description, category.id))
    names = ", ".join(f'"{one.name}"' for one in categories[len(taxonomy.categories) :])
    what = f'split "{category.name}" into {names}'
    return ChangedTaxonomy(Taxonomy.of(categories), state.moves, what, (category.id,))


def _move(state: TaxonomyState, change: MoveCategory) -> ChangedTaxonomy:
    category = find(state.taxonomy, change.category)
    parent = find(state.taxonomy, change.parent) if change.parent else None
    moved = replace(category, parent=parent.id if parent else "")
    taxonomy = Taxonomy.of([moved if one is category else one for one in state.taxonomy.categories])
    where = f'within "{parent.name}"' if parent else "out of all others"
    refiled = (parent.id,) if parent and _is_leaf(state.taxonomy, parent.id) else ()
    return ChangedTaxonomy(taxonomy, state.moves, f'moved "{category.name}" {where}', refiled)


def _remove(state: TaxonomyState, change: RemoveCategory) -> ChangedTaxonomy:
    category = find(state.taxonomy, change.category)
    into = find(state.taxonomy, change.into) if change.into else None
    people = state.people.get(category.id, 0)
    if people and into is None:
        raise TaxonomyError(
            f"people have put {people} documents into {category.id!r}",
            "say where they go, as in `twolane taxonomy remove CATEGORY --into OTHER`",
        )
    if into is category:
        raise TaxonomyError(f"{category.id!r} cannot go into itself", "name another category")
    kept = [one for one in state.taxonomy.categories if one is not category]
    kept = [replace(one, parent=category.parent) if one.parent == category.id else one for one in kept]
    if into is None:
        return _unplaced(state, Taxonomy.of(kept), f'removed "{category.name}"', [category.id])
    what = f'removed "{category.name}", and put what was in it into "{into.name}"'
    return _without(state, kept, {category.id: into.id}, what)


def _import(state: TaxonomyState, change: ImportTaxonomy) -> ChangedTaxonomy:
    new = Taxonomy.parsed(change.text, change.origin)
    gone = [one for one in state.taxonomy.by_id if one not in new.by_id]
    for one in gone:
        if people := state.people.get(one, 0):
            raise TaxonomyError(
                f"people have put {people} documents into {one!r}, which {change.origin} does not have",
                f"keep it there, or first `twolane taxonomy rename {one} --id OTHER`, or "
                f"`twolane taxonomy merge {one} --into CATEGORY`",
            )
    if new == state.taxonomy:
        return ChangedTaxonomy(new, state.moves, f"took over {change.origin}")
    wide = [one for one in new.by_id if not _is_leaf(new, one)]
    return _unplaced(state, new, f"took over {change.origin}", [*gone, *wide, WAITING])


def _unplaced(state: TaxonomyState, taxonomy: Taxonomy, what: str, refiled: Sequence[str]) -> ChangedTaxonomy:
    """Return what is left when some categories are no more, and nobody says where their documents go."""
    moves = {old: to for old, to in state.moves.items() if to in taxonomy.by_id}
    lost = [old for old in state.moves if old not in moves and old not in taxonomy.by_id]
    return ChangedTaxonomy(taxonomy, moves, what, (*refiled, *lost))


def _without(
    state: TaxonomyState, kept: Sequence[Category], gone: Mapping[str, str], what: str
) -> ChangedTaxonomy:
    """Return what is left when some categories went into others; machines file under the innermost only."""
    taxonomy = Taxonomy.of(kept)
    wide = [to for to in dict.fromkeys(gone.values()) if not _is_leaf(taxonomy, to)]
    refiled = tuple(dict.fromkeys([*wide, *(one for one, to in gone.items() if to in wide)]))
    return ChangedTaxonomy(taxonomy, _moved(state.moves, gone), what, refiled)


def _moved(moves: Mapping[str, str], gone: Mapping[str, str]) -> dict[str, str]:
    """Return where everything went, each followed to its end."""
    followed = {old: gone.get(to, to) for old, to in moves.items()}
    return {old: to for old, to in {**followed, **gone}.items() if old != to and old not in gone.values()}


def _new(state: TaxonomyState, name: str, description: str, parent: str, category_id: str = "") -> Category:
    name = " ".join(name.split())
    if not name:
        raise TaxonomyError("a category needs a name", "give it one")
    taken = {one.casefold() for one in (*state.taxonomy.by_id, *state.moves)}
    if category_id:
        _check_free(state, category_id)
    return Category(category_id or id_of(name, taken), name, description.strip(), parent=parent)


def _check_free(state: TaxonomyState, category_id: str) -> None:
    if not _ID.fullmatch(category_id):
        raise TaxonomyError(
            f"{category_id!r} cannot be a category's id", 'an id is letters, digits, "-", "_" and "."'
        )
    if category_id.casefold() in {one.casefold() for one in state.taxonomy.by_id}:
        raise TaxonomyError(f"there is a category {category_id!r} already", "choose another id")
    if category_id in state.moves:
        raise TaxonomyError(
            f"{category_id!r} was the id of what is in {state.moves[category_id]!r} now", "choose another id"
        )


def id_of(name: str, taken: Collection[str]) -> str:
    """Return an id made of a name that is not `taken`, whatever its case."""
    base = re.sub(r"\W+", "_", name.casefold()).strip("_")[:40] or "more"
    ids = (base if number == 1 else f"{base}_{number}" for number in count(1))
    return next(one for one in ids if one not in taken)


def _nearest(taxonomy: Taxonomy, category_id: str, without: Collection[str]) -> str:
    """Return the innermost of a category and those that it lies within which stays; "" where none does."""
    return next((one for one in taxonomy.lineage(category_id) if one not in without), "")


def _is_leaf(taxonomy: Taxonomy, category_id: str) -> bool:
    return all(one.parent != category_id for one in taxonomy.categories)
