"""Citations are held against their sources while the answer streams by."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.answers import CitationEvent, CitationStatus, Source, TextEvent
from twolane.chat.citations import CheckedText
from twolane.documents import FoundPassage

_TEXTS = (
    "Nikola Tesla was born in Smiljan in 1856 and studied in Graz.",
    "The rent is 850 euros a month, due on the third working day.",
    "Ms. Miller signed the contract in Berlin on 4 March 2021.",
)
_SOURCES = tuple(
    Source(number, FoundPassage(number, "d", Path("lease.pdf"), "", 1, text))
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
        ("Tesla was born in 1856 (1).", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 (Quelle 1).", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856¹.", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 【1†source】, 【2†source】.", "Tesla was born in 1856 [1].", (1,)),
        ("[1] Tesla was born in 1856. [2] The rent is 850 euros.",
         "Tesla was born in 1856 [1]. The rent is 850 euros [2].", (1, 2)),
        ("Tesla was born in 1856. [1] The rent is 850 euros. [2]",
         "Tesla was born in 1856 [1]. The rent is 850 euros [2].", (1, 2)),
        ("[1]: Tesla was born in 1856.\n[2]: The rent is 850 euros.",
         "Tesla was born in 1856 [1].\nThe rent is 850 euros [2].", (1, 2)),
        ("1. Tesla was born in 1856.\n2. The rent is 850 euros.",
         "1. Tesla was born in 1856 [1].\n2. The rent is 850 euros [2].", (1, 2)),
        ("Tesla was born in 1856.\n[1]", "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 [1].\n\n**Sources:**\n[1] lease.pdf, page 1\n[2] lease.pdf",
         "Tesla was born in 1856 [1].", (1,)),
        ("Tesla was born in 1856 [1]. Quelle: [1]", "Tesla was born in 1856 [1].", (1,)),
        ("Files:\n- lease.pdf [2]", "Files:\n- lease.pdf [2]", (2,)),
        ("It is 850 euros within five (5) days, m² and 10³.",
         "It is 850 euros within five (5) days, m² and 10³.", ()),
        ("Tesla, b. 1856, e.g. in Smiljan, St. Graz. The rent is 850 euros.",
         "Tesla, b. 1856, e.g. in Smiljan, St. Graz [1]. The rent is 850 euros [2].", (1, 2)),
        ("Am 4. März 2021 in Berlin. Die Miete: 850 Euro.",
         "Am 4. März 2021 in Berlin [3]. Die Miete: 850 Euro [2].", (3, 2)),
        ("特斯拉生于1856年[1]。租金850欧元。", "特斯拉生于1856年 [1]。租金850欧元 [2]。", (1, 2)),
        ("في 1856؟ الإيجار 850 يورو.", "في 1856 [1]؟ الإيجار 850 يورو [2].", (1, 2)),
        ("Тесла родился в 1856 г. в деревне. Аренда 850 евро.",
         "Тесла родился в 1856 г. в деревне [1]. Аренда 850 евро [2].", (1, 2)),
        ("Say `rows[1]` and items[0].", "Say `rows[1]` and items[0].", ()),
        ("```\nrent = rows[1]\n```\nThe rent is 850 euros.",
         "```\nrent = rows[1]\n```\nThe rent is 850 euros [2].", (2,)),
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


def test_a_citation_says_how_far_and_where_its_source_states_the_sentence() -> None:
    # given
    checked = CheckedText(_SOURCES, "What is the rent?")

    # when
    events = [*checked.feed("The rent is 850 euros [2], said Weiss [2]."), *checked.finish()]

    # then
    [citation] = [event for event in events if isinstance(event, CitationEvent)]
    assert checked.citations == (citation,)
    assert citation.status is CitationStatus.WEAK
    assert [_TEXTS[1][span.start : span.end] for span in citation.spans] == ["850 euros"]


@given(st.text(alphabet=st.sampled_from(list("abT 1.[]2,\n!。(¹:<>/-`")), max_size=60), st.integers(1, 9))
def test_no_text_breaks_the_stream_and_only_marks_are_lost(answer: str, size: int) -> None:
    # when
    text, cited = _checked(answer, size=size)

    # then
    assert set(cited) <= {1, 2, 3}
    assert _checked(answer, size=1000)[0] == text
