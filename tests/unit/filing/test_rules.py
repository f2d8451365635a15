"""Rules: which ones decide alone, which only speak for a category, and what happens when they differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.filing.taxonomy import Category, Taxonomy
from twolane.filing.tiers.rules import Rules

OURS = Rules(Taxonomy.load())
IDS = [category.id for category in Taxonomy.load().categories]


@pytest.mark.parametrize(
    ("name", "media_type", "category"),
    [
        ("talk.PPTX", "", "presentation"),
        ("table.csv", "", "spreadsheet"),
        ("table", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "spreadsheet"),
        ("mail.eml", "message/rfc822", "email"),
        ("main.rs", "text/x-rs", "source_code"),
        ("run", "text/x-shellscript", "source_code"),
        ("scan.pdf", "application/pdf", ""),
        ("notes.txt", "text/plain", ""),
    ],
)
def test_the_kind_of_file_decides_where_it_can(name: str, media_type: str, category: str) -> None:
    # when
    evidence = OURS.look("Some words.", Path("/home/me") / name, media_type)

    # then
    assert evidence.decided == category
    assert bool(evidence.reason) == bool(category)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (
            "RECHNUNG\nRechnungsnummer 12\nMenge Einzelpreis\nNettobetrag 10,00 EUR\nzahlbar bis 1. Mai",
            "invoice",
        ),
        ("Invoice No. 7\nBill to: A. Reader\nUnit price 3.00\nAmount due 9.00", "invoice"),
        ("Curriculum vitae\nWork experience\n2019 - present clerk\nEducation\nSkills", "resume"),
        ("LEASE AGREEMENT\nThis agreement is made by and between A and B. WHEREAS the parties", "contract"),
    ],
)
def test_hints_speak_for_a_category_and_never_decide_alone(text: str, category: str) -> None:
    # when
    evidence = OURS.look(text)

    # then
    assert evidence.decided == ""
    assert max(IDS, key=lambda known: len(evidence.hints[IDS.index(known)])) == category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("<rsm:CrossIndustryInvoice xmlns:rsm='x'>", "invoice"),
        ("From: A <a@example.org>\nTo: b@example.org\nSubject: Moss\n\nHi", "email"),
        ("MEMO\nFrom: the dean\nSubject: parking", ""),
        ("Form 10-K\n☒ Annual report pursuant to Section 13 of the Act\nCheck one box", "report"),
    ],
)
def test_what_only_one_kind_of_document_holds_decides(text: str, category: str) -> None:
    # then
    assert OURS.look(text).decided == category


def test_one_hint_does_not_decide_but_is_kept() -> None:
    # when
    evidence = OURS.look("We talked about the invoice over lunch.")

    # then
    assert evidence.decided == ""
    assert evidence.hints[IDS.index("invoice")] == ("invoice",)


def test_folders_decide_by_their_whole_name() -> None:
    # given
    rules = Rules(
        Taxonomy.from_categories([Category("tax", "Tax", folders=("Tax",)), Category("other", "Other")])
    )

    # then
    assert rules.look("", Path("/home/me/tax/2024/a.txt")).decided == "tax"
    assert rules.look("", Path("/home/me/taxi/a.txt")).decided == ""
    assert rules.look("", Path("/home/me/tax")).decided == ""


def test_rules_that_contradict_each_other_decide_nothing() -> None:
    # given
    rules = Rules(
        Taxonomy.from_categories(
            [Category("a", "A", extensions=("txt",)), Category("b", "B", patterns=("secret",))]
        )
    )

    # then
    assert rules.look("the secret", Path("x.txt")).decided == ""
    assert rules.look("the secret", Path("x.md")).decided == "b"
    assert rules.look("nothing", Path("x.TXT")).decided == "a"


@pytest.mark.parametrize(
    "text", ["\n" * 20_000, "- " * 10_000, "a " * 10_000, "_" * 20_000, "From:\n" * 4000]
)
def test_no_text_makes_the_rules_slow(text: str) -> None:
    # then: a rule that backtracks without end would run into the test's time limit
    assert OURS.look(text[:20_000]).hints
