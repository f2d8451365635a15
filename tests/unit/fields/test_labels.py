"""The labels that announce values: in which languages they are known, and where they are found."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from importlib.resources import files

from twolane.documents import Page, Reading, ReadStatus
from twolane.fields.labels import known_labels
from twolane.fields.sheet import Sheet

LANGUAGES = {"en", "de", "fr", "es", "it", "nl", "pl", "pt", "ru", "zh", "ar", "cs", "tr", "ja"}


def kinds(text: str, language: str) -> list[tuple[str, str]]:
    sheet = Sheet(Reading(ReadStatus.TEXT, pages=(Page(1, text),), language=language))
    return [(one.kind, sheet.raw[one.start : one.end]) for one in known_labels().find(sheet)]


def test_every_field_has_labels_in_every_language() -> None:
    # given
    text = files("twolane.fields").joinpath("labels.toml").read_text(encoding="utf-8")
    languages: dict[str, set[str]] = defaultdict(set)

    # when
    for table in tomllib.loads(text)["label"]:
        languages[table["field"]] |= table.keys() & LANGUAGES

    # then
    lacking = {field: LANGUAGES - known for field, known in languages.items() if LANGUAGES - known}
    assert not lacking, lacking


def test_the_longest_label_is_taken() -> None:
    assert kinds("Invoice date: 1 May 2025", "en") == [("date", "Invoice date")]
    assert kinds("Rechnungs-Nr.: 5", "de") == [("number", "Rechnungs-Nr")]


def test_prepositions_are_labels_in_their_own_language_alone() -> None:
    assert ("date", "le") in kinds("Brest, le 3 mars 2025", "fr")
    assert ("date", "le") not in kinds("le 3 mars 2025", "it")


def test_labels_are_found_without_case_and_accents() -> None:
    assert ("due_date", "DATE D'ECHEANCE") in kinds("DATE D'ECHEANCE 03/03/2025", "fr")


def test_what_is_said_in_brackets_behind_a_label_is_none() -> None:
    assert [kind for kind, _ in kinds("Zwischensumme (ohne USt.)   24,35", "de")] == ["net"]
