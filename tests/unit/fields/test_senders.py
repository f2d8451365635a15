"""Who wrote a document, and what tells that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twolane.documents import Page, Reading, ReadStatus
from twolane.facts import (
    CORRESPONDENT,
    Correspondent,
    FieldSource,
    FieldSpec,
    FieldType,
    FieldValue,
    MarkKind,
    Origin,
    SenderMark,
    Stated,
)
from twolane.fields.catalogue import known_fields
from twolane.fields.draw import Drawing, Taught, draw

LETTERS = {
    "Stadtwerke Halden GmbH": (
        "de",
        """Stadtwerke Halden GmbH · Am Markt 1 · 29907 Halden

Herrn
Jonas Brink
Birkenweg 8
29907 Halden

Halden, 4. März 2025

Ihre Abschläge

Sehr geehrter Herr Brink,
wir senken Ihren Abschlag.

Mit freundlichen Grüßen
Stadtwerke Halden GmbH
""",
    ),
    "Anna Weber": (
        "de",
        """Anna Weber
Lindenstraße 12
70184 Stuttgart

Hausverwaltung Krüger GmbH
Königstr. 5
70173 Stuttgart

Sehr geehrte Damen und Herren,
hiermit kündige ich.

Mit freundlichen Grüßen

Anna Weber
""",
    ),
    "Woningcorporatie De Linde": (
        "nl",
        """Woningcorporatie De Linde
Postbus 120
3500 AC Utrecht

Dhr. P. Jansen
Merelstraat 14
3514 CN Utrecht

Geachte heer Jansen,
""",
    ),
    "Управляющая компания «Уют»": (
        "ru",
        """Управляющая компания «Уют»
г. Пермь, ул. Мира, 15

Уважаемая Анна Сергеевна!
Сообщаем, что будет отключена вода.
""",
    ),
    "临江电力有限公司": (
        "zh",
        """停电通知

尊敬的客户：
因线路检修将停电。

临江电力有限公司
2025年9月10日
""",
    ),
    "شركة مياه النخيل": (
        "ar",
        """شركة مياه النخيل
التاريخ: 2 أكتوبر 2025
السادة المشتركون الكرام،
ستقطع المياه.
""",
    ),
}


PIECES = [
    *("Rechnung Nr. 5/24", "Total: 12,50 €", "12.03.2024", "Datum:", "IBAN DE89 3704 0044 0532 0130 00"),
    *("Net\tTax\tTotal", "100.00\t20.00\t120.00", "\u202e٣٫٥ ر.س", "№ 7", "İstanbul ß ﬁ", "合计：¥5"),
]


def reading(text: str, language: str) -> Reading:
    return Reading(ReadStatus.TEXT, "text/plain", pages=(Page(1, text),), language=language)


def specs(*fields: str) -> list[FieldSpec]:
    return [known_fields()[field] for field in fields]


@pytest.mark.parametrize("name", LETTERS)
def test_the_one_who_writes_is_told_from_the_one_who_is_written_to(name: str) -> None:
    # given
    language, text = LETTERS[name]

    # when
    (value,) = draw(reading(text, language), Path("letter.txt"), specs(CORRESPONDENT)).values

    # then
    assert value.value == name


def test_marks_are_those_of_the_sender_alone() -> None:
    # given
    text = """Bill to:
Taylor Riddel
taylor@riddel.example

Harbour Repairs Ltd
office@harbour.example
IBAN: DE89 3704 0044 0532 0130 00
"""

    # when
    drawing = Drawing(reading(text, "en"), Path("bill.txt"), specs(CORRESPONDENT))

    # then
    assert drawing.marks == (
        SenderMark(MarkKind.MAIL, "office@harbour.example"),
        SenderMark(MarkKind.IBAN, "DE89370400440532013000"),
    )


def test_a_sender_who_is_known_by_marks_has_the_name_that_is_known() -> None:
    # given
    sender = Correspondent(7, "Stadtwerke Halden", ("SW Halden GmbH",))

    # when
    (value,) = draw(
        reading("SW Halden GmbH\nAm Markt 1", "de"), Path("x"), specs(CORRESPONDENT), Taught(sender)
    ).values

    # then
    assert value.value == "Stadtwerke Halden"
    assert value.words == "SW Halden GmbH"


@pytest.mark.parametrize(
    ("stated", "lessons", "expected"),
    [
        ("Nordwind GmbH", (), "Nordwind GmbH"),  # with the accountant of another firm
        ("SW Halden GmbH", (), "Stadtwerke Halden"),
        ("Nordwind GmbH", (FieldValue(CORRESPONDENT, "x", 1.0, FieldSource.PERSON),), "Stadtwerke Halden"),
    ],
)
def test_a_paper_that_clearly_says_whom_it_is_from_is_theirs_whatever_it_bears(
    stated: str, lessons: tuple[FieldValue, ...], expected: str
) -> None:
    # given
    paper = replace(
        reading("Payable to our account", "en"), stated=(Stated(CORRESPONDENT, stated, Origin.INVOICE),)
    )
    sender = Correspondent(7, "Stadtwerke Halden", ("Stadtwerke Halden",))

    # when
    (value,) = draw(paper, Path("x"), specs(CORRESPONDENT), Taught(sender, lessons)).values

    # then
    assert value.value == expected


def test_a_person_teaches_where_the_senders_next_paper_has_its_number() -> None:
    # given
    text = "Vorgang 4711\nBlatt 88-12\nSchreiben des Hauses\n"
    lesson = FieldValue("number", "71-03", 1.0, FieldSource.PERSON, "71-03", before="Blatt")

    # when
    (value,) = draw(
        reading(text, "de"), Path("x"), specs("number"), Taught(Correspondent(1, "A"), [lesson])
    ).values

    # then
    assert value.value == "88-12"
    assert value.source is FieldSource.SENDER


def test_what_the_file_states_and_its_text_says_is_surer_than_either() -> None:
    # given
    text = reading("Invoice date: 12 March 2024", "en")
    both = replace(text, stated=(Stated("date", "2024-03-12", "mail header"),))

    # when
    (alone,) = draw(text, Path("x"), specs("date")).values
    (value,) = draw(both, Path("x"), specs("date")).values

    # then
    assert value.source is FieldSource.FILE
    assert value.confidence >= alone.confidence
    assert value.place == alone.place


def test_a_field_of_ones_own_is_found_by_its_labels() -> None:
    # given
    grade = FieldSpec("grade", "Grade", FieldType.TEXT, labels=("Note", "Gesamtnote"))
    meter = FieldSpec("meter", "Meter", FieldType.QUANTITY, labels=("Zählerstand",))

    # when
    drawn = draw(reading("Gesamtnote: sehr gut\nZählerstand: 1.204,5\n", "de"), Path("x"), [grade, meter])

    # then
    assert {value.field: value.value for value in drawn.values} == {"grade": "sehr gut", "meter": "1204.5"}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(PIECES),
        ),
        max_size=30,
    ),
    st.sampled_from(["", "en", "de", "ru", "zh", "ar"]),
)
def test_any_text_can_be_drawn_from_and_words_stand_where_they_are_said_to(
    lines: list[str], language: str
) -> None:
    # given
    text = "\n".join(lines)

    # when
    drawn = draw(reading(text, language), Path("x"), list(known_fields().values()))

    # then
    for value in drawn.values:
        assert 0 < value.confidence <= 0.98
        if value.place:
            assert text[value.place.start : value.place.end] == value.words
