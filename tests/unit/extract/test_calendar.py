"""Calendars and contact cards: what people read of them, and what they state."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

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
        "Repeats: every 2 weeks, on Thursday, 3 times",
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


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month, on last Friday"),
        ("FREQ=MONTHLY;BYDAY=2TU", "every month, on second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "every month, on first of Monday, Tuesday"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month, on day last"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=9", "every year, on day 9, in month 3"),
        ("FREQ=DAILY;UNTIL=20261231T225959Z", "every day, until 2026-12-31 22:59:59 (UTC)"),
        ("W1 TU #0", "W1 TU #0"),
    ],
)
def test_rules_of_repetition_are_said_in_words(read: Read, rule: str, words: str) -> None:
    assert f"Repeats: {words}" in read(calendar("SUMMARY:Chor", f"RRULE:{rule}"), "x.ics").text


@pytest.mark.parametrize(
    ("method", "line"),
    [("REQUEST", "Kind: invitation"), ("CANCEL", "Kind: cancelled"), ("REPLY", "Lin <lin@a> (accepted)")],
)
def test_what_a_calendar_was_sent_for_is_said(read: Read, method: str, line: str) -> None:
    # given
    attendee = "ATTENDEE;CN=Lin;PARTSTAT=ACCEPTED:mailto:lin@a"

    # when / then
    assert line in read(calendar("SUMMARY:Chor", attendee, head=f"METHOD:{method}\r\n"), "x.ics").text


def test_the_two_clocks_of_a_flight_are_both_said(read: Read) -> None:
    # given
    flight = ("DTSTART;TZID=Asia/Tokyo:20260611T170000", "DTEND;TZID=America/Los_Angeles:20260611T103000")

    # when / then
    assert (
        "When: 2026-06-11 17:00 (Asia/Tokyo) – 2026-06-11 10:30 (America/Los_Angeles)"
        in read(calendar("SUMMARY:LH 1", *flight), "x.ics").text
    )


def test_a_folded_line_of_an_old_card_keeps_its_space(read: Read) -> None:
    """roundcubemail#9647."""
    # given
    card = b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Jane Doe\r\nNOTE:an\r\n example\r\nEND:VCARD\r\n"

    # when / then
    assert "Note: an example" in read(card, "x.vcf").text


def test_lines_that_are_folded_within_a_letter_are_whole(read: Read) -> None:
    """libical#427, golang-ical#7."""
    # given
    ics = calendar("SUMMARY:Küche").replace("ü".encode(), b"\xc3\r\n \xbc")

    # when / then
    assert read(ics, "x.ics").title == "Küche"


def test_what_is_changed_of_a_series_is_said(read: Read) -> None:
    # given
    lines = ("SUMMARY:Chor", "RECURRENCE-ID:20260618T143000", "STATUS:CANCELLED", "RDATE:20260620T100000")

    # when
    text = read(calendar(*lines), "x.ics").text

    # then
    assert "Instead of: 2026-06-18 14:30" in text
    assert "Also: 2026-06-20 10:00" in text
    assert "Status: CANCELLED" in text


def test_a_text_in_html_alone_is_read(read: Read) -> None:
    assert (
        "Bring cake"
        in read(calendar("SUMMARY:A", "X-ALT-DESC;FMTTYPE=text/html:<p>Bring <b>cake</b></p>"), "x").text
    )


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        ("item1.TEL:+46 70\nitem1.X-ABLabel:Sommarstuga", "Telephone (Sommarstuga): +46 70"),
        ("item2.X-ABDATE:20100612\nitem2.X-ABLabel:_$!<Anniversary>!$_", "Date (Anniversary): 2010-06-12"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-09", "Birthday: 03-09"),
        ("BDAY:--0309", "Birthday: 03-09"),
        ("ADR:;;Väg 4;Los Ang\n eles;CA;;", "Address: Väg 4, Los Angeles, CA"),  # jeroendesloovere/vcard#95
        ("TITLE;ENCODING=QUOTED-PRINTABLE:=D0=92=\n =D0=B8", "Position: Ви"),  # ez-vcard#80
        ("TITLE;ENCODING=QUOTED-PRINTABLE:=D0=92=\n=D0=B8", "Position: Ви"),  # jeroendesloovere/vcard#206
        ("ADR;LABEL=x;TYPE=WORK:;;Väg 4;Åmål;;66230;Sverige", "Address (work): Väg 4, Åmål, 66230, Sverige"),
        ("PHOTO;ENCODING=BASE64:AAAA\nNOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0Ab", "Note: a\nb"),
    ],
)
def test_the_lines_of_cards_as_phones_write_them(read: Read, lines: str, row: str) -> None:
    assert row in read(f"BEGIN:VCARD\nVERSION:3.0\nFN:Lin\n{lines}\nEND:VCARD\n".encode(), "x.vcf").text


def test_the_cases_of_calendars_and_cards(read: Read) -> None:
    """paperless-ngx mail (E03), vCard 2.1 with quoted-printable names (E28)."""
    # given
    cases = Path(__file__).parents[2] / "data" / "cases"

    # when
    event = read((cases / "E03" / "event.ics").read_bytes(), "event.ics")
    card = read((cases / "E28" / "Lin Abara.vcf").read_bytes(), "Lin Abara.vcf")

    # then
    assert "When: 2026-06-11 14:30" in event.text
    assert "Where: Amselweg 4, second floor" in event.text
    assert "bonus booklet" in event.text
    assert "Lin Åberg" in card.text


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
