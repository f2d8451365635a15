"""Workbooks in one XML file (Excel 2003), as banks and shops export them under the name of XLS."""

from __future__ import annotations

import pytest
from tests.unit.extract.conftest import Read

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_STYLES = """<Styles>
<Style ss:ID="rate"><NumberFormat ss:Format="0.00%"/></Style>
<Style ss:ID="child" ss:Parent="rate"/><Style ss:ID="money"><NumberFormat ss:Format="Standard"/></Style>
</Styles>"""
_ROWS = """<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">Loans</Data></Cell><Cell/></Row>
<Row ss:Index="4"><Cell ss:MergeDown="1"><Data ss:Type="String">Kredit Süd</Data></Cell>
<Cell ss:StyleID="child"><Data ss:Type="Number">3.7499999999999999E-2</Data>
<Comment ss:Author="Ada"><ss:Data xmlns="http://www.w3.org/TR/REC-html40"><B>Ada:</B> ask again</ss:Data>
</Comment></Cell>
<Cell ss:StyleID="money"><Data ss:Type="Number">56701.03</Data></Cell>
<Cell><Data ss:Type="DateTime">2026-03-05T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="DateTime">1899-12-31T07:40:00.000</Data></Cell>
<Cell ss:Index="8"><Data ss:Type="Boolean">1</Data></Cell></Row>
<Row><Cell ss:Index="2">
<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">rich <B>text</B></ss:Data></Cell></Row>"""
_MARGINS = (
    '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><PageSetup>'
    '<Footer x:Data="&amp;LSavings Bank Lund&amp;R&amp;P"/></PageSetup></WorksheetOptions>'
)
_HIDDEN = (
    '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">'
    "<Visible>SheetHidden</Visible></WorksheetOptions>"
)


def _book(rows: str = _ROWS) -> str:
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{_SPACE}" xmlns:ss="{_SPACE}">{_STYLES}'
        f'<Worksheet ss:Name="Rates"><Table>{rows}</Table>{_MARGINS}</Worksheet>'
        '<Worksheet ss:Name="Pay"><Table><Row><Cell><Data ss:Type="Number">4100</Data></Cell></Row></Table>'
        f"{_HIDDEN}</Worksheet></Workbook>"
    )


@pytest.mark.parametrize("name", ["export.xls", "export.xml"])
def test_cells_are_read_as_they_are_shown(read: Read, name: str) -> None:
    """xlrd#188, PhpSpreadsheet#522, readxl#635: the file is named XLS, and its cells stand in XML."""
    # when
    reading = read(_book().encode(), name)

    # then
    lines = reading.text.splitlines()
    assert reading.pages[0].label == "Rates"
    assert lines[:3] == [
        "Loans",
        "Kredit Süd\t3.75%\t56,701.03\t2026-03-05\t07:40\tTRUE",
        "Kredit Süd\trich text",
    ]
    assert "B4: [Comment by Ada: ask again]" in lines
    assert "Savings Bank Lund" in lines
    assert "4100" not in reading.text
    assert reading.note == "1 hidden sheet not read"


def test_a_far_row_costs_nothing_and_numbers_out_of_bounds_do_no_harm(read: Read) -> None:
    # given
    rows = (
        '<Row ss:Index="1048576"><Cell ss:Index="99999999" ss:MergeDown="999999999">'
        '<Data ss:Type="Number">x</Data></Cell></Row>'
        '<Row ss:Index="-4"><Cell><Data ss:Type="DateTime">soon</Data></Cell></Row>'
    )

    # when
    reading = read(_book(rows).encode("utf-16"), "far.xls")

    # then
    assert set(reading.text.split()) >= {"x", "soon"}
