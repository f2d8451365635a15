"""Whether one paper is another one again, over the papers of the measurement in eight languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from babel.dates import get_month_names

from twolane.copies.compare import Sign, compare
from twolane.copies.names import are_versions, has_word_behind, newest_version
from twolane.copies.papers import ComparedText
from twolane.copies.sketch import sketch_of

FOLDER = Path(__file__).parents[3] / "eval" / "data" / "copies"
FORMS: list[dict[str, Any]] = [
    form
    for file in ("papers", "unseen")
    for form in tomllib.loads((FOLDER / f"{file}.toml").read_text("utf-8"))["form"]
]
# one word that is replaced says too little beside what was inserted
KNOWN_TO_BE_MISSED = {"tenancy_form", "property_receipt", "power_bill"}


def papers(form: dict[str, Any]) -> list[str]:
    return [form["text"].format(**facts) for facts in form["facts"]]


def pairs(*, versions: bool) -> Iterator[Any]:
    for form in FORMS:
        if form.get("versions", False) is versions:
            for number, (one, other) in enumerate(combinations(papers(form), 2)):
                yield pytest.param(one, other, id=f"{form['name']}-{number}")


@pytest.mark.parametrize(("one", "other"), list(pairs(versions=False)))
def test_two_papers_of_one_form_are_no_copies(one: str, other: str) -> None:
    # when
    found = compare(ComparedText.of(one), ComparedText.of(other))

    # then
    assert not found.same
    assert found.against
    assert sketch_of(one).digest != sketch_of(other).digest


@pytest.mark.parametrize(("one", "other"), list(pairs(versions=True)))
def test_versions_are_known_where_their_names_say_so(one: str, other: str) -> None:
    assert compare(ComparedText.of(one), ComparedText.of(other), Sign.NAME).same


@pytest.mark.parametrize(
    "form",
    [form for form in FORMS if "edits" in form and form["name"] not in KNOWN_TO_BE_MISSED],
    ids=lambda form: form["name"],
)
def test_an_edit_of_a_paper_is_nearly_the_same(form: dict[str, Any]) -> None:
    # given
    text = edited = papers(form)[0]
    for before, after in form["edits"]:
        edited = edited.replace(before, after)

    # then
    assert compare(ComparedText.of(text), ComparedText.of(edited)).same


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_another_layout_is_the_same_text(form: dict[str, Any]) -> None:
    # given
    text = papers(form)[0]
    laid_out = "\n".join(
        f"  {line.upper() if place % 5 else line}\n" for place, line in enumerate(text.split("\n"))
    )

    # then
    assert sketch_of(text).digest == sketch_of(laid_out).digest != ""


def test_letters_that_look_alike_are_no_difference() -> None:
    # given
    text = papers(FORMS[0])[0]
    misread = text.replace("m", "rn").replace("0", "O").replace("l", "1").replace("Rechnungs", "Rechnu ngs")

    # then
    found = compare(ComparedText.of(text), ComparedText.of(misread))
    assert (found.same, found.likeness) == (True, 1.0)


@pytest.mark.parametrize(
    ("one", "other", "versions", "worded"),
    [
        ("offer v1", "offer v2", True, False),
        ("Angebot", "Angebot_v2.1", True, False),
        ("договор v1", "договор v3 (1)", True, False),
        ("contract", "contract final", False, True),
        ("Vertrag", "Vertrag - Kopie", False, True),
        ("Rechnung", "Rechnung (1)", False, False),
        ("invoice 1", "invoice 2", False, False),
        ("scan0001", "scan0002", False, False),
        ("合同书稿", "合同书稿 v2", True, False),
        ("a", "a v2", False, False),
    ],
)
def test_what_names_say(one: str, other: str, versions: bool, worded: bool) -> None:
    assert are_versions(one, other) is are_versions(other, one) is versions
    assert has_word_behind(one, other) is has_word_behind(other, one) is worded


def test_the_newest_version_is_that_with_the_greatest_number() -> None:
    assert newest_version(["offer v2", "offer v10", "offer"]) == (10,)
    assert newest_version(["offer"]) == ()


PAYSLIPS = {
    "en": "Payslip for Jonah Tarnwell, employer Quendel Works Ltd. Basic pay and overtime, income tax, "
    "insurance and pension are listed below, and the net pay goes to the account that you named. Month {}",
    "pt": "Recibo de vencimento de Jonas Tarnwell, empresa Oficinas Quendel. O salário base, as horas extra, "
    "os impostos e a pensão constam abaixo, e o valor líquido é transferido para a sua conta. Mês {}",
    "cs": "Výplatní páska pro Jana Tarnwella, zaměstnavatel Závody Quendel. Základní mzda, přesčasy, daň "
    "a pojištění jsou uvedeny níže a čistá mzda se převádí na účet, který jste nám oznámil. Období {}",
    "ru": "Расчётный лист Ивана Петрова, работодатель Завод Квендель. Оклад, сверхурочные, налог и взносы "
    "указаны ниже, а сумма к выплате переводится на счёт, который Вы назвали нам в договоре. Период {}",
}


@pytest.mark.parametrize("scanned", [False, True])
@pytest.mark.parametrize("language", PAYSLIPS)
def test_one_form_of_two_months_is_two_papers(language: str, scanned: bool) -> None:
    # given
    names = get_month_names("wide", "stand-alone", language).values()

    # then
    for one, other in combinations(names, 2):
        first, second = (ComparedText.of(PAYSLIPS[language].format(name)) for name in (one, other))
        assert not compare(first, second, scanned=scanned).same, (one, other)
