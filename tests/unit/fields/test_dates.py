"""Dates and periods as they are written in many languages."""

from __future__ import annotations

from datetime import date

import pytest

from twolane.documents import Page, Reading, ReadStatus
from twolane.fields.dates import find_dates, find_periods
from twolane.fields.sheet import Sheet


def sheet(text: str, language: str) -> Sheet:
    return Sheet(Reading(ReadStatus.TEXT, pages=(Page(1, text),), language=language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "12 March 2024"),
        ("en", "March 12th, 2024"),
        ("en", "this 12th day of March, 2024"),
        ("en", "Tue, 12 Mar 2024 10:00:00 +0000"),
        ("de", "12. März 2024"),
        ("de", "12.3.24"),
        ("fr", "le 12 mars 2024"),
        ("es", "12 de marzo de 2024"),
        ("it", "12 marzo 2024"),
        ("nl", "12 maart 2024"),
        ("nl", "12-03-2024"),
        ("pl", "12 marca 2024 r."),
        ("pt", "12 de março de 2024"),
        ("ru", "«12» марта 2024 г."),
        ("zh", "2024年3月12日"),
        ("zh", "日期：2024-03-12 15:20"),
        ("ja", "令和6年3月12日"),
        ("ar", "١٢ مارس ٢٠٢٤"),
        ("ar", "12/03/2024"),
        ("cs", "12. března 2024"),
        ("tr", "12 Mart 2024"),
        ("hu", "2024. március 12."),
        ("sv", "12 mars 2024"),
        ("uk", "12 березня 2024"),
        ("pl", "12 III 2024 r."),
        ("hu", "2024. 03. 12."),
        ("zh", "二〇二四年三月十二日"),
    ],
)
def test_a_date_is_read_as_its_language_writes_it(language: str, text: str) -> None:
    assert [one.day for one in find_dates(sheet(text, language))] == [date(2024, 3, 12)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/04/2024, Boulder, CO 80302, $5", date(2024, 3, 4)),
        ("03/04/2024, Leeds, £5", date(2024, 4, 3)),
        ("03/04/2024 and 25/04/2024", date(2024, 4, 3)),
        ("03/04/2024 and 04/25/2024", date(2024, 3, 4)),
    ],
)
def test_the_order_of_day_and_month_is_taken_from_the_document(text: str, day: date) -> None:
    assert find_dates(sheet(text, "en"))[0].day == day


@pytest.mark.parametrize("text", ["30.02.2024", "192.168.10.12", "v1.2.2024.1", "99/99/2024", "12.13.14.15"])
def test_days_that_do_not_exist_and_other_numbers_are_no_dates(text: str) -> None:
    assert not find_dates(sheet(text, "de"))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("01.01.2024 bis 31.01.2024", date(2024, 1, 1), date(2024, 1, 31)),
        ("1. - 31. Januar 2024", date(2024, 1, 1), date(2024, 1, 31)),
        ("03.02. - 07.02.2024", date(2024, 2, 3), date(2024, 2, 7)),
        ("Februar 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("02/2024", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_is_two_days_or_a_month(text: str, first: date, last: date) -> None:
    # given
    page = sheet(text, "de")

    # when
    periods = find_periods(page, find_dates(page))

    # then
    assert [(one.first, one.last) for one in periods] == [(first, last)]
