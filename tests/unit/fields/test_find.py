"""Values found by type, and what people type, normalised: in the forms of several languages."""

from __future__ import annotations

import pytest
from tests.support.library import reading

from twolane.facts import FieldSpec, FieldType, TextSpan
from twolane.fields.catalogue import known_fields
from twolane.fields.find import find, find_value, find_words, normalised


def a(kind: str) -> FieldSpec:
    return FieldSpec("x", "X", FieldType(kind))


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("date", "2025-03-31", "2025-03-31"),
        ("date", "31.3.2025", "2025-03-31"),
        ("date", "31 mars 2025", "2025-03-31"),
        ("date", "31 de marzo de 2025", "2025-03-31"),
        ("date", "31 marca 2025", "2025-03-31"),
        ("date", "31 марта 2025", "2025-03-31"),
        ("date", "2025年3月31日", "2025-03-31"),
        ("date", "30.2.2025", ""),
        ("date", "soon", ""),
        ("amount", "571.04", "571.04"),
        ("amount", "571,04 €", "571.04 EUR"),
        ("amount", "1.571,04 EUR", "1571.04 EUR"),
        ("amount", "EUR 1,571.04", "1571.04 EUR"),
        ("amount", "1 571,04 EUR", "1571.04 EUR"),
        ("amount", "1 000 000", "1000000.00"),
        ("amount", "much", ""),
        ("period", "2025-01-01/2025-03-31", "2025-01-01/2025-03-31"),
        ("period", "01.01.2025 - 31.03.2025", "2025-01-01/2025-03-31"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("iban", "DE89 3704 0044 0532 0130 01", ""),
        ("number", " RE-2018/507 ", "RE-2018/507"),
        ("quantity", "12,5", "12.5"),
        ("language", "DE", "de"),
        ("language", "Deutsch", ""),
        ("name", "  Stadtwerke   Halden ", "Stadtwerke Halden"),
    ],
)
def test_what_people_type_is_normalised_as_values_are(kind: str, typed: str, value: str) -> None:
    assert normalised(a(kind), typed) == value


def test_a_value_is_found_where_the_document_has_it_with_what_stands_before_it() -> None:
    # given
    paper = reading("Cover", "Rechnung\nGesamtbetrag: 571,04 EUR\n")

    # when
    found = find_value(known_fields()["total_due"], "571.04", paper)

    # then
    assert found is not None
    assert (found.value, found.words, found.before) == ("571.04 EUR", "571,04 EUR", "Gesamtbetrag:")
    assert found.place == TextSpan(2, 23, 33)


def test_words_are_found_whatever_white_space_is_in_them() -> None:
    # given
    paper = reading("Von:  Stadtwerke\n Halden GmbH")

    # when
    found = find_words(a("name"), "stadtwerke halden", paper)

    # then
    assert found is not None
    assert (found.value, found.before) == ("Stadtwerke Halden", "Von:")


def test_what_the_document_does_not_have_is_not_found() -> None:
    # given
    paper = reading("Rechnung vom 31.03.2025 über 10,00 EUR")

    # then
    assert find_words(a("name"), "Stadtwerke", paper) is None
    assert find_words(a("date"), "1.4.2025", paper) is None
    assert find_words(a("date"), "10,00 EUR", paper) is None
    assert find_value(a("amount"), "11.00", paper) is None
    assert [one.value for one in find(a("date"), paper)] == ["2025-03-31"]
