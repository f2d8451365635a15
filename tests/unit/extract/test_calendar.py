"""Calendars and contact cards: what people read of them, and what they state."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.extract.conftest import Read

from twolane.documents import Reading, ReadStatus
from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin


def calendar(*lines: str, head: str = "") -> bytes:
    body = "\r\n".join(["BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{body}\r\nEND:VCALENDAR\r\n".encode()


def said(reading: Reading) -> dict[str, str]:
    return {one.field: one.value for one in reading.stated}


def test_an_event_is_a_page_that_people_read(read: Read) -> None:
    # given
    ics = calendar(
        "DTSTART;TZID=Europe/Berlin:20260611T143000",
        "DTEND;TZID=Europe/Berlin:20260611T150000",
        "SUMMARY:Kontrolle bei Dr. Øster",
        "LOCATION:Amselweg 4\\, zweiter Stock",
        'ORGANIZER;CN="Praxis; Øster":mailto:praxis@zahn.example',
        "ATTENDEE;CN=Lin;PARTSTAT=ACCEPTED:mailto:lin@home.example",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@home.example",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;COUNT=3",
        "DESCRIPTION:Bitte das Bonus",
        " heft\\nund die Karte mitbringen",
        "BEGIN:VALARM",
        "DESCRIPTION:Weck mich",
        "END:VALARM",
    )

    # when
    reading = read(ics, "x.ics")

    # then
    assert reading.media_type == "text/calendar"
    assert reading.title == "Kontrolle bei Dr. Øster"
    assert reading.text.split("\n") == [
        "# Kontrolle bei Dr. Øster",
        "",
        "When: 2026-06-11 14:30 – 15:00 (Europe/Berlin)",
        "Repeats: every 2 weeks, on TH, 3 times",
        "Where: Amselweg 4, zweiter Stock",
        "Organizer: Praxis; Øster <praxis@zahn.example>",
        "Attendees: Lin <lin@home.example>, bo@home.example (declined)",
        "",
        "Bitte das Bonusheft",
        "und die Karte mitbringen",
    ]
    assert said(reading) == {
        "start_date": "2026-06-11 14:30",
        "end_date": "2026-06-11 15:00",
        TITLE: "Kontrolle bei Dr. Øster",
        DATE: "2026-06-11 14:30",
        CORRESPONDENT: "Praxis; Øster <praxis@zahn.example>",
    }


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (["DTSTART:20260611T123000Z", "DTEND:20260611T130000Z"], "2026-06-11 12:30 – 13:00 (UTC)"),
        (["DTSTART:20260611T143000"], "2026-06-11 14:30"),
        (["DTSTART;VALUE=DATE:20260611", "DTEND;VALUE=DATE:20260614"], "2026-06-11 – 2026-06-13"),
        (["DTSTART;VALUE=DATE:20260611", "DTEND;VALUE=DATE:20260612"], "2026-06-11"),
        (["DTSTART;VALUE=DATE:20260611", "DURATION:P2D"], "2026-06-11 – 2026-06-12"),
        (["DTSTART:20260611T233000", "DURATION:PT1H30M"], "2026-06-11 23:30 – 2026-06-12 01:00"),
        (["DTSTART:20260611T143000", "DTEND:20250611T143000"], "2026-06-11 14:30"),
        (["DTSTART;TZID=/free.example/Tz/Europe/Oslo:20260611T143000"], "2026-06-11 14:30 (Europe/Oslo)"),
        (
            ["DTSTART;TZID=W. Europe Standard Time:20260611T143000"],
            "2026-06-11 14:30 (W. Europe Standard Time)",
        ),
        (["DTSTART;VALUE=DATE:99991231", "DURATION:P9999W"], "9999-12-31"),
    ],
)
def test_times_are_those_of_the_place_and_last_days_are_included(
    read: Read, lines: list[str], when: str
) -> None:
    # when
    reading = read(calendar("SUMMARY:Tag", *lines), "x.ics")

    # then
    assert f"When: {when}\n" in reading.text + "\n"


def test_times_of_utc_are_shown_on_the_calendars_own_clock(read: Read) -> None:
    # given
    ics = calendar("SUMMARY:Tag", "DTSTART:20260611T223000Z", head="X-WR-TIMEZONE:Europe/Berlin\r\n")

    # when / then
    assert "When: 2026-06-12 00:30 (Europe/Berlin)" in read(ics, "x.ics").text


@pytest.mark.parametrize("moment", ["20260231T999999", "yesterday", "", "00000000", "20260611T14300"])
def test_an_impossible_time_leaves_the_rest(read: Read, moment: str) -> None:
    # when
    reading = read(calendar("SUMMARY:Tag der offenen Tür", f"DTSTART:{moment}"), "x.ics")

    # then
    assert reading.text == "# Tag der offenen Tür"
    assert said(reading).get(DATE) is None


def test_each_entry_of_a_calendar_is_a_page_and_states_nothing_of_its_own(read: Read) -> None:
    # given
    second = "BEGIN:VTODO\r\nUID:2\r\nSUMMARY:Steuer\r\nDUE;VALUE=DATE:20260731\r\nEND:VTODO\r\nEND:VCALENDAR"
    ics = calendar("SUMMARY:Feier", "DTSTART:20260611T143000", head="X-WR-CALNAME:Familie\r\n").decode()

    # when
    reading = read(ics.replace("END:VCALENDAR", second).encode(), "x")

    # then
    assert [page.label for page in reading.pages] == ["Feier", "Steuer"]
    assert "Due: 2026-07-31" in reading.pages[1].text
    assert said(reading) == {TITLE: "Familie"}


def test_a_series_with_an_exception_is_one_event(read: Read) -> None:
    # given
    moved = (
        "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20260618T143000\r\nSUMMARY:Chor\r\nEND:VEVENT"
    )
    ics = calendar("SUMMARY:Chor", "DTSTART:20260611T143000", "RRULE:FREQ=WEEKLY").decode()

    # when / then
    assert said(read(ics.replace("END:VEVENT", moved).encode(), "x.ics"))[DATE] == "2026-06-11 14:30"


def test_a_calendar_that_is_cut_off_is_read_as_far_as_it_goes(read: Read) -> None:
    # when
    reading = read(calendar("SUMMARY:Chor", "DTSTART:20260611T143000")[:-25], "x.ics")

    # then
    assert "When: 2026-06-11 14:30" in reading.text


def test_a_calendar_without_entries_is_said_to_be_empty(read: Read) -> None:
    # when / then
    assert read(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", "x.ics").status is ReadStatus.EMPTY


def test_an_invitation_in_a_mail_is_read_once_and_states_its_days(read: Read) -> None:
    # given
    ics = calendar("SUMMARY:Chor", "DTSTART:20260611T143000")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Ada <ada@chor.example>", "Einladung"
    mail["Date"] = "Tue, 05 May 2026 10:00:00 +0200"
    mail.set_content("Kommst du?")
    mail.add_alternative(ics.decode(), subtype="calendar")
    mail.add_attachment(ics, maintype="application", subtype="ics", filename="invite.ics")

    # when
    reading = read(mail.as_bytes(), "x.eml")

    # then
    assert len(reading.pages) == 1
    assert reading.text.count("When: 2026-06-11 14:30") == 1
    assert "DTSTART" not in reading.text
    assert said(reading)[DATE] == "Tue, 05 May 2026 10:00:00 +0200"
    assert said(reading)["start_date"] == "2026-06-11 14:30"


def test_a_contact_card_is_a_page_that_people_read(read: Read) -> None:
    # given
    vcf = (
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Lin Åberg\r\nN:Åberg;Lin;;;\r\nORG:Kraft\\, Licht;Netz\r\n"
        'item1.TEL;TYPE="work,voice":tel:+46-70-555-0101\r\nEMAIL:lin@kraft.example\r\n'
        "ADR;TYPE=HOME:;;Väg 4;Åmål;;66230;Sverige\r\nBDAY:19850309\r\nREV:20240305T101112Z\r\n"
        "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\nNOTE:Ring\\nefter nio\r\nEND:VCARD\r\n"
    )

    # when
    reading = read(vcf.encode(), "x.vcf")

    # then
    assert reading.media_type == "text/vcard"
    assert reading.text.split("\n") == [
        "# Lin Åberg",
        "",
        "Organisation: Kraft, Licht, Netz",
        "Telephone (work): +46-70-555-0101",
        "Mail: lin@kraft.example",
        "Address (home): Väg 4, Åmål, 66230, Sverige",
        "Birthday: 1985-03-09",
        "Note: Ring",
        "efter nio",
    ]
    assert said(reading) == {TITLE: "Lin Åberg", CORRESPONDENT: "Lin Åberg", DATE: "20240305T101112Z"}
    assert {one.origin for one in reading.stated} == {Origin.CARD}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85berg;Lin", "Lin Åberg"),
        ("FN;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Lin =C5b=\r\nerg", "Lin Åberg"),
        ("N:王;小明;;;", "小明 王"),
        ("ORG:Stadtwerke Halden", "Stadtwerke Halden"),
    ],
)
def test_names_of_old_and_poor_cards_are_read(read: Read, line: str, name: str) -> None:
    # when / then
    assert read(f"BEGIN:VCARD\r\nVERSION:2.1\r\n{line}\r\nEND:VCARD\r\n".encode(), "x.vcf").title == name


def test_an_address_book_has_a_page_a_card(read: Read) -> None:
    # given
    cards = "".join(f"BEGIN:VCARD\nFN:{name}\nEND:VCARD\n" for name in ("Ada", "Bo", "李"))

    # when
    reading = read(cards.encode(), "x.vcf")

    # then
    assert [page.label for page in reading.pages] == ["Ada", "Bo", "李"]
    assert reading.stated == ()


_PIECES = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VCARD",
        "END:VCARD",
        "DTSTART",
        "20260611T143000Z",
        "P1D",
        "DURATION",
    ]
) | st.sampled_from(
    ["RRULE:FREQ=DAILY", "N;ENCODING=QUOTED-PRINTABLE:=", "TZID=", *':;="\\ ', "\n", "\n ", "é", "\0"]
)


@given(st.sampled_from(["BEGIN:VCALENDAR\n", "BEGIN:VCARD\n"]), st.lists(_PIECES, max_size=60))
def test_no_lines_whatever_break_the_reader(beginning: str, pieces: list[str]) -> None:
    # when
    reading = read_source(SourceFile.of((beginning + "".join(pieces)).encode(), "x"), Limits(ocr="off"))

    # then
    assert reading.status in {ReadStatus.TEXT, ReadStatus.EMPTY, ReadStatus.UNSUPPORTED}
