"""Office files, new and old: text in reading order, a page where the format has one."""

from __future__ import annotations

import io

import pytest
from pptx.enum.shapes import PP_PLACEHOLDER as PLACE
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import WORD_NS, doc, ole, ppt, raw_docx, zipped

from twolane.documents import ReadStatus

CHART_NS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING_NS = "http://schemas.openxmlformats.org/drawingml/2006/main"
BOMB = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_word_keeps_order_tables_headings_and_page_breaks(read: Read) -> None:
    # given
    from docx import Document

    document = Document()
    document.core_properties.title = "Rental agreement"
    document.sections[0].header.paragraphs[0].text = "Marlowe Ltd"
    document.add_heading("Terms", 1)
    document.add_paragraph("Before the table")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Rent", "900 EUR"
    document.add_page_break()  # type: ignore[no-untyped-call]
    document.add_paragraph("On the next page")
    data = io.BytesIO()
    document.save(data)

    # when
    reading = read(data.getvalue(), "x.docx")

    # then
    assert reading.title == "Rental agreement"
    assert reading.page_count == 2
    first, second = reading.pages
    assert first.text.startswith("Marlowe Ltd")
    assert "# Terms" in first.text
    assert first.text.index("Before the table") < first.text.index("Rent\t900 EUR")
    assert second.text.strip() == "On the next page"


def test_word_leaves_out_what_no_reader_sees(read: Read) -> None:
    # given
    body = (
        "<w:p><w:r><w:t>shown</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>struck</w:delText></w:r></w:del><w:ins><w:r><w:t>added</w:t></w:r></w:ins></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>in a form</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )

    # when
    reading = read(raw_docx(body), "x.docx")

    # then
    assert reading.text.split("\n") == ["shown", "added", "in a form"]


def test_slides_are_pages_with_titles_and_notes(read: Read) -> None:
    # given
    from pptx import Presentation

    show = Presentation()
    for number in (1, 2):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = f"Plan {number}"
        slide.placeholders[1].text = f"Point {number}"
    show.slides[1].notes_slide.notes_text_frame.text = "Speak slowly"
    data = io.BytesIO()
    show.save(data)

    # when
    reading = read(data.getvalue(), "x.pptx")

    # then
    assert [page.label for page in reading.pages] == ["Plan 1", "Plan 2"]
    assert "Point 1" in reading.pages[0].text
    assert "Notes: Speak slowly" in reading.pages[1].text


def test_what_stands_at_the_foot_of_every_slide_is_read_once(read: Read) -> None:
    # given
    from pptx import Presentation

    show = Presentation()
    for number in (1, 2):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = f"Plan {number}"
        for place in show.slide_layouts[1].placeholders:  # type: ignore[misc]
            if place.placeholder_format.type in {PLACE.FOOTER, PLACE.DATE, PLACE.SLIDE_NUMBER}:
                slide.shapes.clone_placeholder(place)
        for place in slide.placeholders:
            if place.placeholder_format.type == PLACE.FOOTER:
                place.text_frame.text = "Heron society, for members only"
            elif place.placeholder_format.type == PLACE.DATE:
                place.text_frame.text = "4 May 2026"
    data = io.BytesIO()
    show.save(data)

    # when
    reading = read(data.getvalue(), "x.pptx")

    # then
    assert "Heron society, for members only" in reading.pages[0].text
    assert "4 May 2026" in reading.pages[0].text
    assert "Heron" not in reading.pages[1].text


def test_a_chart_says_its_title_its_series_and_its_categories(read: Read) -> None:
    # given
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    chart_data = CategoryChartData()  # type: ignore[no-untyped-call]
    chart_data.categories = ["Reeds", "Meadow"]
    chart_data.add_series("Herons seen", (12, 5))  # type: ignore[no-untyped-call]
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 5_000_000, 5_000_000, chart_data
    ).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Count of spring"
    data = io.BytesIO()
    show.save(data)

    # when
    reading = read(data.getvalue(), "x.pptx")

    # then
    [page] = reading.pages
    for text in ("Count of spring", "Herons seen", "Reeds", "Meadow", "12"):
        assert text in page.text


def test_a_chart_and_a_diagram_in_a_word_document_are_read(read: Read) -> None:
    # given
    def said(text: str) -> str:
        return f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"

    names = f'xmlns:c="{CHART_NS}" xmlns:a="{DRAWING_NS}"'
    series = "<c:ser><c:tx><c:strCache><c:pt><c:v>Herons</c:v></c:pt></c:strCache></c:tx></c:ser>"
    chart = f"<c:chart {names}><c:title>{said('Count')}</c:title>{series}</c:chart>"
    diagram = f"<d:data xmlns:d='urn:d' {names}>{said('Egg, chick, heron')}</d:data>"
    body = "<w:p><w:r><w:t>Before</w:t></w:r></w:p>"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="{WORD_NS}"><w:body>{body}</w:body></w:document>',
        "word/charts/chart1.xml": chart,
        "word/diagrams/data1.xml": diagram,
    }

    # when
    reading = read(zipped(parts), "x.docx")

    # then
    assert reading.text.split("\n") == ["Before", "", "", "Count", "Herons", "", "Egg, chick, heron"]


def test_the_head_and_foot_of_an_opendocument_text_are_read(read: Read) -> None:
    # given
    names = 'xmlns:office="urn:o" xmlns:text="urn:t" xmlns:style="urn:s"'
    styles = (
        f"<office:document-styles {names}><office:master-styles><style:master-page>"
        "<style:header><text:p>Marlowe Ltd, 4 Quay Road</text:p></style:header>"
        "<style:footer><text:p>Registered in Cork</text:p></style:footer>"
        "</style:master-page></office:master-styles></office:document-styles>"
    )
    content = (
        f"<office:document-content {names}><office:body><office:text><text:p>Dear Ada</text:p></office:text>"
        "</office:body></office:document-content>"
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": content,
        "styles.xml": styles,
    }

    # when
    reading = read(zipped(parts), "x.odt")

    # then
    assert reading.text == "Marlowe Ltd, 4 Quay Road\n\nDear Ada\n\nRegistered in Cork"


def test_sheets_are_pages_and_hidden_ones_are_noted(read: Read) -> None:
    # given
    import datetime as dt

    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    data = io.BytesIO()
    book = Workbook(data)
    sheet = book.add_worksheet("Costs")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["Item", "Price", "Paid"])
    sheet.write_row(1, 0, ["Paper", 12.0, True])
    sheet.write_datetime(2, 1, dt.datetime(2024, 3, 5), day)  # noqa: DTZ001
    hidden = book.add_worksheet("Secret")
    hidden.write(0, 0, "not for you")
    hidden.very_hidden()
    book.close()

    # when
    reading = read(data.getvalue(), "x.xlsx")

    # then
    assert [page.label for page in reading.pages] == ["Costs"]
    assert reading.text == "Item\tPrice\tPaid\nPaper\t12\tTRUE\n\t2024-03-05"
    assert "1 hidden sheet" in reading.note


def test_two_far_cells_are_read_without_a_grid_between_them(read: Read) -> None:
    # given
    from xlsxwriter import Workbook

    data = io.BytesIO()
    book = Workbook(data)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "b")
    book.close()

    # when
    reading = read(data.getvalue(), "x.xlsx")

    # then
    assert reading.text == "a\n\tb"
    assert not reading.note


def test_opendocument_text(read: Read) -> None:
    # given
    content = (
        '<o:document xmlns:o="urn:o" xmlns:text="urn:text" xmlns:table="urn:table"><o:body><o:text>'
        '<text:h text:outline-level="2">Minutes</text:h><text:p>All <text:span>were</text:span> there'
        '<text:s text:c="2"/>and<text:tab/>ready.</text:p><table:table><table:table-row>'
        "<table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p>"
        "</table:table-cell></table:table-row></table:table></o:text></o:body></o:document>"
    )
    parts = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}

    # when
    reading = read(zipped(parts), "x.odt")

    # then
    assert "## Minutes" in reading.text
    assert "All were there  and\tready." in reading.text
    assert "a\tb" in reading.text


def test_an_encrypted_opendocument_says_so(read: Read) -> None:
    # given
    parts: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": b"\x01\x02",
        "META-INF/manifest.xml": "<m><encryption-data/></m>",
    }

    # when
    reading = read(zipped(parts), "x.odt")

    # then
    assert reading.status is ReadStatus.ENCRYPTED


def test_old_word_by_its_piece_table(read: Read) -> None:
    # given
    text = "Dear Sir,\rthe price is £5.\r\x13 HYPERLINK x \x14link\x15 cell\x07cell\x07\x07\x0cPage two ends."

    # when
    reading = read(doc(text), "x.doc")

    # then
    assert reading.status is ReadStatus.TEXT
    assert reading.pages[0].text.startswith("Dear Sir,\nthe price is £5.\nlink cell\tcell")
    assert "HYPERLINK" not in reading.text
    assert reading.pages[1].text == "Page two ends."


def test_old_word_with_a_password(read: Read) -> None:
    # when
    reading = read(doc("text", flags=0x0100), "x.doc")

    # then
    assert reading.status is ReadStatus.ENCRYPTED


def test_old_slides(read: Read) -> None:
    # when
    reading = read(ppt([["First title", "point"], ["Second title"]]), "x.ppt")

    # then
    assert [page.label for page in reading.pages] == ["First title", "Second title"]
    assert "point" in reading.pages[0].text


def test_an_encrypted_office_file_says_so(read: Read) -> None:
    # when
    reading = read(ole({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "x.docx")

    # then
    assert reading.status is ReadStatus.ENCRYPTED


@pytest.mark.parametrize("doctype", [BOMB, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'])
def test_entities_in_office_files_are_refused(read: Read, doctype: str) -> None:
    # when
    reading = read(raw_docx("<w:p><w:r><w:t>&b;&e;</w:t></w:r></w:p>", doctype), "x.docx")

    # then
    assert reading.status is ReadStatus.TOO_LARGE
    assert "entities" in reading.note


def test_a_package_that_unpacks_too_far_is_refused_before(read: Read) -> None:
    # given
    paragraph = f"<w:p><w:r><w:t>{'0' * 4000}</w:t></w:r></w:p>"
    data = raw_docx(paragraph * 15_000)

    # when
    reading = read(data, "x.docx")

    # then
    assert reading.status is ReadStatus.TOO_LARGE
    assert "times its size" in reading.note


def test_too_many_parts_are_refused(read: Read) -> None:
    # given
    parts: dict[str, str | bytes] = {f"word/{n}.xml": "" for n in range(20_001)}

    # when
    reading = read(zipped(parts), "x.docx")

    # then
    assert reading.status is ReadStatus.TOO_LARGE


def test_a_broken_part_costs_only_itself(read: Read) -> None:
    # given
    main = f'<w:document xmlns:w="{WORD_NS}"><w:body><w:p><w:r><w:t>kept</w:t></w:r></w:p><w:p><w:r>'

    # when
    reading = read(zipped({"word/document.xml": main}), "x.docx")

    # then
    assert reading.text == "kept"
