"""Sums of money as they are written in many countries."""

from __future__ import annotations

import pytest

from twolane.documents import Page, Reading, ReadStatus
from twolane.fields.amounts import amount_text, find_amounts, main_currency
from twolane.fields.sheet import Sheet


def sheet_of(text: str, language: str) -> Sheet:
    return Sheet(Reading(ReadStatus.TEXT, pages=(Page(1, text),), language=language))


def amounts(text: str, language: str) -> list[str]:
    sheet = sheet_of(text, language)
    return [amount_text(one.amount, one.currency) for one in find_amounts(sheet, [])]


@pytest.mark.parametrize(
    ("language", "text", "amount"),
    [
        ("en", "$1,234.50", "1234.50 USD"),
        ("en", "GBP 1,234.50", "1234.50 GBP"),
        ("en", "₹1,23,456.00", "123456.00 INR"),
        ("de", "1.234,50 €", "1234.50 EUR"),
        ("de", "EUR 5.000", "5000.00 EUR"),
        ("de", "CHF 1'234.50", "1234.50 CHF"),
        ("de", "120,– €", "120.00 EUR"),
        ("fr", "1\u202f234,50 €", "1234.50 EUR"),
        ("fr", "1 234,50 euros", "1234.50 EUR"),
        ("es", "1.234,50 €", "1234.50 EUR"),
        ("pl", "1 234,50 zł", "1234.50 PLN"),
        ("ru", "5 000 руб.", "5000.00 RUB"),
        ("zh", "合计：5,400.00元", "5400.00 CNY"),
        ("ja", "合計 ¥5,400", "5400 JPY"),
        ("ar", "١٬٢٣٤٫٥٠ ر.س", "1234.50 SAR"),
        ("cs", "1 234,50 Kč", "1234.50 CZK"),
        ("tr", "1.234,50 TL", "1234.50 TRY"),
        ("sv", "12 500 kr", "12500.00 SEK"),
        ("en", "-$50.00", "-50.00 USD"),
    ],
)
def test_an_amount_is_read_as_its_country_writes_it(language: str, text: str, amount: str) -> None:
    assert amounts(text, language) == [amount]


def test_what_stands_between_two_numbers_belongs_to_one_of_them() -> None:
    assert amounts("VAT 336.00 € 2", "en") == ["336.00 EUR", "2.00"]
    assert amounts("CHF 120.00 CHF 3360.00", "de") == ["120.00 CHF", "3360.00 CHF"]


@pytest.mark.parametrize("text", ["100ml", "19 %", "RE-2024", "10.0.0.1", "12:30"])
def test_measures_shares_and_numbers_of_papers_are_no_amounts(text: str) -> None:
    assert not amounts(text, "en")


def test_letters_of_a_papers_number_name_no_currency() -> None:
    # given
    sheet = sheet_of("Invoice TL-2026-022\nTotal in euros\t\t1,416.60\nPlease quote TL-2026-022.", "en")

    # then
    assert main_currency(sheet, find_amounts(sheet, ())) == "EUR"
