"""Word, PowerPoint, OpenDocument and RTF files that have one part each."""

from __future__ import annotations

from tests.unit.extract.made_office import (
    chart,
    docx,
    level,
    numbered,
    numbering,
    paragraph,
    pptx,
    run,
    shape,
    slide_part,
    with_parts,
    word_part,
)
from tests.unit.extract.parts.example import Example

from twolane.extract.declared import FilePart

_LETTER = docx(paragraph("The mooring in Enkhuizen is let"))
_TABLE = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>"
_BOX = "<w:p><w:r><w:pict><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></w:pict></w:r></w:p>"
_NOTE = '<w:p><w:r><w:t>Let</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
_REMARK = '<w:p><w:r><w:t>Rent</w:t></w:r><w:r><w:commentReference w:id="0"/></w:r></w:p>'
_COMMENT = f'<w:comment w:id="0" w:author="Ada Brandt">{paragraph("Too much for a mooring")}</w:comment>'
_TICKED = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>'
    "</w:fldChar></w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar "
    'w:fldCharType="end"/></w:r><w:r><w:t>by transfer</w:t></w:r></w:p>'
)
_CHANGED = "<w:p>{}<w:del><w:r><w:delText>900</w:delText></w:r></w:del><w:ins>{}</w:ins></w:p>"
_GRAPHIC = "<p:graphicFrame><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></p:graphicFrame>"
_CHART = '<w:p><w:r><w:drawing><c:chart r:id="c1"/></w:drawing></w:r></w:p>'
_NUMBERS = chart(["May", "June"], Boats=["12", "19"])
_PICTURE = '<w:p><w:r><w:drawing><wp:docPr id="1" name="a" descr="Plan of berth 12"/></w:drawing></w:r></w:p>'
_BROKEN = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>The second page</w:t></w:r></w:p>"


def _word(part: FilePart, content: bytes, shows: str, note: str = "") -> Example:
    return Example("DOCX", part, "x.docx", content, shows, note)


WORD = (
    _word(FilePart.BODY, _LETTER, "The mooring in Enkhuizen is let"),
    _word(FilePart.TABLES, docx(_TABLE.format(paragraph("Rent"), paragraph("900 EUR"))), "Rent 900 EUR"),
    _word(
        FilePart.COMMENTS,
        docx(_REMARK, comments=word_part("comments", _COMMENT)),
        "Rent [Comment by Ada Brandt: Too much for a mooring]",
    ),
    _word(
        FilePart.CHANGES,
        docx(_CHANGED.format(run("Rent "), run("950"))),
        "Rent 950",
    ),
    _word(
        FilePart.NOTES,
        docx(
            _NOTE,
            footnotes=word_part("footnotes", f'<w:footnote w:id="2">{paragraph("See plan")}</w:footnote>'),
        ),
        "Let[1] [1] See plan",
    ),
    _word(
        FilePart.HEADERS,
        docx(paragraph("Dear Ada"), header1=word_part("hdr", paragraph("Marlowe Ltd"))),
        "Marlowe Ltd Dear Ada",
    ),
    _word(
        FilePart.BOXES,
        docx(_BOX.format(paragraph("Keys at the harbour office"))),
        "Keys at the harbour office",
    ),
    _word(FilePart.FIELDS, docx(_TICKED), "☒by transfer"),
    _word(
        FilePart.ATTACHMENTS,
        with_parts(_LETTER, {"word/embeddings/inner.docx": docx(paragraph("The inner letter"))}),
        "The inner letter",
    ),
    _word(
        FilePart.CHARTS,
        with_parts(docx(_CHART, {"c1": "chart charts/chart1.xml"}), {"word/charts/chart1.xml": _NUMBERS}),
        "Boats May 12 June 19",
    ),
    _word(FilePart.DESCRIPTIONS, docx(_PICTURE), "Picture: Plan of berth 12"),
    _word(
        FilePart.HIDDEN,
        docx(f"<w:p>{run('Seen')}{run('smuggled', '<w:vanish/>')}</w:p>"),
        "smuggled",
        "hidden text was left out",
    ),
    _word(FilePart.PAGE_NUMBERS, docx(paragraph("The first page") + _BROKEN), "The second page"),
    _word(
        FilePart.NUMBERING,
        docx(
            numbered("Fees") + numbered("Rent", 1) + numbered("Late payment", 1),
            numbering=numbering(level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2")),
        ),
        "1. Fees 1.1 Rent 1.2 Late payment",
    ),
)

_GRID = _GRAPHIC.format("<a:tbl><a:tr>{}</a:tr></a:tbl>")
_CELL = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
_FRAME = _GRAPHIC.format('<c:chart r:id="c1"/>')
_PHOTO = '<p:pic><p:nvPicPr><p:cNvPr id="1" name="a" descr="Plan of berth 12"/></p:nvPicPr></p:pic>'
_AUTHORS = slide_part("cmAuthorLst", '<p:cmAuthor id="0" name="Ada Brandt"/>')
_REMARKS = slide_part("cmLst", '<p:cm authorId="0"><p:text>Too much</p:text></p:cm>')
_COUNTED = "".join(
    f'<a:p><a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'
    for text in ("Cast off", "Hoist the sail")
)


def _show(part: FilePart, content: bytes, shows: str, note: str = "") -> Example:
    return Example("PPTX", part, "x.pptx", content, shows, note)


SLIDES = (
    _show(
        FilePart.BODY,
        pptx(shape("Moorings", "title") + shape("Let by the year")),
        "# Moorings Let by the year",
    ),
    _show(
        FilePart.TABLES, pptx(_GRID.format(_CELL.format("Rent") + _CELL.format("900 EUR"))), "Rent 900 EUR"
    ),
    _show(
        FilePart.COMMENTS,
        pptx(
            shape("Rent"),
            relations={"k": "comments ../comments/comment1.xml"},
            parts={"ppt/comments/comment1.xml": _REMARKS, "ppt/commentAuthors.xml": _AUTHORS},
        ),
        "Rent [Comment by Ada Brandt: Too much]",
    ),
    _show(
        FilePart.NOTES,
        pptx(
            shape("Rent"),
            relations={"n": "notesSlide ../notesSlides/notesSlide1.xml"},
            parts={"ppt/notesSlides/notesSlide1.xml": slide_part("notes", shape("Speak slowly", "body"))},
        ),
        "Notes: Speak slowly",
    ),
    _show(FilePart.HEADERS, pptx(shape("Rent") + shape("For members only", "ftr")), "For members only"),
    _show(
        FilePart.BOXES, pptx(f"<p:grpSp><p:grpSp>{shape('Deep within')}</p:grpSp></p:grpSp>"), "Deep within"
    ),
    _show(
        FilePart.ATTACHMENTS,
        pptx(shape("Outer"), parts={"ppt/embeddings/a.docx": docx(paragraph("The inner letter"))}),
        "The inner letter",
    ),
    _show(
        FilePart.CHARTS,
        pptx(
            _FRAME, relations={"c1": "chart ../charts/chart1.xml"}, parts={"ppt/charts/chart1.xml": _NUMBERS}
        ),
        "Boats May 12 June 19",
    ),
    _show(FilePart.DESCRIPTIONS, pptx(_PHOTO), "Picture: Plan of berth 12"),
    _show(
        FilePart.HIDDEN,
        pptx(shape("Seen") + shape("smuggled", properties='hidden="1"')),
        "smuggled",
        "hidden text was left out",
    ),
    _show(FilePart.PAGE_NUMBERS, pptx(shape("First"), shape("Second")), "Second"),
    _show(
        FilePart.NUMBERING,
        pptx(f"<p:sp><p:txBody>{_COUNTED}</p:txBody></p:sp>"),
        "1. Cast off 2. Hoist the sail",
    ),
)

EXAMPLES = (*WORD, *SLIDES)
