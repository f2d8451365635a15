"""What a library teaches: derived from its rows, alike in whatever order they come, and taken back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import add, reading, scan, seen, unit_vectors, work

from twolane.documents import Classification, Decision, ModelAnswer, Score, Tier
from twolane.filing.learn import Floats, Learned, Learner, Taught
from twolane.filing.taxonomy import Taxonomy
from twolane.store.sqlite.store import SqliteStore, open_sqlite

TAXONOMY = Taxonomy.from_categories([{"id": "fish"}, {"id": "fowl"}])
OTHER = Taxonomy.from_categories([{"id": "fowl"}, {"id": "game"}, {"id": "fish"}])
VECTORS = unit_vectors(6, 4)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        for number in range(6):
            add(opened, f"/d/{number}", "text", document=str(number))
        yield opened


def learner(store: SqliteStore, taxonomy: Taxonomy = TAXONOMY, *, model: str = "small") -> Learner:
    return Learner(store, taxonomy, embedder="embedder", model=model)


def file(store: SqliteStore, number: int, fish: float, answer: ModelAnswer | None = None) -> None:
    """Add a decision of the cascade with the document's vector."""
    scores = (Score("fish", fish), Score("fowl", 1 - fish))
    made = Classification("fish", fish, Tier.SIMILARITY, "", scores=scores, taxonomy=TAXONOMY.digest)
    with store.writing() as write:
        write.decide(str(number), Decision(made, answer=answer))
        write.save_document_vector(str(number), "embedder", VECTORS[number])


def correct(store: SqliteStore, number: int, category: str) -> None:
    made = Classification(category, 1.0, Tier.PERSON, "a person decided", taxonomy=TAXONOMY.digest)
    with store.writing() as write:
        write.decide(str(number), Decision(made))


def test_a_document_is_shared_out_over_the_categories(store: SqliteStore) -> None:
    # when
    file(store, 0, 0.75)
    learned = learner(store).learned()

    # then
    assert learned.found.tolist() == [0.75, 0.25]
    assert np.allclose(learned.vectors, np.outer([0.75, 0.25], VECTORS[0]), atol=1e-3)
    assert learned.documents == 1


def test_a_document_that_is_decided_anew_counts_once(store: SqliteStore) -> None:
    # given
    watching = learner(store)
    file(store, 0, 0.75)
    watching.learned()

    # when
    file(store, 0, 0.25)

    # then
    assert np.allclose(watching.learned().found, [0.25, 0.75])


def test_a_correction_puts_a_labelled_document_in_the_place_of_what_was_found(store: SqliteStore) -> None:
    # given
    watching = learner(store)
    file(store, 0, 0.75)
    found = watching.learned()

    # when
    correct(store, 0, "fowl")

    # then
    learned = watching.learned()
    assert np.allclose(learned.found, 0)
    assert learned.labelled.tolist() == [0, 1]
    assert learned.weights[1] > found.weights[1] + found.weights[0]
    assert learned.documents == 1


def test_a_document_that_is_no_more_has_taught_nothing(store: SqliteStore) -> None:
    # given
    watching = learner(store)
    file(store, 0, 0.75)
    watching.learned()

    # when
    scan(store, seen("/d/0", stamp="2"))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "another", 1, reading("other"), [])

    # then
    assert np.allclose(watching.learned().found, 0)
    assert np.allclose(watching.learned().vectors, 0)


def test_who_followed_step_by_step_knows_what_who_comes_later_knows(store: SqliteStore) -> None:
    # given
    answer = ModelAnswer("small", {"fish": -1, "fowl": -2}, {"fish": 0.5, "fowl": 0.5})
    steps: list[Callable[[], None]] = [
        lambda: file(store, 0, 0.75),
        lambda: file(store, 1, 0.5, answer),
        lambda: correct(store, 1, "fowl"),
        lambda: file(store, 2, 1.0),
        lambda: file(store, 0, 0.25),
        lambda: correct(store, 1, "fish"),
    ]
    following = learner(store)

    # when
    for step in steps:
        step()
        following.learned()

    # then
    step_by_step, at_once = following.learned(), learner(store).learned()
    for name in vars(at_once):
        assert np.allclose(getattr(step_by_step, name), getattr(at_once, name)), name


def test_a_persons_decision_outlives_a_change_of_the_taxonomy_and_a_machines_does_not(
    store: SqliteStore,
) -> None:
    # given
    for number in (0, 1, 2):
        file(store, number, 0.75)
    correct(store, 0, "fowl")
    correct(store, 1, "game")  # of a taxonomy between the two

    # then
    assert learner(store, OTHER).learned().labelled.tolist() == [1, 1, 0]
    assert learner(store, OTHER).learned().documents == 2
    assert learner(store).learned().documents == 2  # there is no game in it: the second teaches nothing


def test_the_small_models_answers_count_only_for_the_same_model(store: SqliteStore) -> None:
    # given
    answer = ModelAnswer("small", {"fish": -1.0, "fowl": -2.0}, {"fish": 0.25, "fowl": 0.75})
    file(store, 0, 0.75, answer)

    # when
    learned, other = learner(store).learned(), learner(store, model="another").learned()

    # then
    assert learned.asked.tolist() == [0.25, 0.75]
    assert learned.logprobs.tolist() == [[-0.25, -0.5], [-0.75, -1.5]]
    assert learned.squares.tolist() == [[0.25, 1.0], [0.75, 3.0]]
    assert other.asked.tolist() == [0, 0]
    assert other.documents == 1

    # and a person knows better than the other tiers what the answer was about
    correct(store, 0, "fish")
    assert learner(store).learned().asked.tolist() == [1, 0]


def test_the_neutral_answer_is_asked_for_once_in_a_library(store: SqliteStore) -> None:
    # given
    asked: list[int] = []

    def ask() -> Floats:
        asked.append(1)
        return np.array([-0.5, -1.0])

    # when
    answers = [one.neutral(ask) for one in (learner(store), learner(store))]
    other = learner(store, model="another").neutral(ask)

    # then
    assert [answer.tolist() for answer in (*answers, other)] == [[-0.5, -1.0]] * 3
    assert len(asked) == 2


def test_labelled_documents_keep_their_say_beside_many_that_were_only_found() -> None:
    # given
    vector, weights = np.array([1.0, 0.0]), np.array([1.0, 0.0])
    found = Taught(weights, vector=vector)
    labelled = Taught(weights, labelled=True, vector=np.array([0.0, 1.0]))

    # when
    few = Learned.nothing(2).plus([found] * 10).plus([labelled])
    many = Learned.nothing(2).plus([found] * 10_000).plus([labelled])

    # then
    assert few.weights[0] == pytest.approx(14)
    assert many.weights[0] == pytest.approx(304)
    assert many.vectors[0].tolist() == [300, 4]
    assert many.documents == 10_001
