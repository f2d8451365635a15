"""Of a very long document a fair sample is indexed, and a table of separators is nothing to index."""

from __future__ import annotations

from itertools import pairwise

from twolane.chat.chunk import split
from twolane.chat.sampled import sampled
from twolane.documents import Page, Passage, Reading, ReadStatus


def passages(count: int) -> list[Passage]:
    return [Passage(number, 1, number * 10, number * 10 + 9, f"passage {number}") for number in range(count)]


READING = Reading(ReadStatus.TEXT, note="1 chart not read", seen=0.9)


def test_a_document_within_the_limit_is_indexed_whole() -> None:
    # when
    indexed = sampled(READING, passages(40), 40)

    # then
    assert indexed.reading == READING
    assert len(indexed.passages) == 40


def test_beginning_end_and_what_is_between_are_kept_in_order() -> None:
    # when
    kept = [one.ordinal for one in sampled(READING, passages(1003), 40).passages]

    # then
    assert len(kept) == len(set(kept)) == 40
    assert kept == sorted(kept)
    assert kept[:10] == list(range(10))
    assert kept[-10:] == list(range(993, 1003))
    gaps = [after - before for before, after in pairwise(kept[10:30])]
    assert set(gaps) <= {49, 50}


def test_one_more_than_the_limit() -> None:
    kept = [one.ordinal for one in sampled(READING, passages(41), 40).passages]
    assert len(set(kept)) == 40


def test_what_is_left_out_is_said() -> None:
    # when
    reading = sampled(READING, passages(400), 40).reading

    # then
    assert reading.note.startswith("1 chart not read; 40 of 400 passages are indexed")
    assert 0.08 < reading.seen < 0.1


def test_separators_alone_are_no_passage() -> None:
    # given
    commas = Page(1, "\n".join([",,,,,,,,"] * 100_000) + "\nEnd,of,it,,,,,,\n")

    # when
    found = split([commas])

    # then
    assert 1 <= len(found) < 5
    assert "End,of,it" in found[-1].text


def test_words_of_any_script_are_passages() -> None:
    # given
    texts = ["Übergrößenträger", "Привет", "你好", "مرحبا", "١٢٣"]

    # then
    assert all(split([Page(1, text)]) for text in texts)
