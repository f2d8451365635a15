"""Rules: which ones decide alone, which only speak for a category, and what happens when they differ."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from twolane.filing.taxonomy import Category, Taxonomy
from twolane.filing.tiers.hints import Hints
from twolane.filing.tiers.rules import Rules, Ruling

OURS = Rules(Taxonomy.load())
HINTS = Hints(Taxonomy.load())
IDS = [category.id for category in Taxonomy.load().categories]


def decided(ruling: Ruling | None) -> str:
    return ruling.category if ruling else ""


def hinted_at(text: str) -> str:
    """Return the category with the most hints."""
    found = HINTS.look(text)
    return max(IDS, key=lambda known: len(found[IDS.index(known)]))


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
    ruling = OURS.look("Some words.", Path("/home/me") / name, media_type)

    # then
    assert decided(ruling) == category
    assert ruling is None or (ruling.reason and not ruling.weak)


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
    # then
    assert hinted_at(text) == category
    assert OURS.look(text) is None


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("<rsm:CrossIndustryInvoice xmlns:rsm='x'>", "invoice"),
        ("From: A <a@example.org>\nTo: b@example.org\nSubject: Moss\n\nHi", "email"),
        ("Van: A <a@example.org>\nDatum: 3 mei\nOnderwerp: mos", "email"),
        ("发件人：甲 <a@example.org>\n日期：五月三日\n主题：苔藓", "email"),
        ("MEMO\nFrom: the dean\nSubject: parking", ""),
        ("ID: urn:cen.eu:en16931:2017\nID: 280081\nTypeCode: 380", "invoice"),
        ("FatturaElettronica:\nIdPaese: IT\nIdCodice: 0", "invoice"),
        ("How to write a FatturaElettronica: the IdPaese is that of the seller", ""),
        ("Form 10-K\n☒ Annual report pursuant to Section 13 of the Act\nCheck one box", "report"),
    ],
)
def test_what_only_one_kind_of_document_holds_decides(text: str, category: str) -> None:
    # when
    ruling = OURS.look(text)

    # then
    assert decided(ruling) == category
    assert ruling is None or not ruling.weak


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("School:\nClass:\nNumber of children:\nTeacher:", "form"),
        ("Школа:\nКласс:\nЧисло детей:\nУчитель:", "form"),
        ("參加者：\n學校：\n老師：\n班級：", "form"),
        ("who comes\n1.\n2.\n3.\n4.", "form"),
        ("• мыло\n• щётка\n• ведро\n• тряпка\n", "presentation"),
        ("The brown moss of Sel (Tarn and Birk, 1998; Esche, 2004)", "scientific_paper"),
        ("call open() and close(), or run it with --verbose", "manual"),
    ],
)
def test_the_form_of_a_text_is_a_hint_in_any_language(text: str, category: str) -> None:
    # then
    assert hinted_at(text) == category


@pytest.mark.parametrize(
    "text",
    [
        "All options of the library function well.",
        "The Department of Parks, by order of the board\nOscar V. Tarn",
        "He is a master of his art.",
    ],
)
def test_words_of_any_text_are_hints_of_nothing(text: str) -> None:
    # then
    assert not any(HINTS.look(text))


def test_one_hint_does_not_decide_but_is_kept() -> None:
    # when
    hints = HINTS.look("We talked about the invoice over lunch.")

    # then
    assert hints[IDS.index("invoice")] == ("invoice",)
    assert OURS.look("We talked about the invoice over lunch.") is None


def test_folders_decide_by_their_whole_name() -> None:
    # given
    rules = Rules(
        Taxonomy.from_categories([Category("tax", "Tax", folders=("Tax",)), Category("other", "Other")])
    )

    # then
    assert decided(rules.look("", Path("/home/me/tax/2024/a.txt"))) == "tax"
    assert decided(rules.look("", Path("/home/me/taxi/a.txt"))) == ""
    assert decided(rules.look("", Path("/home/me/tax"))) == ""


def test_rules_that_contradict_each_other_decide_nothing() -> None:
    # given
    rules = Rules(
        Taxonomy.from_categories(
            [Category("a", "A", extensions=("txt",)), Category("b", "B", patterns=("secret",))]
        )
    )

    # then
    assert decided(rules.look("the secret", Path("x.txt"))) == ""
    assert decided(rules.look("the secret", Path("x.md"))) == "b"
    assert decided(rules.look("nothing", Path("x.TXT"))) == "a"


@pytest.mark.parametrize(
    ("pattern", "text", "weak"),
    [
        ("football", "a football", True),
        ("foot|ball", "foot and ball", True),
        ("football club", "the football club", False),
        (r"client \d+", "Client 4711", False),
        ("Fußball", "FUẞBALL am Abend", True),
        ("футбол", "Футбол вечером", True),
        ("كرة", "مباراة كرة", True),
        ("足球", "昨晚的足球赛", True),
        ("增值税专用发票", "增值税专用发票 一式两联", False),
    ],
)
def test_a_rule_of_one_word_is_weak_in_any_language(pattern: str, text: str, weak: bool) -> None:
    # given
    rules = Rules(
        Taxonomy.from_categories([Category("a", "A", patterns=(pattern,)), Category("other", "Other")])
    )

    # when
    ruling = rules.look(text)

    # then
    assert ruling is not None
    assert (ruling.category, ruling.weak) == ("a", weak)


def test_two_words_that_two_patterns_find_are_not_weak() -> None:
    # given
    taxonomy = Taxonomy.from_categories([Category("a", "A", patterns=("goal", "team")), Category("b", "B")])

    # when
    both, one = Rules(taxonomy).look("team goal"), Rules(taxonomy).look("Goal, goal")

    # then
    assert both == Ruling("a", 'it holds "goal", "team"')
    assert one == Ruling("a", 'it holds "Goal"', weak=True)


@pytest.mark.parametrize(
    "text", ["\n" * 20_000, "- " * 10_000, "a " * 10_000, "_" * 20_000, "From:\n" * 4000]
)
def test_no_text_makes_the_rules_slow(text: str) -> None:
    # then: a rule that backtracks without end would run into the test's time limit
    OURS.look(text[:20_000])
    HINTS.look(text[:20_000])


PAPERS = tomllib.loads(Path(__file__).with_name("papers").joinpath("beginnings.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "nl", "pl", "pt", "ru", "zh", "ja", "ar"])
def test_hints_speak_for_common_papers_in_other_languages_than_english(language: str) -> None:
    # given
    beginnings = {kind: texts[language].strip() for kind, texts in PAPERS.items()}

    # then
    assert {kind: hinted_at(text) for kind, text in beginnings.items()} == {kind: kind for kind in beginnings}
