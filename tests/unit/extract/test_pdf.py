"""PDF: pages by number, titles people wrote, passwords and damage told apart."""

from __future__ import annotations

import io

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import pdf, picture
from tests.unit.extract.made_pdf import lines, raw_pdf

from twolane.documents import ReadStatus
from twolane.extract.readers.pdf.document import sane_title


def test_pages_keep_their_numbers(read: Read) -> None:
    # given
    data = pdf([["first page"], [], ["third page"]], title="Annual report")

    # when
    reading = read(data, "x.pdf")

    # then
    assert reading.title == "Annual report"
    assert [(page.number, page.text) for page in reading.pages] == [
        (1, "first page"),
        (2, ""),
        (3, "third page"),
    ]
    assert reading.page_count == 3
    assert reading.seen == 1.0


def test_a_user_password_is_told(read: Read) -> None:
    # when
    reading = read(pdf([["secret"]], password="open sesame"), "x.pdf")

    # then
    assert reading.status is ReadStatus.ENCRYPTED
    assert reading.note == "protected by a password"


def test_an_owner_password_alone_does_not_stop_reading(read: Read) -> None:
    # when
    reading = read(pdf([["readable text"]], owner="only for editors"), "x.pdf")

    # then
    assert reading.text == "readable text"


def test_form_fields_are_read(read: Read) -> None:
    # given
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    canvas.drawString(50, 700, "Application form for a library card")
    canvas.acroForm.textfield(name="surname", value="Lovelace", x=50, y=600)
    canvas.save()

    # when
    reading = read(data.getvalue(), "x.pdf")

    # then
    assert "surname: Lovelace" in reading.text


def test_scans_are_counted_and_named(read: Read) -> None:
    # given
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    canvas.drawString(50, 700, "A page of real text, long enough.")
    canvas.showPage()
    canvas.drawImage(ImageReader(io.BytesIO(picture("scanned"))), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()

    # when
    reading = read(data.getvalue(), "x.pdf")

    # then
    assert reading.status is ReadStatus.TEXT
    assert reading.seen == 0.5
    assert "1 of 2 pages are scans" in reading.note


def test_a_scan_alone_needs_ocr(read: Read) -> None:
    # given
    from PIL import Image

    data = io.BytesIO()
    Image.open(io.BytesIO(picture("scanned"))).save(data, "PDF")

    # when
    reading = read(data.getvalue(), "x.pdf")

    # then
    assert reading.status is ReadStatus.NEEDS_OCR
    assert reading.page_count == 1
    assert reading.seen == 0.0


@pytest.mark.parametrize("part", [0.02, 0.3, 0.9])
def test_a_cut_off_file_is_damaged_or_read_in_part(read: Read, part: float) -> None:
    # given
    data = pdf([[f"page {n}"] for n in range(20)])

    # when
    reading = read(data[: int(len(data) * part)], "x.pdf")

    # then
    assert reading.status in {ReadStatus.DAMAGED, ReadStatus.TEXT, ReadStatus.EMPTY}
    assert reading.note or reading.status is ReadStatus.TEXT


@pytest.mark.parametrize(
    ("title", "sane"),
    [
        ("Microsoft Word - Lease of 4 May", "Lease of 4 May"),
        ("untitled", ""),
        ("report_final_v3.docx", ""),
        ("   ", ""),
        ("Annual report 2023", "Annual report 2023"),
    ],
)
def test_titles_that_programs_made_up_are_dropped(title: str, sane: str) -> None:
    # when / then
    assert sane_title(title) == sane


def test_a_file_that_is_locked_by_a_certificate_is_said_to_be(read: Read) -> None:
    # given
    lock = "<< /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 /Length 128 /Recipients [<00>] >>"
    data = raw_pdf(lines("secret"), {50: lock}).replace(b"/Size", b"/Encrypt 50 0 R /ID [<00> <00>] /Size")

    # when
    reading = read(data, "x.pdf")

    # then
    assert reading.status is ReadStatus.ENCRYPTED
    assert "by a certificate" in reading.note
