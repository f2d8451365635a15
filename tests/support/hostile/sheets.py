"""Hostile spreadsheets: areas of billions of cells, endless formats, and repetitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.unit.extract.made import zipped
from tests.unit.extract.made_sheets import ods, xls, xlsb

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ROW = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Rent of the mill</t></is></c><c r="B1"><v>650.5</v></c></row>'
)


def xlsx(sheet: str, styles: str = "", **parts: str) -> bytes:
    """Return a workbook of one sheet by the XML of its parts ("sharedStrings" for xl/sharedStrings.xml)."""
    rows = '<Relationship Id="r1" Type="{0}/worksheet" Target="worksheets/sheet1.xml"/>'
    rows += '<Relationship Id="r2" Type="{0}/styles" Target="styles.xml"/>'
    rows += "".join(f'<Relationship Id="{name}" Type="{{0}}/{name}" Target="{name}.xml"/>' for name in parts)
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_KIND}">'
    book += '<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r" '
            f'Type="{_KIND}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f"{book}</workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
            f"{rows.format(_KIND)}</Relationships>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>',
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
            **{f"xl/{name}.xml": part for name, part in parts.items()},
        }
    )


def merged(count: int) -> bytes:
    """Return a sheet all of whose cells are one, countless times over."""
    areas = '<mergeCell ref="A1:XFD1048576"/>' * count
    return xlsx(f"<sheetData>{_ROW}</sheetData><mergeCells>{areas}</mergeCells>")


def far_cells(count: int) -> bytes:
    """Return cells whose places are beyond every sheet, or nonsense."""
    places = ("XFD1048576", "ZZZZZZZZZZ99999999999999", "A0", "1A", "", "-1", "A" * 10_000)
    cells = "".join(f'<c r="{places[at % 7]}"><v>{at}</v></c>' for at in range(count))
    rows = (
        f'<row r="1048576">{cells}</row><row r="99999999999999999999">{cells}</row><row r="-5">{cells}</row>'
    )
    return xlsx(f'<dimension ref="A1:XFD1048576"/><sheetData>{_ROW}{rows}</sheetData>')


def number_formats(count: int) -> bytes:
    """Return formats of countless sections, and such as would take a matcher for ever."""
    sections = ("0.0;" * count, '[$' * count, '"' * count, "\\_" * count, "#,##0" * count, "[h]" * count,
                "0." + "0" * count, "@" * count, "General" * count, "?/" * count, "y" * count,
                "[>=1]" * count, "E+" * count, "[" * count)  # fmt: skip
    codes = [section.replace('"', "&quot;").replace(">", "&gt;") for section in sections]
    styles = "".join(f'<numFmt numFmtId="{200 + at}" formatCode="{code}"/>' for at, code in enumerate(codes))
    formats = "".join(f'<xf numFmtId="{200 + at}"/>' for at in range(len(codes)))
    cells = "".join(
        f'<c r="{"ABCDEFGHIJKLMNOPQ"[at % 14]}{at // 14 + 2}" s="{at % 14}"><v>{at * 1.37}</v></c>'
        for at in range(1400)
    )
    rows = "".join(f'<row r="{at}">{cell}</row>' for at, cell in enumerate([cells], 2))
    return xlsx(
        f"<sheetData>{_ROW}{rows}</sheetData>",
        f"<numFmts>{styles}</numFmts><cellXfs>{formats}</cellXfs>",
    )


def numbers(count: int) -> bytes:
    """Return values that no cell can hold."""
    values = ("1e400", "-1e400", "nan", "inf", "1" * 5000, "1e-400", "0x10", "", "1_000", "٣")
    cells = "".join(
        f'<row r="{at + 2}"><c r="A{at + 2}" s="1"><v>{values[at % 10]}</v></c><c r="B{at + 2}" t="s"><v>'
        f'{values[at % 10]}</v></c><c r="C{at + 2}" t="d"><v>{values[at % 10]}</v></c></row>'
        for at in range(count)
    )
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    return xlsx(f"<sheetData>{_ROW}{cells}</sheetData>", styles)


def styles(count: int) -> bytes:
    formats = "".join(f'<xf numFmtId="{at}" xfId="{at}"/>' for at in range(count))
    codes = "".join(f'<numFmt numFmtId="{at}" formatCode="0.00 &quot;u{at}&quot;"/>' for at in range(count))
    rows = "".join(
        f'<row r="{at + 2}"><c r="A{at + 2}" s="{at}"><v>{at}</v></c></row>' for at in range(count)
    )
    return xlsx(
        f"<sheetData>{_ROW}{rows}</sheetData>", f"<numFmts>{codes}</numFmts><cellXfs>{formats}</cellXfs>"
    )


def shared_strings(count: int) -> bytes:
    """Return one long text that countless cells show."""
    text = f"<sst><si><t>{'word ' * 6500}</t></si></sst>".replace("<sst>", f'<sst xmlns="{_MAIN}">')
    rows = "".join(f'<row r="{at + 2}"><c r="A{at + 2}" t="s"><v>0</v></c></row>' for at in range(count))
    return xlsx(f"<sheetData>{_ROW}{rows}</sheetData>", sharedStrings=text)


def columns(count: int) -> bytes:
    """Return hidden columns and rows, each said again and again."""
    hidden = '<col min="1" max="4294967295" hidden="1"/>' * count
    return xlsx(f"<cols>{hidden}</cols><sheetData>{_ROW}</sheetData>")


def repeated_ods(count: int) -> bytes:
    """Return a row that stands for a billion rows of a billion cells."""
    cell = '<table:table-cell office:value-type="string" '
    cell += 'table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1000000000">{cell}</table:table-row>'
    return ods(f'<table:table table:name="A">{row * (count // 100 + 1)}</table:table>')


def spanned_ods(count: int) -> bytes:
    cell = (
        '<table:table-cell table:number-columns-spanned="2147483647" table:number-rows-spanned="2147483647">'
        "<text:p>x</text:p></table:table-cell>"
    )
    return ods(
        f'<table:table table:name="A">{f"<table:table-row>{cell}</table:table-row>" * count}</table:table>'
    )


def groups_ods(count: int) -> bytes:
    deep = min(count, 5000)
    row = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    opened, closed = "<table:table-row-group>" * deep, "</table:table-row-group>" * deep
    return ods(f'<table:table table:name="A">{opened}{row}{closed}</table:table>')


def old_merged(count: int) -> bytes:
    return xls([["Rent", 650.5]], merged=[(0, 65535, 0, 255)] * min(count, 1000))


def old_formats(count: int) -> bytes:
    code = "0.0;" * min(count // 4, 8000)
    return xls([["Rent", 650.5]], codes=[code], styles={(0, 1): 1})


def binary_merged(count: int) -> bytes:
    return xlsb([["Rent", 650.5]], merged=[(0, 1048575, 0, 16383)] * count)


def commas(count: int) -> bytes:
    return (b"," * 1000 + b"\n") * (count // 10)


def quotes(count: int) -> bytes:
    return b'name,value\n"' + b'""' * count + b"\n" + b'a,"b\n' * count


FILES: Mapping[str, Callable[[int], bytes]] = {
    **{
        f"{make.__name__}.xlsx": make
        for make in (merged, far_cells, number_formats, numbers, styles, shared_strings, columns)
    },
    **{f"{make.__name__}.ods": make for make in (repeated_ods, spanned_ods, groups_ods)},
    **{f"{make.__name__}.xls": make for make in (old_merged, old_formats)},
    "binary_merged.xlsb": binary_merged,
    **{f"{make.__name__}.csv": make for make in (commas, quotes)},
}
