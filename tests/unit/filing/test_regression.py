"""The regression on vectors: it learns what tells classes apart, and is the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from twolane.filing.numbers import Floats
from twolane.filing.regression import trained

CLASSES, DIMENSIONS = 3, 5
LENGTH = 8.0  # as long as examples are in units of the spread of cosines


def examples(each: int, seed: int = 1) -> tuple[Floats, Floats]:
    """Return examples around the first axes, so many a class, and the class of each."""
    places = np.repeat(np.arange(CLASSES), each)
    noise = np.random.default_rng(seed).normal(scale=0.3, size=(len(places), DIMENSIONS))
    return LENGTH * (np.eye(CLASSES, DIMENSIONS)[places] + noise), np.eye(CLASSES)[places]


def shares(vector: Floats, vectors: Floats, members: Floats) -> Floats:
    probabilities: Floats = np.exp(trained(vectors, members).logprobs(vector))
    return probabilities


@pytest.mark.parametrize("place", range(CLASSES))
def test_what_is_like_the_examples_of_a_class_most_likely_belongs_to_it(place: int) -> None:
    # when
    found = shares(LENGTH * np.eye(CLASSES, DIMENSIONS)[place], *examples(20))

    # then
    assert found.sum() == pytest.approx(1)
    assert found.argmax() == place
    assert found[place] > 0.9


def test_more_examples_make_it_surer() -> None:
    # given
    vector = LENGTH * np.eye(CLASSES, DIMENSIONS)[0]

    # when
    by_few, by_many = shares(vector, *examples(1)), shares(vector, *examples(50))

    # then
    assert 1 / CLASSES < by_few[0] < by_many[0]


def test_what_is_like_no_example_is_as_likely_as_its_class_is_frequent() -> None:
    # given: six examples of the first class for each of the others
    places = np.array([0] * 60 + [1] * 10 + [2] * 10)
    vectors, members = LENGTH * np.eye(CLASSES, DIMENSIONS)[places], np.eye(CLASSES)[places]

    # when
    elsewhere = shares(np.zeros(DIMENSIONS), vectors, members)

    # then
    assert elsewhere[1] == pytest.approx(elsewhere[2])
    assert elsewhere[0] > elsewhere[1] > 0


def test_an_example_of_each_of_two_classes_at_one_place_leaves_it_undecided() -> None:
    # when
    vector = LENGTH * np.eye(2, DIMENSIONS)[0]
    found = shares(vector, np.array([vector, vector]), np.eye(2))

    # then
    assert found.tolist() == pytest.approx([0.5, 0.5])


def test_the_order_of_the_examples_says_nothing() -> None:
    # given
    vectors, members = examples(10)
    order = np.random.default_rng(7).permutation(len(vectors))

    # when
    one, same, other = (
        trained(*each) for each in ((vectors, members),) * 2 + ((vectors[order], members[order]),)
    )

    # then
    assert np.array_equal(one.weights, same.weights)
    assert np.allclose(one.weights, other.weights)
    assert np.allclose(one.biases, other.biases)
