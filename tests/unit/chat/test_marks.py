"""Marks of citations are known by their form, in every form that models have for them."""

from __future__ import annotations

import pytest

from twolane.chat.marks import NEEDS_MORE, Certainty, CitationMark, mark_at

_SOURCES = frozenset((1, 2, 3))


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("[1]", (1,)),
        ("[1, 2]", (1, 2)),
        ("[1][2]", (1,)),
        ("[1-3]", (1, 2, 3)),
        ("[1], [2]", (1,)),
        ("[1 und 2]", (1, 2)),
        ("【1】", (1,)),
        ("【1†source】", (1,)),
        ("【1:0†source】", (1,)),
        ("[1†L3-L5]", (1,)),
        ("[source: 1]", (1,)),
        ("[Source 1]", (1,)),
        ("[Source 1: lease.pdf]", (1,)),
        ("[Источник 1]", (1,)),
        ("[来源1]", (1,)),
        ("[المصدر 1]", (1,)),
        ("[^1]", (1,)),
        ("[doc 1]", (1,)),
        ("⟦1⟧", (1,)),
        ("〔1〕", (1,)),
        ("［１］", (1,)),
        ("[[1]]", (1,)),
        ("([1], [2])", (1, 2)),
        ("[1](lease.pdf)", (1,)),
        ("<cite>1</cite>", (1,)),
        ("<ref>[1]</ref>", (1,)),
        ('<cite id="1"/>', (1,)),
        ("[7]", (7,)),
    ],
)
def test_a_mark_is_read_in_every_form(written: str, numbers: tuple[int, ...]) -> None:
    # when
    mark = mark_at(written + " and more", _SOURCES, final=False)

    # then
    assert isinstance(mark, CitationMark)
    assert (mark.numbers, mark.certainty) == (numbers, Certainty.SURE)


@pytest.mark.parametrize(
    ("written", "certainty"),
    [
        ("(1)", Certainty.BARE),
        ("（来源1）", Certainty.LABELLED),
        ("(Quelle 2)", Certainty.LABELLED),
        ("¹", Certainty.RAISED),
    ],
)
def test_what_may_be_the_answers_own_text_is_less_sure(written: str, certainty: Certainty) -> None:
    # when
    mark = mark_at(written + ".", _SOURCES, final=False)

    # then
    assert isinstance(mark, CitationMark)
    assert mark.certainty is certainty


@pytest.mark.parametrize(
    "written",
    [
        "[the note]",
        "[2019]",
        "[10:30]",
        "[1 January 2024]",
        "[Article 12]",
        "(2019)",
        "(see figure 1)",
        "(7)",
        "<b>bold</b>",
        "<= 3",
        "⁹",
        "plain",
    ],
)
def test_other_text_is_no_mark(written: str) -> None:
    assert mark_at(written, _SOURCES, final=True) is None


@pytest.mark.parametrize(
    "written", ["[1, 2]", "【1†source】", "(Source 1)", "<cite>1</cite>", "[[1]]", "[1](a.txt)"]
)
def test_a_mark_that_is_cut_waits_for_its_end(written: str) -> None:
    for end in range(1, len(written)):
        assert mark_at(written[:end], _SOURCES, final=False) in (
            NEEDS_MORE,
            mark_at(written[:end], _SOURCES, final=True),
        )
    assert mark_at(written[:2], _SOURCES, final=False) is NEEDS_MORE


def test_text_in_brackets_is_not_held_back_for_long() -> None:
    assert mark_at("(for example what is sai", _SOURCES, final=False) is None


@pytest.mark.parametrize("piece", ["[1], ", "[", "[1][", "<cite>1", "([", "[1, "])
def test_no_repetition_is_too_deep(piece: str) -> None:
    mark_at(piece * 2000, _SOURCES, final=True)
