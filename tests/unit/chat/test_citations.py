"""Citations are held against their sources while the answer streams by."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.chat.citations import CheckedText
from twolane.documents import CitationEvent, FoundPassage, Source, TextEvent

_TEXTS = (
    "Nikola Tesla was born in Smiljan in 1856 and studied in Graz.",
    "The rent is 850 euros a month, due on the third working day.",
    "Ms. Miller signed the contract in Berlin on 4 March 2021.",
)
_SOURCES = tuple(
    Source(number, FoundPassage(number, "d", Path("a.txt"), "", 1, text))
    for number, text in enumerate(_TEXTS, 1)
)


def _checked(answer: str, question: str = "", size: int = 3) -> tuple[str, tuple[int, ...]]:
    checked = CheckedText(_SOURCES, question)
    events = [event for at in range(0, len(answer), size) for event in checked.feed(answer[at : at + size])]
    events += checked.finish()
    assert "".join(event.text for event in events if isinstance(event, TextEvent)) == checked.text
    assert {event.number for event in events if isinstance(event, CitationEvent)} == set(checked.cited)
    return checked.text, checked.cited


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("answer", "expected", "cited"),
    [
        ("Tesla was born in 1856 [1].", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856. [1]", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856", "Tesla was born in 1856 [1]", (1,)),
        ("Tesla was born in 1856.", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 [2].", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 [7].", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 [1, 2].", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 [Source 1].", "Tesla was born in 1856 [1].", (1,)),
        ("Bananas are yellow fruits [2].", "Bananas are yellow fruits.", ()),
        ("Ms. Miller signed it in Berlin. The rent is 850 euros.",
         "Ms. Miller signed it in Berlin [3]. The rent is 850 euros [2].", (3, 2)),
        ("- The rent is 850 euros\n- Miller signed in Berlin",
         "- The rent is 850 euros [2]\n- Miller signed in Berlin [3]", (2, 3)),
        ("The rent is 850 euros [2].\n\nSources: [2]", "The rent is 850 euros [2].", (2,)),
        ("See [the note] of 850.5 euros", "See [the note] of 850.5 euros", ()),
        ("Die Miete beträgt 850 Euro [2].", "Die Miete beträgt 850 Euro [2].", (2,)),
        ("", "", ()),
    ],
)  # fmt: skip
def test_each_sentence_ends_with_citations_that_hold(
    answer: str, expected: str, cited: tuple[int, ...], size: int
) -> None:
    # when
    text, numbers = _checked(answer, size=size)

    # then
    assert text.strip() == expected
    assert numbers == cited


def test_yes_is_cited_by_what_was_asked() -> None:
    # when
    text, cited = _checked("Yes.", "Was the contract signed in Berlin?")

    # then
    assert (text, cited) == ("Yes [3].", (3,))


@given(st.text(alphabet=st.sampled_from(list("abT 1.[]2,\n!。")), max_size=60), st.integers(1, 9))
def test_no_text_breaks_the_stream_and_only_marks_are_lost(answer: str, size: int) -> None:
    # when
    text, cited = _checked(answer, size=size)

    # then
    assert set(cited) <= {1, 2, 3}
    assert _checked(answer, size=1000)[0] == text
