"""What files say of themselves becomes values of fields: normalised, checked, believed by where it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from twolane.facts import (
    CORRESPONDENT,
    DATE,
    FieldSource,
    FieldSpec,
    FieldType,
    FieldValue,
    Origin,
    Stated,
)
from twolane.fields.catalogue import known_fields
from twolane.fields.stated import values_of

ALL = tuple(known_fields().values())


def value(field: str, said: str, origin: str = Origin.INVOICE) -> str:
    found = values_of([Stated(field, said, origin)], ALL)
    return found[0].value if found else ""


def only(*stated: Stated) -> FieldValue:
    (found,) = values_of(stated, ALL)
    return found


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Mon, 01 Jan 2024 10:00:00 +0000", "2024-01-01"),
        ("1 Jan 24 10:00 GMT", "2024-01-01"),
        ("2024-01-05", "2024-01-05"),
        ("2024-01-05T23:10:00Z", "2024-01-05"),
        ("20240105", "2024-01-05"),
        ("20240105T143000", "2024-01-05"),
        ("2024:01:05 10:11:12", "2024-01-05"),
        ("D:20240105101112+01'00'", "2024-01-05"),
        ("D:20240105", "2024-01-05"),
        ("2024-02-30", ""),
        ("0000:00:00 00:00:00", ""),
        ("1970-01-01T00:00:00Z", ""),
        ("Thu, 01 Jan 1970 00:00:00 +0000", ""),
        ("9999-12-31", ""),
        ("1601-01-01", ""),
        ("yesterday", ""),
        ("Mon, 99 Foo 2024 99:99:99 +9999", ""),
        ("123456789012345678901234567890", ""),
    ],
)
def test_dates_of_all_formats_are_iso_and_impossible_ones_are_left_out(said: str, day: str) -> None:
    # when / then
    assert value(DATE, said) == day


@pytest.mark.parametrize(
    ("field", "said", "normal"),
    [
        ("total_due", "571.04 EUR", "571.04 EUR"),
        ("total_due", "571.0400 eur", "571.04 EUR"),
        ("total_due", "-12", "-12.00"),
        ("total_due", "1e400 EUR", ""),
        ("total_due", "571,04", ""),
        ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("iban", "DE89 3704 0044 0532 0130 01", ""),
        ("vat_id", "DE 123.456.789", "DE123456789"),
        ("vat_id", "133/8150/8159", ""),
        ("number", " RE  2018/507 ", "RE 2018/507"),
        ("number", "---", ""),
        ("period", "2025-01-01/2025-03-31", "2025-01-01/2025-03-31"),
        ("period", "2025-03-31/2025-01-01", ""),
        ("language", "de-AT", "de"),
        (CORRESPONDENT, '"Åberg, Lin" <lin@halden.example>', "Åberg, Lin"),
        (CORRESPONDENT, "<lin@halden.example>", "lin@halden.example"),
        (CORRESPONDENT, "北京公司", "北京公司"),
    ],
)
def test_values_are_written_as_their_types_say(field: str, said: str, normal: str) -> None:
    # when / then
    assert value(field, said) == normal


def test_a_value_keeps_the_files_own_words_and_says_where_they_stand() -> None:
    # when
    found = only(Stated(DATE, "Mon, 01 Jan 2024 10:00:00 +0000", Origin.MAIL))

    # then
    assert found.source is FieldSource.FILE
    assert found.words == "Mon, 01 Jan 2024 10:00:00 +0000"
    assert found.reason == "mail header"
    assert found.confidence >= 0.9


def test_the_place_that_is_believed_most_is_taken() -> None:
    # given
    invoice = Stated(DATE, "20240105", Origin.INVOICE)
    properties = Stated(DATE, "D:20240109", Origin.PDF)

    # when / then
    assert only(properties, invoice).value == "2024-01-05"


def test_the_day_on_which_a_file_was_made_is_not_worth_saying() -> None:
    # given
    made = [Stated(DATE, "D:20240109", Origin.PDF), Stated(DATE, "2024-01-10", Origin.PROPERTIES)]

    # when / then
    assert values_of(made, ALL) == []


def test_a_place_that_says_two_things_is_believed_less() -> None:
    # given
    one = Stated("number", "4711", Origin.INVOICE_ATTACHED)
    other = Stated("number", "4712", Origin.INVOICE_ATTACHED)

    # when / then
    assert only(one, other).confidence < only(one).confidence


def test_two_places_that_agree_are_believed_more_than_each() -> None:
    # given
    head = Stated(DATE, "2024-01-05", Origin.PAGE)
    data = Stated(DATE, "2024-01-05T10:00:00", Origin.PAGE_DATA)

    # when / then
    assert only(head, data).confidence > only(data).confidence


def test_a_paper_of_tomorrow_is_doubted_and_an_event_of_next_year_is_not() -> None:
    # given
    later = (datetime.now(UTC) + timedelta(days=300)).date().isoformat()

    # when / then
    assert only(Stated(DATE, later, Origin.MAIL)).confidence < 0.5
    assert only(Stated(DATE, later, Origin.CALENDAR)).confidence > 0.8


def test_an_address_is_a_poorer_name_than_a_name() -> None:
    # when
    name = only(Stated(CORRESPONDENT, "Lin <lin@halden.example>", Origin.MAIL))
    address = only(Stated(CORRESPONDENT, "lin@halden.example", Origin.MAIL))

    # then
    assert address.confidence < name.confidence


def test_only_what_is_asked_for_is_given_in_the_order_it_is_asked_for() -> None:
    # given
    stated = [Stated("number", "1", Origin.INVOICE), Stated("meter", "4711", "elsewhere")]
    own = FieldSpec("meter", "Meter", FieldType.NUMBER)

    # when / then
    assert values_of(stated, []) == []
    assert [found.field for found in values_of(stated, [own, known_fields()["number"]])] == [
        "meter",
        "number",
    ]
    assert values_of(stated, [own])[0].confidence < 0.5


def test_every_place_has_its_belief_below_certainty() -> None:
    # when / then
    for origin in set(Origin) - {Origin.PDF, Origin.PROPERTIES}:
        assert 0 < only(Stated("number", "4711", origin)).confidence < 1


def test_a_senders_name_of_brackets_within_brackets_is_no_error() -> None:
    assert value(CORRESPONDENT, "(" * 490 + "a@b.example", Origin.MAIL) == ""
    assert value(CORRESPONDENT, "Lin (Post) <lin@halden.example>", Origin.MAIL) == "Lin (Post)"
