"""The sets of questions of our own: whether they are whole, and what a slip does to a question."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from eval.questions import QuestionSet, Slip, mistype, read_across, read_inflected, read_mistyped


def test_each_question_across_languages_is_answered_by_one_place_in_another_language() -> None:
    # given
    across = read_across()
    texts = [" ".join(file.text.split()) for file in across.files]

    # then
    assert len(across.questions) == 60
    assert len(across.files) >= 60
    assert all(one.language != one.file.language for one in across.questions)
    assert all(one.answer in " ".join(one.file.text.split()) for one in across.questions)
    assert all(sum(one.answer in text for text in texts) == 1 for one in across.questions)


def test_languages_meet_both_ways_and_every_language_has_a_document_of_each_kind() -> None:
    # given
    across = read_across()

    # when
    pairs = Counter((one.language, one.file.language) for one in across.questions)
    both_ways = {frozenset(pair) for pair in pairs if pair[::-1] in pairs}

    # then
    assert len(both_ways) >= 5
    assert set(Counter(file.language for file in across.files).values()) == {8}


@pytest.mark.parametrize("questions", [read_across(), read_inflected(), read_mistyped(1)])
def test_no_question_and_no_file_is_there_twice(questions: QuestionSet) -> None:
    # then
    assert len({file.name for file in questions.files}) == len(questions.files)
    assert len({file.text for file in questions.files}) == len(questions.files)
    assert len({one.text for one in questions.questions}) == len(questions.questions)
    assert {one.file for one in questions.questions} <= set(questions.files)


def test_facts_of_every_language_are_asked_for_in_words_that_stand_there_otherwise() -> None:
    # given
    inflected = read_inflected()

    # when
    same = [
        one.text for one in inflected.questions if one.text.rstrip("?").casefold() in one.file.text.casefold()
    ]

    # then
    assert min(Counter(one.language for one in inflected.questions).values()) >= 25
    assert len({one.language for one in inflected.questions}) == 8
    assert not same


def test_a_slip_changes_one_word_of_each_question_and_the_same_at_each_time() -> None:
    # given
    right = {one.file.name: one for one in read_inflected().questions}

    # when
    mistyped = read_mistyped(1)
    changed = [
        sum(a != b for a, b in zip(one.text.split(), right[one.file.name].text.split(), strict=True))
        for one in mistyped.questions
    ]

    # then
    assert set(changed) == {1}
    assert set(Counter(one.slip for one in mistyped.questions)) == set(Slip)
    assert mistyped == read_mistyped(1)
    assert mistyped != read_mistyped(2)
    assert "zh" not in {one.language for one in mistyped.questions}


@pytest.mark.parametrize("slip", list(Slip))
def test_a_mistyped_word_is_another_one_near_it(slip: Slip) -> None:
    # when
    words = {mistype("Otter", slip, "abc", random.Random(seed)) for seed in range(40)}

    # then
    assert len(words) > 2
    assert "Otter" not in words
    lengths = {Slip.SWAPPED: {5}, Slip.DROPPED: {4}, Slip.DOUBLED: {6}, Slip.WRONG: {5}}
    assert {len(word) for word in words} == lengths[slip]
