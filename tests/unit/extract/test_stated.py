"""What readers find that a file says of itself outside its text."""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import WORD_NS, pdf, picture, zipped

from twolane.documents import Reading, ReadStatus
from twolane.extract.base import Limits
from twolane.extract.read import open_file, read_open
from twolane.facts import CORRESPONDENT, DATE, LANGUAGE, TITLE, Origin, Stated


def mail(subject: str = "Jahresrechnung", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Stadtwerke Halden <post@halden.example>"
    message["To"] = "lin@home.example"
    message["Subject"] = subject
    message["Date"] = "Tue, 05 Mar 2024 10:00:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Guten Tag")
    return message


def said(reading: Reading, field: str) -> list[tuple[str, str]]:
    return [(one.value, one.origin) for one in reading.stated if one.field == field]


def test_a_mail_states_who_wrote_it_when_and_about_what(read: Read) -> None:
    # when
    reading = read(mail("Größe der Zähler").as_bytes(), "x.eml")

    # then
    assert reading.stated == (
        Stated(CORRESPONDENT, "Stadtwerke Halden <post@halden.example>", Origin.MAIL),
        Stated(TITLE, "Größe der Zähler", Origin.MAIL),
        Stated(DATE, "Tue, 05 Mar 2024 10:00:00 +0100", Origin.MAIL),
    )


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        ("Re: Re[2]: Contract", "Contract"),
        ("AW: WG: Vertrag", "Vertrag"),
        ("Odp: Umowa", "Umowa"),
        ("回复: 合同", "合同"),
        ("RE：合同", "合同"),
        ("Ответ: Договор", "Ответ: Договор"),
        ("Invoice 4711: second half", "Invoice 4711: second half"),
        ("Re:", "Re:"),
    ],
)
def test_a_mails_title_is_its_subject_without_the_marks_of_an_answer(
    read: Read, subject: str, topic: str
) -> None:
    # given
    answer = mail(subject, In_Reply_To="<1@home.example>")

    # when
    reading = read(answer.as_bytes(), "x.eml")

    # then
    assert said(reading, TITLE) == [(topic, Origin.MAIL)]


def test_a_first_mail_keeps_a_short_word_before_a_colon(read: Read) -> None:
    # when / then
    assert said(read(mail("NDA: draft").as_bytes(), "x.eml"), TITLE) == [("NDA: draft", Origin.MAIL)]


def test_a_mail_whose_route_contradicts_its_date_is_doubted(read: Read) -> None:
    # given
    near = mail(Received="from a by b; Tue, 05 Mar 2024 10:00:07 +0100")
    far = mail(Received="from a by b; Tue, 05 Mar 2019 10:00:07 +0100")
    broken = mail(Received="from a by b")

    # when
    origins = [said(read(one.as_bytes(), "x.eml"), DATE)[0][1] for one in (near, far, broken)]

    # then
    assert origins == [Origin.MAIL, Origin.MAIL_DOUBTED, Origin.MAIL]


def test_a_mailbox_of_several_mails_states_nothing_of_one(read: Read) -> None:
    # given
    start = b"From post@halden.example Tue Mar  5 10:00:00 2024\n"
    box = start + mail("First").as_bytes() + b"\n" + start + mail("Second").as_bytes()

    # when / then
    assert read(box, "x.mbox").stated == ()


def test_a_saved_page_is_no_mail_from_its_browser(read: Read) -> None:
    # given
    page = EmailMessage()
    page["From"], page["Subject"] = "<Saved by Blink>", "Opening hours"
    page["Date"] = "Tue, 05 Mar 2024 10:00:00 +0100"
    page.set_content("<html><body>From nine to five.</body></html>", subtype="html")

    # when
    reading = read(page.as_bytes(), "x.mhtml")

    # then
    assert said(reading, CORRESPONDENT) == []
    assert said(reading, TITLE) == [("Opening hours", Origin.PAGE)]
    assert said(reading, DATE) == [("Tue, 05 Mar 2024 10:00:00 +0100", Origin.PROPERTIES)]


def test_a_picture_states_when_it_was_taken_even_where_its_words_are_not_read(read: Read) -> None:
    # given
    from PIL import Image

    image = Image.new("L", (40, 40), 255)
    exif = image.getexif()
    exif[0x0132] = "2024:03:09 10:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2024:03:05 10:00:00"
    data = io.BytesIO()
    image.save(data, "JPEG", exif=exif)

    # when
    reading = read(data.getvalue(), "x.jpg")

    # then
    assert reading.status is ReadStatus.NEEDS_OCR
    assert said(reading, DATE) == [
        ("2024:03:05 10:00:00", Origin.PICTURE),
        ("2024:03:09 10:00:00", Origin.PROPERTIES),
    ]


def test_a_picture_with_broken_exif_states_nothing(read: Read) -> None:
    # given
    whole = picture("text", kind="JPEG")
    broken = whole[:2] + b"\xff\xe1\x00\x16Exif\0\0II*\0\xff\xff\xff\x7f\x01\0\x02\0" + whole[2:]

    # when / then
    assert read(broken, "x.jpg").stated == ()


def test_a_pdf_states_its_title_and_the_day_it_was_made(read: Read) -> None:
    # when
    reading = read(pdf([["Guten Tag"]], title="Vertrag über Strom"), "x.pdf")

    # then
    assert said(reading, TITLE) == [("Vertrag über Strom", Origin.PDF)]
    assert [origin for _, origin in said(reading, DATE)] == [Origin.PDF]


CORE = (
    '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>Mietvertrag</dc:title>'
    "<dc:creator>Ada Keller</dc:creator><dcterms:created>2013-12-23T23:15:00Z</dcterms:created>"
    "<dcterms:modified>2024-03-05T10:00:00Z</dcterms:modified></cp:coreProperties>"
)


def docx(properties: str) -> bytes:
    body = (
        f'<w:document xmlns:w="{WORD_NS}"><w:body><w:p><w:r><w:t>Text</w:t></w:r></w:p></w:body></w:document>'
    )
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": body, "docProps/core.xml": properties}
    return zipped(parts)


def test_an_office_file_states_its_properties(read: Read) -> None:
    # when
    reading = read(docx(CORE), "x.docx")

    # then
    assert reading.title == "Mietvertrag"
    assert said(reading, TITLE) == [("Mietvertrag", Origin.PROPERTIES)]
    assert said(reading, CORRESPONDENT) == []
    assert [value[:10] for value, _ in said(reading, DATE)] == ["2024-03-05", "2013-12-23"]


def test_broken_properties_leave_the_text(read: Read) -> None:
    # when
    reading = read(docx("<cp:core"), "x.docx")

    # then
    assert reading.text == "Text"
    assert reading.stated == ()


HEAD = """<html><head><title>Hours | Halden</title>
<meta property="article:published_time" content="2024-03-05T09:00:00+01:00">
<meta property="og:site_name" content="Stadtwerke Halden"></head>
<body><p>From nine.</p>{body}</body></html>"""


def test_a_page_states_what_its_head_says(read: Read) -> None:
    # when
    reading = read(HEAD.format(body="").encode(), "x.html")

    # then
    assert said(reading, TITLE) == [("Hours | Halden", Origin.PAGE)]
    assert said(reading, DATE) == [("2024-03-05T09:00:00+01:00", Origin.PAGE)]
    assert said(reading, CORRESPONDENT) == [("Stadtwerke Halden", Origin.PAGE)]


INVOICE_JSON = """<script type="application/ld+json">[{"@context":"https://schema.org","@type":"Invoice",
"accountId":"K-77","confirmationNumber":"RE-9","paymentDueDate":"2024-04-01",
"provider":{"@type":"Organization","name":"Åkers Kraft"},
"totalPaymentDue":{"@type":"PriceSpecification","price":"571.04","priceCurrency":"EUR"}}]
</script>"""
INVOICE_MICRODATA = """<div itemscope itemtype="http://schema.org/Invoice">
<span itemprop="accountId">K-77</span>
<meta itemprop="confirmationNumber" content="RE-9">
<time itemprop="paymentDueDate" datetime="2024-04-01">1. April</time>
<div itemprop="provider" itemscope itemtype="http://schema.org/Organization">
<b itemprop="name">Åkers Kraft</b></div>
<p itemprop="totalPaymentDue" itemscope itemtype="http://schema.org/PriceSpecification">
<i itemprop="price" content="571.04">571,04</i><i itemprop="priceCurrency">EUR</i></p></div>"""


@pytest.mark.parametrize("body", [INVOICE_JSON, INVOICE_MICRODATA])
def test_an_invoice_within_a_page_states_its_fields(read: Read, body: str) -> None:
    # when
    reading = read(HEAD.format(body=body).encode(), "x.html")

    # then
    stated = {one.field: one.value for one in reading.stated if one.origin == Origin.PAGE_DATA}
    assert stated == {
        "customer_number": "K-77",
        "number": "RE-9",
        "due_date": "2024-04-01",
        CORRESPONDENT: "Åkers Kraft",
        "total_due": "571.04 EUR",
    }


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000,
        '{"@graph":' * 5000,
        '{"@type":["Invoice"],"totalPaymentDue":[[[{}]]],"provider":[7]}',
        "\0",
    ],
)
def test_hostile_data_within_a_page_break_nothing(read: Read, hostile: str) -> None:
    # when
    page = HEAD.format(body=f'<script type="application/ld+json">{hostile}</script>')

    # then
    assert "From nine." in read(page.encode(), "x.html").text


def large(*lines: tuple[str, int, int, int]) -> bytes:
    """Return a PDF of lines with their sizes and places, below a page of small ones."""
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    for text, size, left, top in lines:
        canvas.setFont("Helvetica", size)
        canvas.drawString(left, top, text)
    canvas.setFont("Helvetica", 10)
    for number in range(12):
        canvas.drawString(50, 420 - 14 * number, "Sehr geehrte Damen und Herren, wir danken")
    canvas.save()
    return data.getvalue()


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([("Jahresrechnung", 18, 50, 700)], "Jahresrechnung"),
        ([("Jahresrechnung", 18, 50, 700), ("über Strom", 18, 50, 678)], "Jahresrechnung über Strom"),
        ([("Halden AG", 18, 400, 780), ("Jahresrechnung", 18, 50, 700)], "Jahresrechnung"),
        ([("Halden AG", 18, 50, 700), ("Jahresrechnung", 18, 300, 700)], "Jahresrechnung"),
        ([("Absender", 12, 50, 780), ("Jahresrechnung", 18, 50, 700)], "Jahresrechnung"),
        ([("571,04 EUR", 24, 50, 200), ("Jahresrechnung", 18, 50, 700)], "Jahresrechnung"),
        ([("4711", 24, 50, 760), ("Jahresrechnung", 18, 50, 700)], "Jahresrechnung"),
    ],
)
def test_the_largest_letters_of_a_pdf_are_its_heading(
    read: Read, lines: list[tuple[str, int, int, int]], title: str
) -> None:
    # when / then
    assert (title, Origin.LARGEST) in said(read(large(*lines), "x.pdf"), TITLE)


def test_what_is_written_up_the_margin_is_no_heading(read: Read) -> None:
    # given
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    canvas.setFont("Helvetica", 16)
    canvas.drawString(50, 700, "Jahresrechnung")
    canvas.setFont("Helvetica", 10)
    for number in range(12):
        canvas.drawString(50, 420 - 14 * number, "Sehr geehrte Damen und Herren")
    canvas.rotate(90)
    canvas.setFont("Helvetica", 24)
    canvas.drawString(400, -30, "Entwurf der Abteilung")
    canvas.save()

    # when / then
    assert ("Jahresrechnung", Origin.LARGEST) in said(read(data.getvalue(), "x.pdf"), TITLE)


def test_a_pdf_in_letters_of_one_size_has_no_heading(read: Read) -> None:
    # when / then
    assert all(origin != Origin.LARGEST for _, origin in said(read(large(), "x.pdf"), TITLE))


def test_a_marked_heading_is_the_title_and_a_remark_in_a_program_is_not(read: Read) -> None:
    # given
    page = b"<body><p>Gemeinde Halden</p><h2>Bescheid</h2><h2>Begr\xc3\xbcndung</h2></body>"

    # when / then
    assert said(read(page, "x.html"), TITLE) == [("Bescheid", Origin.HEADING)]
    assert said(read("# 会议纪要\n\n正文".encode(), "x.md"), TITLE) == [("会议纪要", Origin.HEADING)]
    assert said(read(b"# This counts the lines.\nimport sys\n", "x.py"), TITLE) == []


def test_front_matter_says_title_and_day(read: Read) -> None:
    # given
    text = '---\ntitle: "Bedingungen: Strom"\nDate: 2024-03-05\nlayout: page\n---\n\nText'

    # when
    reading = read(text.encode(), "x.md")

    # then
    assert said(reading, TITLE) == [("Bedingungen: Strom", Origin.PAGE)]
    assert said(reading, DATE) == [("2024-03-05", Origin.PAGE)]


@pytest.mark.parametrize(
    ("words", "code", "likely"),
    [
        (
            "Guten Tag, anbei finden Sie die Rechnung für den Strom, den Sie im letzten Jahr bezogen haben.",
            "de",
            "",
        ),
        (
            "Kassenbon\nVollkornbrot 3,49\nTomaten 1,19\nFrischkäse 2,29\nÄpfel 2\nSumme 9,96\nVielen Dank",
            "",
            "de",
        ),
        ("4711 0815 12", "", ""),
    ],
)
def test_the_likeliest_language_is_stated_where_none_is_sure(
    tmp_path: Path, words: str, code: str, likely: str
) -> None:
    # given
    path = tmp_path / "x.txt"
    path.write_text(words, "utf-8")

    # when
    reading = read_open(open_file(str(path)), path.name, Limits(ocr="off"))

    # then
    assert reading.language == code
    assert said(reading, LANGUAGE) == ([(likely, Origin.LETTERS)] if likely else [])
