"""What a change of the taxonomy would do to a library, told before anything is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from twolane.documents import FileState, Filter
from twolane.filing.cascade import Cascade
from twolane.filing.changes import WAITING, ChangedTaxonomy, TaxonomyState
from twolane.filing.reclassify import Change, Reclassifier, Refiled
from twolane.filing.taxonomy import Taxonomy
from twolane.store.categorised import Categorised
from twolane.store.values import MachineFiled

# Documents that are looked at for a preview, and how long: all of a large library take minutes.
_MOST_LOOKED_AT, _LONGEST_LOOK_S = 200, 3.0


class Previewed(Categorised, Refiled, Protocol):
    """What previews need of the store."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Documents that follow their category, which is no more, `into` another one."""

    category: str
    into: str
    documents: int
    people: int


@dataclass(frozen=True, slots=True)
class TaxonomyPreview:
    """What a change of the taxonomy would do, or has done.

    `followed` are the documents that go where their category went. `refiled` counts those that machines had
    filed and file again, and `changes` are some of them, by what is stored of them, `looked_at` in all.
    `staying` counts the documents that people have put into a category that is split: they stay there, and
    are proposed a part of it in review.
    """

    what: str
    taxonomy: Taxonomy
    followed: tuple[Followed, ...] = ()
    refiled: int = 0
    staying: int = 0
    changes: tuple[Change, ...] = ()
    looked_at: int = 0

    @property
    def titles(self) -> dict[str, str]:
        """The name of each category that there is then, after those that it lies within, by its id."""
        return {one.id: self.taxonomy.path_name(one.id) for one in self.taxonomy.categories}


class Previews:
    """Tells what changes would do to one library; `cascade` opens one over another taxonomy."""

    def __init__(self, store: Previewed, cascade: Callable[[Taxonomy], Cascade]) -> None:
        self._store = store
        self._cascade = cascade

    def of(self, state: TaxonomyState, made: ChangedTaxonomy) -> TaxonomyPreview:
        """Return what a change does, without a look at any document."""
        uses = {use.category: use for use in self._store.taxonomies.uses()}
        places = {**dict.fromkeys(made.taxonomy.by_id), **made.moves}
        followed = [
            Followed(use.category, to, use.documents, use.people)
            for use in uses.values()
            if (to := places.get(use.category)) and use.category in state.taxonomy.by_id
        ]
        followed += self._coming_back(state, made)
        split = [one for one in made.refiled if one in made.taxonomy.by_id]
        staying = sum(uses[one].people for one in split if one in uses)
        filed = len(self._refiled(made))
        return TaxonomyPreview(made.what, made.taxonomy, tuple(followed), filed, staying)

    def _coming_back(self, state: TaxonomyState, made: ChangedTaxonomy) -> Sequence[Followed]:
        """Return the documents of categories that there are again."""
        ids = made.taxonomy.by_id
        back = [old for old, to in state.moves.items() if old in ids and to in ids]
        decided = {use.category: use for use in self._store.taxonomies.decided()} if back else {}
        return [
            Followed(state.moves[old], old, decided[old].documents, decided[old].people)
            for old in back
            if old in decided
        ]

    def looked_at(self, told: TaxonomyPreview, made: ChangedTaxonomy) -> TaxonomyPreview:
        """Return a preview with what would become of some of the documents that are filed again."""
        documents = [one.document for one in self._refiled(made)[:_MOST_LOOKED_AT]]
        if not documents:
            return told
        cascade = self._cascade(told.taxonomy)
        within = Filter(documents=tuple(documents), states=(FileState.FILED, FileState.REVIEW))
        deadline = time.monotonic() + _LONGEST_LOOK_S
        changes: list[Change] = []
        done = 0
        for looked in Reclassifier(self._store, lambda: cascade).look(within):
            changes += looked.changes
            done = looked.done
            if time.monotonic() > deadline:
                break
        return replace(told, changes=tuple(changes), looked_at=done)

    def _refiled(self, made: ChangedTaxonomy) -> list[MachineFiled]:
        return filed_within(self._store.taxonomies.machine_filed(), made.refiled) if made.refiled else []


def filed_within(filed: Sequence[MachineFiled], refiled: Collection[str]) -> list[MachineFiled]:
    """Return those of the documents that are filed again."""
    waiting = WAITING in refiled
    return [one for one in filed if one.category in refiled or (waiting and one.review_cause is not None)]
