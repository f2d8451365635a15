"""An answer from the catalogue is right, says what is not known, or is wrong: as the papers state it."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval.catalogue import FOLDER, LANGUAGES, judge
from eval.sets import Row, rows_of

from twolane.answers import Answer, CatalogueEvent, CatalogueRow

PAPERS = {"a.pdf": {"total_due": "10.00 EUR"}, "b.pdf": {"total_due": "5.00 EUR"}}
SUM: Row = {"intent": "sum", "files": ["a.pdf", "b.pdf", "scan.png"], "totals": ["15.00 EUR"]}
COUNT: Row = {"intent": "count", "files": ["a.pdf", "b.pdf"]}
LARGEST: Row = {"intent": "largest", "files": ["a.pdf"]}


def answer(
    intent: str, *files: tuple[str, str], totals: tuple[str, ...] = (), without_value: int = 0
) -> Answer:
    rows = tuple(
        CatalogueRow(number, Path("/d") / name, "", "invoice", None, "", amount)
        for number, (name, amount) in enumerate(files)
    )
    return Answer("", catalogue=CatalogueEvent(intent, rows, len(rows), totals, without_value=without_value))


BOTH = (("a.pdf", "10.00 EUR"), ("b.pdf", "5.00 EUR"))


@pytest.mark.parametrize(
    ("row", "given", "verdict"),
    [
        (SUM, answer("sum", *BOTH, totals=("15.00 EUR",)), "right"),
        (
            SUM,
            answer("sum", BOTH[0], ("b.pdf", ""), totals=("10.00 EUR",), without_value=1),
            "said",
        ),
        (SUM, answer("sum", BOTH[0], ("b.pdf", ""), totals=("10.00 EUR",)), "wrong"),
        (SUM, answer("sum", BOTH[0], ("b.pdf", "6.00 EUR"), totals=("16.00 EUR",)), "wrong"),
        (COUNT, answer("list", *BOTH), "right"),
        (COUNT, answer("count", BOTH[0]), "wrong"),
        (COUNT, answer("sum", *BOTH), "wrong"),
        (COUNT, Answer("Two."), "passages"),
        (LARGEST, answer("largest", BOTH[0]), "right"),
        (LARGEST, answer("largest", BOTH[1]), "wrong"),
        ({"intent": "sum", "cannot": "no amounts"}, answer("sum"), "wrong"),
    ],
)
def test_an_answer_is_compared_with_what_the_papers_state(row: Row, given: Answer, verdict: str) -> None:
    assert judge(row, given, PAPERS, frozenset({"scan.png"}))[0] == verdict


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twenty_questions(language: str) -> None:
    # when
    rows = list(rows_of(FOLDER / f"{language}.jsonl"))

    # then
    assert len({(row["question"], *row.get("before", ())) for row in rows}) == 20
    assert all({"files", "total", "cannot"} & set(row) for row in rows)
