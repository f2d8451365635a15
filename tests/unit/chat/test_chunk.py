"""Passages keep their place, lose nothing, and keep the limit."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twolane.chat.chunk import split
from twolane.documents import Page
from twolane.text.tokens import fewest_tokens

_PROSE = st.text(
    alphabet=st.sampled_from(list("abcdef ABC.,!?;:\n\r\t 0123456789日本語。、」#-—")), max_size=1500
)
_ANY = st.text(max_size=400)


def _words_in(text: str) -> str:
    """Return the letters and digits of a text: nothing else may be lost."""
    return re.sub(r"[\W_]", "", text)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PROSE | _ANY, max_size=4), st.integers(1, 60), st.booleans())
def test_offsets_are_lossless_and_the_limit_is_kept(texts: list[str], limit: int, exact: bool) -> None:
    # given
    pages = [Page(number, text) for number, text in enumerate(texts, 1)]
    count = (lambda text: max(1, len(text) // 2)) if exact else None

    # when
    passages = split(pages, count, limit)

    # then
    for page in pages:
        own = [passage for passage in passages if passage.page == page.number]
        assert all(passage.text == page.text[passage.start : passage.end] for passage in own)
        assert all(a.end <= b.start for a, b in pairwise(own))
        assert "".join(_words_in(passage.text) for passage in own) == _words_in(page.text)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert all(_words_in(passage.text) for passage in passages)
    tokens = count or fewest_tokens
    assert all(tokens(passage.text) <= limit or len(passage.text) == 1 for passage in passages)


def test_one_giant_line_without_a_space_is_cut_to_the_limit() -> None:
    # given
    page = Page(1, "x" * 100_000)

    # when
    passages = split([page], len, 128)

    # then
    assert max(len(passage.text) for passage in passages) <= 128
    assert "".join(passage.text for passage in passages) == page.text


def test_cuts_fall_between_sentences() -> None:
    # given
    text = " ".join(f"Sentence number {n} says something about apples." for n in range(40))

    # when
    passages = split([Page(1, text)], None, 60)

    # then
    assert len(passages) > 3
    assert all(passage.text.endswith("apples.") for passage in passages)


def test_cjk_sentences_are_kept_whole() -> None:
    # given
    text = "".join(f"これは第{n}の文です。" for n in range(60))

    # when
    passages = split([Page(1, text)], None, 50)

    # then
    assert len(passages) > 3
    assert all(passage.text.endswith("。") for passage in passages)


def test_small_paragraphs_are_merged_and_sections_are_not() -> None:
    # given
    body = "A short paragraph of plain words that goes on for a little while here."
    text = f"# Rent\n\n{body}\n\n{body}\n\n# Deposit\n\n{body}\n\n{body}"

    # when
    passages = split([Page(1, text)], None, 100, title="Lease")

    # then
    assert [passage.heading for passage in passages] == ["Lease › Rent", "Lease › Deposit"]
    assert passages[0].text.startswith("# Rent")


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Item 7. Management's Discussion and Analysis", True),
        ("CONSOLIDATED BALANCE SHEETS", True),
        ("3.2 Termination of the contract", True),
        ("Total assets 12,901 13,049", False),
        ("was primarily driven by increased profit, offset by costs", False),
    ],
)
def test_headings_are_told_from_lines(line: str, heading: bool) -> None:
    # given
    text = (
        f"Some plain text comes first and ends here with words.\n{line}\nand more of the plain words follow."
    )

    # when
    passages = split([Page(1, text)], None, 30)

    # then
    assert any(passage.heading == line for passage in passages) is heading


def test_a_section_goes_on_over_the_page() -> None:
    # given
    pages = [Page(1, "NOTICE PERIOD\nThree months."), Page(2, "And for the landlord six months.")]

    # when
    passages = split(pages)

    # then
    assert [(passage.page, passage.heading) for passage in passages] == [
        (1, "NOTICE PERIOD"),
        (2, "NOTICE PERIOD"),
    ]


def test_a_sheet_is_cut_at_lines_and_its_header_is_repeated() -> None:
    # given
    rows = [f"{n}\tWidget {n}\t{n * 10}" for n in range(100)]
    page = Page(1, "\n".join(["Number\tName\tPrice", *rows]), label="Stock")

    # when
    passages = split([page], None, 80, title="Inventory")

    # then
    assert len(passages) > 5
    assert passages[0].heading == "Inventory › Stock"
    assert all(passage.heading == "Inventory › Stock › Number Name Price" for passage in passages[1:])
    assert all(line in page.text.splitlines() for passage in passages for line in passage.text.splitlines())


def test_what_stands_on_numbered_pages_is_placed_by_them() -> None:
    pages = [Page(1, "First."), Page(2, "# Fees\n\nThe fee is 62 EUR.")]

    assert [one.place for one in split(pages)] == ["page 1", "page 2"]


def test_without_pages_a_section_is_the_place_and_no_invented_page() -> None:
    # given: forty chapters of a file that knows no pages
    text = "\n\n".join(f"# Chapter {number}\n\nThe tide was {number} feet." for number in range(1, 41))

    # when
    passages = split([Page(1, text, is_numbered=False)], max_tokens=40)

    # then
    assert len(passages) > 10
    assert not any("page" in one.place for one in passages)
    assert "section Chapter 17" in {one.place for one in passages}


@pytest.mark.parametrize(("apart", "place"), [("\n\n", "paragraph 30"), ("\n", "line 30")])
def test_without_sections_a_paragraph_or_a_line_is_the_place(apart: str, place: str) -> None:
    # given
    text = apart.join(f"the tide was {number} feet, which nobody had expected." for number in range(1, 61))

    # when
    passages = split([Page(1, text, is_numbered=False)], max_tokens=12)

    # then
    [found] = [one for one in passages if "was 30 feet" in one.text]
    assert found.place == place


def test_the_whole_of_a_short_document_needs_no_place() -> None:
    assert [one.place for one in split([Page(1, "The fee is 62 EUR.", is_numbered=False)])] == [""]


def test_what_is_attached_is_placed_by_its_name() -> None:
    pages = [
        Page(1, "See the invoice.", "Your invoice", is_numbered=False),
        Page(2, "Total 62 EUR.", "invoice.pdf, p. 2", is_numbered=False),
    ]

    assert [one.place for one in split(pages)] == ["Your invoice", "invoice.pdf, p. 2"]


def test_no_section_of_a_mail_goes_on_into_the_next_nor_is_its_subject_one() -> None:
    # given
    pages = [
        Page(1, "Subject: Keys For The Flat\n\n# Where\n\nBelow the mat.", "First", is_numbered=False),
        Page(2, "the rent is 62 EUR.", "Second", is_numbered=False),
        Page(3, "From: L\nSubject: Spare Keys\n\nin the drawer.", "Spare Keys", is_numbered=False),
    ]

    # when
    passages = split(pages)

    # then
    assert [one.place for one in passages][-2:] == ["Second", "Spare Keys"]
    assert passages[-2].heading == "Second"
