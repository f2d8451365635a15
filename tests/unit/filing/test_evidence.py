"""Evidence by vectors: descriptions first, then people's decisions, and the pile where it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from twolane.filing.evidence import Known, VectorEvidence, learn
from twolane.filing.numbers import Floats, softmax, unit

CATEGORIES, DIMENSIONS = 4, 32
DESCRIPTIONS: Floats = np.eye(CATEGORIES, DIMENSIONS)


def near(place: int, *, share: float = 0.5, seed: int = 0) -> Floats:
    """Return a vector that has this share of a category's description, and else something of its own."""
    other = np.random.default_rng([seed, place]).normal(size=DIMENSIONS)
    other[:CATEGORIES] = 0
    vector: Floats = share * DESCRIPTIONS[place] + np.sqrt(1 - share**2) * unit(other)
    return vector


def many(place: int, count: int, *, share: float = 0.5, seed: int = 100) -> list[Floats]:
    return [near(place, share=share, seed=seed + number) for number in range(count)]


def learned(labelled: Sequence[tuple[Floats, int]] = (), pile: Sequence[Floats] = ()) -> VectorEvidence:
    def stacked(vectors: Sequence[Floats]) -> Floats:
        return np.array(vectors).reshape(len(vectors), DIMENSIONS).astype(np.float16)

    places = np.array([place for _, place in labelled], dtype=np.intp)
    return learn(DESCRIPTIONS, Known(stacked([vector for vector, _ in labelled]), places, stacked(pile)))


def shares(evidence: VectorEvidence, vector: Floats) -> Floats:
    return softmax(evidence.of(vector).logits)


@pytest.mark.parametrize("place", range(CATEGORIES))
def test_descriptions_alone_decide_in_an_empty_library(place: int) -> None:
    # when
    found = shares(learn(DESCRIPTIONS, Known.nothing()), near(place))

    # then
    assert found.argmax() == place
    assert found.sum() == pytest.approx(1)


def test_corrections_outweigh_the_descriptions() -> None:
    # given: what looks like the first category is of the second, to whoever decides
    vector = near(0, seed=1)
    corrected = [(unit(vector + 0.5 * own), 1) for own in many(0, 5, share=0.0)]

    # when
    before, after = shares(learned(), vector), shares(learned(corrected), vector)

    # then
    assert before.argmax() == 0
    assert after.argmax() == 1


def test_a_labelled_document_that_is_very_near_is_evidence_of_its_own() -> None:
    # given: one of the second category, among many others of the first that are like it
    labelled = [(vector, 0) for vector in many(0, 10)] + [(vector, 1) for vector in many(1, 10)]
    corrected = near(0, seed=1)
    edited = unit(corrected + 0.2 * near(2, share=0.0, seed=2))

    # when
    found = shares(learned([*labelled, (corrected, 1)]), edited)

    # then
    assert shares(learned(labelled), edited).argmax() == 0
    assert found.argmax() == 1


def test_a_pile_that_descriptions_tell_apart_teaches_what_they_do_not_say() -> None:
    # given: documents of each category have something in common that no description has
    def common(place: int) -> Floats:
        axis: Floats = np.eye(DIMENSIONS)[CATEGORIES + place]
        return axis

    pile = [unit(own + common(place)) for place in range(CATEGORIES) for own in many(place, 40, share=0.8)]
    vector = unit(common(1) + 0.1 * DESCRIPTIONS[0])

    # when
    alone, among = shares(learned(), vector), shares(learned(pile=pile), vector)

    # then
    assert alone.argmax() == 0
    assert among.argmax() == 1


def test_a_pile_that_descriptions_hardly_tell_apart_teaches_nothing() -> None:
    # given
    pile = [own for place in range(CATEGORIES) for own in many(place, 40, share=0.02)]

    # when
    evidence = learned(pile=pile)

    # then
    assert not evidence.shared.weights.any()
    assert np.allclose(evidence.shared.sums, learned().shared.sums)


def test_however_large_the_pile_descriptions_keep_their_say() -> None:
    # given: everything is of one category
    pile = many(0, 1000, share=0.8)

    # when
    evidence = learned(pile=pile)

    # then
    assert (evidence.shared.weights * evidence.shared.shares.sum(axis=0)).max() <= 300.0
    assert shares(evidence, near(2, share=0.8)).argmax() == 2


def test_a_document_of_the_pile_is_no_evidence_for_itself() -> None:
    # given: it says little of any category
    others = [own for place in range(CATEGORIES) for own in many(place, 10, share=0.8)]
    vector = near(0, share=0.2)

    # when
    within, without = learned(pile=[*others, vector]), learned(pile=others)

    # then
    assert np.allclose(shares(within, vector), shares(without, vector), atol=0.02)


def test_what_is_far_from_every_category_is_unlike_them_all() -> None:
    # given
    pile = [own for place in range(CATEGORIES) for own in many(place, 20, share=0.8)]
    opposite = -unit(DESCRIPTIONS.sum(axis=0))

    # when
    evidence = learned(pile=pile)

    # then
    assert evidence.of(opposite).unlike
    assert not any(evidence.of(near(place, share=0.8)).unlike for place in range(CATEGORIES))


def test_in_a_small_library_nothing_is_unlike() -> None:
    # when
    evidence = learned(pile=many(0, 5))

    # then
    assert not evidence.of(-unit(DESCRIPTIONS.sum(axis=0))).unlike


def test_the_same_documents_teach_the_same() -> None:
    # given
    labelled = [(vector, place) for place in range(CATEGORIES) for vector in many(place, 3)]
    pile = [own for place in range(CATEGORIES) for own in many(place, 20, seed=500)]

    # when
    one, other = learned(labelled, pile), learned(labelled, pile)

    # then
    assert np.array_equal(one.of(near(0)).logits, other.of(near(0)).logits)
