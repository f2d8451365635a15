"""Whatever people do to a taxonomy, nothing that they decided is lost, and each change is undone exactly."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from standins.postgres import postgres_server
from tests.support.library import add

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
from twolane.documents import Classification, Decision, ReviewCause, Tier
from twolane.errors import NotFoundError, TaxonomyError
from twolane.filing.cascade import Cascade
from twolane.filing.categories import Categories
from twolane.filing.current import CurrentTaxonomy
from twolane.filing.export import exported
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite

START = """
[[category]]
id = "a"
[[category]]
id = "b"
examples = ["like this"]
[[category]]
id = "c"
[[category]]
id = "d"
parent = "c"
[[category]]
id = "e"
parent = "c"
"""
DOCUMENTS = [str(number) for number in range(5)]
MOST = 5  # of a taxonomy's changes in a row

places = st.integers(0, 20)
decisions = st.lists(st.tuples(st.sampled_from(DOCUMENTS), places, st.booleans()), max_size=5)
# a kind of change, with places of categories that are taken by the size that the taxonomy has then
drafts = st.tuples(
    st.sampled_from(["add", "rename", "id", "merge", "split", "move", "remove", "import", "undo"]),
    places,
    places,
    places,
)


@dataclass
class Library:
    """A library with a taxonomy and people who change it."""

    store: Store
    current: CurrentTaxonomy
    categories: Categories

    def decide(self, document: str, place: int, *, person: bool) -> None:
        ids = [one.id for one in self.current().categories]
        if not person:  # machines file under the innermost
            ids = [one.id for one in self.current().leaves().categories]
        cause = None if person or place % 3 else ReviewCause.UNSURE
        tier = Tier.PERSON if person else Tier.SIMILARITY
        made = Classification(ids[place % len(ids)], 0.9, tier, "", cause, taxonomy=self.current().digest)
        with self.store.writing() as write:
            write.decide(document, Decision(made))

    def standing(self) -> dict[str, tuple[str, Tier, str]]:
        found: dict[str, tuple[str, Tier, str]] = {}
        for file in self.store.files():
            if file.classification:
                known = file.classification
                found[file.document] = (known.category, known.tier, file.state.value)
        return found

    def peoples(self) -> dict[str, str]:
        return {
            document: category
            for document, (category, tier, _) in self.standing().items()
            if tier is Tier.PERSON
        }

    def work(self) -> None:
        """File again what is queued, as the workers would."""
        while jobs := self.store.claim(["classify"], "tester", 60.0, limit=100).jobs:
            leaves = self.current().leaves().categories
            for number, job in enumerate(jobs):
                leaf, digest = leaves[number % len(leaves)].id, self.current().digest
                made = Classification(leaf, 0.8, Tier.SIMILARITY, "again", taxonomy=digest)
                with self.store.finishing(job) as write:
                    write.decide(job.key, Decision(made))


def drafted(library: Library, draft: tuple[str, int, int, int]) -> TaxonomyChange:
    kind, one, two, three = draft
    ids = [category.id for category in library.current().categories]
    first, second, third = (ids[place % len(ids)] for place in (one, two, three))
    changes: dict[str, TaxonomyChange] = {
        "add": AddCategory(f"New {one}", parent=second if two % 2 else ""),
        "rename": RenameCategory(first, name=f"Named {two}"),
        "id": RenameCategory(first, id=f"id{two}"),
        "merge": MergeCategories(first, (second, third)),
        "split": SplitCategory(first, (f"Part {two}", f"Part {three}: of it")),
        "move": MoveCategory(first, second if two % 3 else ""),
        "remove": RemoveCategory(first, second if two % 2 else ""),
        "import": ImportTaxonomy(
            exported(Taxonomy.of([*library.current().categories, Category(f"taken{one}", f"Taken {one}")]))
        )
        if f"taken{one}" not in ids
        else AddCategory(f"Taken anew {one}"),
    }
    return changes[kind]


def fill(store: Store) -> None:
    for document in DOCUMENTS:
        add(store, f"/in/{document}", document, document=document)


def undo_all(library: Library) -> None:
    """Take every change back; what would have no place then goes into the first category that can take it."""
    versions = library.categories.history()
    ids = {one.id for made in versions for one in Taxonomy.from_text(made.categories).categories}
    while True:
        for into in ("", *sorted(ids)):
            try:
                library.categories.undo(into=into)
            except (TaxonomyError, NotFoundError) as error:
                if "nobody has changed" in str(error):
                    return
            else:
                break


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def new_library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Make libraries of one kind, each empty."""
    folder = tmp_path_factory.mktemp("libraries")
    (folder / "taxonomy.toml").write_text(START, "utf-8")
    made = iter(range(100_000))
    template = folder / "template.db"
    with contextlib.closing(open_sqlite(template, max_attempts=3)) as store:
        fill(store)

    @contextlib.contextmanager
    def opened() -> Iterator[Library]:
        with contextlib.ExitStack() as stack:
            store: Store
            if request.param == "postgres":
                store = open_postgres(stack.enter_context(postgres_server().library()), max_attempts=3)
                fill(store)
            else:
                store = open_sqlite(Path(shutil.copy(template, folder / f"{next(made)}.db")), max_attempts=3)
            stack.callback(store.close)
            current = CurrentTaxonomy(store, folder / "taxonomy.toml")

            def cascade(taxonomy: Taxonomy) -> Cascade:
                raise AssertionError(f"no document is looked at: {taxonomy}")

            yield Library(store, current, Categories(store, current, cascade, classify_kind="classify"))
            assert [line for line in store.check() if "waiting" not in line] == []

    return opened


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=decisions, change=drafts, working=st.booleans())
def test_an_undo_is_exact(
    new_library: Any, before: list[tuple[str, int, bool]], change: tuple[str, int, int, int], working: bool
) -> None:
    # given: a library with decisions of people and machines
    with new_library() as library:
        for document, place, person in before:
            library.decide(document, place, person=person)
        taxonomy, standing = library.current(), library.standing()

        # when
        try:
            if change[0] == "undo":
                library.categories.undo()
            else:
                previewed = library.categories.preview(drafted(library, change), look=False)
                told = library.categories.apply(drafted(library, change), by="ada")
                assert told == previewed
        except (TaxonomyError, NotFoundError):
            assert library.current() == taxonomy
            assert library.standing() == standing
            return
        if working:
            library.work()
        assert set(library.peoples()) == {d for d, (_, tier, _) in standing.items() if tier is Tier.PERSON}
        assert all(library.current().get(category) for category in library.peoples().values())
        previewed_undo = library.categories.preview_undo()
        assert library.categories.undo(by="ada") == previewed_undo

        # then
        assert library.current() == taxonomy
        assert library.standing() == standing


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.tuples(decisions, drafts, st.booleans()), min_size=2, max_size=MOST))
def test_nothing_that_people_decided_is_lost_whatever_they_do(new_library: Any, rounds: Any) -> None:
    # given
    with new_library() as library:
        decided: set[str] = set()
        for before, change, working in rounds:
            for document, place, person in before:
                library.decide(document, place, person=person)
                decided |= {document} if person else set()

            # when
            with contextlib.suppress(TaxonomyError, NotFoundError):
                if change[0] == "undo":
                    library.categories.undo(into=library.current().categories[0].id if change[1] % 2 else "")
                else:
                    library.categories.apply(drafted(library, change))
            if working:
                library.work()

            # then: each stands in a category that there is, and in the history as it was decided
            peoples = library.peoples()
            assert set(peoples) == decided
            assert all(library.current().get(category) for category in peoples.values())
            if working:
                assert all(library.current().get(one) for one, _, _ in library.standing().values())

        # and: when all is taken back, every decision from before the first change is where it was
        undo_all(library)
        assert library.current() == Taxonomy.load(library.current._file)
        assert set(library.peoples()) == decided
        assert all(library.current().get(category) for category in library.peoples().values())
