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


@pytest.mark.parametrize("kind", ["2003", "flat"])
def test_a_document_of_word_in_one_xml_file(read: Read, kind: str) -> None:
    """tika (WordML 2003, flat OPC): runs of a paragraph are one line."""
    # given
    runs = "<w:r><w:t>Kündigung zum </w:t></w:r><w:r><w:t>30. Juni</w:t></w:r>"
    row = f"<w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr>"
    body = f"<w:body><w:p>{runs}</w:p><w:tbl>{row}</w:tbl></w:body>"
    old = "http://schemas.microsoft.com/office/word/2003/wordml"
    files = {
        "2003": f'<w:wordDocument xmlns:w="{old}">{body}</w:wordDocument>',
        "flat": '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        f'<pkg:part pkg:name="/word/document.xml"><pkg:xmlData><w:document xmlns:w="{WORD_NS}">{body}'
        "</w:document></pkg:xmlData></pkg:part></pkg:package>",
    }

    # when
    reading = read(f'<?xml version="1.0"?>{files[kind]}'.encode(), "brief.xml")

    # then
    assert reading.text == "Kündigung zum 30. Juni\na\tb"


def test_a_workbook_of_excel_in_one_xml_file(read: Read) -> None:
    """SheetJS and pandas (SpreadsheetML 2003): rows, gaps, merged cells and days."""
    # given
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    rows = (
        '<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">Umsatz</Data></Cell>'
        "<Cell><Data>EUR</Data></Cell></Row>"
        '<Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="DateTime">2026-05-01T00:00:00.000</Data></Cell>'
        '<Cell><Data ss:Type="Number">1250.5</Data></Cell></Row>'
    )
    sheet = f'<Worksheet ss:Name="Mai"><Table>{rows}</Table></Worksheet>'
    hidden = "<Worksheet><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>"
    book = f'<Workbook xmlns="{space}" xmlns:ss="{space}">{sheet}{hidden}</Workbook>'

    # when
    reading = read(f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>{book}'.encode(), "x.xls")

    # then
    assert [(page.label, page.text) for page in reading.pages] == [
        ("Mai", "Umsatz\t\tEUR\n\t2026-05-01\t1250.5")
    ]
    assert reading.note == "1 hidden sheet not read"
