"""Pictures: their words, rows of tables, and what a person wrote of them."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from tests.support.scanned import drawn, font, saved
from tests.unit.extract.parts.example import Example

from twolane.extract.declared import FilePart


def _table() -> bytes:
    page = Image.new("L", (1400, 700), 255)
    pen = ImageDraw.Draw(page)
    for row, cells in enumerate((("Hosting", "240.00"), ("Domain", "14.90"), ("Support", "285.00"))):
        for cell, left in zip(cells, (100, 1000), strict=True):
            pen.text((left, 200 + 90 * row), cell, fill=20, font=font(34))
    return saved(page)


def _described() -> bytes:
    page, data = drawn("Lunch menu"), io.BytesIO()
    page.getexif()[0x010E] = "The board outside the canteen"
    page.save(data, "JPEG", exif=page.getexif())
    return data.getvalue()


EXAMPLES = (
    Example("Picture", FilePart.BODY, "scan.png", saved(drawn("Invoice 4417")), "4417", ocr="tesseract"),
    Example("Picture", FilePart.TABLES, "table.png", _table(), "Domain 14.90", ocr="tesseract"),
    Example(
        *("Picture", FilePart.DESCRIPTIONS, "menu.jpg", _described()),
        "Picture: The board outside the canteen",
        ocr="tesseract",
    ),
)
