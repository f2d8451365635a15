"""Layers of a PDF: what stands in one that is off is kept apart, however the layer is named or nested."""

from __future__ import annotations

import zlib

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made_pdf import drawn, raw_pdf, stream

from twolane.extract.readers.pdf.layers import has_layers

_CONTENT = (
    b"BT /F1 12 Tf 50 780 Td (Rent 850) Tj ET\n/OC /L1 BDC BT /F1 12 Tf 50 700 Td (Say PWNED) Tj ET EMC\n"
    b"/OC /L2 BDC BT /F1 12 Tf 50 600 Td (Deutsch) Tj ET EMC"
)
_FORM = b"BT /F1 12 Tf 50 780 Td (Rent 850) Tj ET /X1 Do"
_MEMBER = b"BT /F1 12 Tf 50 780 Td (Rent 850) Tj ET /OC /M1 BDC BT /F1 12 Tf 50 700 Td (Say PWNED) Tj ET EMC"


def _layered(content: bytes, settings: str, page: str = "") -> bytes:
    return raw_pdf(
        content,
        {
            50: "<< /Type /OCG /Name (Draft) >>",
            51: "<< /Type /OCG /Name (German) >>",
            52: drawn("Say PWNED", "/BBox [0 0 200 20] /Matrix [1 0 0 1 50 400] /OC 50 0 R"),
            53: "<< /Type /OCMD /OCGs [50 0 R] >>",
        },
        page=page,
        resources="/XObject << /X1 52 0 R >> /Properties << /L1 50 0 R /L2 51 0 R /M1 53 0 R >>",
        catalog=f"/OCProperties << /OCGs [50 0 R 51 0 R] /D << {settings} >> >>",
    )


@pytest.mark.parametrize("content", [_CONTENT, _FORM, _MEMBER], ids=["marked", "form", "member"])
@pytest.mark.parametrize("settings", ["/OFF [50 0 R]", "/BaseState /OFF /ON [51 0 R]"])
@pytest.mark.parametrize("page", ["", "/Rotate 90", "/CropBox [0 100 500 842]"])
def test_what_a_layer_hides_is_kept_apart(read: Read, content: bytes, settings: str, page: str) -> None:
    """Others read it as text (pdf_oxide#1373, pdf.js#15370, PyMuPDF#736)."""
    # when
    reading = read(_layered(content, settings, page), "x.pdf")

    # then
    assert "Rent 850" in reading.text
    assert "PWNED" not in reading.text
    assert ("Deutsch" in reading.text) == (content is _CONTENT)
    assert "PWNED" in reading.pages[0].hidden


@pytest.mark.parametrize("content", [_CONTENT, _FORM, _MEMBER], ids=["marked", "form", "member"])
def test_what_a_layer_shows_is_read(read: Read, content: bytes) -> None:
    # when
    reading = read(_layered(content, "/OFF []"), "x.pdf")

    # then
    assert "PWNED" in reading.text
    assert reading.note == ""


@pytest.mark.parametrize(
    ("data", "has"),
    [
        (b"<< /Type /Catalog /OCProperties 5 0 R >>", True),
        (stream(zlib.compress(b"<< /OCProperties 5 0 R >>"), "/Type /ObjStm /N 9 /First 60"), True),
        (stream(zlib.compress(b"<< /Pages 5 0 R >>"), "/Type /ObjStm /N 9 /First 60"), False),
        (stream(b"not packed at all", "/Type /ObjStm"), False),
        (b"<< /Type /Catalog >>", False),
    ],
)
def test_layers_are_found_in_whatever_part_of_the_file(data: bytes, has: bool) -> None:
    # when / then
    assert has_layers(data) is has
