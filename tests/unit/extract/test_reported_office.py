"""Office files that people reported to programs of this kind: what is read of them, by the report."""

from __future__ import annotations

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import WORD_NS, zipped
from tests.unit.extract.made_office import docx, paragraph, pptx

_CYRILLIC = r"{\fonttbl{\f0\fcharset0 Times;}{\f1\froman\fcharset204{\*\panose 02}Times Cyr;}}"


def escaped(text: str, encoding: str) -> str:
    """Return a text of RTF, each letter as a byte of a code page."""
    return "".join(rf"\'{byte:02x}" for byte in text.encode(encoding))


@pytest.mark.parametrize("before", ["", r"\pard\plain "], ids=["at-once", "after-plain"])
def test_rtf_in_the_code_page_of_its_default_font(read: Read, before: str) -> None:
    """striprtf#50: Word says cp1252 and means it of another font."""
    rtf = rf"{{\rtf1\ansi\ansicpg1252\deff1{_CYRILLIC}{before}{escaped('Срок до мая', 'cp1251')}\par}}"

    assert read(rtf.encode(), "x.rtf").text == "Срок до мая"


def test_rtf_keeps_the_code_page_where_the_default_font_has_none_of_its_own(read: Read) -> None:
    rtf = rf"{{\rtf1\ansi\ansicpg1250\deff0{_CYRILLIC}{escaped('Łódź', 'cp1250')}\par}}"

    assert read(rtf.encode(), "x.rtf").text == "Łódź"


def test_rtf_characters_in_two_halves(read: Read) -> None:
    """striprtf#11: what UTF-16 writes as two numbers is one character."""
    assert read(rb"{\rtf1\ansi\uc1 \u-10179?\u-8704? ok\par}", "x.rtf").text == "😀 ok"


def test_cells_end_without_a_space(read: Read) -> None:
    """docling, markitdown#332: the cells of a row stand apart by tabs alone."""
    # given
    word = f"<w:tbl><w:tr><w:tc>{paragraph('Plan')}</w:tc><w:tc>{paragraph('Price')}</w:tc></w:tr></w:tbl>"
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    table = f"<a:tbl><a:tr>{cell.format('Plan')}{cell.format('Price')}</a:tr></a:tbl>"
    slide = f"<p:graphicFrame><a:graphic><a:graphicData>{table}</a:graphicData></a:graphic></p:graphicFrame>"

    # when
    texts = [read(docx(word), "x.docx").text, read(pptx(slide), "x.pptx").text]

    # then
    assert texts == ["Plan\tPrice", "Plan\tPrice"]


def test_a_package_whose_folders_are_written_as_windows_does(read: Read) -> None:
    body = f'<w:document xmlns:w="{WORD_NS}"><w:body>{paragraph("Annahme bis Mai")}</w:body></w:document>'

    reading = read(zipped({"[Content_Types].xml": "<Types/>", "word\\document.xml": body}), "x.docx")

    assert reading.text == "Annahme bis Mai"
