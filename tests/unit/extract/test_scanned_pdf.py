"""Pages of a PDF that are pictures, wholly or in part, beside or under text of their own."""

from __future__ import annotations

import os

import pytest
from PIL import Image
from tests.support.scanned import TEXTS, drawn, page_pdf, scanned_pdf

from twolane.documents import Reading
from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source
from twolane.extract.readers.pdf.scanned import is_garbled
from twolane.extract.readers.picture import ocr

needs_tesseract = pytest.mark.skipif(
    not ocr.available("tesseract") and not os.environ.get("CI"), reason="tesseract is not installed"
)
SCAN = drawn(TEXTS["eng"], height=2339)
LETTER = ("Dear Ms Lovelace,", "please find below a copy of the statement that you asked for.", "Yours, Acme")


def read(data: bytes, engine: str = "tesseract") -> Reading:
    return read_source(SourceFile.of(data, "x.pdf"), Limits(ocr=engine, cpu_s=300))


@needs_tesseract
def test_a_stamp_over_a_scan_keeps_both() -> None:
    reading = read(page_pdf(SCAN, (0, 0, 595, 842), ("RECEIVED 4 May 2026 by the registry office",)))

    assert "Invoice number 4417" in " ".join(reading.text.split())
    assert reading.text.count("RECEIVED") == 1
    assert reading.pages[0].ocr


@needs_tesseract
def test_a_picture_of_text_on_a_page_of_text_is_added() -> None:
    reading = read(page_pdf(SCAN.crop((0, 0, 1654, 500)), (60, 300, 475, 144), LETTER))

    assert reading.text.startswith("Dear Ms Lovelace")
    assert "Invoice number 4417" in " ".join(reading.text.split())
    assert reading.text.count("Yours, Acme") == 1


def test_a_picture_of_text_is_said_where_there_is_no_ocr() -> None:
    reading = read(page_pdf(SCAN.crop((0, 0, 1654, 500)), (60, 300, 475, 144), LETTER), engine="off")

    assert "1 picture of text not read" in reading.note
    assert reading.seen < 1


def test_the_layer_of_an_earlier_ocr_is_taken_as_it_is() -> None:
    words = TEXTS["eng"].split()
    layer = tuple(" ".join(words[at : at + 8]) for at in range(0, len(words), 8))

    reading = read(page_pdf(SCAN, (0, 0, 595, 842), layer, mode=3))

    assert "Invoice number 4417" in " ".join(reading.text.split())
    assert not reading.pages[0].ocr


def test_a_photo_on_a_page_of_text_is_left_alone() -> None:
    photo = Image.radial_gradient("L").resize((800, 600))

    reading = read(page_pdf(photo, (60, 300, 400, 300), LETTER))

    assert not reading.pages[0].ocr
    assert reading.seen == 1


@needs_tesseract
def test_pages_scanned_sideways_and_on_their_head_are_read() -> None:
    reading = read(scanned_pdf(SCAN, SCAN.rotate(180), SCAN.rotate(90, expand=True)))

    assert all("4417" in page.text for page in reading.pages)


@pytest.mark.parametrize("name", TEXTS)
def test_text_of_any_language_is_not_taken_for_codes(name: str) -> None:
    assert not is_garbled(TEXTS[name])


@pytest.mark.parametrize("text", ["\x03KH\x03TX\x03LF\x03N\x03EU" * 20, "q]8$T~1x K}0vZ@w aB;9cD>e " * 20])
def test_codes_are_not_taken_for_text(text: str) -> None:
    assert is_garbled(text)
