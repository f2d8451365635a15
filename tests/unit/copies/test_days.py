"""What the days and numbers of two documents say of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twolane.copies.days import Days, days_of, numbers_differ, share_number
from twolane.copies.papers import ComparedText
from twolane.store.values import SketchedDocument

INVOICE = SketchedDocument(1, "i", frozenset(), "2024-02-03", "3 Feb 2024", "RE-7/24", 5)


@pytest.mark.parametrize(
    ("day", "text", "expected"),
    [
        ("2024-02-03", "", Days.SAME),
        ("", "", Days.UNKNOWN),
        ("2024-03-04", "our invoice of 03.02.2024", Days.QUOTED),
        ("2024-03-04", "our invoice of 3 Feb 2024", Days.QUOTED),
        ("2024-03-04", "nothing of it", Days.DIFFER),
    ],
)
def test_a_day_is_sought_in_the_other_text(day: str, text: str, expected: Days) -> None:
    # given
    other = replace(INVOICE, document_id=2, day=day, day_words="")

    # when
    found = days_of(INVOICE, other, ComparedText.of("Invoice RE-7/24 of 3 Feb 2024"), ComparedText.of(text))

    # then
    assert found is expected


def test_where_each_text_has_both_days_and_numbers_none_tells_them_apart() -> None:
    # given
    other = replace(INVOICE, document_id=2, day="2024-02-17", day_words="", number="K-11")
    text = ComparedText.of("RE-7/24, customer K-11, 3 Feb 2024, due 17.02.2024")

    # then
    assert days_of(INVOICE, other, text, text) is Days.BOTH
    assert not numbers_differ(INVOICE, other, text, text)
    assert numbers_differ(INVOICE, other, text, ComparedText.of("customer K-11"))


def test_a_number_counts_with_its_sender() -> None:
    assert share_number(INVOICE, replace(INVOICE, number="RE 7-24"))
    assert not share_number(INVOICE, replace(INVOICE, correspondent_id=6))
    assert not share_number(replace(INVOICE, number=""), replace(INVOICE, number=""))
    assert not share_number(replace(INVOICE, correspondent_id=0), replace(INVOICE, correspondent_id=0))
