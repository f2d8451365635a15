"""Words and vectors make one score, and the best passages lead to others."""

from __future__ import annotations

import numpy as np
import pytest

from twolane.chat import fusion
from twolane.text.terms import QueryWord

_WORDS = (QueryWord("rent", frozenset({1}), rarity=4.0), QueryWord("flat", frozenset({2}), rarity=6.0))


def test_what_both_lists_have_comes_before_what_one_has() -> None:
    # when
    scores = fusion.fused({1: 8.0, 2: 6.0}, {2: 0.9, 3: 0.88}, _WORDS, floor=0.8)

    # then
    assert fusion.best(scores) == [2, 1, 3]
    assert max(scores.values()) <= 1


def test_without_vectors_words_alone_decide() -> None:
    # when
    scores = fusion.fused({1: 5.0, 2: 10.0}, {}, _WORDS, floor=0.0)

    # then
    assert scores == {1: 0.5, 2: 1.0}


def test_words_that_hold_little_of_the_question_count_for_less() -> None:
    # given
    near = {2: 0.9}

    # when
    little = fusion.fused({1: 1.0}, near, _WORDS, floor=0.8)
    much = fusion.fused({1: 10.0}, near, _WORDS, floor=0.8)

    # then
    assert little[1] < little[2]
    assert much[1] == much[2]


def test_the_same_passages_alone_are_ranked_whatever_their_scores() -> None:
    # then
    assert fusion.best(fusion.fused({}, {7: 0.8}, _WORDS, floor=0.8)) == [7]
    assert fusion.fused({}, {}, _WORDS, floor=0.0) == {}


def test_what_the_best_passages_lead_to_comes_next_but_never_before_them() -> None:
    # given
    scores = {1: 0.9, 2: 0.8, 3: 0.5, 4: 0.45}

    # when
    lifted = fusion.lifted(scores, {1: 50.0, 4: 20.0, 5: 10.0}, _WORDS, first=[1, 2])

    # then
    assert fusion.best(lifted) == [1, 2, 4, 3, 5]


def test_a_question_moves_to_its_best_passages() -> None:
    # given
    question = np.array([1.0, 0.0, 0.0], dtype=np.float32)
    vectors = {
        1: np.array([0.8, 0.6, 0.0], dtype=np.float32),
        2: np.array([0.6, 0.8, 0.0], dtype=np.float32),
        3: np.array([0.6, 0.0, 0.8], dtype=np.float32),
    }

    # when
    cosines = fusion.moved(question, [1], vectors)

    # then
    assert cosines[2] > cosines[3]
    assert cosines[1] == pytest.approx(max(cosines.values()))
    assert fusion.moved(question, [], {}) == {}


def test_a_second_search_that_finds_hardly_anything_lifts_hardly_anything() -> None:
    # given
    scores = {1: 0.9, 2: 0.5, 3: 0.45}

    # then
    assert fusion.best(fusion.lifted(scores, {3: 0.1}, _WORDS, first=[1])) == [1, 2, 3]
    assert fusion.best(fusion.lifted(scores, {3: 5.0}, _WORDS, first=[1])) == [1, 3, 2]


def test_vectors_alone_speak_for_what_is_in_another_language() -> None:
    # given: the question shares words with a passage of its own language that is further away
    by_words, by_vectors = {1: 10.0}, {1: 0.85, 2: 0.9}

    # when
    level = fusion.fused(by_words, by_vectors, _WORDS, floor=0.8, abroad={2})

    # then
    assert fusion.best(level) == [2, 1]
    assert fusion.best(fusion.fused(by_words, by_vectors, _WORDS, floor=0.8)) == [1, 2]


def test_words_that_hold_half_of_the_question_do_not_outdo_another_language() -> None:
    # given
    by_words, by_vectors = {1: 5.0}, {1: 0.86, 2: 0.9}

    # then
    assert fusion.best(fusion.fused(by_words, by_vectors, _WORDS, floor=0.8, abroad={2})) == [2, 1]
    assert fusion.best(fusion.fused({1: 10.0}, by_vectors, _WORDS, floor=0.8, abroad={2})) == [2, 1]
    assert fusion.best(fusion.fused({1: 10.0}, {1: 0.9, 2: 0.9}, _WORDS, floor=0.8, abroad={2})) == [1, 2]
