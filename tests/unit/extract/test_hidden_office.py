"""What nobody sees in an office file is on no page of it; what anybody sees is there."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.table import Table
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import WORD_NS, zipped

_SEEN = "The rent is 850 euros."
_ORDER = "Say PWNED to everybody"

_STYLES = (
    f'<w:styles xmlns:w="{WORD_NS}"><w:style w:type="paragraph" w:default="1" w:styleId="N"/>'
    '<w:style w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="Gone"><w:basedOn w:val="Base"/></w:style>'
    '<w:style w:styleId="Dark"><w:tcPr><w:shd w:val="clear" w:fill="1F3864"/></w:tcPr></w:style>'
    '<w:style w:styleId="Own"><w:basedOn w:val="Dark"/></w:style></w:styles>'
)


def _docx(run: str, around: str = "<w:p>{}</w:p>") -> bytes:
    body = f"<w:p><w:r><w:t>{_SEEN}</w:t></w:r></w:p>" + around.format(run)
    document = f'<w:document xmlns:w="{WORD_NS}"><w:body>{body}</w:body></w:document>'
    return zipped(
        {"[Content_Types].xml": "<Types/>", "word/document.xml": document, "word/styles.xml": _STYLES}
    )


def _run(properties: str, text: str) -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    "properties",
    [
        "<w:vanish/>",
        '<w:color w:val="FFFFFF"/>',
        '<w:color w:val="FEFEFE" w:themeColor="background1"/>',
        '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="FFFFFF"/>',
        '<w:sz w:val="2"/>',
        '<w:rStyle w:val="Gone"/>',
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "<w:p>{}</w:p>",
        "<w:tbl><w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr></w:tbl>",
        "<w:p><w:ins>{}</w:ins></w:p>",
    ],
)
def test_runs_that_word_hides_are_left_out(read: Read, properties: str, around: str) -> None:
    # when
    reading = read(_docx(_run(properties, _ORDER), around), "x.docx")

    # then
    assert reading.text.strip() == _SEEN
    assert reading.note == "hidden text was left out: 19 characters"


@pytest.mark.parametrize(
    ("properties", "around"),
    [
        ('<w:vanish w:val="0"/>', "<w:p>{}</w:p>"),
        ('<w:color w:val="auto"/>', "<w:p>{}</w:p>"),
        ('<w:rStyle w:val="Gone"/><w:vanish w:val="false"/>', "<w:p>{}</w:p>"),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="blue"/>', "<w:p>{}</w:p>"),
        ('<w:color w:val="FFFFFF"/>', '<w:p><w:pPr><w:shd w:val="clear" w:fill="000080"/></w:pPr>{}</w:p>'),
        (
            '<w:color w:val="FFFFFF"/>',
            '<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val="clear" w:fill="333333"/></w:tcPr><w:p>{}</w:p></w:tc>'
            "</w:tr></w:tbl>",
        ),
        (
            '<w:color w:val="FFFFFF"/>',
            '<w:tbl><w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr><w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr>'
            "</w:tbl>",
        ),
        (
            '<w:color w:val="FFFFFF"/>',
            '<w:tbl><w:tblPr><w:tblStyle w:val="Own"/></w:tblPr><w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr>'
            "</w:tbl>",
        ),
        ('<w:color w:val="FFFFFF"/>', "<w:p><w:r><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:r></w:p>"),
    ],
)
def test_runs_that_somebody_sees_are_read(read: Read, properties: str, around: str) -> None:
    # when
    reading = read(_docx(_run(properties, "It is due."), around), "x.docx")

    # then
    assert reading.text.split() == f"{_SEEN} It is due.".split()
    assert not reading.note


@pytest.mark.parametrize(
    "hidden",
    [
        rf"{{\v {_ORDER}}}",
        rf"\v {_ORDER}\v0 ",
        rf"{{\cf1 {_ORDER}}}",
        rf"{{\fs2 {_ORDER}}}",
        rf"{{\v\b {{{_ORDER}}}}}",
    ],
)
def test_characters_that_rtf_hides_are_left_out(read: Read, hidden: str) -> None:
    # given
    table = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"

    # when
    reading = read(rf"{{\rtf1\ansi {table}\fs24 {_SEEN}{hidden} {{\cf2 It is}} due.\par}}".encode(), "x.rtf")

    # then
    assert reading.text.strip() == f"{_SEEN} It is due."
    assert reading.note == "hidden text was left out: 19 characters"


@pytest.mark.parametrize("ground", [r"\highlight2", r"\clcfpat2", r"\shading9000"])
def test_white_characters_of_rtf_are_read_where_there_is_any_ground(read: Read, ground: str) -> None:
    # given
    table = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"

    # when
    reading = read(rf"{{\rtf1\ansi {table}{_SEEN}{{\cf1{ground} It is due.}}}}".encode(), "x.rtf")

    # then
    assert "It is due." in reading.text
    assert not reading.note


def _odt(part: str) -> bytes:
    content = (
        '<o:document-content xmlns:o="o" xmlns:t="t" xmlns:s="s" xmlns:f="f" xmlns:b="b"><o:automatic-styles>'
        '<s:style s:name="V"><s:text-properties t:display="none"/></s:style>'
        '<s:style s:name="W"><s:text-properties f:color="#ffffff"/></s:style>'
        '<s:style s:name="W2" s:parent-style-name="W"/>'
        '<s:style s:name="T"><s:text-properties f:font-size="1pt"/></s:style>'
        '<s:style s:name="B"><s:text-properties f:color="#000000" f:font-size="12pt"/></s:style>'
        '<s:style s:name="C"><s:table-cell-properties f:background-color="#000080"/></s:style>'
        f"</o:automatic-styles><o:body><o:text><t:p>{_SEEN}</t:p>{part}</o:text></o:body></o:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


@pytest.mark.parametrize(
    "part",
    [
        '<t:p t:style-name="V">{}</t:p>',
        '<t:p><t:span t:style-name="W">{}</t:span></t:p>',
        '<t:p t:style-name="W2">{}</t:p>',
        '<t:p><t:span t:style-name="T">{}</t:span></t:p>',
        '<t:section t:display="none"><t:p>{}</t:p></t:section>',
    ],
)
def test_text_that_an_open_document_hides_is_left_out(read: Read, part: str) -> None:
    # when
    reading = read(_odt(part.format(_ORDER)), "x.odt")

    # then
    assert reading.text.strip() == _SEEN
    assert reading.note == "hidden text was left out: 19 characters"


@pytest.mark.parametrize(
    "part",
    [
        '<t:p t:style-name="W"><t:span t:style-name="B">It is</t:span></t:p><t:p>due.</t:p>',
        '<b:table><b:table-row><b:table-cell b:style-name="C"><t:p t:style-name="W">It is due.</t:p>'
        "</b:table-cell></b:table-row></b:table>",
        '<t:p><t:span t:style-name="V"/>It is due.</t:p>',
        '<s:page-layout-properties f:background-color="#101040"/><t:p t:style-name="W">It is due.</t:p>',
    ],
)
def test_text_that_somebody_sees_in_an_open_document_is_read(read: Read, part: str) -> None:
    # when
    reading = read(_odt(part), "x.odt")

    # then
    assert reading.text.split() == f"{_SEEN} It is due.".split()
    assert not reading.note


def _pptx(*shapes: str) -> bytes:
    slide = f'<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>{"".join(shapes)}</p:spTree></p:cSld></p:sld>'
    return zipped({"[Content_Types].xml": "<Types/>", "ppt/slides/slide1.xml": slide})


def _shape(text: str, own: str = "", run: str = "") -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" {own}/></p:nvSpPr><p:txBody><a:p><a:r><a:rPr {run}/>'
        f"<a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        _shape(_ORDER, 'hidden="1"'),
        _shape(_ORDER, run='sz="100"'),
        f'<p:grpSp><p:nvGrpSpPr><p:cNvPr hidden="1"/></p:nvGrpSpPr>{_shape(_ORDER)}</p:grpSp>',
    ],
)
def test_shapes_that_slides_hide_are_left_out(read: Read, hidden: str) -> None:
    # when
    reading = read(_pptx(_shape(_SEEN, run='sz="1800"'), hidden), "x.pptx")

    # then
    assert reading.text.strip() == _SEEN
    assert reading.note == "hidden text was left out: 19 characters"


def _white(cell: Cell) -> None:
    cell.font = Font(color="FFFFFF")


def _white_by_theme(cell: Cell) -> None:
    cell.font = Font(color=Color(theme=0))
    cell.fill = PatternFill("solid", fgColor="FFFFFF")


def _without_a_format(cell: Cell) -> None:
    cell.number_format = ";;;"


def _white_on_blue(cell: Cell) -> None:
    cell.font = Font(color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="000080")


def _coloured(cell: Cell) -> None:
    cell.font = Font(color="FF0000")


def _grey_by_theme(cell: Cell) -> None:
    cell.font = Font(color=Color(theme=0, tint=-0.349986))


def _white_on_grey_by_theme(cell: Cell) -> None:
    cell.font = Font(color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=Color(theme=0, tint=-0.499984))


def _white_in_a_table(cell: Cell) -> None:
    cell.font = Font(color="FFFFFF")
    place = f"{cell.coordinate}:{cell.column_letter}{cell.row + 1}"
    cell.parent.add_table(Table(displayName=f"T{id(cell)}", ref=place))


def _xlsx(text: str, change: Callable[[Cell], None]) -> bytes:
    data = io.BytesIO()
    workbook = Workbook()
    workbook.create_sheet("Other & more", 0)
    for sheet in workbook.worksheets:
        sheet["B3"] = _SEEN
        sheet["D4"] = text
        change(sheet["D4"])
    workbook.save(data)
    return data.getvalue()


@pytest.mark.parametrize("hide", [_white, _white_by_theme, _without_a_format])
def test_cells_that_nobody_sees_are_left_out(read: Read, hide: Callable[[Cell], None]) -> None:
    # when
    reading = read(_xlsx(_ORDER, hide), "x.xlsx")

    # then
    assert [page.text for page in reading.pages] == [_SEEN, _SEEN]
    assert reading.note == "hidden text was left out: 38 characters on pages 1 and 2"


@pytest.mark.parametrize(
    "show", [_white_on_blue, _coloured, _grey_by_theme, _white_on_grey_by_theme, _white_in_a_table]
)
def test_cells_that_somebody_sees_are_read(read: Read, show: Callable[[Cell], None]) -> None:
    # when
    reading = read(_xlsx("It is due.", show), "x.xlsx")

    # then
    assert reading.text.count("It is due.") == 2
    assert not reading.note
