"""What a library teaches: derived from its rows, alike in whatever order they come, and taken back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import add, reading, scan, seen, unit_vectors, work

from twolane.documents import Classification, Decision, ModelAnswer, ReviewCause, Score, Tier
from twolane.errors import StoreError
from twolane.filing.confidence import ComparedDecision
from twolane.filing.learn import Learned, Learner
from twolane.filing.numbers import Floats
from twolane.filing.taxonomy import Taxonomy
from twolane.principal import Access, seeing
from twolane.store.nouns.decisions import DecisionTable
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.values import Halves

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
        write.decide(str(number), Decision(made, answers=(answer,) if answer else ()))
        write.save_document_vector(str(number), "embedder", VECTORS[number])


def correct(store: SqliteStore, number: int, category: str) -> None:
    made = Classification(category, 1.0, Tier.PERSON, "a person decided", taxonomy=TAXONOMY.digest)
    with store.writing() as write:
        write.decide(str(number), Decision(made))


def pile(learned: Learned) -> list[list[float]]:
    return [[round(float(value), 2) for value in row] for row in learned.known.pile]


def rounded(*numbers: int) -> list[list[float]]:
    return [[round(float(value), 2) for value in VECTORS[number].astype(np.float16)] for number in numbers]


def test_what_nobody_has_decided_on_is_the_pile(store: SqliteStore) -> None:
    # when
    file(store, 0, 0.75)
    learned = learner(store).learned()

    # then
    assert pile(learned) == rounded(0)
    assert len(learned.known.labelled) == 0
    assert learned.documents == 1


def test_a_document_that_is_decided_anew_counts_once(store: SqliteStore) -> None:
    # given
    watching = learner(store)
    file(store, 0, 0.75)
    watching.learned()

    # when
    file(store, 0, 0.25)

    # then
    assert pile(watching.learned()) == rounded(0)
    assert watching.learned().documents == 1


def test_a_correction_takes_a_document_out_of_the_pile(store: SqliteStore) -> None:
    # given
    watching = learner(store)
    file(store, 0, 0.75)
    watching.learned()

    # when
    correct(store, 0, "fowl")

    # then
    learned = watching.learned()
    assert pile(learned) == []
    assert learned.known.places.tolist() == [1]
    assert np.allclose(learned.known.labelled, VECTORS[:1], atol=1e-3)
    assert learned.documents == 1


def test_a_document_that_is_no_more_has_taught_nothing(store: SqliteStore) -> None:
    # given
    watching = learner(store)
    file(store, 0, 0.75)
    file(store, 1, 0.75)
    correct(store, 1, "fowl")
    watching.learned()

    # when
    for number in (0, 1):
        scan(store, seen(f"/d/{number}", stamp="2"))
        job = work(store)
        with store.finishing(job) as write:
            write.save_reading(job.file_id, "another", 1, reading("other"), [])

    # then
    learned = watching.learned()
    assert (len(learned.known.pile), len(learned.known.labelled), learned.documents) == (0, 0, 0)


def test_who_followed_step_by_step_knows_what_who_comes_later_knows(store: SqliteStore) -> None:
    # given
    answer = ModelAnswer("small", {"fish": -1, "fowl": -2}, {"fish": 0.5, "fowl": 0.5})
    steps: list[Callable[[], None]] = [
        lambda: file(store, 3, 0.75),
        lambda: file(store, 1, 0.5, answer),
        lambda: correct(store, 1, "fowl"),
        lambda: file(store, 2, 1.0),
        lambda: file(store, 0, 0.25),
        lambda: correct(store, 1, "fish"),
        lambda: file(store, 4, 0.25),
    ]
    following = learner(store)

    # when
    for step in steps:
        step()
        following.learned()

    # then
    step_by_step, at_once = following.learned(), learner(store).learned()
    for part in ("known", "answers"):
        one, other = getattr(step_by_step, part), getattr(at_once, part)
        for name in one.__slots__:
            assert np.allclose(getattr(one, name), getattr(other, name)), name


def test_what_was_learned_is_of_all_whoever_asks_first(store: SqliteStore) -> None:
    # given
    for number in range(6):
        file(store, number, 0.75)
    numbers = store.file_ids(Path(f"/d/{number}") for number in range(6)).values()
    with store.writing() as write:
        write.set_owner([*numbers], "bob")

    # when
    asked_by_anna = learner(store)
    with seeing(Access("anna")):
        learned = asked_by_anna.learned()

    # then
    assert learned.documents == learner(store).learned().documents > 0


def test_a_large_pile_is_a_sample_that_every_process_draws_alike(store: SqliteStore) -> None:
    # given
    def small(*, largest_pile: int = 2) -> Learner:
        return Learner(store, TAXONOMY, embedder="embedder", model="small", largest_pile=largest_pile)

    following = small()

    # when
    for number in range(6):
        file(store, number, 0.75)
        following.learned()
    many = following.learned()
    at_once = small().learned()
    for number in range(4):
        correct(store, number, "fowl")
    few = following.learned()

    # then
    assert many.documents == 6
    assert len(many.known.pile) < 6
    assert pile(many) == pile(at_once)
    assert pile(few) == pile(small().learned()) == rounded(4, 5)


def test_nothing_is_learned_anew_while_the_pile_has_hardly_grown(store: SqliteStore) -> None:
    # given
    for number in range(5):
        file(store, number, 0.75)
    watching = learner(store)
    before = watching.learned().known

    # when
    with store.writing() as write:
        write.decide("0", Decision(Classification("fish", 0.5, Tier.SIMILARITY, "")))

    # then
    assert np.array_equal(watching.learned().known.pile, before.pile)
    correct(store, 0, "fish")
    assert len(watching.learned().known.labelled) == 1


def test_a_persons_decision_outlives_a_change_of_the_taxonomy(store: SqliteStore) -> None:
    # given
    for number in (0, 1, 2, 3):
        file(store, number, 0.75)
    correct(store, 0, "fowl")
    correct(store, 1, "game")  # of a taxonomy between the two
    correct(store, 3, "")  # none of the categories

    # then
    assert learner(store, OTHER).learned().known.places.tolist() == [0, 1]
    assert learner(store).learned().known.places.tolist() == [1]  # there is no game in it
    assert pile(learner(store).learned()) == pile(learner(store, OTHER).learned()) == rounded(2)


def test_what_could_not_be_read_to_its_end_is_read_anew(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    answer = ModelAnswer("small", {"fish": -1.0, "fowl": -2.0}, {"fish": 0.25, "fowl": 0.75})
    watching = learner(store)
    file(store, 0, 0.75, answer)
    watching.learned()
    file(store, 0, 0.5, answer)

    def fail(*_: object) -> dict[int, Halves]:
        raise StoreError("the disk is gone", "try again")

    # when
    with monkeypatch.context() as patched:
        patched.setattr(DecisionTable, "vectors", fail)
        with pytest.raises(StoreError):
            watching.learned()

    # then
    learned = watching.learned()
    assert learned.answers.asked.tolist() == [0.25, 0.75]
    assert pile(learned) == rounded(0)
    assert learned.documents == 1


def test_the_small_models_answers_count_only_for_the_same_model(store: SqliteStore) -> None:
    # given
    answer = ModelAnswer("small", {"fish": -1.0, "fowl": -2.0}, {"fish": 0.25, "fowl": 0.75})
    file(store, 0, 0.75, answer)

    # when
    learned, other = learner(store).learned(), learner(store, model="another").learned()

    # then
    assert learned.answers.asked.tolist() == [0.25, 0.75]
    assert learned.answers.logprobs.tolist() == [[-0.25, -0.5], [-0.75, -1.5]]
    assert learned.answers.squares.tolist() == [[0.25, 1.0], [0.75, 3.0]]
    assert other.answers.asked.tolist() == [0, 0]
    assert other.documents == 1

    # and a person knows better than the other tiers what the answer was about
    correct(store, 0, "fish")
    assert learner(store).learned().answers.asked.tolist() == [1, 0]


def test_only_decisions_of_which_a_person_was_asked_are_compared(store: SqliteStore) -> None:
    # given
    causes = (ReviewCause.UNSURE, None, ReviewCause.SAMPLED, ReviewCause.UNSURE)
    for number, cause in enumerate(causes):
        made = Classification("fish", 0.5, Tier.SIMILARITY, "", cause, taxonomy=TAXONOMY.digest)
        with store.writing() as write:
            write.decide(str(number), Decision(made, uncalibrated=0.75))
    following = learner(store)

    # when
    correct(store, 0, "fowl")
    correct(store, 1, "fowl")  # unasked: it had been accepted
    correct(store, 2, "fish")
    file(store, 0, 0.1)  # decided again, by what the person had taught
    first = following.learned().pairs
    with store.writing() as write:
        write.undo("2")

    # then
    assert first == (
        ComparedDecision(Tier.SIMILARITY, "fish", 0.75, False),
        ComparedDecision(Tier.SIMILARITY, "fish", 0.75, True),
    )
    assert following.learned().pairs == first[:1] == learner(store).learned().pairs


def test_what_is_the_same_for_a_library_is_made_once_in_it(store: SqliteStore) -> None:
    # given
    made: list[int] = []

    def make() -> Floats:
        made.append(1)
        return np.array([[-0.5, -1.0], [0.25, 3.0]])

    # when
    found = [one.once("neutral small", make) for one in (learner(store), learner(store))]
    other = learner(store).once("neutral another", make)
    elsewhere = learner(store, OTHER).once("neutral small", make)

    # then
    assert [one.tolist() for one in (*found, other, elsewhere)] == [[[-0.5, -1.0], [0.25, 3.0]]] * 4
    assert len(made) == 3
