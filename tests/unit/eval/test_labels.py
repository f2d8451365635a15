"""The documents with known fields: their labels are written as fields are, and each half keeps to itself."""

from __future__ import annotations

import re
from datetime import date

from eval.labels import FOLDER, HALVES, NOT_SCORED, OWN, agrees, fold, half_of, read_labels

from twolane.facts import FieldType
from twolane.fields.catalogue import known_fields

_WRITTEN = {
    FieldType.DATE: r"\d{4}-\d\d-\d\d",
    FieldType.PERIOD: r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d",
    FieldType.AMOUNT: r"-?\d+\.\d\d( [A-Z]{3})?",
    FieldType.IBAN: r"[A-Z]{2}\d\d[A-Z0-9]+",
    FieldType.VAT_ID: r"[A-Z]{2}[A-Z0-9]+",
    FieldType.LANGUAGE: r"[a-z]{2}",
}


def test_labels_are_written_as_values_are() -> None:
    # when
    wrong = [
        (document.file, field, value)
        for document in read_labels()
        for field, values in document.values.items()
        for value in values
        if value and value != NOT_SCORED
        if not re.fullmatch(_WRITTEN.get(known_fields()[field].type, r".*\S.*"), value)
    ]

    # then
    assert not wrong


def test_dates_of_labels_exist() -> None:
    # when
    dates = [
        one
        for document in read_labels()
        for field, values in document.values.items()
        for value in values
        if known_fields()[field].type in {FieldType.DATE, FieldType.PERIOD} and value not in {"", NOT_SCORED}
        for one in value.split("/")
    ]

    # then
    assert all(date.fromisoformat(one) for one in dates)


def test_each_document_is_in_the_half_of_its_sender() -> None:
    # when
    strays = [one.file for one in read_labels() if half_of(one.group) != one.half]

    # then
    assert not strays


def test_every_own_file_is_labelled_once() -> None:
    # given
    files = sorted(f"{half}/{path.name}" for half in HALVES for path in (FOLDER / half / "files").glob("*"))

    # when
    labelled = sorted(f"{one.half}/{one.file}" for one in read_labels() if one.set == OWN)

    # then
    assert labelled == files


def test_what_reads_alike_agrees() -> None:
    # then
    assert fold("Énergie & Cie., S.A.") == "energie cie s a"
    assert agrees("correspondent", "STADTWERKE HALDEN GMBH", ["Stadtwerke Halden GmbH"])
    assert agrees("number", "RE 2018/507", ["RE-2018-507"])
    assert agrees("date", "2025-03-31", ["2025-03-31"])
    assert not agrees("number", "RE-2018/508", ["RE-2018/507"])
    assert not agrees("date", "2025-03-30", ["2025-03-31"])
    assert not agrees("total_due", "571.04", ["571.04 EUR"])
    assert agrees("title", "", ["", "Invoice"])
