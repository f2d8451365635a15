"""Facts over a real library: what is known of a file, and a person's word on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.library import claim
from tests.support.scripted import scripted_app

from twolane.api.schemas.facts import FactOut
from twolane.app import App
from twolane.documents import (
    Classification,
    FileRecord,
    Filter,
    Page,
    Reading,
    ReadStatus,
    ReviewCause,
    Score,
    Tier,
)
from twolane.errors import FileReplacedError, NotFoundError, SettingsError
from twolane.facts import DocumentFact, FieldSource, FieldSpec, FieldType, FieldValue
from twolane.filing.asked import AskedFields
from twolane.ingest.drawn import Draws

INVOICE = """Stadtwerke Halden GmbH
Postfach 12, 12345 Halden
info@stadtwerke-halden.example

Rechnung Nr. {number}
Rechnungsdatum: {date}

Nettobetrag     479,87 EUR
19 % MwSt        91,18 EUR
Gesamtbetrag    571,05 EUR

Ihr Zeichen bei uns: {sign}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as opened:
        yield opened


def add(app: App, folder: Path, name: str, text: str) -> FileRecord:
    """Put a file into the library and through the steps that file it."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    app.library.add([path])
    for kind in ("read", "classify"):
        step = next(step for step in app.steps if step.kind == kind)
        step.handler(app.store.claim([kind], "tester", 60.0, limit=9).jobs)
    record = app.library.file_at(path)
    assert record is not None
    return record


def invoice(app: App, tmp_path: Path, number: str = "RE-2018/507", **more: str) -> FileRecord:
    said = {"date": "31. März 2025", "sign": "47-11", **more}
    return add(app, tmp_path / "in", f"{number.replace('/', '-')}.txt", INVOICE.format(number=number, **said))


def values(app: App, record: FileRecord) -> dict[str, FieldValue]:
    return {fact.spec.id: fact.value for fact in app.facts.of(record) if fact.value}


def test_a_file_has_its_facts_as_soon_as_it_is_filed(app: App, tmp_path: Path) -> None:
    # when
    record = invoice(app, tmp_path)

    # then
    facts = values(app, record)
    assert record.classification is not None
    assert record.classification.category == "invoice"
    assert {field: facts[field].value for field in ("date", "number", "total_due")} == {
        "date": "2025-03-31",
        "number": "RE-2018/507",
        "total_due": "571.05 EUR",
    }
    assert facts["total_due"].words == "571,05 EUR"
    assert record.dated_at is not None
    assert record.dated_at.isoformat() == "2025-03-31"


def test_what_a_category_asks_for_is_shown_though_nothing_was_found(app: App, tmp_path: Path) -> None:
    # when
    facts = app.facts.of(invoice(app, tmp_path))

    # then
    assert [fact.spec.id for fact in facts][:5] == ["date", "correspondent", "title", "language", "number"]
    assert next(fact for fact in facts if fact.spec.id == "iban").value is None


def test_a_person_stands_over_machines_and_takes_it_back(app: App, tmp_path: Path) -> None:
    # given
    record = invoice(app, tmp_path)

    # when
    app.facts.correct(record.file_id, "total_due", "479,87 €", by="ada")
    corrected = values(app, record)["total_due"]
    app.facts.undo(record.file_id, "total_due")

    # then
    assert (corrected.value, corrected.source) == ("479.87 EUR", FieldSource.PERSON)
    assert corrected.words == "479,87 EUR"
    assert corrected.before == "Nettobetrag"
    assert values(app, record)["total_due"].value == "571.05 EUR"
    [decision] = app.facts.history(record, "total_due")
    assert (decision.value.value, decision.by) == ("479.87 EUR", "ada")
    assert decision.undone_at > 0


@pytest.mark.parametrize(("confidence", "guess"), [(0.49, True), (0.5, False)])
def test_what_is_a_guess_is_said_to_programs_too(confidence: float, guess: bool) -> None:
    # given
    value = FieldValue("number", "RE-7", confidence, FieldSource.PATTERN)
    spec = FieldSpec("number", "Number", FieldType.NUMBER)

    # then
    assert FactOut.of(DocumentFact(spec, value)).guess is guess
    assert not FactOut.of(DocumentFact(spec)).guess


@pytest.mark.parametrize(
    ("typed", "value"),
    [("571.05", "571.05 EUR"), ("500", "500.00 EUR"), ("500 USD", "500.00 USD"), ("-3,5", "-3.50 EUR")],
)
def test_a_sum_without_its_currency_is_in_that_of_the_document(
    app: App, tmp_path: Path, typed: str, value: str
) -> None:
    # given
    record = invoice(app, tmp_path)

    # when
    app.facts.correct(record.file_id, "total_due", typed)

    # then
    assert values(app, record)["total_due"].value == value


def test_a_person_says_that_a_document_has_none(app: App, tmp_path: Path) -> None:
    # given
    record = invoice(app, tmp_path)

    # when
    left = app.facts.correct(record.file_id, "date", "")

    # then
    assert values(app, record)["date"].value == ""
    assert left.dated_at is None


def test_a_decision_outlives_the_next_drawing(app: App, tmp_path: Path) -> None:
    # given
    record = invoice(app, tmp_path)
    app.facts.correct(record.file_id, "number", "507")

    # when
    count = app.facts.redo()
    job = claim(app.store, ["fields"])
    assert job is not None
    next(step for step in app.steps if step.kind == "fields").handler([job])

    # then
    assert count == 1
    assert app.facts.left() == 0
    facts = values(app, record)
    assert (facts["number"].value, facts["total_due"].value) == ("507", "571.05 EUR")


def test_drawing_anew_goes_on_where_it_stopped(app: App, tmp_path: Path) -> None:
    # given two documents, of which one is done when it stops
    invoice(app, tmp_path, "A-1")
    invoice(app, tmp_path, "A-2")
    step = next(step for step in app.steps if step.kind == "fields")
    first = app.facts.redo()
    step.handler(app.store.claim(["fields"], "tester", 60.0).jobs)

    # when
    second = app.facts.redo()
    step.handler(app.store.claim(["fields"], "tester", 60.0).jobs)
    app.facts.redone()

    # then
    assert (first, second, app.facts.left()) == (2, 1, 0)
    assert app.facts.redo() == 2


def test_what_is_no_value_or_no_field_is_told(app: App, tmp_path: Path) -> None:
    # given
    record = invoice(app, tmp_path)

    # then
    with pytest.raises(SettingsError):
        app.facts.correct(record.file_id, "date", "someday")
    with pytest.raises(NotFoundError):
        app.facts.correct(record.file_id, "colour", "red")
    with pytest.raises(NotFoundError):
        app.facts.undo(record.file_id, "date")
    with pytest.raises(FileReplacedError):
        app.facts.correct(record.file_id, "date", "1.1.2025", document="another")
    assert app.facts.history(record, "date") == []


def test_facts_are_a_filter(app: App, tmp_path: Path) -> None:
    # given
    early = invoice(app, tmp_path, "A-1", date="2. Januar 2024")
    late = invoice(app, tmp_path, "A-2", date="31. März 2025")
    app.facts.correct(late.file_id, "correspondent", "Stadtwerke Halden GmbH")
    app.facts.tag(early.file_id, ["tax 2024"])

    def found(within: Filter) -> list[str]:
        return [record.path.stem for record in app.library.find(within).files]

    # then
    assert found(Filter(fields=app.facts.conditions(["number=A-2"]))) == ["A-2"]
    assert found(Filter(fields=app.facts.conditions(["date<=2024-12-31", "total_due>=571"]))) == ["A-1"]
    assert found(Filter(fields=app.facts.conditions(["total_due>=571,06"]))) == []
    assert "A-2" in found(Filter(correspondents=app.facts.correspondents(["halden"])))
    assert found(Filter(tags=("tax 2024",))) == ["A-1"]
    newest_first = [one.path.stem for one in app.library.find(order="date").files]
    assert newest_first == ["A-2", "A-1"]
    with pytest.raises(NotFoundError):
        app.facts.correspondents(["Nobody at all"])


def test_another_category_has_its_facts_drawn(app: App, tmp_path: Path) -> None:
    # given
    record = invoice(app, tmp_path)

    # when
    app.review.correct(record.file_id, "receipt")
    job = claim(app.store, ["fields"])
    assert job is not None
    next(step for step in app.steps if step.kind == "fields").handler([job])

    # then
    asked = [fact.spec.id for fact in app.facts.of(app.library.file(record.file_id))]
    assert "paid" in asked
    assert "due_date" not in asked


BILL = """Hafenwerk eG
Kai 7, 20457 Hamburg
DE89 3704 0044 0532 0130 00

Beleg {number} vom {date}
Vorgang {other}

Wasser und Strom am Liegeplatz, {date}
Summe 40,00 EUR
"""


def test_a_correction_teaches_how_the_next_paper_of_the_sender_is_read(app: App, tmp_path: Path) -> None:
    # given a paper whose number stands behind a word that announces none
    folder = tmp_path / "in"
    first = add(app, folder, "1.txt", BILL.format(number="A-1", date="02.01.2025", other="V-71/25"))
    app.review.correct(first.file_id, "invoice")
    app.facts.correct(first.file_id, "correspondent", "Hafenwerk eG")
    app.facts.correct(first.file_id, "number", "V-71/25")

    # when
    second = add(app, folder, "2.txt", BILL.format(number="A-2", date="03.02.2025", other="V-98/25"))
    app.review.correct(second.file_id, "invoice")
    while job := claim(app.store, ["fields"]):
        next(step for step in app.steps if step.kind == "fields").handler([job])

    # then
    facts = values(app, second)
    assert facts["correspondent"].value == "Hafenwerk eG"
    assert (facts["number"].value, facts["number"].source) == ("V-98/25", FieldSource.SENDER)


def test_a_name_that_was_written_wrongly_and_taken_back_is_nobodys(app: App, tmp_path: Path) -> None:
    # given
    first, second = invoice(app, tmp_path), invoice(app, tmp_path, number="RE-2018/508")
    before = [(one.name, one.names) for one in app.correspondents.list()]

    # when
    app.facts.correct(first.file_id, "correspondent", "Stadtwerke Haldern GmbH")
    app.facts.correct(second.file_id, "correspondent", "Stadtwerke Haldern GmbH")
    app.facts.correct(second.file_id, "correspondent", "")
    app.facts.undo(second.file_id, "correspondent")
    app.facts.undo(first.file_id, "correspondent")
    one_left = {one.name for one in app.correspondents.list()}
    app.facts.undo(second.file_id, "correspondent")

    # then
    assert one_left == {"Stadtwerke Haldern GmbH"}
    assert [(one.name, one.names) for one in app.correspondents.list()] == before


def test_what_may_be_of_two_kinds_has_what_both_ask_for(app: App, tmp_path: Path) -> None:
    # given a classification that is not sure
    reading = Reading(
        ReadStatus.TEXT, "text/plain", (Page(1, INVOICE.format(number="A-1", date="1.2.2025", sign="x")),)
    )
    scores = (Score("receipt", 0.6), Score("invoice", 0.3), Score("certificate", 0.1))
    unsure = Classification("receipt", 0.6, Tier.SIMILARITY, "", ReviewCause.UNSURE, scores)
    draws = Draws(app.store, AskedFields(app.current))

    # when
    machine = {value.field for value in draws.drawn(reading, tmp_path, unsure).values}
    person = {
        value.field for value in draws.drawn(reading, tmp_path, replace(unsure, tier=Tier.PERSON)).values
    }

    # then
    assert "total_due" in machine
    assert "total_due" not in person
