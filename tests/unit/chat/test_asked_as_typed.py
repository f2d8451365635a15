"""Questions are read as people type them: politely, in two words, with signs, and in what follows."""

from __future__ import annotations

from datetime import date

import pytest

from twolane.answers import Turn
from twolane.chat.asked.names import KnownCategory, KnownNames
from twolane.chat.asked.read import read
from twolane.facts import Correspondent, FieldSpec, FieldType

TODAY = date(2026, 5, 15)
CATEGORIES = (
    KnownCategory("invoice", "Invoice", (FieldSpec("total_due", "Total due", FieldType.AMOUNT),)),
    KnownCategory("receipt", "Receipt", (FieldSpec("paid", "Paid", FieldType.AMOUNT),)),
    KnownCategory("contract", "Contract"),
    KnownCategory("resume", "Resume / CV"),
    KnownCategory("minutes", "Minutes / notes"),
    KnownCategory("spreadsheet", "Spreadsheet"),
    KnownCategory("letter", "Letter"),
)
KNOWN = KnownNames(CATEGORIES, (Correspondent(1, "Tarnwell Lamp Workshop", ("Tarnwell Lamp Workshop",)),))
BETWEEN = "list amount=total_due>=100.00 EUR & total_due<=500.00 EUR category=invoice"
OF_2018 = "list category=invoice date=2018-01-01/2018-12-31"
_FIELD = "amount=total_due"
OVER, FROM = (f"list {_FIELD}>={least} EUR category=invoice" for least in ("100.01", "100.00"))
UNDER, TO = (f"list {_FIELD}<={most} EUR category=invoice" for most in ("99.99", "100.00"))


def said(question: str, *before: str) -> str:
    """Return a reading in one line: what is wanted, and the filters."""
    found = read(question, KNOWN, [Turn(one, "") for one in before], TODAY)
    return " ".join([found.intent.value, *sorted(f"{one.kind}={one.value}" for one in found.filters)])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # politely
        ("I'd like to see the invoices from 2018.", OF_2018),
        ("I need all the invoices for 2018", OF_2018),
        ("search for invoices from 2018", OF_2018),
        ("Könntest du mir bitte alle Rechnungen aus dem Jahr 2018 anzeigen?", OF_2018),
        ("Ich hätte gerne alle Rechnungen aus 2018", OF_2018),
        ("Übersicht der Rechnungen 2018", OF_2018),
        ("Pouvez-vous me montrer toutes les factures de 2018 ?", OF_2018),
        ("¿Podrías mostrarme todas las facturas de 2018?", OF_2018),
        ("Vorrei vedere le fatture del 2018", OF_2018),
        ("Gostaria de ver as faturas de 2018", OF_2018),
        ("Kun je mij de facturen van 2018 tonen?", OF_2018),
        ("Czy możesz pokazać faktury z 2018 roku?", OF_2018),
        ("Можешь показать счета за 2018 год?", OF_2018),
        ("мне нужны счета за 2018 год", OF_2018),
        ("Чи можеш показати рахунки за 2018 рік?", OF_2018),
        ("能不能给我看2018年的发票", OF_2018),
        ("هل يمكنك عرض جميع فواتير 2018؟", OF_2018),
        # with signs, and with what stands behind an amount
        ("invoices > 100 EUR", OVER),
        ("invoices >€100", OVER),
        ("rechnungen >100€", OVER),
        ("faktury > 100 euro", OVER),
        ("счета > 100 евро", OVER),
        ("invoices >= 100 EUR", FROM),
        ("factures ≥ 100 €", FROM),
        ("invoices < 100 EUR", UNDER),
        ("facturas <= 100 euros", TO),
        ("invoices < 100", "list amount=total_due<=99.99 category=invoice"),
        ("invoices of 100 euros or more", FROM),
        ("Rechnungen von 100 Euro oder mehr", FROM),
        ("factures de 100 euros ou moins", TO),
        ("Rechnungen 100 - 500 Euro", BETWEEN),
        # by a word that says nothing of number
        ("резюме", "list category=resume"),
        ("все резюме", "list category=resume"),
        ("meeting minutes", "list category=minutes"),
        ("docx files", "list kind=" + ",".join((
            "application/msword",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.oasis.opendocument.text",
        ))),
        ("How many Excel files do I have?", "count kind=" + ",".join((
            "application/vnd.ms-excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ))),
        # how much, where the word is also that for how many
        ("сколько в сумме по счетам от Tarnwell Lamp Workshop?", "sum category=invoice correspondent=1"),
        ("how much have I paid Tarnwell Lamp Workshop?", "sum correspondent=1"),
        ("сколько счетов?", "count category=invoice"),
    ],
)  # fmt: skip
def test_a_question_is_read_as_it_is_typed(question: str, expected: str) -> None:
    assert said(question) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("How many invoices are from 2018?", "and in all years?", "count category=invoice"),
        ("invoices from 2018", "and regardless of the year?", "list category=invoice"),
        ("Rechnungen von 2018", "und unabhängig vom Jahr?", "list category=invoice"),
        ("счета за 2018 год", "а независимо от года?", "list category=invoice"),
        ("invoices from 2018", "same for letters", "list category=letter date=2018-01-01/2018-12-31"),
        ("Rechnungen von 2018", "dasselbe für Briefe", "list category=letter date=2018-01-01/2018-12-31"),
    ],
)
def test_a_follow_up_is_read_as_it_is_typed(before: str, question: str, expected: str) -> None:
    assert said(question, before) == expected


@pytest.mark.parametrize(
    "question",
    [
        "what is the first item on the invoice of 31 January 2026",
        "wie hoch ist die summe auf der letzten rechnung",
        "من وقع العقد",
        "谁签了合同",
        "contract",
        "how many hours did the workshop bill in February 2026",
        "total expenses of the society in 2025",
        "I need to know the notice period in the contract",
    ],
)
def test_what_stands_in_a_file_is_not_asked_of_the_catalogue(question: str) -> None:
    assert said(question).startswith("passages")
