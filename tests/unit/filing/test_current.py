"""The taxonomy that stands: the library's newest version, and when a file takes its place."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.library import add

from twolane.categories import (
    AddCategory,
    ImportTaxonomy,
    MergeCategories,
    MoveCategory,
    RenameCategory,
)
from twolane.config.lane_settings import FilingSettings
from twolane.documents import Classification, Decision, Tier
from twolane.errors import TaxonomyError
from twolane.filing.cascade import Cascade
from twolane.filing.categories import Categories
from twolane.filing.current import CurrentCascade, CurrentTaxonomy
from twolane.filing.taxonomy import Taxonomy
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite

SETTINGS = FilingSettings(context_tokens=2048, runtime="scripted")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "taxonomy.toml"
    write(path, "a", "b")
    return path


def write(path: Path, *ids: str) -> None:
    path.write_text("".join(f'[[category]]\nid = "{one}"\n' for one in ids), "utf-8")


def ids(taxonomy: Taxonomy) -> list[str]:
    return [category.id for category in taxonomy.categories]


def categories(store: Store, current: CurrentTaxonomy) -> Categories:
    def cascade(taxonomy: Taxonomy) -> Cascade:
        return Cascade(taxonomy, None, None, SETTINGS, store)

    return Categories(store, current, cascade, classify_kind="classify")


def test_without_a_file_it_is_our_own_which_a_file_replaces_and_not_the_other_way(
    store: Store, file: Path
) -> None:
    # when
    own = CurrentTaxonomy(store)()
    taken = CurrentTaxonomy(store, file)()
    without = CurrentTaxonomy(store)()

    # then
    assert own == Taxonomy.load()
    assert ids(taken) == ids(without) == ["a", "b"]
    assert [made.origin for made in store.taxonomies.history()] == ["file", "own"]


def test_a_file_is_taken_over_as_often_as_it_changes(store: Store, file: Path) -> None:
    # given
    CurrentTaxonomy(store, file)()
    write(file, "a", "c")

    # when
    again = CurrentTaxonomy(store, file)()
    CurrentTaxonomy(store, file)()

    # then
    assert ids(again) == ["a", "c"]
    assert len(store.taxonomies.history()) == 2


def test_a_file_does_not_take_back_what_people_changed(
    store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    current = CurrentTaxonomy(store, file)
    known = categories(store, current)
    known.apply(AddCategory("Recipes"))
    assert known.notice == ""
    write(file, "a", "b", "c")

    # when
    with caplog.at_level(logging.WARNING):
        later = CurrentTaxonomy(store, file)
        found = ids(later())

    # then
    assert found == ["a", "b", "recipes"]
    assert "twolane taxonomy import" in later.notice
    assert "twolane taxonomy import" in caplog.text

    # when: the file is imported, it is in step again
    categories(store, later).apply(ImportTaxonomy(file.read_text("utf-8"), str(file)))
    write(file, "a", "b", "d")

    # then
    assert later.notice == ""
    assert ids(CurrentTaxonomy(store, file)()) == ["a", "b", "d"]


def test_a_file_that_lacks_what_people_decided_on_waits_until_that_has_a_place(
    store: Store, file: Path
) -> None:
    # given
    write(file, "a", "b", "c")
    CurrentTaxonomy(store, file)()
    add(store, "/in/1", "text", document="1")
    with store.writing() as made:
        made.decide("1", Decision(Classification("b", 1.0, Tier.PERSON, "")))
    write(file, "a", "c")

    # when
    later = CurrentTaxonomy(store, file)

    # then
    assert ids(later()) == ["a", "b", "c"]
    assert "people have put documents into b" in later.notice

    # when
    categories(store, later).apply(MergeCategories("a", ("b",)))

    # then
    assert later.notice == ""
    assert ids(later()) == ["a", "c"]
    [filed] = store.files()
    assert filed.classification is not None
    assert filed.classification.category == "a"


def test_what_changes_nothing_is_refused(store: Store, file: Path) -> None:
    # given
    known = categories(store, CurrentTaxonomy(store, file))

    # then
    for change in (RenameCategory("a"), RenameCategory("a", "A"), MoveCategory("a", "")):
        with pytest.raises(TaxonomyError, match="so already"):
            known.apply(change)
    assert known.apply(ImportTaxonomy(known.export())).refiled == 0


def test_a_file_is_taken_over_again_once_people_took_their_changes_back(store: Store, file: Path) -> None:
    # given
    known = categories(store, CurrentTaxonomy(store, file))
    known.apply(RenameCategory("a", "Another"))
    known.undo()
    write(file, "a", "c")

    # when
    found = CurrentTaxonomy(store, file)()

    # then
    assert ids(found) == ["a", "c"]


def test_every_process_follows_a_change_without_a_restart(tmp_path: Path, file: Path) -> None:
    # given: two processes
    path = tmp_path / "library.db"
    with (
        closing(open_sqlite(path, max_attempts=3)) as mine,
        closing(open_sqlite(path, max_attempts=3)) as other,
    ):
        current = CurrentTaxonomy(other, file)
        cascade = CurrentCascade(current, lambda taxonomy: Cascade(taxonomy, None, None, SETTINGS, other))
        before, same = cascade(), cascade()

        # when
        categories(mine, CurrentTaxonomy(mine, file)).apply(AddCategory("Recipes", parent="a"))
        after = cascade()

        # then
        assert before is same
        assert [score.category for score in before.classify("x").scores] == ["a", "b"]
        assert {score.category for score in after.classify("x").scores} == {"b", "recipes"}
        assert current().get("recipes") is not None
