"""Passages of copies of one paper: which of them speaks, and in which place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twolane.chat.witnesses import speaking, without_copies
from twolane.documents import FoundPassage
from twolane.store.values import CopyKind, RelatedDocuments

RENT = "The rent of the flat is 840 pounds a month and is due on the first working day."
DOG = "Nobody may keep a dog in the flat without the consent of the landlord."


def passage(number: int, document: str, text: str, score: float) -> FoundPassage:
    return FoundPassage(number, document, Path(f"/d/{document}"), "", 1, text, score=score)


def shown(passages: list[FoundPassage]) -> list[tuple[str, float]]:
    return [(one.document, one.score) for one in passages]


@pytest.mark.parametrize("kind", [CopyKind.SAME_TEXT, CopyKind.NEARLY_SAME, CopyKind.VERSION])
def test_the_newer_takes_the_better_place(kind: CopyKind) -> None:
    # given
    found = [
        passage(1, "v1", RENT, 0.9),
        passage(2, "other", DOG, 0.7),
        passage(3, "v2", RENT.replace("840", "815"), 0.5),
    ]

    # when
    left = without_copies(found, [RelatedDocuments("v2", "v1", kind)])

    # then
    assert shown(left) == [("v2", 0.9), ("other", 0.7)]


def test_what_only_the_older_says_stays() -> None:
    # given
    found = [passage(1, "v1", DOG, 0.9), passage(2, "v2", RENT, 0.5)]

    # then
    assert without_copies(found, [RelatedDocuments("v2", "v1", CopyKind.VERSION)]) == found
    assert without_copies(found, []) == found


def test_of_three_versions_the_newest_speaks() -> None:
    # given
    found = [passage(number, f"v{number}", RENT, number / 10) for number in (3, 2, 1)]
    pairs = [RelatedDocuments(f"v{a}", f"v{b}", CopyKind.NEARLY_SAME) for a, b in ((2, 1), (3, 2), (3, 1))]

    # then
    assert shown(without_copies(found, pairs)) == [("v3", 0.3)]


def test_texts_without_spaces_are_compared_by_their_pairs() -> None:
    # given
    text = "本期应缴金额为七十三元六角,请您在二十日之前通过银行转账或营业厅缴纳。"
    found = [passage(1, "v1", text, 0.9), passage(2, "v2", text.replace("七十三", "六十三"), 0.8)]

    # then
    assert shown(without_copies(found, [RelatedDocuments("v2", "v1", CopyKind.VERSION)])) == [("v2", 0.9)]


def test_a_question_that_names_the_older_one_is_answered_from_it() -> None:
    # given
    old = replace(passage(1, "old", RENT, 0.9), path=Path("/d/lease v1.txt"))
    new = replace(passage(2, "new", RENT.replace("840", "815"), 0.8), path=Path("/d/lease v2.txt"))
    copies = [RelatedDocuments("new", "old", kind) for kind in (CopyKind.VERSION, CopyKind.SAME_TEXT)]

    def answering(question: str, pair: RelatedDocuments) -> list[str]:
        return [one.document for one in without_copies([old, new], speaking(question, [old, new], [pair]))]

    # then
    for pair in copies:
        assert answering("What is the rent of the flat?", pair) == ["new"]
        assert answering("What was the rent by lease v1?", pair) == ["old"]
    assert answering("How do lease v1 and lease v2 differ in rent?", copies[0]) == ["old", "new"]
    assert answering("How do lease v1 and lease v2 differ in rent?", copies[1]) == ["new"]


def test_a_word_of_both_texts_names_no_file() -> None:
    # given
    old = replace(passage(1, "old", RENT, 0.9), path=Path("/d/rent.txt"))
    new = replace(passage(2, "new", RENT, 0.8), path=Path("/d/agreement.txt"))
    pair = RelatedDocuments("new", "old", CopyKind.NEARLY_SAME)

    # then
    assert speaking("How much is the rent?", [old, new], [pair]) == [pair]
