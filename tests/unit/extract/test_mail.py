"""Mail: what people read of it, and what is attached."""

from __future__ import annotations

import struct
from email.message import EmailMessage

from tests.unit.extract.conftest import Read
from tests.unit.extract.made import ole, pdf

from twolane.documents import ReadStatus
from twolane.facts import TITLE, Origin, Stated


def message(subject: str = "Größe") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@example.com>", "bob@example.com", subject
    mail["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    return mail


def test_headers_first_then_the_body(read: Read) -> None:
    # given
    mail = message()
    mail.set_content("The body.")
    mail.add_alternative("<p>The body in HTML.</p>", subtype="html")

    # when
    reading = read(mail.as_bytes(), "x.eml")

    # then
    assert reading.title == "Größe"
    assert reading.text.startswith(
        "From: Ada <ada@example.com>\nTo: bob@example.com\nSubject: Größe\nDate: Mon"
    )
    assert reading.text.endswith("The body.")


def test_html_where_there_is_no_plain_text(read: Read) -> None:
    # given
    mail = message()
    mail.set_content("<p>Only <b>this</b>.</p>", subtype="html")

    # when
    reading = read(mail.as_bytes(), "x.eml")

    # then
    assert reading.text.endswith("Only this.")


def test_attachments_are_named_and_read(read: Read) -> None:
    # given
    mail = message()
    mail.set_content("See the attachments.")
    mail.add_attachment(
        pdf([["inside the PDF"]]), maintype="application", subtype="pdf", filename="offer.pdf"
    )
    mail.add_attachment(b"PK\x05\x06" + bytes(18), maintype="application", subtype="zip", filename="all.zip")

    # when
    reading = read(mail.as_bytes(), "x.eml")

    # then
    assert "Attachments: offer.pdf, all.zip" in reading.pages[0].text
    assert reading.pages[1].text == "inside the PDF"
    assert reading.pages[1].label == "offer.pdf"
    assert "all.zip not read" in reading.note


def test_mail_in_mail_ends_at_a_depth(read: Read) -> None:
    # given
    mail = message("level 5")
    mail.set_content("innermost")
    for level in range(4, -1, -1):
        outer = message(f"level {level}")
        outer.set_content(f"body {level}")
        outer.add_attachment(mail)
        mail = outer

    # when
    reading = read(mail.as_bytes(), "x.eml")

    # then
    assert [page.text.rpartition("body ")[2][0] for page in reading.pages] == ["0", "1", "2"]


def test_hundreds_of_nested_parts(read: Read) -> None:
    # given
    inner = b"Content-Type: text/plain\r\n\r\nhello\r\n"
    for level in range(400):
        mark = b"b%d" % level
        inner = b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n%b\r\n--%b--\r\n" % (
            mark,
            mark,
            inner,
            mark,
        )

    # when
    reading = read(b"From: a@example.com\r\nSubject: nested\r\nMIME-Version: 1.0\r\n" + inner, "x.eml")

    # then
    assert reading.status in {ReadStatus.TEXT, ReadStatus.DAMAGED}


def test_headers_that_break_the_rules(read: Read) -> None:
    # given
    headers = (
        b"From: =?utf-8?q?=FF=FE?= <\xff>\r\nDate: yesterday\r\nSubject: =?x-unknown?B?!!!?= caf\xe9\r\n"
    )
    data = headers + b"\r\nbody \xff\r\n"

    # when
    reading = read(data, "x.eml")

    # then
    assert "body" in reading.text
    assert "caf" in reading.title
    reading.text.encode("utf-8")


def test_mbox_mail_by_mail(read: Read) -> None:
    # given
    one = (
        b"From ada@example.com Mon Jan  1 10:00:00 2024\nFrom: ada@example.com\nSubject: %b\n\nbody of %b\n\n"
    )

    # when
    reading = read(one % (b"first", b"first") + one % (b"second", b"second"), "box")

    # then
    assert [page.label for page in reading.pages] == ["first", "second"]


def test_outlook_message(read: Read) -> None:
    # given
    header = bytes(32)
    properties = header + b"".join(
        struct.pack("<IIII", tag, 6, 20, 0) for tag in (0x0037001F, 0x1000001F, 0x0C1A001F)
    )
    data = ole(
        {
            "__properties_version1.0": properties,
            "__substg1.0_0037001F": "Quarry survey".encode("utf-16-le"),
            "__substg1.0_1000001F": "The survey is attached.".encode("utf-16-le"),
        }
    )

    # when
    reading = read(data, "x.msg")

    # then
    assert reading.title == "Quarry survey"
    assert "The survey is attached." in reading.text
    assert reading.stated == (Stated(TITLE, "Quarry survey", Origin.MAIL),)


def test_a_mailbox_gives_the_attachments_of_its_mails_too(read: Read) -> None:
    # given
    start = b"From ada@example.com Mon Jan  1 10:00:00 2024\n"
    first, second = message("First"), message("Second")
    first.set_content("See the attachment.")
    first.add_attachment(pdf([["in the PDF"]]), maintype="application", subtype="pdf", filename="a.pdf")
    second.set_content("Nothing more.")

    # when
    reading = read(start + first.as_bytes() + b"\n" + start + second.as_bytes(), "all.mbox")

    # then
    assert [page.label for page in reading.pages] == ["First", "a.pdf", "Second"]
    assert reading.seen == 1
    assert reading.title == ""


def test_the_styles_of_a_saved_page_are_no_text_of_it(read: Read) -> None:
    # given
    mail = message()
    mail.set_content("<p>The ferry leaves at nine.</p>", subtype="html")
    mail.make_mixed()
    for kind, content in (("css", "p { color: red } " * 200), ("javascript", "alert(1) " * 200)):
        part = EmailMessage()
        part.set_content(content, subtype=kind)
        mail.attach(part)

    # when
    reading = read(mail.as_bytes(), "x.mhtml")

    # then
    assert reading.text.endswith("The ferry leaves at nine.")


def test_latin_1_with_a_euro_sign_is_what_windows_calls_so(read: Read) -> None:
    # given
    data = b"Subject: Rate\nFrom: a@b.example\nMIME-Version: 1.0\n"
    data += b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n"

    # when
    reading = read(data + "1.240,50 € – zahlbar".encode("cp1252"), "x.eml")

    # then
    assert reading.text.endswith("1.240,50 € – zahlbar")


def test_an_encoding_with_a_zero_in_its_name_costs_no_text(read: Read) -> None:
    # given
    data = b"From: a@b.example\nSubject: Rate\nDate: Mon, 01 Jan 2024 10:00:00 +0000\n"
    data += b'Content-Type: text/plain; charset="utf\0-8"\n\nGr\xc3\xbc\xc3\x9fe'

    # when
    reading = read(data, "x.eml")

    # then
    assert reading.text.endswith("Grüße")
