"""Review over a real catalogue: what waits for a person comes first, and what a person says stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import cast

import pytest
from tests.support.library import add, classification, reading, scan, seen

from twolane.documents import NO_CATEGORY, Decision, FileState, Filter, Tier
from twolane.errors import ConflictError, FileReplacedError, NotFoundError
from twolane.filing.review import Review
from twolane.filing.taxonomy import Taxonomy
from twolane.store.base import Store, Writer
from twolane.store.sqlite.store import open_sqlite

TAXONOMY = Taxonomy.load()
FILES = {"a": False, "b": True, "c": False, "d": True}  # which of them wait for a person


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        for name, waits in FILES.items():
            add(opened, f"/in/{name}", name, document=name)
            with opened.writing() as write:
                write.decide(name, Decision(classification("letter", review=waits)))
        yield opened


@pytest.fixture
def review(store: Store) -> Review:
    return Review(store, lambda: TAXONOMY, embed_kind="embed")


def test_what_waits_for_a_person_comes_first(review: Review) -> None:
    # when
    found = review.find(limit=10)

    # then
    assert [file.path.name for file in found.files] == ["b", "d", "a", "c"]
    assert found.total == 4


@pytest.mark.parametrize(("offset", "names"), [(0, "bd"), (1, "da"), (2, "ac"), (3, "c"), (4, "")])
def test_pages_of_the_list_join_without_gap_or_double(review: Review, offset: int, names: str) -> None:
    # when
    found = review.find(limit=2, offset=offset)

    # then
    assert "".join(file.path.name for file in found.files) == names
    assert found.total == 4


def test_only_the_states_that_were_asked_for_are_listed(review: Review) -> None:
    # when
    states = FileState.REVIEW, FileState.FILED
    waiting, filed = (review.find(Filter(states=(one,)), limit=9) for one in states)

    # then
    assert [file.path.name for file in waiting.files] == ["b", "d"]
    assert [file.path.name for file in filed.files] == ["a", "c"]


def test_a_correction_stands_and_leaves_the_review(store: Store, review: Review) -> None:
    # given
    file = review.find(limit=1).files[0]

    # when
    corrected = review.correct(file.file_id, "contract")

    # then
    assert corrected.state is FileState.FILED
    assert corrected.classification is not None
    assert (corrected.classification.category, corrected.classification.tier) == ("contract", Tier.PERSON)
    assert [one.path.name for one in review.find(Filter(states=(FileState.REVIEW,)), limit=9).files] == ["d"]


class ReadAnewMeanwhile:
    """A store where a worker reads another content of a file just before something is written."""

    def __init__(self, store: Store, file_id: int) -> None:
        self._store = store
        self._file_id = file_id

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def writing(self, *, synced: bool = False) -> AbstractContextManager[Writer]:
        with self._store.writing() as write:
            write.save_reading(self._file_id, "anew", 4, reading("anew"), [])
        return self._store.writing()


def test_a_decision_on_what_the_file_no_longer_holds_is_not_lost_in_silence(store: Store) -> None:
    # given
    file = store.file_at(Path("/in/b"))
    assert file
    review = Review(cast(Store, ReadAnewMeanwhile(store, file.file_id)), lambda: TAXONOMY, embed_kind="embed")

    # when
    with pytest.raises(FileReplacedError) as refused:
        review.correct(file.file_id, "contract")

    # then
    assert "look at it again" in refused.value.remedy
    assert store.decisions.of("anew") == []


def test_neither_an_unknown_category_nor_an_unread_file_can_be_corrected(
    store: Store, review: Review
) -> None:
    # given
    scan(store, seen("/in/new"))
    unread = store.file_at(Path("/in/new"))
    assert unread is not None

    # then
    with pytest.raises(NotFoundError, match="no category 'nonsense'"):
        review.correct(1, "nonsense")
    with pytest.raises(ConflictError, match="has not been read yet"):
        review.correct(unread.file_id, "contract")


def test_a_decision_is_taken_back_and_there_is_nothing_more_to_take_back(
    store: Store, review: Review
) -> None:
    # given
    file = review.find(limit=1).files[0]
    review.correct(file.file_id, "contract")

    # when
    undone = review.undo(file.file_id)

    # then
    assert undone == file
    with pytest.raises(NotFoundError, match="no person has decided"):
        review.undo(file.file_id)


def test_none_of_the_categories_leaves_the_review_and_is_in_no_category(store: Store, review: Review) -> None:
    # given
    file = review.find(limit=1).files[0]

    # when
    decided = review.correct(file.file_id, NO_CATEGORY)

    # then
    assert decided.state is FileState.FILED
    assert decided.classification is not None
    assert (decided.classification.category, decided.classification.tier) == ("", Tier.PERSON)
    assert store.count_files(Filter(categories=(NO_CATEGORY,))) == 1


def test_what_people_decided_says_how_often_the_machine_was_right(store: Store, review: Review) -> None:
    # given: b and d waited for a person, a was corrected unasked
    before = review.proof()
    files = {file.path.name: file.file_id for file in review.find(limit=9).files}

    # when
    for name, category in (("b", "letter"), ("d", "contract"), ("a", "contract")):
        review.correct(files[name], category)
    after = review.proof()
    review.undo(files["d"])
    undone = review.proof()

    # then
    assert (before.decided, before.proven, before.ece) == (0, False, None)
    assert (after.decided, after.right) == (2, 1)
    assert (undone.decided, undone.right) == (1, 1)
    assert all(one.decisions > 0 for one in before.needed)
