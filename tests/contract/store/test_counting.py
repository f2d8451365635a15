"""Documents counted and added up: exactly, each paper once, and by what is known for sure alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.support.library import add, classification, scan, seen, work

from twolane.documents import Decision, Filter
from twolane.facts import DATE, FieldSource, FieldValue, TextSpan
from twolane.store.base import Store
from twolane.store.values import CopyKind, CopyPair, CountedOrder, CurrencySum

INVOICES = Filter(categories=("invoice",))


def put(
    store: Store,
    document: str,
    category: str = "invoice",
    *,
    day: str = "",
    review: bool = False,
    **fields: str,
) -> None:
    """Put a document into the library, known by its path, with values that patterns found on page 2."""
    add(store, f"/d/{document}", f"about {document}", document=document)
    drawn = [
        FieldValue(field, value, 0.9, FieldSource.PATTERN, place=TextSpan(2, 0, 1))
        for field, value in {DATE: day, **fields}.items()
    ]
    with store.writing() as write:
        write.decide(document, Decision(classification(category, review=review)))
        write.save_fields(document, drawn)


def guess(store: Store, document: str, field: str, value: str) -> None:
    with store.writing() as write:
        write.save_fields(document, [FieldValue(field, value, 0.4, FieldSource.PATTERN)])


def relate(
    store: Store, one: str, other: str, kind: CopyKind = CopyKind.VERSION, likeness: float = 0.5
) -> None:
    with store.writing() as write:
        ids = [write.session.number("documents.id", hash=document) for document in (one, other)]
        write.copies.save_pairs(ids, [CopyPair(ids[0], ids[1], kind, likeness, "they are alike")])


def listed(
    store: Store,
    order: CountedOrder,
    within: Filter = INVOICES,
    *,
    currency: str | None = None,
    limit: int = 0,
) -> list[str]:
    found = store.counting.files(within, "total_due", "paid", order=order, currency=currency, limit=limit)
    return [counted.file.document for counted in found]


def test_amounts_add_up_exactly_one_sum_a_currency(store: Store) -> None:
    # given
    for number in range(10):
        put(store, f"cents{number}", total_due="0.10 EUR")
    put(store, "dollars", total_due="5.00 USD")
    put(store, "none")
    put(store, "elsewhere", "letter", total_due="99.00 EUR")

    # when
    tally = store.counting.tally(INVOICES, "total_due")

    # then
    assert tally.sums == (CurrencySum("EUR", Decimal(1), 10), CurrencySum("USD", Decimal(5), 1))
    assert (tally.documents, tally.valued) == (12, 11)
    assert store.counting.amounts() == {"total_due": 12}
    assert store.counting.amounts(INVOICES) == {"total_due": 11}


def test_a_guess_is_no_value_and_a_persons_word_is(store: Store) -> None:
    # given
    put(store, "guessed")
    guess(store, "guessed", "total_due", "70.00 EUR")
    put(store, "corrected", total_due="70.00 EUR")
    put(store, "denied", total_due="70.00 EUR")
    with store.writing() as write:
        for document, value in (("corrected", "7.50 EUR"), ("denied", "")):
            write.decide_field(document, FieldValue("total_due", value, 1.0, FieldSource.PERSON))

    # when
    tally = store.counting.tally(INVOICES, "total_due")

    # then
    assert tally.sums == (CurrencySum("EUR", Decimal("7.5"), 1),)
    assert tally.documents == 3


def test_a_document_without_the_field_has_what_stands_for_it(store: Store) -> None:
    # given
    put(store, "due", total_due="10.00 EUR", paid="3.00 EUR")
    put(store, "paid", paid="5.00 EUR")

    # when
    tally = store.counting.tally(INVOICES, "total_due", "paid")
    files = store.counting.files(INVOICES, "total_due", "paid", order="largest")

    # then
    assert tally.sums == (CurrencySum("EUR", Decimal(15), 2),)
    assert [(counted.value, counted.page) for counted in files] == [("10.00 EUR", 2), ("5.00 EUR", 2)]


def test_copies_and_earlier_versions_count_once_and_the_newest_does(store: Store) -> None:
    # given: a paper with an earlier version and a second file, and one whose newer version is elsewhere
    put(store, "new", day="2025-03-01", total_due="20.00 EUR")
    put(store, "old", day="2025-01-01", total_due="10.00 EUR")
    relate(store, "new", "old")
    scan(store, seen("/d/again"))
    job = work(store)
    with store.finishing(job) as write:
        write.link(job.file_id, "new")
    put(store, "alone", day="2024-01-01")
    put(store, "reminder", "letter", day="2024-02-01")
    relate(store, "alone", "reminder")

    # when
    tally = store.counting.tally(INVOICES, "total_due")

    # then
    assert (tally.documents, tally.copies) == (2, 2)
    assert tally.sums == (CurrencySum("EUR", Decimal(20), 1),)
    assert listed(store, "newest") == ["new", "alone"]
    assert store.counting.tally().documents == 2


def test_what_waits_for_a_person_and_what_has_no_date_are_told_apart(store: Store) -> None:
    # given
    put(store, "sure", day="2025-03-01")
    put(store, "unsure", review=True)

    # when
    tally = store.counting.tally(INVOICES)

    # then
    assert (tally.documents, tally.reviewed, tally.dated, tally.valued) == (2, 1, 1, 0)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", "c b a d"),
        ("oldest", "a b c d"),
        ("largest", "b c a"),
        ("smallest", "a c b"),
        ("valued", "c b a d"),
    ],
)
def test_files_come_in_the_order_asked_for(store: Store, order: CountedOrder, expected: str) -> None:
    # given
    put(store, "a", day="2023-01-01", total_due="9.00 EUR")
    put(store, "b", day="2024-01-01", total_due="100.00 EUR")
    put(store, "c", day="2025-01-01", total_due="20.00 USD")
    put(store, "d")

    # then
    assert listed(store, order) == expected.split()
    assert listed(store, order, limit=2) == expected.split()[:2]
    assert set(listed(store, order, currency="EUR")) == {"a", "b"}


def test_dates_of_a_field_are_compared_as_dates(store: Store) -> None:
    # given
    put(store, "later", "contract", end_date="2031-01-31")
    put(store, "sooner", "contract", end_date="2026-12-01")
    put(store, "never", "contract")

    # when
    orders: tuple[CountedOrder, ...] = ("first", "last")
    found = [
        [
            counted.value
            for counted in store.counting.files(Filter(categories=("contract",)), "end_date", order=order)
        ]
        for order in orders
    ]

    # then
    assert store.counting.tally(Filter(categories=("contract",)), "end_date").valued == 2
    assert found == [["2026-12-01", "2031-01-31"], ["2031-01-31", "2026-12-01"]]


@pytest.mark.parametrize(("likeness", "documents"), [(0.75, 2), (0.95, 1)])
def test_papers_that_share_a_form_are_two_and_an_edit_is_not(
    store: Store, likeness: float, documents: int
) -> None:
    # given
    put(store, "one")
    put(store, "other")
    relate(store, "one", "other", CopyKind.NEARLY_SAME, likeness)

    # then
    assert store.counting.tally(INVOICES).documents == documents
    assert len(listed(store, "newest")) == documents
