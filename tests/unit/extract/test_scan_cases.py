"""Scans as public reports describe them: faxes, receipts, columns, cut words, letters of other languages."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps
from tests.support.scanned import TEXTS, drawn, font, saved, scanned_pdf

from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source
from twolane.extract.readers.picture import ocr, packs, prepare
from twolane.extract.readers.picture.engine import SeenWord
from twolane.extract.readers.picture.rapid import upright
from twolane.extract.readers.picture.surest import surest

needs_tesseract = pytest.mark.skipif(
    not ocr.available("tesseract") and not os.environ.get("CI"), reason="tesseract is not installed"
)


def read(data: bytes, name: str = "x.png") -> str:
    return read_source(SourceFile.of(data, name), Limits(ocr="tesseract", cpu_s=300)).text


def on_page(*columns: Sequence[str], size: int = 32, step: int = 55, height: int = 900) -> Any:
    page = Image.new("L", (1654, height), 255)
    pen = ImageDraw.Draw(page)
    for column, lines in enumerate(columns):
        for place, line in enumerate(lines):
            pen.text((100 + 780 * column, 120 + step * place), line, fill=20, font=font(size))
    return page


def needs_pack(*names: str) -> None:
    engine = ocr.engine(Limits(ocr="tesseract"))
    assert engine is not None
    if missing := set(names) - engine.languages:
        pytest.skip(f"tesseract has no {', '.join(missing)}")


@needs_tesseract
def test_a_fax_with_fewer_lines_than_dots_is_read_in_order() -> None:
    """python-pillow/Pillow#5581: faxes of 204 x 98 dots to the inch are squeezed."""
    # given
    words = TEXTS["eng"] + " " + TEXTS["eng"]
    page = drawn(words, width=1728, height=1400).resize((1728, 700)).convert("1", dither=0)

    # when
    text = read(saved(page, "TIFF", dpi=(204, 98), compression="group3"), "fax.tif")

    # then
    assert " ".join(text.split()) == words


def test_dots_that_are_nearly_square_are_left_alone() -> None:
    for dpi in ((200, 200), (200, 190), (0, 0), (1, 1000)):
        page = Image.new("L", (1200, 1000), 255)
        page.info["dpi"] = dpi
        assert prepare.grey(page).size == (1200, 1000)


@needs_tesseract
def test_a_long_receipt_keeps_its_letters() -> None:
    """paperless-ngx/paperless-ngx#10952: receipts scanned as one long page are mangled."""
    # given
    page = Image.new("L", (640, 5400), 255)
    pen = ImageDraw.Draw(page)
    for row in range(120):
        pen.text((20, 40 + 44 * row), f"Item {row:03}", fill=20, font=font(26))
        pen.text((480, 40 + 44 * row), f"{row}.99", fill=20, font=font(26))

    # when
    rows = read(saved(page)).splitlines()

    # then
    assert sum(f"Item {row:03}\t{row}.99" in rows for row in range(120)) > 115


def test_no_picture_becomes_larger_than_ocr_can_use() -> None:
    for width, height in ((20_000, 10_000), (100, 90_000), (14_400, 14_400), (1, 1)):
        scale = prepare.largest_scale(width, height)
        assert scale * max(width, height) <= 16_000
        assert scale * scale * width * height <= 12_000_001


@needs_tesseract
def test_columns_of_prose_are_read_one_after_the_other() -> None:
    """Last lines of both columns are short, as cells of a table are."""
    # given
    lines = textwrap.wrap(TEXTS["eng"], 34)

    # when
    text = " ".join(read(saved(on_page(lines, [line.upper() for line in lines]))).split())

    # then
    assert text == f"{TEXTS['eng']} {TEXTS['eng'].upper()}"


@needs_tesseract
def test_labels_and_values_of_a_form_stay_together() -> None:
    form = on_page(
        ("Invoice number:", "Date:", "Customer:", "Total due:"),
        ("4417", "12 March 2026", "Ada Lovelace", "1,240.50 EUR"),
        step=75,
    )

    rows = [row for row in read(saved(form)).splitlines() if row]

    assert rows == [
        "Invoice number:\t4417",
        "Date:\t12 March 2026",
        "Customer:\tAda Lovelace",
        "Total due:\t1,240.50 EUR",
    ]


@needs_tesseract
def test_words_that_were_cut_at_the_end_of_a_line_are_whole() -> None:
    """thomas-villani/all2md#53: what OCR reads keeps its words cut."""
    # given
    needs_pack("deu")
    page = on_page(
        (
            "Die Kündigungsfrist beträgt drei Monate zum Ende des Kalender-",
            "jahres. Der Rechnungsbetrag ist innerhalb von vierzehn Tagen ver-",
            "traglich zu zahlen. Straßen- und Wegerecht bleiben unberührt.",
        )
    )

    # when
    text = " ".join(read(saved(page)).split())

    # then
    assert "Kalenderjahres" in text
    assert "vertraglich" in text
    assert "Straßen- und Wegerecht" in text


@needs_tesseract
@pytest.mark.parametrize(
    ("label", "pack"),
    [
        ("Größe: Fußmaß", "deu"),
        ("Müller GmbH", "deu"),
        ("Żółta łódź", "pol"),
        ("Déjà reçu", "fra"),
        ("Señor Muñoz", "spa"),
        ("Ilford Ltd", "eng"),
    ],
)
def test_a_few_words_have_the_letters_of_their_language(label: str, pack: str) -> None:
    needs_pack(pack)

    assert read(saved(drawn(label, height=400))) == label


def test_a_word_is_taken_from_the_reading_that_is_surest_of_it() -> None:
    # given
    def words(*said: tuple[str, float]) -> list[SeenWord]:
        return [SeenWord(text, 200 * at, 0, 150, 30, sure, 0, 0) for at, (text, sure) in enumerate(said)]

    # when
    found = surest(
        words(("Senor", 97), ("Grofe", 59), ("Sao", 96)),
        [words(("Señor", 96), ("Groke", 20), ("Säo", 90)), words(("Seńor", 89), ("Größe", 93), ("Sio", 20))],
    )

    # then
    assert [word.text for word in found] == ["Señor", "Größe", "Sao"]
    assert [word.left for word in found] == [0, 200, 400]


def test_packs_of_latin_letters_are_told_from_others() -> None:
    assert packs.are_latin("eng+deu")
    assert not packs.are_latin("rus+eng")


@needs_tesseract
def test_pages_that_lie_differently_in_one_file_are_all_upright() -> None:
    """ocrmypdf/OCRmyPDF#1105: one page of several stands on end."""
    page = drawn(TEXTS["eng"], height=1654)

    reading = read_source(
        SourceFile.of(scanned_pdf(page, page.rotate(270), page, page.rotate(180)), "x.pdf"),
        Limits(ocr="tesseract", cpu_s=300),
    )

    assert [" ".join(one.text.split()) for one in reading.pages] == [TEXTS["eng"]] * 4


@needs_tesseract
def test_a_note_that_stands_in_the_margin_turns_no_page() -> None:
    """ocrmypdf/OCRmyPDF#670: a few letters of another direction turn the whole page."""
    # given
    page = drawn(TEXTS["eng"], height=1400)
    note = Image.new("L", (900, 40), 255)
    ImageDraw.Draw(note).text((0, 0), "Form 7-B, printed in Bristol by Acme Ltd", fill=20, font=font(26))
    page.paste(note.rotate(90, expand=True), (10, 400))

    # when
    text = " ".join(read(saved(page)).split())

    # then
    assert TEXTS["eng"] in text


@needs_tesseract
def test_white_letters_on_a_dark_bar_are_read_beside_dark_ones() -> None:
    """tesseract-ocr/tesseract#4086: lines of white letters on a dark ground are missing."""
    # given
    page = drawn(TEXTS["eng"], height=1400)
    pen = ImageDraw.Draw(page)
    pen.rectangle((80, 900, 1570, 1000), fill=30)
    pen.text((110, 920), "Amount due 318.40 EUR by 4 May 2026", fill=240, font=font(40))

    # when
    text = " ".join(read(saved(page)).split())

    # then
    assert TEXTS["eng"] in text
    assert "Amount due 318.40 EUR by 4 May 2026" in text


@needs_tesseract
def test_the_back_of_a_thin_page_is_not_read_with_it() -> None:
    # given
    front = drawn(TEXTS["eng"], height=1000)
    back = ImageOps.mirror(drawn(TEXTS["deu"], height=1000)).point(lambda level: 205 + level * 50 // 255)

    # when
    text = read(saved(ImageChops.multiply(front, back)))

    # then
    assert "Invoice number 4417 is payable" in text
    assert len(text) < 1.2 * len(TEXTS["eng"])


def test_words_that_stand_on_end_are_not_believed() -> None:
    lying = [SeenWord("across", 0, 0, 200, 30, 95, 0, 0)]
    standing = [SeenWord("upwards", 0, 0, 30, 200, 95, 0, 0)]

    assert upright(lying)[0].confidence == 95
    assert upright(standing)[0].confidence < 45
    assert upright(lying * 3 + standing)[-1].confidence == 95
