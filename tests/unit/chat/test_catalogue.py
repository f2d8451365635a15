"""Answers from the catalogue: exact, with what they rest on, and in the question's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from tests.support.library import add, classification, scan, seen

from twolane.answers import CatalogueEvent, DoneEvent, RefusalEvent, TextEvent
from twolane.chat.asked.base import Asked, Intent
from twolane.chat.catalogue.answer import CatalogueAnswerer, CatalogueAnswerEvent
from twolane.chat.catalogue.phrases import _tables
from twolane.chat.phrases import _tables as answer_tables
from twolane.documents import EVERYTHING, Decision, Filter
from twolane.facts import DATE, AskedField, FieldCondition, FieldSource, FieldValue
from twolane.fields.catalogue import known_fields
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite

INVOICES = Filter(categories=("invoice",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        yield opened


def put(
    store: Store, name: str, category: str = "invoice", *, review: bool = False, day: str = "", **fields: str
) -> None:
    add(store, f"/d/{name}.pdf", f"about {name}", document=name)
    with store.writing() as write:
        write.decide(name, Decision(classification(category, review=review)))
        write.save_fields(
            name,
            [
                FieldValue(field, value, 0.9, FieldSource.PATTERN)
                for field, value in {DATE: day, **fields}.items()
            ],
        )


def answer(
    store: Store, intent: Intent, within: Filter = EVERYTHING, question: str = "How many?", **more: object
) -> list[CatalogueAnswerEvent]:
    fields = {field: AskedField(spec) for field, spec in known_fields().items()}
    answerer = CatalogueAnswerer(store.counting, lambda: fields, store.unread)
    return list(answerer.answer(question, Asked(intent, within=within, certain=True, **more)))  # type: ignore[arg-type]


def said(events: list[CatalogueAnswerEvent]) -> tuple[CatalogueEvent, str]:
    """Return the rows and the text of an answer that is one."""
    rows, text, done = events
    assert isinstance(rows, CatalogueEvent)
    assert isinstance(text, TextEvent)
    assert isinstance(done, DoneEvent)
    assert done.text == text.text
    assert not done.refused
    return rows, text.text


def names(event: CatalogueEvent) -> list[str]:
    return [row.path.stem for row in event.rows]


def test_a_count_says_what_it_rests_on(store: Store) -> None:
    # given
    put(store, "old", day="2024-05-01")
    put(store, "new", review=True, day="2025-05-01")
    put(store, "undated")
    put(store, "letter", "letter", day="2025-06-01")
    scan(store, seen("/d/waiting.pdf"))

    # when
    within = Filter(categories=("invoice",), dated_from=date(2025, 1, 1), dated_to=date(2025, 12, 31))
    event, text = said(answer(store, Intent.COUNT, within))

    # then
    assert (event.total, names(event), event.unreviewed, event.without_value) == (1, ["new"], 1, 1)
    assert text.splitlines() == [
        "Files in your catalogue that fit: 1.",
        "- new.pdf (2025-05-01, not confirmed)",
        "Date is not known, files: 1.",
        "Not yet confirmed by a person: 1.",
        "Not read: still waiting (1).",
    ]


def test_a_sum_is_exact_and_one_of_each_currency(store: Store) -> None:
    # given
    for number in range(3):
        put(store, f"in{number}", total_due="0.10 EUR", net="0.08 EUR", correspondent="Lamp Workshop")
    put(store, "dollars", total_due="1200.50 USD")
    put(store, "receipt", "receipt", paid="4.95 EUR")
    put(store, "nothing")

    # when
    event, text = said(answer(store, Intent.SUM, question="Wie hoch ist die Summe aller Rechnungen?"))

    # then
    assert event.totals == ("5.25 EUR", "1200.50 USD")
    assert (event.total, event.without_value) == (6, 1)
    assert text.splitlines()[0] == (
        "Gesamtbetrag, zusammen: 5.25 EUR + 1200.50 USD. Dateien in Ihrem Katalog: 5."
    )
    assert "Gesamtbetrag nicht bekannt, Dateien: 1." in text
    assert {row.amount for row in event.rows} == {"0.10 EUR", "1200.50 USD", "4.95 EUR", ""}


def test_an_average_is_rounded_to_cents(store: Store) -> None:
    # given
    for name, value in (("a", "1.00 EUR"), ("b", "1.00 EUR"), ("c", "0.00 EUR")):
        put(store, name, total_due=value)

    # then
    event, _ = said(answer(store, Intent.AVERAGE, INVOICES))
    assert event.totals == ("0.67 EUR",)


def test_the_field_asked_for_is_the_one_that_is_added_up(store: Store) -> None:
    # given
    put(store, "a", total_due="119.00 EUR", net="100.00 EUR", tax="19.00 EUR")

    # when
    event, text = said(answer(store, Intent.SUM, INVOICES, field="tax"))

    # then
    assert event.totals == ("19.00 EUR",)
    assert text.startswith("Tax, added up: 19.00 EUR.")


def test_the_largest_is_one_of_each_currency(store: Store) -> None:
    # given
    put(store, "small", total_due="20.00 EUR")
    put(store, "great", total_due="100.00 EUR")
    put(store, "dollars", total_due="30.00 USD")

    # when
    event, text = said(answer(store, Intent.LARGEST, INVOICES))
    two, _ = said(answer(store, Intent.SMALLEST, INVOICES, limit=2))

    # then
    assert names(event) == ["great", "dollars"]
    assert "Amounts in different currencies are not compared." in text
    assert names(two) == ["small", "great", "dollars"]


def test_the_latest_goes_by_the_documents_dates(store: Store) -> None:
    # given
    for name, day in (("a", "2023-01-01"), ("b", "2025-02-03"), ("c", "2024-01-01")):
        put(store, name, day=day)
    put(store, "undated")

    # when
    latest, text = said(answer(store, Intent.LATEST, INVOICES))
    two, _ = said(answer(store, Intent.EARLIEST, INVOICES, limit=2))

    # then
    assert names(latest) == ["b"]
    assert (latest.total, latest.without_value) == (4, 1)
    assert "Date is not known, files: 1." in text
    assert names(two) == ["a", "c"]


def test_the_first_that_is_confirmed_stands_beside_one_that_is_not(store: Store) -> None:
    # given
    for name, day, review in (
        ("a", "2023-01-01", False),
        ("b", "2024-01-01", False),
        ("c", "2025-01-01", True),
    ):
        put(store, name, day=day, review=review, total_due="5.00 EUR" if name == "c" else "4.00 EUR")

    # when
    latest, text = said(answer(store, Intent.LATEST, INVOICES))
    largest, _ = said(answer(store, Intent.LARGEST, INVOICES))
    earliest, _ = said(answer(store, Intent.EARLIEST, INVOICES))

    # then
    assert [(row.path.stem, row.review) for row in latest.rows] == [("c", True), ("b", False)]
    assert "- c.pdf (2025-01-01, 5.00 EUR, not confirmed)" in text
    assert names(largest) == ["c", "b"]
    assert names(earliest) == ["a"]


def test_a_date_that_is_a_field_is_gone_by_where_it_is_asked_for(store: Store) -> None:
    # given
    put(store, "long", "contract", end_date="2030-01-01", day="2020-01-01")
    put(store, "short", "contract", end_date="2026-01-01", day="2021-01-01")

    # then
    event, _ = said(answer(store, Intent.EARLIEST, field="end_date"))
    assert [(row.path.stem, row.amount) for row in event.rows] == [("short", "2026-01-01")]


def test_what_a_filter_by_amount_cannot_judge_is_said(store: Store) -> None:
    # given
    put(store, "great", total_due="200.00 EUR")
    put(store, "small", total_due="20.00 EUR")
    put(store, "unknown")
    put(store, "dollars", total_due="200.00 USD")

    # when
    within = Filter(fields=(FieldCondition("total_due", least="100.00 EUR"),))
    event, text = said(answer(store, Intent.LIST, within))

    # then
    assert (names(event), event.rows[0].amount) == (["great"], "200.00 EUR")
    assert "Total due is not known, files: 1." in text
    assert "Amounts in different currencies are not compared." in text


@pytest.mark.parametrize("intent", [Intent.SUM, Intent.LARGEST, Intent.LATEST, Intent.AVERAGE])
def test_what_is_known_of_no_file_is_not_answered(store: Store, intent: Intent) -> None:
    # given
    put(store, "a")
    put(store, "b")

    # when
    rows, refusal, done = answer(store, intent, INVOICES)

    # then
    assert isinstance(rows, CatalogueEvent)
    assert (rows.total, rows.totals, rows.without_value) == (2, (), 2)
    assert isinstance(refusal, RefusalEvent)
    assert refusal.reason.startswith("This cannot be answered: ")
    assert isinstance(done, DoneEvent)
    assert done.refused


@pytest.mark.parametrize("intent", [intent for intent in Intent if intent is not Intent.PASSAGES])
def test_nothing_that_fits_is_said_as_that(store: Store, intent: Intent) -> None:
    event, text = said(answer(store, intent, INVOICES, "¿Cuántas facturas tengo?"))
    assert (event.total, event.rows, event.totals) == (0, (), ())
    assert text == "Archivos de su catálogo que coinciden: 0."


@pytest.mark.parametrize(
    ("asked", "is_one"),
    [
        (Asked(Intent.COUNT, within=INVOICES, certain=True), True),
        (Asked(Intent.LIST, within=Filter(name="the insurance")), False),
        (Asked(Intent.LIST, within=Filter(name="bill")), True),
        (Asked(within=INVOICES, certain=True), False),
    ],
)
def test_what_may_be_misread_is_a_question_to_the_catalogue_where_it_finds_files(
    store: Store, asked: Asked, is_one: bool
) -> None:
    # given
    put(store, "bill", "letter")

    # then
    assert CatalogueAnswerer(store.counting, dict, store.unread).answers(asked) is is_one


def test_every_language_has_every_phrase_with_the_same_values() -> None:
    tables = _tables()
    assert set(tables) == set(answer_tables())
    english = {name: slots(text) for name, text in tables["en"].items()}
    for code, table in tables.items():
        assert {name: slots(text) for name, text in table.items()} == english, code


def slots(phrase: str) -> set[str]:
    return {slot for _, slot, _, _ in Formatter().parse(phrase) if slot}
