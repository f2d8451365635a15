"""Spreadsheets read as people see them: formats, merged cells, formulas, far cells, and tables in text."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from tests.unit.extract.made import zipped
from tests.unit.extract.made_sheets import ods, xls, xlsb

from twolane.documents import Reading, ReadStatus
from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source

CASES = Path(__file__).parents[2] / "data" / "cases"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def read(content: bytes, name: str, limits: Limits | None = None) -> Reading:
    return read_source(SourceFile.of(content, name), limits or Limits(ocr="off"))


def case(name: str) -> Reading:
    path = next(CASES.glob(f"*/{name}"))
    return read(path.read_bytes(), path.name)


def book(fill: Callable[[Worksheet], None]) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def raw_xlsx(sheet: str, styles: str = "", strings: str = "", workbook: str = "") -> bytes:
    """Return a workbook by the XML within its sheet, its styles, its shared texts, and after its sheets."""
    kinds = {"rId1": ("worksheet", "worksheets/sheet1.xml"), "rId2": ("styles", "styles.xml")}
    kinds["rId3"] = ("sharedStrings", "sharedStrings.xml")
    rels = "".join(
        f'<Relationship Id="{id_}" Type="{_LINKS}/{kind}" Target="{part}"/>'
        for id_, (kind, part) in kinds.items()
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
            f'<sheet name="Plan" sheetId="1" r:id="rId1"/></sheets>{workbook}</workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{rels}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{_MAIN}">{sheet}</x:worksheet>',
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        }
    )


def test_formulas_without_stored_values_are_shown_and_said() -> None:
    # when: onyx#13353
    reading = case("budget.xlsx")

    # then
    assert "Tiles\t400\t=B2*0.19\t=B2+C2" in reading.text
    assert "=SUM(D2:D3)" in reading.text
    assert "7 formulas that have no stored value" in reading.note
    assert reading.seen < 1


def test_zeros_that_stand_for_results_not_yet_computed_are_not_believed() -> None:
    # given
    from xlsxwriter import Workbook as Writer  # type: ignore[import-untyped]

    data = io.BytesIO()
    writer = Writer(data)
    sheet = writer.add_worksheet()
    sheet.write_row(0, 0, [3, 4])
    sheet.write_formula(0, 2, "=SUM(A1:B1)")
    sheet.write_formula(0, 3, "=A1*B1", None, 12)
    writer.close()

    # when
    reading = read(data.getvalue(), "x.xlsx")

    # then
    assert reading.text == "3\t4\t=SUM(A1:B1)\t12"
    assert "1 formula that has no stored value" in reading.note


def test_cells_are_shown_by_their_formats() -> None:
    # when: dify#34067
    text = case("rates.xlsx").text

    # then
    assert "Roof\t3.75%\t65%\t56,701.03 €\t26:30\t2026-03-05" in text
    assert "Zip\t01067" in text


def test_merged_cells_are_repeated_down_and_comments_are_read() -> None:
    # when: calamine#305
    reading = case("plan.xlsx")

    # then
    assert "North\tTue\tBen" in reading.text
    assert "Dan swaps with Eve" in reading.text
    assert "4100" not in reading.text
    assert "1 hidden sheet" in reading.note


def test_dates_of_the_1904_system() -> None:
    assert "2026-07-18" in case("mac-1904.xlsx").text


def test_a_cell_in_the_last_rows_is_read_at_once() -> None:
    # when
    reading = case("meter.xlsx")

    # then
    assert "4321" in reading.text
    assert "end of list" in reading.text
    assert reading.seen == 1


def test_a_merged_header_is_repeated_over_its_columns_and_a_title_is_not() -> None:
    # given: markitdown#167
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Hours of the yard", None, None, None, None])
        sheet.append(["Name", "Spring", None, "Autumn", None])
        sheet.append([None, "Mon", "Tue", "Mon", "Tue"])
        sheet.append(["Ada", 3, 4, 5, 6])
        for area in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
            sheet.merge_cells(area)

    # when
    reading = read(book(fill), "x.xlsx")

    # then
    assert reading.text.split("\n") == [
        "Hours of the yard",
        "Name\tSpring\tSpring\tAutumn\tAutumn",
        "Name\tMon\tTue\tMon\tTue",
        "Ada\t3\t4\t5\t6",
    ]


def test_answers_in_a_form_of_merged_cells_are_said_once() -> None:
    # given
    def fill(sheet: Worksheet) -> None:
        for row, (label, answer) in enumerate([("Name", "Ada"), ("Town", "Cork"), ("Zip", "T12")], 1):
            sheet.cell(row, 1, label)
            sheet.cell(row, 3, answer)
            sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=9)

    # when
    reading = read(book(fill), "x.xlsx")

    # then
    assert reading.text == "Name\tAda\nTown\tCork\nZip\tT12"


def test_a_merge_that_reaches_beyond_what_is_filled_costs_nothing() -> None:
    # given: anydoc#8
    def fill(sheet: Worksheet) -> None:
        sheet["F1"] = "Merged heading"
        sheet["A4"] = "x"

    content = book(fill)
    raw = raw_xlsx(
        '<x:sheetData><x:row r="1"><x:c r="F1" t="str"><x:v>Merged heading</x:v></x:c></x:row></x:sheetData>'
        '<x:mergeCells><x:mergeCell ref="F1:XFD1048576"/></x:mergeCells>'
    )

    # then
    assert read(content, "x.xlsx").text == "\tMerged heading\nx"
    assert read(raw, "x.xlsx").text == "Merged heading"


def test_an_authors_name_before_a_comment_is_not_said_twice() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "Ada"
        sheet["A1"].comment = Comment("Ben:\nswaps with Eve", "Ben")

    assert read(book(fill), "x.xlsx").text == "Ada\n\nA1: [Comment by Ben: swaps with Eve]"


def test_readings_above_letters_are_not_the_text() -> None:
    # given: xlsxir#104, SheetJS#476
    strings = (
        "<si><t>東京都</t><rPh sb='0' eb='3'><t>トウキョウト</t></rPh><phoneticPr fontId='1'/></si>"
        "<si><r><t>Hello </t></r><r><t>world_x000D_</t></r></si>"
    )
    cells = (
        '<x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>77</x:v></x:c>'
        '<x:c t="inlineStr"><x:is><x:t>大阪</x:t><x:rPh><x:t>オオサカ</x:t></x:rPh></x:is></x:c>'
    )

    # when
    reading = read(raw_xlsx(f"<x:sheetData><x:row>{cells}</x:row></x:sheetData>", strings=strings), "x.xlsx")

    # then
    assert reading.text == "東京都\tHello world\t大阪"


def test_kinds_of_values() -> None:
    # given
    cells = (
        '<x:c t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c>'
        '<x:c t="d"><x:v>2026-03-05T00:00:00</x:v></x:c><x:c><x:v>0.1</x:v></x:c>'
        "<x:c><x:v>1E+400</x:v></x:c><x:c><x:v>nonsense</x:v></x:c>"
        '<x:c s="99"><x:v>7</x:v></x:c><x:c t="str"><x:f>""</x:f><x:v></x:v></x:c>'
    )

    # when
    reading = read(raw_xlsx(f"<x:sheetData><x:row>{cells}</x:row></x:sheetData>"), "x.xlsx")

    # then
    assert reading.text == "TRUE\t#REF!\t2026-03-05\t0.1\t1E+400\tnonsense\t7"
    assert not reading.note


def test_a_sheet_that_is_cut_off_is_said() -> None:
    reading = read(raw_xlsx("<x:sheetData><x:row><x:c><x:v>1</x:v></x:c>"), "x.xlsx")

    assert reading.status is ReadStatus.DAMAGED


def test_empty_rows_with_formats_down_to_the_last_cost_no_text() -> None:
    rows = "".join(f'<x:row r="{n}"><x:c r="A{n}" s="1"/></x:row>' for n in range(1, 100_000))
    end = '<x:row r="1048576"><x:c r="XFD1048576" t="str"><x:v>end</x:v></x:c></x:row>'

    assert read(raw_xlsx(f"<x:sheetData>{rows}{end}</x:sheetData>"), "x.xlsx").text == "end"


def test_one_wide_row_does_not_fill_the_others_with_tabs() -> None:
    # given
    wide = "".join("<x:c><x:v>1</x:v></x:c>" for _ in range(16_384))
    rows = "".join(f'<x:row r="{n}"><x:c r="XFD{n}"><x:v>2</x:v></x:c></x:row>' for n in range(2, 2000))

    # when
    reading = read(raw_xlsx(f'<x:sheetData><x:row r="1">{wide}</x:row>{rows}</x:sheetData>'), "x.xlsx")

    # then
    assert len(reading.text) < 200_000


def test_xls_cells_are_shown_by_their_formats_and_merged_cells_are_filled() -> None:
    # given
    rows: list[list[str | float]] = [["Team", "Rate"], ["North", 0.0375], ["", 46086.0]]
    content = xls(
        rows,
        codes=["0.00%", "dd.mm.yyyy"],
        styles={(1, 1): 1, (2, 1): 2},
        merged=[(1, 2, 0, 0)],
    )

    # then
    assert read(content, "x.xls").text == "Team\tRate\nNorth\t3.75%\nNorth\t2026-03-05"


def test_xlsb_cells_are_shown_by_their_formats_and_merged_cells_are_filled() -> None:
    # given
    rows: list[list[str | float]] = [["Team", "Rate", 7], ["North", 0.0375, -12], ["", 46086.0]]
    content = xlsb(
        rows,
        codes=["0.00%", "dd.mm.yyyy"],
        styles={(1, 1): 1, (2, 1): 2},
        merged=[(1, 2, 0, 0)],
    )

    # when
    reading = read(content, "x.xlsb")

    # then
    assert reading.text == "Team\tRate\t7\nNorth\t3.75%\t-12\nNorth\t2026-03-05"
    assert not reading.note


def test_a_binary_sheet_with_a_far_cell_is_not_laid_out_as_a_grid() -> None:
    # given
    far: list[list[str | float]] = [["a"], *[[] for _ in range(3000)], [*[""] * 200, "b"]]

    # then
    assert read(xlsb(far), "x.xlsb").text == "a\n\tb"


def test_a_binary_workbook_that_is_cut_off_is_damaged() -> None:
    # given
    parts = {"xl/workbook.bin": b"\x9c\x01\x7f12", "[Content_Types].xml": b"<Types/>"}

    # then
    assert read(zipped(parts), "x.xlsb").status is ReadStatus.DAMAGED


def _ods_cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def _ods_table(rows: str) -> str:
    return f'<table:table table:name="A">{rows}</table:table>'


def test_ods_cells_are_the_text_that_was_shown() -> None:
    # given
    cells = (
        _ods_cell("3,75 %", 'office:value-type="percentage" office:value="0.0375"')
        + _ods_cell("1.234,50 €", 'office:value-type="currency" office:value="1234.5"')
        + _ods_cell("05.03.26", 'office:value-type="date" office:date-value="2026-03-05"')
        + _ods_cell("05.03.26 14:30", 'office:value-type="date" office:date-value="2026-03-05T14:30:00"')
        + _ods_cell("März 2026", 'office:value-type="date" office:date-value="2026-03-01"')
        + '<table:table-cell office:value-type="time" office:time-value="PT26H30M00S"/>'
        + '<table:table-cell table:formula="of:=SUM([.B2:.B3])"/>'
    )

    # when
    reading = read(
        ods(f'<table:table table:name="A"><table:table-row>{cells}</table:table-row></table:table>'), "x"
    )

    # then
    assert reading.text == (
        "3,75 %\t1.234,50 €\t2026-03-05\t2026-03-05 14:30\tMärz 2026\t26:30:00\t=SUM(B2:B3)"
    )
    assert "1 formula" in reading.note


def test_ods_repeated_and_merged_cells() -> None:
    # given
    empty = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    first = _ods_cell("North", 'table:number-rows-spanned="2"') + _ods_cell(
        "x", 'table:number-columns-repeated="2"'
    )
    second = "<table:covered-table-cell/>" + _ods_cell("Ben")
    rows = f"<table:table-row>{first}</table:table-row><table:table-row>{second}</table:table-row>{empty}"
    last = f"<table:table-row>{_ods_cell('end')}</table:table-row>"

    # when
    reading = read(ods(_ods_table(rows + last)), "x.ods")

    # then
    assert reading.text == "North\tx\tx\nNorth\tBen\nend"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Name;Preis\nAda;1,50\nBen;2,75\n", "Name\tPreis\nAda\t1,50\nBen\t2,75"),
        ("sep=|\r\na|b\r\n", "a\tb"),
        ('"Nom","Note"\n"Zoé","une\nligne, deux"\n', "Nom\tNote\nZoé\tune ligne, deux"),
        ("Имя\tИндекс\nАня\t01067\n", "Имя\tИндекс\nАня\t01067"),
        ("id,iban\n1,DE02120300000000202051\n2,12345678901234567890\n", None),
        ('a,b\n1,"2\n3,4\n', "a\tb\n1\t2 3,4"),
        ("just a line\nand another\n", "just a line\nand another"),
        (",,,\n,,,\n", ""),
    ],
)
def test_tables_in_text(content: str, text: str | None) -> None:
    shown = read(content.encode(), "x.csv").text

    assert shown == (content.strip().replace(",", "\t") if text is None else text)


def test_a_quotation_mark_that_never_ends_does_not_swallow_the_table() -> None:
    # given
    lines = ["name,size", '"5 inch,1', *(f"part {n},{n}" for n in range(2000))]

    # when
    reading = read("\n".join(lines).encode(), "x.csv")

    # then
    assert "part 1999\t1999" in reading.text


def test_a_large_table_of_commas_has_no_text() -> None:
    assert read((b"," * 50 + b"\n") * 100_000, "x.csv").status is ReadStatus.EMPTY
