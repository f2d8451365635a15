"""What every engine of OCR has to do, held against the real ones."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from tests.support.scanned import TEXTS, drawn, font, saved

from twolane.documents import Reading, ReadStatus
from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source
from twolane.extract.readers.picture import ocr

ReadPicture = Callable[[bytes], Reading]


@pytest.fixture(params=["tesseract", "rapidocr"])
def name(request: pytest.FixtureRequest) -> str:
    engine = str(request.param)
    if not ocr.available(engine):
        if os.environ.get("CI") and engine == "tesseract":
            pytest.fail(f"{engine} is not installed")
        pytest.skip(f"{engine} is not installed")
    return engine


@pytest.fixture
def read(name: str) -> ReadPicture:
    limits = Limits(ocr=name, cpu_s=300)
    return lambda data: read_source(SourceFile.of(data, "scan.png"), limits)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_page_is_read_however_it_was_laid_on_the_scanner(read: ReadPicture, degrees: int) -> None:
    reading = read(saved(drawn(TEXTS["eng"]).rotate(degrees, expand=True)))

    words = " ".join(reading.text.split())
    assert "Invoice number 4417" in words
    assert words.index("quarterly") < words.index("payable")


@pytest.mark.parametrize("degrees", [2, -4, 9, -15])
def test_a_page_that_lay_askew_is_read(read: ReadPicture, degrees: int) -> None:
    askew = drawn(TEXTS["eng"]).rotate(degrees, expand=True, fillcolor=255)

    assert "Invoice number 4417" in " ".join(read(saved(askew)).text.split())


def test_words_know_where_they_stand(name: str) -> None:
    # given
    engine = ocr.engine(Limits(ocr=name))
    assert engine is not None
    page = drawn("Rechnung 4417")

    # when
    words = engine.words(page, "eng" if engine.languages else "", 60)

    # then
    assert " ".join(word.text for word in words) == "Rechnung 4417"
    assert all(0 <= word.left < word.right <= page.width for word in words)
    assert all(0 <= word.confidence <= 100 for word in words)


def test_a_blank_page_has_no_words(read: ReadPicture) -> None:
    reading = read(saved(drawn("")))

    assert reading.status is ReadStatus.EMPTY
    assert reading.note == "no text in it"


def test_cells_of_a_row_stand_on_one_line(read: ReadPicture) -> None:
    # given
    rows = [
        ("Hosting", "12 months", "240.00"),
        ("Domain", "1 year", "14.90"),
        ("Support", "3 hours", "285.00"),
    ]

    # when
    lines = read(saved(_rows(rows))).text.splitlines()

    # then
    assert [line.split("\t") for line in lines if line] == [list(row) for row in rows]


def _rows(rows: list[tuple[str, str, str]]) -> object:
    from PIL import Image, ImageDraw

    page = Image.new("L", (1654, 900), 255)
    pen = ImageDraw.Draw(page)
    for place, row in enumerate(rows):
        for cell, left in zip(row, (100, 700, 1250), strict=True):
            pen.text((left, 200 + 90 * place), cell, fill=20, font=font(34))
    return page
