"""The contract of a store's taxonomies: versions, where decisions follow, and filters over all of it."""

from __future__ import annotations

import pytest
from tests.support.library import OpenStore, add, passages, reading, scan, seen, work

from twolane.documents import Classification, Decision, Filter, Tier
from twolane.errors import NotFoundError
from twolane.filing.review import Review
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.store.base import Store
from twolane.store.values import TaxonomyVersion


def version(*places: tuple[str, str], moves: dict[str, str] | None = None, what: str = "") -> TaxonomyVersion:
    return TaxonomyVersion("[]", moves or {}, places, "person", "", what)


def save(store: Store, made: TaxonomyVersion) -> int:
    with store.writing() as write:
        write.lock_taxonomy()
        return write.save_taxonomy(made)


def decide(store: Store, document: str, category: str, tier: Tier = Tier.PERSON) -> None:
    add(store, f"/in/{document}", document, document=document)
    with store.writing() as write:
        write.decide(document, Decision(Classification(category, 0.9, tier, "")))


def standing(store: Store) -> dict[str, str]:
    found = {file.document: file.classification for file in store.files()}
    return {document: one.category for document, one in found.items() if one}


def test_versions_are_kept_and_the_newest_one_counts(open_store: OpenStore) -> None:
    # given
    one, other = open_store(), open_store()
    assert (one.taxonomies.newest(), one.taxonomies.current()) == (0, None)

    # when
    first = save(one, version(what="first"))
    second = save(other, version(what="second", moves={"a": "b"}))

    # then
    assert first < second == one.taxonomies.newest()
    current = one.taxonomies.current()
    assert current is not None
    assert (current.what, current.moves, current.version) == ("second", {"a": "b"}, second)
    assert [made.what for made in one.taxonomies.history()] == ["second", "first"]


def test_decisions_follow_their_category_and_come_back(store: Store) -> None:
    # given
    decide(store, "1", "bills")
    decide(store, "2", "bills", Tier.RULES)
    decide(store, "3", "letters")

    # when
    save(store, version(moves={"bills": "letters"}))

    # then
    assert standing(store) == {"1": "letters", "2": "letters", "3": "letters"}
    assert store.counts().categories == {"letters": 3}
    assert [made.classification.category for made in store.decisions.of("1")] == ["bills"]
    lessons = store.decisions.lessons([1, 2, 3], "")
    assert {lesson.category for lesson in lessons} == {"letters"}
    [use] = store.taxonomies.uses()
    assert (use.category, use.documents, use.people) == ("letters", 3, 2)

    # when
    save(store, version())

    # then
    assert standing(store) == {"1": "bills", "2": "bills", "3": "letters"}


def test_a_filter_finds_what_lies_within_a_category(store: Store) -> None:
    # given
    for document, category in (("1", "paper"), ("2", "bills"), ("3", "old"), ("4", "letters")):
        decide(store, document, category)

    # when
    save(
        store,
        version(
            ("paper", "paper"),
            ("bills", "bills"),
            ("bills", "paper"),
            ("old", "bills"),
            ("old", "paper"),
            moves={"old": "bills"},
        ),
    )

    # then
    def within(*categories: str) -> list[str]:
        return [file.document for file in store.files(Filter(categories=categories))]

    assert within("paper") == ["1", "2", "3"]
    assert within("bills") == ["2", "3"]
    assert within("letters") == ["4"]
    assert within("unheard of") == []

    def only(*categories: str) -> list[str]:
        return [file.document for file in store.files(Filter(only_categories=categories))]

    assert only("paper") == ["1"]
    assert only("bills") == ["2", "3"]
    assert only("paper", "letters") == ["1", "4"]
    assert only("old") == ["3"]
    assert store.count_files(Filter(categories=("paper",), only_categories=("bills",))) == 2


def test_what_a_machine_filed_again_is_taken_back(store: Store) -> None:
    # given
    decide(store, "1", "bills", Tier.SIMILARITY)
    decide(store, "2", "letters", Tier.SIMILARITY)
    save(store, version())
    current = store.taxonomies.current()
    assert current is not None

    # when: both are filed again, and one more for the first time
    decide(store, "3", "water", Tier.SIMILARITY)
    with store.writing() as write:
        for document in ("1", "1", "2"):
            write.decide(document, Decision(Classification("water", 0.9, Tier.SIMILARITY, "")))
        taken = write.take_back_refiled(["bills"], current.last_decision)

    # then
    assert taken == 1
    assert standing(store) == {"1": "bills", "2": "water", "3": "water"}


def test_what_a_person_said_of_an_earlier_content_follows_too(store: Store) -> None:
    # given
    decide(store, "1", "bills")
    scan(store, seen("/in/1", stamp="2"))
    with store.finishing(work(store)) as write:
        write.save_reading(1, "9", 10, reading("another text"), passages("another text"))

    # when
    save(store, version(moves={"bills": "letters"}))
    moved = store.document("9").earlier
    save(store, version())

    # then
    assert (moved, store.document("9").earlier) == ("letters", "bills")


def test_a_decision_is_not_lost_in_a_category_that_another_process_removes_meanwhile(store: Store) -> None:
    # given: it is there when a person's decision begins
    categories = (Category("bills", "Bills"), Category("letters", "Letters"))
    both = Taxonomy.of([*categories, Category("notes", "Notes")])
    seen_by = iter([both, Taxonomy.of(categories)])
    decide(store, "1", "letters")
    [file] = store.files()
    review = Review(store, lambda: next(seen_by), embed_kind="embed")

    # when
    with pytest.raises(NotFoundError, match="notes"):
        review.correct(file.file_id, "notes", by="ada")

    # then
    assert standing(store) == {"1": "letters"}
