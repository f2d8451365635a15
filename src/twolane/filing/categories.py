"""Categories: the verbs by which people change their library's taxonomy, each with a preview and an undo."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from twolane.categories import ImportTaxonomy, TaxonomyChange
from twolane.errors import NotFoundError
from twolane.filing.cascade import Cascade
from twolane.filing.changes import (
    ChangedTaxonomy,
    TaxonomyState,
    changed,
    find,
    undone,
)
from twolane.filing.confusion import Confused, confused
from twolane.filing.current import CurrentTaxonomy, Origin, version_of
from twolane.filing.export import category_table, exported
from twolane.filing.previews import Previews, TaxonomyPreview, filed_within
from twolane.filing.reclassify import Refiled
from twolane.filing.taxonomy import Category, Taxonomy, shipped_category
from twolane.principal import hidden_categories
from twolane.store.base import Jobs
from twolane.store.categorised import Categorised
from twolane.store.values import CategoryUse, TaxonomyVersion
from twolane.work import NewJob

_AFTER_NEW_FILES = -1  # the priority of jobs that file again


class CategorisedFiles(Categorised, Refiled, Jobs, Protocol):
    """What the categories need of the store."""


@dataclass(frozen=True, slots=True)
class ListedCategory:
    """A category as it is listed: `documents` stand in it, `people` of them were put there by a person.

    `within` counts those that stand in it or in a category within it; it lies `depth` categories deep, and
    `title` is its name after those of all that it lies within.
    """

    category: Category
    documents: int
    people: int
    within: int
    depth: int
    title: str

    @property
    def is_shipped_name(self) -> bool:
        """Whether it is called as twolane ships it, which nobody has chosen."""
        shipped = shipped_category(self.category.id)
        return shipped is not None and shipped.name == self.category.name

    @property
    def is_shipped_description(self) -> bool:
        """Whether it is described as twolane ships it."""
        shipped = shipped_category(self.category.id)
        return shipped is not None and shipped.description == self.category.description


class Categories:
    """The taxonomy of one library; safe to use from several threads and processes.

    `cascade` opens one over another taxonomy, by which a preview looks; `classify_kind` is the kind of job
    that files a document.
    """

    def __init__(
        self,
        store: CategorisedFiles,
        current: CurrentTaxonomy,
        cascade: Callable[[Taxonomy], Cascade],
        *,
        classify_kind: str,
    ) -> None:
        self._store = store
        self._current = current
        self._cascade = cascade
        self._previews = Previews(store, cascade)
        self._classify_kind = classify_kind

    @property
    def notice(self) -> str:
        """What a person should know of the taxonomy file; "" where there is nothing."""
        return self._current.notice

    @property
    def version(self) -> int:
        """The number of the newest version."""
        self._current()
        return self._store.taxonomies.newest()

    def listed(self) -> list[ListedCategory]:
        """Return the categories as a tree: each is followed by those within it, in the taxonomy's order."""
        taxonomy = self._current()
        uses = {use.category: use for use in self._store.taxonomies.uses()}
        within: dict[str, int] = {}
        for use in uses.values():
            for one in taxonomy.lineage(use.category):
                within[one] = within.get(one, 0) + use.documents
        found: list[ListedCategory] = []
        hidden = hidden_categories()
        for category in _in_order(taxonomy):
            if category.id in hidden:
                continue
            use = uses.get(category.id, CategoryUse(category.id, 0, 0))
            depth = len(taxonomy.lineage(category.id)) - 1
            around = within.get(category.id, 0)
            title = taxonomy.path_name(category.id)
            found.append(ListedCategory(category, use.documents, use.people, around, depth, title))
        return found

    def find(self, words: str) -> Category:
        """Return the category with an id or a name. Raises `NotFoundError`."""
        return find(self._current(), words)

    def preview(self, change: TaxonomyChange, *, look: bool = True) -> TaxonomyPreview:
        """Return what a change would do, and write nothing.

        Without a `look` no document is looked at. Raises `NotFoundError`, and `TaxonomyError` for what
        cannot be, or would lose what people have decided.
        """
        state = self._state()
        made = changed(state, change)
        found = self._previews.of(state, made)
        return self._previews.looked_at(found, made) if look else found

    def apply(self, change: TaxonomyChange, *, by: str = "") -> TaxonomyPreview:
        """Make a change; what machines have to file again is queued with it. Raises as `preview` does."""
        self._current()  # takes the file over, where nobody has asked for the taxonomy before
        with self._store.writing() as write:
            write.lock_taxonomy()
            state = self._state()
            made = changed(state, change)
            told = self._previews.of(state, made)
            origin: Origin = "import" if isinstance(change, ImportTaxonomy) else "person"
            source = self._current.source if origin == "import" else self._source()
            write.save_taxonomy(self._version(made, origin, source, by))
            write.enqueue(self._jobs(made.refiled))
        return told

    def preview_undo(self, *, into: str = "") -> TaxonomyPreview:
        """Return what `undo` would do, and write nothing; raises as it does."""
        self._current()
        _, _, state, made = self._taken_back(into)
        return self._previews.of(state, made)

    def undo(self, *, into: str = "", by: str = "") -> TaxonomyPreview:
        """Take the last change back that a person made and that stands.

        What stood before stands again, people's decisions since then included. `into` is where those go that
        they put into a category which there was not before. Raises `NotFoundError` where there is nothing to
        take back, and `TaxonomyError` where such an `into` is missing.
        """
        self._current()
        with self._store.writing() as write:
            write.lock_taxonomy()
            last, before, state, made = self._taken_back(into)
            told = self._previews.of(state, made)
            write.save_taxonomy(self._version(made, "person", before.source, by, undoes=last.version))
            write.take_back_refiled(last.refiled, last.last_decision, by)
            write.enqueue(self._jobs(made.refiled))
        return told

    def _taken_back(
        self, into: str
    ) -> tuple[TaxonomyVersion, TaxonomyVersion, TaxonomyState, ChangedTaxonomy]:
        """Return the last change, the version before it, how all stands, and what an undo makes of it."""
        last, before = self._last_change()
        state = self._state()
        back = ChangedTaxonomy(Taxonomy.from_text(before.categories), before.moves, last.what)
        return last, before, state, undone(state, back, into)

    def history(self) -> list[TaxonomyVersion]:
        """Return every version, newest first; each is kept for ever."""
        self._current()
        return self._store.taxonomies.history()

    def left(self) -> int:
        """Return how many documents are still to be filed, or filed again."""
        counts = self._store.job_counts().get(self._classify_kind)
        return counts.queued + counts.running if counts else 0

    def check(self) -> list[Confused]:
        """Return the pairs of categories that the evidence cannot tell apart, worst first."""
        return confused(self._store, self._cascade(self._current()))

    def shown(self, category: Category) -> str:
        """Return all that is said of a category, as it stands in a taxonomy file."""
        return category_table(category)

    def export(self) -> str:
        """Return the taxonomy as a file that can be imported again."""
        return exported(self._current())

    def _jobs(self, refiled: Collection[str]) -> list[NewJob]:
        filed = filed_within(self._store.taxonomies.machine_filed(), refiled) if refiled else []
        return [
            NewJob(self._classify_kind, one.document, one.file_id, _AFTER_NEW_FILES)
            for one in filed
            if one.file_id is not None
        ]

    def _state(self) -> TaxonomyState:
        current = self._store.taxonomies.current()
        people = {use.category: use.people for use in self._store.taxonomies.uses()}
        moves = current.moves if current else {}
        taxonomy = Taxonomy.from_text(current.categories) if current else self._current()
        return TaxonomyState(taxonomy, moves, people)

    def _source(self) -> str:
        current = self._store.taxonomies.current()
        return current.source if current else self._current.source

    def _version(
        self, made: ChangedTaxonomy, origin: Origin, source: str, by: str, undoes: int = 0
    ) -> TaxonomyVersion:
        return version_of(
            made.taxonomy,
            made.moves,
            origin=origin,
            source=source,
            what=made.what,
            refiled=made.refiled,
            undoes=undoes,
            by=by,
        )

    def _last_change(self) -> tuple[TaxonomyVersion, TaxonomyVersion]:
        """Return the last change that a person made and that stands, and the version before it."""
        versions = self._store.taxonomies.history()
        taken_back = {version.undoes for version in versions}
        for place, version in enumerate(versions[:-1]):
            if version.undoes or version.version in taken_back:
                continue
            if version.origin not in {"person", "import"}:  # a file was taken over since
                break
            return version, versions[place + 1]
        raise NotFoundError("nobody has changed the taxonomy", "there is nothing to take back")


def _in_order(taxonomy: Taxonomy) -> list[Category]:
    def below(parent: str) -> list[Category]:
        found: list[Category] = []
        for one in taxonomy.categories:
            if one.parent == parent:
                found += [one, *below(one.id)]
        return found

    return below("")
