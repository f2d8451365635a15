"""What a mistyped name was meant to be."""

from __future__ import annotations

import pytest

from twolane.text.suggesting import alike, choice, choice_by

KNOWN = ["invoice", "bank_statement", "Gehaltsabrechnung", "счёт", "発票", "İstanbul"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("invocie", "invoice"),
        ("INVOICE", "invoice"),
        ("bank-statment", "bank_statement"),
        ("gehaltsabrechnungen", "Gehaltsabrechnung"),
        ("счет", "счёт"),
        ("bank", "bank_statement"),
        ("Istanbul", "İstanbul"),
    ],
)
def test_typos_cases_accents_and_beginnings_are_seen_through(typed: str, meant: str) -> None:
    assert alike(typed, KNOWN)[0] == meant


def test_where_nothing_is_alike_it_says_what_there_is() -> None:
    assert choice("zzz", ["a", "b"]) == "choose one of a, b"
    assert choice("", []) == ""
    assert choice("zzz", [str(number) for number in range(100)], see="`twolane tags`").startswith(
        "`twolane tags` lists them: 0, 1"
    )
    assert choice_by("rechnung", {"Rechnung": "invoice", "invoice": "invoice"}) == "did you mean invoice?"
