"""What documents have in common, such as their language, and what of it says nothing of their category."""

from __future__ import annotations

import numpy as np

from twolane.filing.evidence import Known, learn
from twolane.filing.numbers import Floats, unit

CATEGORIES, DIMENSIONS = 10, 64
CHANCE = np.random.default_rng(3)
DIRECTIONS = unit(CHANCE.normal(size=(CATEGORIES, DIMENSIONS)))


def documents(places: list[int], language: Floats) -> Floats:
    """Return vectors that have mostly their language in common, and a little of their category."""
    noise = 0.25 * unit(CHANCE.normal(size=(len(places), DIMENSIONS)))
    return unit(2 * language + 0.5 * DIRECTIONS[places] + noise)


def test_documents_in_another_language_than_the_descriptions_go_to_their_own_categories() -> None:
    # given
    english = unit(CHANCE.normal(size=DIMENSIONS))
    german = unit(english + 0.3 * unit(CHANCE.normal(size=DIMENSIONS)) + 0.5 * DIRECTIONS[0])
    descriptions = unit(2 * english + 0.5 * DIRECTIONS)
    places = [number % CATEGORIES for number in range(60)]
    pile = documents(places, german)

    # when
    learned = learn(descriptions, Known(np.zeros((0, 0)), np.zeros(0, dtype=np.intp), pile))
    found = [int(learned.of(vector).logits.argmax()) for vector in pile]

    # then
    assert np.mean(np.array(found) == places) > 0.9
