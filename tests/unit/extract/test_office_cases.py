"""Office files that people reported as read wrongly: what must be in the text, and what must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import doc, raw_docx
from tests.unit.extract.made_office import (
    chart,
    docx,
    level,
    numbered,
    numbering,
    odf,
    paragraph,
    pptx,
    run,
    shape,
    slide_part,
    with_parts,
    word_part,
)

from twolane.documents import ReadStatus

CASES = Path(__file__).parents[2] / "data" / "cases"
CHANGES = "E06-docx-changes-comments/lease-draft.docx"
RIGHT = [
    (CHANGES, ["The rent is 815 EUR a month", "Bicycles stand"], ["780 EUR", "Pets are forbidden"]),
    (CHANGES, ["[Comment by Notary Feld: Two rents are the legal limit for storage rooms"], []),
    ("E24-pptx/ferry.pptx", ["Launch date: 1 October 2026", "ferry strike", "88 EUR"], []),
    ("E24-pptx/ferry.pptx", ["Tickets sold", "Quarter B\t1755", "berth 12"], []),
    ("E29-docx-ruby/ruby.docx", ["東京都庁"], []),
    ("E33-docx-clause-numbers/storage.docx", ["2.2 Late payment costs 5 EUR."], ["- "]),
]


@pytest.mark.parametrize(
    ("name", "present", "absent"), RIGHT, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_reported_file_is_read_right(read: Read, name: str, present: list[str], absent: list[str]) -> None:
    # when
    reading = read((CASES / name).read_bytes(), name.rpartition("/")[2])

    # then
    assert all(text in reading.text for text in present)
    assert not any(text in reading.text for text in absent)
    assert reading.note == ""
    assert reading.seen == 1


LEGAL = level(0, "upperRoman", "%1.") + level(1, "decimal", "§ %1.%2", "<w:isLgl/>")
HEADINGS = (
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:numPr>'
    '<w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="berschrift2">'
    '<w:name w:val="heading 2"/><w:basedOn w:val="berschrift1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr>'
    "</w:pPr></w:style>"
)


def styled(text: str, style: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def test_headings_are_numbered_by_their_styles(read: Read) -> None:
    # given
    linked = LEGAL.replace('<w:lvlText w:val="§', '<w:pStyle w:val="berschrift2"/><w:lvlText w:val="§')
    body = styled("Miete", "berschrift1") + styled("Höhe", "berschrift2") + styled("Frist", "berschrift2")

    # when
    reading = read(docx(body, styles=word_part("styles", HEADINGS), numbering=numbering(linked)), "x.docx")

    # then
    assert [line for line in reading.text.split("\n") if line] == [
        "# I. Miete",
        "## § 1.1 Höhe",
        "## § 1.2 Frist",
    ]


def test_a_format_of_none_shows_no_number(read: Read) -> None:
    """docling#3759"""
    # when
    parts: dict[str, Any] = {
        "styles": word_part("styles", HEADINGS),
        "numbering": numbering(level(0, "none", "%1")),
    }
    reading = read(docx(styled("REFERENCES", "berschrift1"), **parts), "x.docx")

    # then
    assert reading.text == "# REFERENCES"


def test_lists_restart_where_word_restarts_them(read: Read) -> None:
    # given
    override = (
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/>'
        '<w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        '<w:num w:numId="8"><w:abstractNumId w:val="1"/></w:num>'
    )
    levels = level(0, "lowerLetter", "(%1)", start=2) + level(1, "decimal", "%2", '<w:lvlRestart w:val="0"/>')
    body = numbered("two") + numbered("x", 1) + numbered("three") + numbered("y", 1)
    body += numbered("anew", 0, 7) + numbered("on", 0, 7) + numbered("and on", 0, 8) + numbered("no", 0, 0)

    # when
    reading = read(docx(body, numbering=numbering(levels, numbers=override)), "x.docx")

    # then
    expected = ["(b) two", "1 x", "(c) three", "2 y", "(a) anew", "(b) on", "(c) and on", "no"]
    assert reading.text.split("\n") == expected


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("chineseCounting", "三"),
        ("decimalEnclosedCircle", "③"),
        ("russianLower", "в"),
        ("hebrew1", "ג"),
        ("decimalZero", "03"),
        ("unknownToAll", "3"),
    ],
)
def test_numbers_are_written_in_their_script(read: Read, kind: str, shown: str) -> None:
    # when
    reading = read(docx(numbered("x"), numbering=numbering(level(0, kind, "%1", start=3))), "x.docx")

    # then
    assert reading.text == f"{shown} x"


def test_styles_that_lean_on_each_other_in_a_circle_end(read: Read) -> None:
    # given
    circle = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:basedOn w:val="{other}"/></w:style>'
        for one, other in (("A", "B"), ("B", "A"))
    )
    lists = '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:abstractNum w:abstractNumId="1">'
    lists += '<w:numStyleLink w:val="A"/></w:abstractNum>'

    # when
    parts: dict[str, Any] = {
        "styles": word_part("styles", circle),
        "numbering": word_part("numbering", lists),
    }
    reading = read(docx(styled("kept", "A") + numbered("too"), **parts), "x.docx")

    # then
    assert reading.text == "kept\ntoo"


def test_pages_have_numbers_only_where_word_left_them(read: Read) -> None:
    # given
    forced = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    laid_out = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>second</w:t></w:r></w:p>"

    # when
    without, with_them = (
        read(docx(paragraph("first") + forced + paragraph("second")), "x.docx"),
        read(docx(paragraph("first") + laid_out), "x.docx"),
    )

    # then
    assert [page.is_numbered for page in without.pages] == [False, False]
    assert [(page.text, page.is_numbered) for page in with_them.pages] == [("first", True), ("second", True)]


def test_the_number_of_a_heading_stands_on_its_page(read: Read) -> None:
    # given
    broken = numbered("Late payment").replace("<w:r>", "<w:r><w:lastRenderedPageBreak/>", 1)

    # when
    reading = read(
        docx(paragraph("before") + broken, numbering=numbering(level(0, "decimal", "%1."))), "x.docx"
    )

    # then
    assert [page.text for page in reading.pages] == ["before", "1. Late payment"]


def test_a_form_shows_its_ticks_and_choices_and_no_prompts(read: Read) -> None:
    """office_oxide#276, docling#3923"""
    # given
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText> FORM</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    body = field.format("<w:checkBox><w:default w:val='1'/><w:checked w:val='0'/></w:checkBox>")
    body += field.format(
        "<w:ddList><w:result w:val='1'/><w:listEntry w:val='red'/><w:listEntry w:val='blue'/></w:ddList>"
    )
    body += f"<w:p>{run('Kind: ')}<w:sdt><w:sdtPr/><w:sdtContent>{run('lease')}</w:sdtContent></w:sdt></w:p>"
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body += prompt.format(paragraph("Click here"))
    body += '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:p>'

    # when
    reading = read(docx(body), "x.docx")

    # then
    assert reading.text.split("\n") == ["☐", "blue", "Kind: lease", "☑"]


def test_a_fields_code_and_what_is_within_it_are_no_text(read: Read) -> None:
    # given
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    begin, separate, end = (mark.format(kind) for kind in ("begin", "separate", "end"))
    code = "<w:r><w:instrText> IF </w:instrText></w:r>"
    inner = begin + code + separate + run("in the code") + end

    # when
    whole = read(docx(f"<w:p>{begin}{code}{inner}{separate}{run('shown')}{end}</w:p>"), "x.docx")
    cut = read(docx(f"<w:p>{begin}{code}{run('kept, as the end is missing')}</w:p>"), "x.docx")

    # then
    assert whole.text == "shown"
    assert cut.text == "kept, as the end is missing"


def test_a_file_that_stands_in_the_text_is_read_in_its_place(read: Read) -> None:
    """mammoth.js#78, xdocreport#459"""
    # given
    body = paragraph("before") + '<w:altChunk r:id="k"/>' + paragraph("behind")
    content = docx(body, {"k": "aFChunk chunk.html"})

    # when
    reading = read(
        with_parts(content, {"word/chunk.html": "<html><body><p>within</p></body></html>"}), "x.docx"
    )
    missing = read(content, "x.docx")

    # then
    assert [page.text for page in reading.pages] == ["before", "within", "behind"]
    assert "a file that stands in the text not read" in missing.note
    assert missing.seen < 1


def test_what_is_merged_down_stands_in_each_row(read: Read) -> None:
    """PHPWord#1456"""
    # given
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    start, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    first = cell.format(start, paragraph("Day")) + cell.format("", paragraph("Ann"))
    second = cell.format(on, "<w:p/>") + cell.format("", paragraph("Ben"))

    # when
    reading = read(docx(f"<w:tbl><w:tr>{first}</w:tr><w:tr>{second}</w:tr></w:tbl>"), "x.docx")

    # then
    assert reading.text.split("\n") == ["Day\tAnn", "Day\tBen"]


def test_deleted_rows_and_marks_are_left_out(read: Read) -> None:
    # given
    row = "<w:tr><w:trPr>{}</w:trPr><w:tc>{}</w:tc></w:tr>"
    table = row.format('<w:del w:id="1"/>', paragraph("gone")) + row.format("", paragraph("there"))
    merged = (
        '<w:p><w:pPr><w:rPr><w:del w:id="2"/></w:rPr></w:pPr>' + run("one ") + "</w:p>" + paragraph("line")
    )

    # when
    reading = read(docx(f"<w:tbl>{table}</w:tbl>{merged}"), "x.docx")

    # then
    assert reading.text.split("\n") == ["there", "one line"]


def test_answers_to_comments_and_what_is_settled_are_marked(read: Read) -> None:
    # given
    body = '<w:p><w:r><w:t>Rent</w:t><w:commentReference w:id="0"/><w:commentReference w:id="1"/></w:r></w:p>'
    comments = "".join(
        f'<w:comment w:id="{n}" w:author="{who}"><w:p w14:paraId="{n}A">{run(text)}</w:p></w:comment>'
        for n, who, text in ((0, "Zoë", "Zu viel?"), (1, "李", "不多"))
    )
    threads = (
        '<w15:commentEx w15:paraId="0A" w15:done="1"/><w15:commentEx w15:paraId="1A" w15:paraIdParent="0A"/>'
    )

    # when
    parts: dict[str, Any] = {
        "comments": word_part("comments", comments),
        "commentsExtended": word_part("commentsEx", threads),
    }
    reading = read(docx(body, **parts), "x.docx")

    # then
    assert reading.text.split("\n") == ["Rent", "[Comment by Zoë, resolved: Zu viel?]", "[Reply by 李: 不多]"]


def test_a_thread_on_a_slide_is_read_with_its_answers(read: Read) -> None:
    # given
    text = "<p188:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p188:txBody>"
    reply = f'<p188:replyLst><p188:reply authorId="{{B}}">{text.format("Yes")}</p188:reply></p188:replyLst>'
    thread = slide_part("cmLst", f'<p188:cm authorId="{{A}}">{reply}{text.format("Is it due?")}</p188:cm>')
    authors = slide_part("authorLst", '<p188:author id="{A}" name="Ada"/><p188:author id="{B}" name="Bo"/>')

    # when
    parts: dict[str, str | bytes] = {"ppt/comments/modern.xml": thread, "ppt/authors.xml": authors}
    reading = read(
        pptx(shape("Rent"), relations={"k": "comments ../comments/modern.xml"}, parts=parts), "x.pptx"
    )

    # then
    assert reading.text.split("\n") == ["Rent", "", "[Comment by Ada: Is it due?]", "[Reply by Bo: Yes]"]


def test_a_decorative_picture_and_a_files_name_say_nothing(read: Read) -> None:
    # given
    drawing = (
        '<w:p><w:r><w:drawing><wp:docPr id="1" name="a" descr="{}">{}</wp:docPr></w:drawing></w:r></w:p>'
    )
    body = (
        drawing.format("A line", '<adec:decorative val="1"/>')
        + drawing.format("IMG_1.jpg", "")
        + paragraph("x")
    )

    # when
    reading = read(docx(body), "x.docx")

    # then
    assert "Picture" not in reading.text


def test_shares_and_days_of_a_chart_are_shown_as_such(read: Read) -> None:
    # given
    part = chart(["46023"], Rate=["0.125"]).replace("General", "0.0%")
    part = part.replace(
        '<c:strCache><c:pt idx="0"><c:v>46023',
        '<c:strCache><c:formatCode>dd.mm.yyyy</c:formatCode><c:pt idx="0"><c:v>46023',
    )

    # when
    reading = read(with_parts(docx(paragraph("x")), {"word/charts/chart1.xml": part}), "x.docx")

    # then
    assert "\tRate\n2026-01-01\t12.5%" in reading.text


def test_equations_are_read_in_a_line(read: Read) -> None:
    # given
    def letters(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    root = f"<m:rad><m:e>{letters('b')}</m:e></m:rad>"
    fraction = f"<m:f><m:num>{letters('a+')}{root}</m:num><m:den>{letters('2')}</m:den></m:f>"

    # when
    reading = read(docx(f"<w:p><m:oMath>{fraction}</m:oMath></w:p>"), "x.docx")

    # then
    assert reading.text.strip() == "(a+√b)/2"


def test_tables_nested_without_end_are_no_crash(read: Read) -> None:
    # given
    deep = "<w:tbl><w:tr><w:tc>" * 3000 + paragraph("deep") + "</w:tc></w:tr></w:tbl>" * 3000

    # when
    reading = read(raw_docx(deep), "x.docx")

    # then
    assert reading.status in {ReadStatus.TEXT, ReadStatus.EMPTY, ReadStatus.DAMAGED}


def test_lists_of_opendocument_go_on_and_begin_anew(read: Read) -> None:
    # given
    style = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="A" '
        'style:num-suffix=")" text:start-value="3"/></text:list-style>'
    )
    one = '<text:list text:style-name="L"{}><text:list-item><text:p>{}</text:p></text:list-item></text:list>'
    body = one.format("", "c") + one.format(' text:continue-numbering="true"', "d") + one.format("", "anew")

    # when
    reading = read(odf(body, auto=style), "x.odt")

    # then
    assert reading.text.split("\n") == ["C) c", "D) d", "C) anew"]


def test_opendocument_in_one_xml_file_is_read_as_such(read: Read) -> None:
    # given
    names = 'xmlns:office="urn:o" xmlns:text="urn:t"'
    kind = 'office:mimetype="application/vnd.oasis.opendocument.text"'
    body = "<text:h>Minutes</text:h><text:p>All were there</text:p>"
    body = f"<office:body><office:text>{body}</office:text></office:body>"

    # when
    reading = read(
        f"<?xml version='1.0'?><office:document {names} {kind}>{body}</office:document>".encode(), "x.fodt"
    )

    # then
    assert reading.text == "# Minutes\nAll were there"
    assert reading.media_type == "application/vnd.oasis.opendocument.text"


def test_numbers_that_an_old_word_file_leaves_out_are_said(read: Read) -> None:
    """xberg#1550"""
    # when
    reading = read(doc("Late payment costs 5 EUR.\r", lists="yes"), "x.doc")

    # then
    assert "numbers of lists not read" in reading.note
    assert reading.seen < 1


def test_what_separates_notes_in_an_old_word_file_is_no_header(read: Read) -> None:
    """office_oxide#355"""
    # when
    reading = read(doc("Dear Ada\r", heads="(continued)\rMarlowe Ltd\r", first_head="12"), "x.doc")

    # then
    assert reading.text == "Marlowe Ltd\nDear Ada"
