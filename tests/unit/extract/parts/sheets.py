"""Spreadsheets and tables that have one part each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from tests.unit.extract.made import picture
from tests.unit.extract.made_sheets import boxes_xls, ods, xls, xlsb
from tests.unit.extract.parts.example import Example

from twolane.extract.declared import FilePart


def xlsx(change: Callable[..., None]) -> bytes:
    """Return a workbook that has been changed by its book and first sheet."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    data = io.BytesIO()
    book = Workbook(data)
    sheet = book.add_worksheet("Plan")
    sheet.write(0, 0, "Shifts of the week")
    change(book, sheet)
    book.close()
    return data.getvalue()


def _table(book: object, sheet: object) -> None:
    sheet.write_row(1, 0, ["Ada", "Mon"])  # type: ignore[attr-defined]


def _comment(book: object, sheet: object) -> None:
    sheet.write_comment("B2", "swaps with Eve", {"author": "Ben"})  # type: ignore[attr-defined]


def _box(book: object, sheet: object) -> None:
    sheet.insert_textbox(3, 3, "Valid from June")  # type: ignore[attr-defined]


def _chart(book: object, sheet: object) -> None:
    sheet.write_column(1, 0, [3, 4])  # type: ignore[attr-defined]
    chart = book.add_chart({"type": "column"})  # type: ignore[attr-defined]
    chart.add_series({"values": "=Plan!$A$2:$A$3"})
    chart.set_title({"name": "Hours a week"})
    sheet.insert_chart("D2", chart)  # type: ignore[attr-defined]


def _picture(book: object, sheet: object) -> None:
    image = {"image_data": io.BytesIO(picture()), "description": "A map of the yard"}
    sheet.insert_image("D2", "map.png", image)  # type: ignore[attr-defined]


def _margin(book: object, sheet: object) -> None:
    sheet.set_header('&L&"Arial,Bold"&12Works council&RPage &P of &N')  # type: ignore[attr-defined]


def _hidden(book: object, sheet: object) -> None:
    secret = book.add_worksheet("Secret")  # type: ignore[attr-defined]
    secret.write(0, 0, "not for you")
    secret.very_hidden()


def _with_parts(content: bytes, **parts: str) -> bytes:
    data = io.BytesIO(content)
    with zipfile.ZipFile(data, "a") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return data.getvalue()


def _cell(text: str, inside: str = "", attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{inside}<text:p>{text}</text:p></table:table-cell>"


def _sheet(cells: str, before: str = "", attributes: str = "") -> str:
    row = f"<table:table-row>{cells}</table:table-row>"
    return f'<table:table table:name="Plan" {attributes}>{before}{row}</table:table>'


_ANNOTATION = (
    "<office:annotation><dc:creator>Ben</dc:creator><text:p>swaps with Eve</text:p></office:annotation>"
)
_TEXT_BOX = (
    "<table:shapes><draw:frame><draw:text-box><text:p>Valid from June</text:p></draw:text-box></draw:frame>"
    "</table:shapes>"
)
_DESCRIBED = "<table:shapes><draw:frame><svg:desc>A map of the yard</svg:desc></draw:frame></table:shapes>"
_OBJECT = '<table:shapes><draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></table:shapes>'
_CHART_XML = (
    '<o:d xmlns:o="urn:o" xmlns:chart="urn:c" xmlns:text="urn:t"><chart:chart><chart:title>'
    "<text:p>Hours a week</text:p></chart:title></chart:chart></o:d>"
)
_TEXT_XML = '<o:d xmlns:o="urn:o" xmlns:text="urn:t"><o:text><text:p>Dear Ada</text:p></o:text></o:d>'
_STYLES_XML = (
    '<o:s xmlns:o="urn:o" xmlns:style="urn:s" xmlns:text="urn:t"><style:header><text:p>Works council</text:p>'
    "<text:p>Page <text:page-number>1</text:page-number></text:p></style:header></o:s>"
)
_HIDDEN_STYLE = (
    '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/>'
    "</style:style>"
)
_WORDS = b"Dear Ada, the keys are with the porter."
_ROWS: list[list[str | float]] = [["Shifts of the week", ""], ["Ada", "Mon"]]

_WITH_FILE = _with_parts(xlsx(_table), **{"xl/embeddings/a.txt": _WORDS.decode()})
_WITH_PICTURE = ods(_sheet(_cell("Ada"), _DESCRIBED))

EXAMPLES = (
    Example("XLSX", FilePart.BODY, "x.xlsx", xlsx(_table), "Shifts of the week"),
    Example("XLSX", FilePart.TABLES, "x.xlsx", xlsx(_table), "Ada Mon"),
    Example("XLSX", FilePart.COMMENTS, "x.xlsx", xlsx(_comment), "B2: [Comment by Ben: swaps with Eve]"),
    Example("XLSX", FilePart.BOXES, "x.xlsx", xlsx(_box), "Valid from June"),
    Example("XLSX", FilePart.CHARTS, "x.xlsx", xlsx(_chart), "Hours a week"),
    Example("XLSX", FilePart.DESCRIPTIONS, "x.xlsx", xlsx(_picture), "A map of the yard"),
    Example("XLSX", FilePart.HEADERS, "x.xlsx", xlsx(_margin), "Works council"),
    Example("XLSX", FilePart.HIDDEN, "x.xlsx", xlsx(_hidden), "not for you", "1 hidden sheet"),
    Example(
        "XLSX",
        FilePart.ATTACHMENTS,
        "x.xlsx",
        _with_parts(xlsx(_table), **{"xl/embeddings/a.txt": _WORDS.decode()}),
        "with the porter",
    ),
    Example("XLSB", FilePart.BODY, "x.xlsb", xlsb(_ROWS), "Shifts of the week"),
    Example("XLSB", FilePart.TABLES, "x.xlsb", xlsb(_ROWS), "Ada Mon"),
    Example("XLSB", FilePart.HIDDEN, "x.xlsb", xlsb(_ROWS, hidden=True), "Secret", "1 hidden sheet"),
    Example(
        "XLSB",
        FilePart.COMMENTS,
        "x.xlsb",
        _with_parts(xlsb(_ROWS), **{"xl/comments1.bin": "swaps"}),
        "swaps",
        "comments of 1 sheet",
    ),
    Example(
        "XLSB",
        FilePart.CHARTS,
        "x.xlsb",
        _with_parts(xlsb(_ROWS), **{"xl/charts/chart1.xml": "<c>Hours</c>"}),
        "Hours",
        "1 chart",
    ),
    Example(
        "XLSB",
        FilePart.BOXES,
        "x.xlsb",
        _with_parts(xlsb(_ROWS), **{"xl/drawings/drawing1.xml": "<c>Valid</c>"}),
        "Valid",
        "text boxes and pictures of 1 sheet",
    ),
    Example(
        "XLSB",
        FilePart.DESCRIPTIONS,
        "x.xlsb",
        _with_parts(xlsb(_ROWS), **{"xl/drawings/drawing1.xml": '<c descr="A map"/>'}),
        "A map",
        "text boxes and pictures of 1 sheet",
    ),
    Example(
        "XLSB",
        FilePart.ATTACHMENTS,
        "x.xlsb",
        _with_parts(xlsb(_ROWS), **{"xl/embeddings/a.txt": _WORDS.decode()}),
        "with the porter",
    ),
    Example("XLS", FilePart.BODY, "x.xls", xls(_ROWS), "Shifts of the week"),
    Example("XLS", FilePart.TABLES, "x.xls", xls(_ROWS), "Ada Mon"),
    Example(
        "XLS",
        FilePart.COMMENTS,
        "x.xls",
        xls(_ROWS, notes={(1, 1): ("Ben", "swaps with Eve")}),
        "B2: [Comment by Ben: swaps with Eve]",
    ),
    Example("XLS", FilePart.HIDDEN, "x.xls", xls(_ROWS, hidden=True), "Secret", "1 hidden sheet"),
    Example("XLS", FilePart.BOXES, "x.xls", boxes_xls(), "Valid from June"),
    Example("XLS", FilePart.HEADERS, "x.xls", boxes_xls(), "Works council"),
    Example("XLS", FilePart.CHARTS, "x.xls", boxes_xls(), "Hours", "1 chart"),
    Example("XLS", FilePart.ATTACHMENTS, "x.xls", boxes_xls(), "Dear Ada", "1 embedded object"),
    Example("ODS", FilePart.BODY, "x.ods", ods(_sheet(_cell("Shifts of the week"))), "Shifts of the week"),
    Example("ODS", FilePart.TABLES, "x.ods", ods(_sheet(_cell("Ada") + _cell("Mon"))), "Ada Mon"),
    Example(
        "ODS",
        FilePart.COMMENTS,
        "x.ods",
        ods(_sheet(_cell("Ada") + _cell("Mon", _ANNOTATION))),
        "B1: [Comment by Ben: swaps with Eve]",
    ),
    Example("ODS", FilePart.BOXES, "x.ods", ods(_sheet(_cell("Ada"), _TEXT_BOX)), "Valid from June"),
    Example("ODS", FilePart.DESCRIPTIONS, "x.ods", _WITH_PICTURE, "A map of the yard"),
    Example(
        "ODS",
        FilePart.CHARTS,
        "x.ods",
        ods(_sheet(_cell("Ada"), _OBJECT), parts={"Object 1/content.xml": _CHART_XML}),
        "Hours a week",
    ),
    Example(
        "ODS",
        FilePart.ATTACHMENTS,
        "x.ods",
        ods(_sheet(_cell("Ada"), _OBJECT), parts={"Object 1/content.xml": _TEXT_XML}),
        "Dear Ada",
        "embedded object Object 1",
    ),
    Example(
        "ODS",
        FilePart.HEADERS,
        "x.ods",
        ods(_sheet(_cell("Ada")), parts={"styles.xml": _STYLES_XML}),
        "Works council",
    ),
    Example(
        "ODS",
        FilePart.HIDDEN,
        "x.ods",
        ods(
            _sheet(_cell("Ada")) + _sheet(_cell("not for you"), attributes='table:style-name="ta1"'),
            _HIDDEN_STYLE,
        ),
        "not for you",
        "1 hidden sheet",
    ),
    Example("CSV", FilePart.BODY, "x.csv", b"Shifts of the week;\nAda;Mon\n", "Shifts of the week"),
    Example("CSV", FilePart.TABLES, "x.csv", b"Name;Day\nAda;Mon\n", "Ada Mon"),
)
