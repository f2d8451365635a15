"""Mails that people reported to programs of this kind: what is read of them, by the report."""

from __future__ import annotations

import plistlib

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import msg_folder, stored

from twolane.documents import ReadStatus

_HEADERS = (
    "From: {name} <b@example.com>\nTo: ada@example.com\nSubject: {subject}\n"
    "Date: Tue, 03 Mar 2026 09:00:00 +0100\nMIME-Version: 1.0\n"
)


def mail(body: str, subject: str = "Note", name: str = "Ben") -> str:
    return (_HEADERS.format(name=name, subject=subject) + body).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("encoding", "name", "subject", "body"),
    [
        pytest.param(
            "cp1251",
            "Иван",
            "Договор аренды квартиры",
            "Content-Type: text/plain; charset=windows-1251\n\nСрок до 31 августа.",
            id="eml_parser#24",
        ),
        pytest.param(
            "koi8-r",
            "Ольга",
            "Напоминание об оплате",
            "Content-Type: multipart/alternative; boundary=x\n\n--x\n"
            "Content-Type: text/plain; charset=koi8-r\n\nОплатить до пятницы\n--x--\n",
            id="of-a-part",
        ),
        pytest.param(
            "cp1250",
            "Łukasz Żółw",
            "Przypomnienie o zapłacie składki członkowskiej",
            "\nProszę zapłacić składkę do końca miesiąca, 120 zł.\n",
            id="named-nowhere",
        ),
    ],
)
def test_headers_that_break_the_rules_are_in_the_encoding_of_the_mail(
    read: Read, encoding: str, name: str, subject: str, body: str
) -> None:
    reading = read(mail(body, subject, name).encode(encoding), "x.eml")

    assert reading.title == subject
    assert reading.text.startswith(f"From: {name} <b@example.com>")


def test_names_of_files_that_break_the_rules_too(read: Read) -> None:
    # given
    body = (
        "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
        "Content-Type: text/plain; charset=windows-1251\n\nСмотри вложение\n--x\n"
        'Content-Type: text/plain; name="Счёт.txt"\n'
        'Content-Disposition: attachment; filename="Счёт.txt"\n\nк оплате 4500 руб\n--x--\n'
    )

    # when
    reading = read(mail(body).encode("cp1251"), "x.eml")

    # then
    assert "Attachments: Счёт.txt" in reading.text


@pytest.mark.parametrize("before", ["\ufeff", "\r\n\r\n", "\n \n"], ids=["mark", "lines", "blank-lines"])
def test_what_stands_before_the_headers_does_not_end_them(read: Read, before: str) -> None:
    """eml_parser#24, and editors that write a byte order mark."""
    body = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>5 =E2=82=AC</p>"

    reading = read((before + mail(body)).encode(), "x.eml")

    assert reading.text.endswith("\n\n5 €")


def saved(markup: str, *frames: dict[str, object], encoding: str = "utf-8") -> dict[str, object]:
    """Return a page as Safari saves it, with its frames."""
    page = {"WebResourceData": markup.encode(encoding), "WebResourceTextEncodingName": encoding}
    return {"WebMainResource": page, "WebSubframeArchives": list(frames)}


def test_a_page_that_safari_saved_with_its_frames(read: Read) -> None:
    """tika (webarchive): the page is no list of properties."""
    # given
    frame = saved("<p>Оплата до 5 мая</p>", encoding="windows-1251")
    page = saved("<title>Reserva</title><p>Reserva 7788 — 2 noches</p>", frame)

    # when
    reading = read(plistlib.dumps(page, fmt=plistlib.FMT_BINARY), "reserva.webarchive")

    # then
    assert (reading.title, reading.media_type) == ("Reserva", "application/x-webarchive")
    assert reading.text == "Reserva 7788 — 2 noches\n\nОплата до 5 мая"


def test_frames_in_frames_end_at_a_depth_and_a_cut_off_page_is_damaged(read: Read) -> None:
    # given
    page = saved("<p>innermost</p>")
    for _ in range(200):
        page = saved("<p>around</p>", page)
    data = plistlib.dumps(page, fmt=plistlib.FMT_BINARY)

    # when
    whole, cut = read(data, "x.webarchive"), read(data[:-40], "x.webarchive")

    # then
    assert whole.text.count("around") == 4
    assert cut.status is ReadStatus.DAMAGED


def test_a_page_of_outlook_without_a_code_page_names_its_own(read: Read) -> None:
    """MSGReader#406: Greek in the HTML of a message."""
    # given
    page = '<meta content="text/html; charset=windows-1253"><p>Το συμβόλαιο λήγει στις 31 Μαΐου</p>'
    item = msg_folder({0x37: "Συμβόλαιο", 0x0C1A: "Ben", 0x1013: page.encode("cp1253")})

    # when
    reading = read(stored(item), "x.msg")

    # then
    assert "Το συμβόλαιο λήγει στις 31 Μαΐου" in reading.text
