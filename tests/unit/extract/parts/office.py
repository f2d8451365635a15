"""Word, PowerPoint, OpenDocument and RTF files that have one part each."""

from __future__ import annotations

import struct
from typing import Any

from tests.unit.extract.made import doc, pdf, ppt, zipped
from tests.unit.extract.made_office import (
    ODP,
    chart,
    docx,
    level,
    numbered,
    numbering,
    odf,
    odf_part,
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

_ROW = "<table:table><table:table-row>{}</table:table-row></table:table>"
_ODF_CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
_FOOT = "<text:note><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body></text:note>"
_ANNOTATION = (
    "<office:annotation><dc:creator>Ada Brandt</dc:creator><text:p>Too much</text:p></office:annotation>"
)
_DELETED = "<text:tracked-changes><text:deletion><text:p>900</text:p></text:deletion></text:tracked-changes>"
_HEADER = "<office:master-styles><style:master-page><style:header>{}</style:header></style:master-page>{}"
_TEXT_BOX = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
_CONTROL = (
    '<office:forms><form:form><form:checkbox form:id="c1" form:current-state="checked" form:label="paid"/>'
    '</form:form></office:forms><text:p>Rent <draw:control draw:control="c1"/></text:p>'
)
_OBJECT = '<text:p>See<draw:frame><draw:object xlink:href="./{}"/></draw:frame></text:p>'
_OBJECT_ROWS = _ROW.format(_ODF_CELL.format("May") + _ODF_CELL.format("12"))
_DESCRIBED = "<draw:frame><draw:image/><svg:desc>Plan of berth 12</svg:desc></draw:frame>"
_LEVELS = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/>'
    "</text:list-style>"
)
_ITEM = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
_UNSEEN = (
    '<style:style style:name="V" style:family="text"><style:text-properties text:display="none"/>'
    "</style:style>"
)
_SMUGGLED = '<text:p>Seen<text:span text:style-name="V">smuggled</text:span></text:p>'
_CHART_BODY = f"<office:body><chart:chart>{_OBJECT_ROWS}</chart:chart></office:body>"
_OBJECT_CHART = {"Object 1/content.xml": odf_part(_CHART_BODY)}
_OBJECT_FILE = {"Object 1": docx(paragraph("The inner letter"))}


def _p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def _page(content: str) -> str:
    return f"<draw:page>{content}</draw:page>"


def _list(*items: str) -> str:
    return f'<text:list text:style-name="L">{"".join(items)}</text:list>'


_LIST = _list(_ITEM.format("Fees", _list(_ITEM.format("Rent", ""), _ITEM.format("Late payment", ""))))


def _odt(part: FilePart, content: bytes, shows: str, note: str = "") -> Example:
    return Example("ODT", part, "x.odt", content, shows, note)


OPEN_TEXT = (
    _odt(FilePart.BODY, odf(_p("The mooring is let")), "The mooring is let"),
    _odt(FilePart.TABLES, odf(_ROW.format(_ODF_CELL.format("Rent") + _ODF_CELL.format("9"))), "Rent 9"),
    _odt(FilePart.COMMENTS, odf(_p(f"Rent{_ANNOTATION}")), "Rent [Comment by Ada Brandt: Too much]"),
    _odt(FilePart.CHANGES, odf(_DELETED + _p("Rent <text:change-start/>950<text:change-end/>")), "Rent 950"),
    _odt(FilePart.NOTES, odf(_p(f"Let{_FOOT.format(_p('See plan'))}")), "Let[1] [1] See plan"),
    _odt(
        FilePart.HEADERS,
        odf(_p("Dear Ada"), styles=_HEADER.format(_p("Marlowe Ltd"), "</office:master-styles>")),
        "Marlowe Ltd Dear Ada",
    ),
    _odt(FilePart.BOXES, odf(_p(f"Keys{_TEXT_BOX.format('At the harbour')}")), "Keys At the harbour"),
    _odt(FilePart.FIELDS, odf(_CONTROL), "Rent ☒ paid"),
    _odt(FilePart.ATTACHMENTS, odf(_OBJECT.format("Object 1"), more={**_OBJECT_FILE}), "The inner letter"),
    _odt(FilePart.CHARTS, odf(_OBJECT.format("Object 1"), more={**_OBJECT_CHART}), "May 12"),
    _odt(FilePart.DESCRIPTIONS, odf(_p(_DESCRIBED)), "Picture: Plan of berth 12"),
    _odt(FilePart.HIDDEN, odf(_SMUGGLED, auto=_UNSEEN), "smuggled", "hidden text was left out"),
    _odt(FilePart.PAGE_NUMBERS, odf(_p("One<text:soft-page-break/>two")), "One two"),
    _odt(FilePart.NUMBERING, odf(_LIST, auto=_LEVELS), "1 Fees 1.1 Rent 1.2 Late payment"),
)


def _odp(part: FilePart, content: str, shows: str, note: str = "") -> Example:
    data = odf(
        _page(content),
        ODP,
        auto=_LEVELS + _UNSEEN,
        more={**_OBJECT_CHART, "Object 2": _OBJECT_FILE["Object 1"]},
    )
    return Example("ODP", part, "x.odp", data, shows, note)


OPEN_SLIDES = (
    _odp(FilePart.BODY, _TEXT_BOX.format("The mooring is let"), "The mooring is let"),
    _odp(FilePart.TABLES, _ROW.format(_ODF_CELL.format("Rent") + _ODF_CELL.format("9")), "Rent 9"),
    _odp(FilePart.COMMENTS, _ANNOTATION, "[Comment by Ada Brandt: Too much]"),
    _odp(
        FilePart.NOTES,
        f"<presentation:notes>{_TEXT_BOX.format('Slowly')}</presentation:notes>",
        "Notes: Slowly",
    ),
    _odp(FilePart.BOXES, f"<draw:g><draw:custom-shape>{_p('Within')}</draw:custom-shape></draw:g>", "Within"),
    _odp(FilePart.ATTACHMENTS, _OBJECT.format("Object 2"), "The inner letter"),
    _odp(FilePart.CHARTS, _OBJECT.format("Object 1"), "May 12"),
    _odp(FilePart.DESCRIPTIONS, _DESCRIBED, "Picture: Plan of berth 12"),
    _odp(FilePart.HIDDEN, _SMUGGLED, "smuggled", "hidden text was left out"),
    _odp(FilePart.PAGE_NUMBERS, _TEXT_BOX.format("First"), "First"),
    _odp(FilePart.NUMBERING, _LIST, "1 Fees 1.1 Rent"),
)

_COMMENTED = r"Rent{\*\atnauthor Ada Brandt}\chatn{\*\annotation\pard Too much}\par Next"
_SHAPE = r"\pard Keys{\shp{\*\shpinst\shptop1{\shptxt\pard At the harbour\par}}}\par Next\par"
_FORM = r"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres1}}}{\fldrslt}} by transfer"
_PICTURED = r"{\*\shppict{\pict{\*\picprop{\sp{\sn wzDescription}{\sv Plan of berth 12}}}\pngblip 89}}\par"
_INNER = docx(paragraph("The inner letter"))
_NAMES = struct.pack("<II", 0x501, 2) + struct.pack("<I", 5) + b"Word\0" + bytes(8)
_OBJECT_DATA = (_NAMES + struct.pack("<I", len(_INNER)) + _INNER).hex()


def _rtf(part: FilePart, text: str, shows: str, note: str = "") -> Example:
    return Example("RTF", part, "x.rtf", f"{{\\rtf1\\ansi {text}}}".encode("ascii"), shows, note)


RICH_TEXT = (
    _rtf(FilePart.BODY, r"The mooring is let\par", "The mooring is let"),
    _rtf(FilePart.TABLES, r"\trowd\cellx1\cellx2 Rent\cell 900\cell\row", "Rent 900"),
    _rtf(FilePart.COMMENTS, _COMMENTED, "Rent [Comment by Ada Brandt: Too much] Next"),
    _rtf(FilePart.CHANGES, r"Rent {\deleted 900}{\revised 950}\par", "Rent 950"),
    _rtf(FilePart.NOTES, r"Let{\super\chftn{\footnote\pard See plan}} it\par", "Let[1] it [1] See plan"),
    _rtf(FilePart.HEADERS, r"{\header\pard Marlowe Ltd\par}Dear Ada\par", "Marlowe Ltd Dear Ada"),
    _rtf(FilePart.BOXES, _SHAPE, "Keys At the harbour Next"),
    _rtf(FilePart.FIELDS, _FORM, "☒ by transfer"),
    _rtf(FilePart.ATTACHMENTS, rf"{{\object\objemb{{\*\objdata {_OBJECT_DATA}}}}}", "The inner letter"),
    _rtf(FilePart.DESCRIPTIONS, _PICTURED, "Picture: Plan of berth 12"),
    _rtf(FilePart.HIDDEN, r"Seen {\v smuggled}\par", "smuggled", "hidden text was left out"),
    _rtf(FilePart.NUMBERING, r"{\listtext\pard 2.2\tab}Late payment\par", "2.2 Late payment"),
)


def _doc(part: FilePart, text: str, shows: str, **stories: Any) -> Example:
    return Example("DOC", part, "x.doc", doc(text, **stories), shows)


OLD = (
    _doc(FilePart.BODY, "The mooring is let\r", "The mooring is let"),
    _doc(FilePart.TABLES, "Rent\x07900\x07\x07", "Rent 900"),
    _doc(
        FilePart.COMMENTS,
        "Rent\x05 due\rNext\r",
        "Rent due [Comment: Too much] Next",
        comments="\x05Too much\r",
    ),
    _doc(FilePart.NOTES, "Let\x02 it\r", "Let[1] it [1] See plan", footnotes="\x02 See plan\r"),
    _doc(FilePart.HEADERS, "Dear Ada\r", "Marlowe Ltd Dear Ada", heads="\x03\rMarlowe Ltd\r\r"),
    Example(
        "DOC", FilePart.NUMBERING, "x.doc", doc("Fees\r", lists="yes"), "1.", "numbers of lists not read"
    ),
    _doc(FilePart.BOXES, "Keys\r", "Keys At the harbour", boxes="At the harbour\r"),
    Example("PPT", FilePart.BODY, "x.ppt", ppt([["Moorings", "Let by the year"]]), "Let by the year"),
    Example("PPT", FilePart.PAGE_NUMBERS, "x.ppt", ppt([["First"], ["Second"]]), "Second"),
    Example(
        "Pages, Numbers, Keynote",
        FilePart.BODY,
        "x.pages",
        zipped({"Index/Document.iwa": b"x", "QuickLook/Preview.pdf": pdf([["The mooring is let"]])}),
        "The mooring is let",
    ),
)

EXAMPLES = (*WORD, *SLIDES, *OPEN_TEXT, *OPEN_SLIDES, *RICH_TEXT, *OLD)
