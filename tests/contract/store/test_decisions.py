"""Decisions are kept: all of them, in order, one standing; and whoever learns from them misses none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from standins.postgres import postgres_server
from tests.support.library import (
    Clock,
    OpenStore,
    add,
    classification,
    reading,
    scan,
    seen,
    unit_vectors,
    work,
)

from twolane.documents import Classification, Decision, FileState, Filter, ModelAnswer, Score, Tier
from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.values import Lesson, Mark

MODEL = "embedder"


def decide(store: Store, document: str, made: Classification, *, by: str = "") -> None:
    with store.writing() as write:
        write.decide(document, Decision(made, by))


def changed(store: Store, since: Mark | None) -> tuple[list[int], Mark]:
    changes = store.decisions.changed(since)
    return list(changes.document_ids), changes.mark


def lessons(store: Store) -> dict[str, Lesson]:
    """Return what every document teaches, by its category."""
    ids, _ = changed(store, None)
    return {lesson.category: lesson for lesson in store.decisions.lessons(ids, MODEL)}


def test_every_decision_is_kept_in_its_order_with_who_made_it_and_when(store: Store, clock: Clock) -> None:
    # given
    add(store, "/d/a", "text", document="h")
    answer = ModelAnswer("llama3.2:1b, chat", {"fish": -0.5, "fowl": -1.25}, {"fish": 0.25, "fowl": 0.75})
    scores = (Score("fish", 0.75), Score("fowl", 0.25))
    made = classification("fish", tier=Tier.SMALL_MODEL, review=True, scores=scores)
    begun = clock.now

    # when
    with store.writing() as write:
        write.decide("h", Decision(made, "llama3.2:1b", answers=(answer,)))
    clock.advance(60)
    decide(store, "h", classification("fowl", tier=Tier.PERSON), by="Ada")
    clock.advance(60)
    decide(store, "h", classification("fish"))

    # then
    first, second, third = store.decisions.of("h")
    assert first == Decision(made, "llama3.2:1b", begun, (answer,))
    assert (second.classification.category, second.by, second.at) == ("fowl", "Ada", begun + 60)
    assert (third.classification.tier, third.by, third.at) == (Tier.RULES, "", begun + 120)
    assert store.decisions.of("unknown") == []


def test_which_decision_stands_is_written_down_in_whatever_order_they_come(store: Store) -> None:
    # given
    doings = ("machine", "ada", "bob", "undo", "undo of ada's")
    orders = list(product(doings, repeat=3))
    for number in range(len(orders)):
        add(store, f"/d/{number}", "text", document=f"{number}")

    # when
    for number, order in enumerate(orders):
        for done in order:
            with store.writing() as write:
                if done.startswith("undo"):
                    write.undo(f"{number}", only_by=None if done == "undo" else "ada")
                else:
                    tier = Tier.RULES if done == "machine" else Tier.PERSON
                    write.decide(f"{number}", Decision(classification(done, tier=tier), done))

    # then
    assert not [line for line in store.check() if "stands" in line]


def test_the_newest_stands_but_a_persons_over_those_of_machines(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "text", document="h")

    def standing() -> tuple[str, FileState]:
        record = store.file(file_id)
        assert record.classification is not None
        return record.classification.category, record.state

    # when
    stood = []
    for category, tier, review in (
        ("first", Tier.RULES, False),
        ("second", Tier.SIMILARITY, True),
        ("mine", Tier.PERSON, False),
        ("third", Tier.SMALL_MODEL, True),
        ("mine again", Tier.PERSON, False),
    ):
        decide(store, "h", classification(category, tier=tier, review=review))
        stood.append(standing())

    # then
    assert stood == [
        ("first", FileState.FILED),
        ("second", FileState.REVIEW),
        ("mine", FileState.FILED),
        ("mine", FileState.FILED),
        ("mine again", FileState.FILED),
    ]
    assert store.counts().categories == {"mine again": 1}
    assert store.count_files(Filter(categories=("mine",))) == 0
    assert [decision.classification.category for decision in store.decisions.of("h")] == [
        *("first", "second", "mine", "third", "mine again")
    ]


def test_a_person_takes_decisions_back_one_after_the_other(store: Store, clock: Clock) -> None:
    # given
    file_id = add(store, "/d/a", "text", document="h")
    decide(store, "h", classification("guess", review=True))
    decide(store, "h", classification("mine", tier=Tier.PERSON), by="Ada")
    decide(store, "h", classification("guess again", tier=Tier.SMALL_MODEL))
    decide(store, "h", classification("mine anew", tier=Tier.PERSON), by="Ada")
    clock.advance(60)

    # when
    stood = []
    for _ in range(3):
        with store.writing() as write:
            undone = write.undo("h", "Ada")
        made = store.file(file_id).classification
        assert made is not None
        stood.append((undone, made.category, made.tier))

    # then
    assert stood == [
        (True, "mine", Tier.PERSON),
        (True, "guess again", Tier.SMALL_MODEL),
        (False, "guess again", Tier.SMALL_MODEL),
    ]
    assert [(one.classification.category, one.undone_at) for one in store.decisions.of("h")] == [
        ("guess", 0.0),
        ("mine", clock.now),
        ("guess again", 0.0),
        ("mine anew", clock.now),
    ]


def test_what_is_taken_back_teaches_no_longer_and_brings_the_file_back_to_review(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "text", document="h")
    unread = add(store, "/d/b", "text", document="undecided")
    decide(store, "h", classification("guess", review=True))
    for document in ("h", "undecided"):
        decide(store, document, classification("mine", tier=Tier.PERSON))
    _, mark = changed(store, None)

    # when
    with store.writing() as write:
        write.undo("h")
        write.undo("undecided")

    # then
    ids, _ = changed(store, mark)
    assert len(ids) == 2
    assert [(lesson.category, lesson.labelled) for lesson in store.decisions.lessons(ids, MODEL)] == [
        ("guess", False)
    ]
    assert store.file(file_id).state is FileState.REVIEW
    assert store.file(unread).state is FileState.WAITING
    assert store.counts().categories == {"guess": 1}


def read_anew(store: Store, path: str, document: str, *, stamp: str) -> None:
    """Have a file hold another content than before."""
    scan(store, seen(path, stamp=stamp))
    job = work(store)
    with store.finishing(job) as write:
        if not write.link(job.file_id, document):
            write.save_reading(job.file_id, document, 10, reading(document), [])


def test_an_edited_file_remembers_what_a_person_said_of_it_before(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="first")
    decide(store, "first", classification("mine", tier=Tier.PERSON))

    # when: its first document is forgotten with its decisions, and no person decides on the second one
    read_anew(store, "/d/a", "second", stamp="2")
    decide(store, "second", classification("theirs"))
    read_anew(store, "/d/a", "third", stamp="3")

    # then
    assert store.decisions.of("first") == []
    assert store.document("third").earlier == "mine"
    decide(store, "third", classification("mine anew", tier=Tier.PERSON))
    read_anew(store, "/d/a", "fourth", stamp="4")
    assert store.document("fourth").earlier == "mine anew"


def test_a_moved_copy_remembers_it_too_but_not_what_was_taken_back(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="kept")
    add(store, "/d/b", "text", document="undone")
    for document in ("kept", "undone"):
        decide(store, document, classification("mine", tier=Tier.PERSON))
    with store.writing() as write:
        write.undo("undone")
    read_anew(store, "/e/a", "kept", stamp="1")
    with store.writing() as write:
        write.mark_gone([Path("/d/a")])

    # when
    read_anew(store, "/e/a", "kept, edited", stamp="2")
    read_anew(store, "/d/b", "undone, edited", stamp="2")

    # then
    assert store.document("kept, edited").earlier == "mine"
    assert store.document("undone, edited").earlier == ""


def test_a_decision_goes_with_its_document_and_learners_are_told(store: Store) -> None:
    # given
    add(store, "/d/a", "old text", document="old")
    decide(store, "old", classification("fish"))
    with store.writing() as write:
        write.save_document_vector("old", MODEL, unit_vectors(1)[0])
    [old], mark = changed(store, None)

    # when
    scan(store, seen("/d/a", stamp="2"))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "new", 10, reading("new text"), [])

    # then
    dropped, _ = changed(store, mark)
    assert dropped == [old]
    assert store.decisions.lessons(dropped, MODEL) == []
    assert store.decisions.of("old") == []


def test_a_document_teaches_the_decision_that_stands_its_vector_and_the_models_answer(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="a")
    add(store, "/d/b", "text", document="b")
    vectors = unit_vectors(2)
    answer = ModelAnswer("m", {"fish": -0.5}, {"fish": 0.25})
    scores = (Score("fish", 0.75), Score("fowl", 0.25))
    with store.writing() as write:
        made = Classification("fish", 0.75, Tier.SMALL_MODEL, "", scores=scores, taxonomy="digest")
        write.decide("a", Decision(made, answers=(answer,)))
        write.save_document_vector("a", MODEL, vectors[0])
        write.save_document_vector("a", "another", vectors[1])
        write.decide("b", Decision(classification("fowl", scores=scores)))

    # when
    decide(store, "a", classification("mine", tier=Tier.PERSON))

    # then
    mine, fowl = lessons(store)["mine"], lessons(store)["fowl"]
    assert (mine.labelled, mine.answers, mine.answer_taxonomy) == (True, (answer,), "digest")
    assert mine.has_vector
    assert (fowl.labelled, fowl.has_vector, fowl.answers) == (False, False, ())
    [(document_id, own)] = store.decisions.vectors([mine.document_id, fowl.document_id], MODEL).items()
    assert document_id == mine.document_id
    assert np.allclose(own, vectors[0], atol=1e-3)
    assert store.decisions.has_vector("a")
    assert not store.decisions.has_vector("b")
    held = store.decisions.vector("a", "another")
    assert held is not None
    assert np.allclose(held, vectors[1], atol=1e-3)
    assert store.decisions.vector("a", "a third") is None


def test_a_reader_is_given_only_what_is_new_whoever_wrote_it(open_store: OpenStore) -> None:
    # given
    ours, theirs = open_store(), open_store()
    for name in "abc":
        add(ours, f"/d/{name}", "text", document=name)
    decide(ours, "a", classification("fish"))
    [a], mark = changed(theirs, None)

    # when
    nothing, mark = changed(theirs, mark)
    decide(ours, "b", classification("fish"))
    [b], mark = changed(theirs, mark)
    with ours.writing() as write:
        write.save_document_vector("a", MODEL, unit_vectors(1)[0])
    vector, mark = changed(theirs, mark)
    with ours.writing() as write:
        write.save_document_vector("a", MODEL, unit_vectors(1, seed=2)[0])
    another, mark = changed(theirs, mark)
    again, _ = changed(theirs, mark)

    # then
    assert (nothing, again) == ([], [])
    assert a != b
    assert vector == another == [a]


def test_what_a_transaction_has_not_committed_teaches_nothing(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="a")
    _, mark = changed(store, None)

    # when
    with store.writing() as write:
        write.decide("a", Decision(classification("fish")))
        within, mark = changed(store, mark)
    after, _ = changed(store, mark)

    # then
    assert within == []
    assert len(after) == 1


def test_many_who_decide_at_once_lose_nothing_and_a_reader_beside_them_misses_nothing(
    open_store: OpenStore,
) -> None:
    # given
    store, reader = open_store(), open_store()
    documents = [f"{number}" for number in range(100)]
    for document in documents:
        add(store, f"/d/{document}", "text", document=document)
    vector = unit_vectors(1)[0]

    def file(worker: int) -> None:
        with closing(open_store()) as own:
            for document in documents[worker::10]:
                with own.writing() as write:
                    write.decide(document, Decision(classification("fish")))
                    write.save_document_vector(document, MODEL, vector)

    # when
    read: list[int] = []
    mark = None
    with ThreadPoolExecutor(10) as threads:
        working = [threads.submit(file, worker) for worker in range(10)]
        while not all(one.done() for one in working):
            more, mark = changed(reader, mark)
            read += more
        for one in working:
            one.result()
    more, mark = changed(reader, mark)
    read += more

    # then
    assert sorted(read) == changed(reader, None)[0]  # each of them once
    assert len(read) == 100
    assert sum(len(store.decisions.of(document)) for document in documents) == 100


@pytest.mark.parametrize("reads_between", [False, True])
def test_a_decision_that_is_committed_late_is_not_passed_over(reads_between: bool) -> None:
    # given
    with postgres_server().library() as url:
        slow, fast = (open_postgres(url, max_attempts=3) for _ in range(2))
        with closing(slow), closing(fast):
            for name in "abc":
                add(fast, f"/d/{name}", "text", document=name)
            _, mark = changed(fast, None)

            # when: a has the smaller number, and is committed after b
            with slow.writing() as write:
                write.decide("a", Decision(classification("a")))
                decide(fast, "b", classification("b"))
                [b], mark = changed(fast, mark)
                if reads_between:
                    nothing, mark = changed(fast, mark)
                    assert nothing == []
            [a], mark = changed(fast, mark)
            decide(fast, "c", classification("c"))
            [c], mark = changed(fast, mark)
            nothing, mark = changed(fast, mark)

    # then
    assert len({a, b, c}) == 3
    assert nothing == []
    assert mark.read == frozenset()  # all is settled: no row is asked for again


def test_nor_is_one_of_a_transaction_that_began_to_write_later_than_the_one_that_ends_first() -> None:
    # given
    with postgres_server().library() as url:
        slow, fast = (open_postgres(url, max_attempts=3) for _ in range(2))
        with closing(slow), closing(fast):
            for name in "ab":
                add(fast, f"/d/{name}", "text", document=name)
            _, mark = changed(fast, None)

            # when: a has the smaller number, although its transaction is the later one, and is committed last
            with slow.writing() as late:
                with fast.writing() as write:
                    write.undo("b")  # locks it
                    late.decide("a", Decision(classification("a")))
                    write.decide("b", Decision(classification("b")))
                [b], mark = changed(fast, mark)
                nothing, mark = changed(fast, mark)
            [a], mark = changed(fast, mark)

    # then
    assert nothing == []
    assert a != b
