"""How drawn fields are scored: a value held against its label, and the tables of that."""

from __future__ import annotations

from eval.field_scoring import Outcome, field_table, group_table, judge, outcome_of, sure_line, wrong_lines
from eval.labels import LabelledDocument

from twolane.facts import FieldSource, FieldValue


def test_a_value_is_worth_what_the_label_says() -> None:
    # then
    assert outcome_of("date", "2025-03-31", ["2025-03-31"]) is Outcome.RIGHT
    assert outcome_of("date", "2025-03-30", ["2025-03-31"]) is Outcome.WRONG
    assert outcome_of("date", "", ["2025-03-31"]) is Outcome.MISSING
    assert outcome_of("date", "2025-03-31", [""]) is Outcome.INVENTED
    assert outcome_of("date", "", [""]) is Outcome.SILENT
    assert outcome_of("date", "", ["2025-03-31", ""]) is Outcome.SILENT
    assert outcome_of("date", "2025-03-30", ["2025-03-31", ""]) is Outcome.WRONG


def test_what_has_no_label_is_not_scored() -> None:
    # given
    document = _document(date=("?",), title=("Invoice",))
    values = [_value("date", "2025-03-31"), _value("number", "7"), _value("title", "INVOICE")]

    # when
    judged = list(judge(document, values))

    # then
    assert [(one.field, one.outcome) for one in judged] == [("title", Outcome.RIGHT)]


def test_the_tables_count_what_is_stated_apart_from_what_is_invented() -> None:
    # given
    judged = [
        *judge(_document(date=("2025-03-31",)), [_value("date", "2025-03-31", 0.95)]),
        *judge(_document(date=("2025-03-31",)), [_value("date", "2025-03-30", 0.95)]),
        *judge(_document(date=("2025-03-31",)), []),
        *judge(_document(date=("",)), [_value("date", "2025-03-30", 0.5)]),
        *judge(_document(date=("",)), []),
    ]

    # when
    row = field_table(judged).splitlines()[2]
    kinds = group_table(judged, "kind", ("date", "number")).splitlines()[2]

    # then
    assert row.startswith("| date | 3 | 1 | 1 | 1 | 0.333 (")
    assert row.endswith("| 1 of 2 | 2 | 1 |")
    assert kinds == "| invoice | 1 of 3 | – |"
    assert sure_line(judged).endswith("2 values, 1 of them wrong (0.500)")
    assert len(list(wrong_lines(judged))) == 3


def _document(**values: tuple[str, ...]) -> LabelledDocument:
    return LabelledDocument("own", "d1.pdf", "dev", "sender", "invoice", "en", values)


def _value(field: str, value: str, confidence: float = 0.8) -> FieldValue:
    return FieldValue(field, value, confidence, FieldSource.PATTERN)
