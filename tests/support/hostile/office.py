"""Hostile documents and slides: loops of styles and numbers, and counts that no person would reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.unit.extract.made import zipped
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
    word_part,
)

_TEXT = paragraph("A letter that a person wrote about the lease of the mill.")


def deep_numbers(count: int) -> bytes:
    """Return lists whose numbers are far beyond what letters or Roman numerals were made for."""
    kinds = ("upperRoman", "lowerLetter", "chineseCounting", "cardinalText", "ordinal", "hebrew1", "bullet")
    levels = [level(at, kind, f"%{at + 1}.", start=1_999_999_999) for at, kind in enumerate(kinds)]
    body = "".join(numbered(f"item {at}", at % 7) for at in range(count))
    return docx(body, numbering=numbering("".join(levels)))


def wide_numbers(count: int) -> bytes:
    """Return a list whose number is written by a pattern of a million places."""
    pattern = "%1.%2.%3" * (count // 3)
    body = "".join(numbered(f"item {at}") for at in range(1000))
    return docx(body, numbering=numbering(level(0, "decimal", pattern)))


def style_loop(count: int) -> bytes:
    """Return styles that are based on each other in a circle, and numbering that follows them."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{at}"><w:basedOn w:val="s{(at + 1) % count}"/>'
        f'<w:link w:val="s{(at + 2) % count}"/><w:next w:val="s{at}"/></w:style>'
        for at in range(count)
    )
    body = "".join(paragraph(f"p{at}", f'<w:pStyle w:val="s{at}"/>') for at in range(min(count, 2000)))
    return docx(body, styles=word_part("styles", styles))


def numbering_loop(count: int) -> bytes:
    """Return numberings that refer to styles which refer to them."""
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{at}"><w:numStyleLink w:val="n{at}"/><w:styleLink w:val="n{at}"/>'
        f'</w:abstractNum><w:num w:numId="{at + 1}"><w:abstractNumId w:val="{at}"/></w:num>'
        for at in range(count)
    )
    styles = "".join(
        f'<w:style w:type="numbering" w:styleId="n{at}"><w:pPr><w:numPr>'
        f'<w:numId w:val="{(at + 1) % count + 1}"/>'
        "</w:numPr></w:pPr></w:style>"
        for at in range(count)
    )
    body = "".join(numbered(f"item {at}", 0, at + 1) for at in range(min(count, 2000)))
    return docx(body, numbering=word_part("numbering", lists), styles=word_part("styles", styles))


def comments(count: int) -> bytes:
    rows = "".join(
        f'<w:comment w:id="{at}" w:author="A">{paragraph("no")}</w:comment>' for at in range(count)
    )
    anchors = "".join(f'<w:r><w:commentReference w:id="{at}"/></w:r>' for at in range(count))
    body = f"<w:p>{run('Text')}{anchors}</w:p>"
    return docx(body, comments=word_part("comments", rows))


def note_loop(count: int) -> bytes:
    """Return a footnote that refers to itself, countless times."""
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = f'<w:footnote w:id="2"><w:p>{mark * count}{run("note")}</w:p></w:footnote>'
    return docx(f"<w:p>{run('Text')}{mark * count}</w:p>", footnotes=word_part("footnotes", notes))


def hidden_runs(count: int) -> bytes:
    """Return a paragraph of countless pieces that nobody sees."""
    return docx(f"<w:p>{run('seen')}{run('unseen ', '<w:vanish/>') * count}</w:p>")


def hidden_paragraphs(count: int) -> bytes:
    hidden = f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{run('unseen', '<w:vanish/>')}</w:p>"
    return docx(_TEXT + hidden * count)


def fields(count: int) -> bytes:
    """Return fields that begin and never end."""
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF </w:instrText></w:r>'
    return docx(f"<w:p>{begin * count}{run('text')}</w:p>{_TEXT}")


def nested_tables(count: int) -> bytes:
    deep = min(count, 5000)
    return docx("<w:tbl><w:tr><w:tc>" * deep + _TEXT + "</w:tc></w:tr></w:tbl>" * deep + _TEXT)


def wide_table(count: int) -> bytes:
    """Return a table whose cells say that they span a billion columns and rows."""
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/><w:vMerge/></w:tcPr>' + _TEXT + "</w:tc>"
    row = '<w:tr><w:trPr><w:gridBefore w:val="1000000000"/></w:trPr>' + cell * 3 + "</w:tr>"
    return docx(f"<w:tbl>{row * (count // 10)}</w:tbl>")


def alternatives(count: int) -> bytes:
    deep = min(count, 5000)
    opened = "<mc:AlternateContent><mc:Choice>"
    return docx(
        f"<w:p>{opened * deep}{shape('text')}{'</mc:Choice></mc:AlternateContent>' * deep}</w:p>{_TEXT}"
    )


def equations(count: int) -> bytes:
    deep = min(count, 4000)
    fraction = "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den>"
    return docx(f"<w:p><m:oMath>{fraction * deep}{'</m:den></m:f>' * deep}</m:oMath></w:p>{_TEXT}")


def relation_loop(count: int) -> bytes:
    """Return a document whose every part is the document itself."""
    relations = {f"r{at}": "aFChunk document.xml" for at in range(count)}
    relations |= {"h": "header document.xml", "f": "footnotes document.xml", "s": "styles document.xml"}
    chunks = "".join(f'<w:altChunk r:id="r{at}"/>' for at in range(count))
    return docx(_TEXT + chunks, relations)


def points(count: int) -> bytes:
    """Return a chart of countless points, shown countless times."""
    part = chart([f"name {at}" for at in range(count)], Sales=[str(at) for at in range(count)])
    one = '<w:r><w:drawing><c:chart r:id="c"/></w:drawing></w:r>'
    return docx(f"<w:p>{one * 200}</w:p>{_TEXT}", {"c": "chart chart1.xml"}, chart1=part)


def slides(count: int) -> bytes:
    return pptx(*(shape_of_slide("words", at) for at in range(min(count, 20_000))))


def shape_of_slide(text: str, at: int) -> str:
    return f"<p:sp><p:txBody><a:p><a:r><a:t>{text} {at}</a:t></a:r></a:p></p:txBody></p:sp>"


def groups(count: int) -> bytes:
    deep = min(count, 5000)
    deep_one = "<p:grpSp>" * deep + shape_of_slide("deep", 1) + "</p:grpSp>" * deep
    return pptx(deep_one, shape_of_slide("flat", 2))


def odt_styles(count: int) -> bytes:
    """Return styles that are each other's parents."""
    styles = "".join(
        f'<style:style style:name="s{at}" style:family="paragraph" '
        f'style:parent-style-name="s{(at + 1) % count}"/>'
        for at in range(count)
    )
    body = "".join(f'<text:p text:style-name="s{at}">p{at}</text:p>' for at in range(min(count, 2000)))
    return odf(body, auto=styles)


def odt_spaces(count: int) -> bytes:
    """Return spaces, tabs and rows that stand for a billion each."""
    wide = '<text:p>a<text:s text:c="2000000000"/>b</text:p>'
    row = '<table:table-row table:number-rows-repeated="2000000000"><table:table-cell '
    row += (
        'table:number-columns-repeated="2000000000"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    return odf(wide * (count // 100 + 1) + f"<table:table>{row}</table:table>")


def odt_lists(count: int) -> bytes:
    deep = min(count, 5000)
    lists = (
        "<text:list><text:list-item>" * deep + "<text:p>x</text:p>" + "</text:list-item></text:list>" * deep
    )
    return odf(lists + '<text:list><text:list-item text:start-value="999999999999"><text:p>y</text:p>'
               "</text:list-item></text:list>")  # fmt: skip


def groups_rtf(count: int) -> bytes:
    return b"{\\rtf1 " + b"{" * count + b"deep" + b"}" * count + b" text}"


def styles_rtf(count: int) -> bytes:
    sheet = b"".join(b"{\\s%d\\sbasedon%d\\snext%d s;}" % (at, (at + 1) % count, at) for at in range(count))
    return b"{\\rtf1{\\stylesheet " + sheet + b"}\\s1 text\\par}"


def binary_rtf(count: int) -> bytes:
    """Return bytes that say how long they are, and lie; and a picture and characters without end."""
    lies = b"{\\rtf1 text\\par\\uc999999999 \\u20320 ?" + b"{\\*\\objdata " + b"0102" * count + b"}"
    return lies + b"{\\pict " + b"ff" * count + b"}" + b"\\u-99999999999 \\bin2147483647 x\\par more}"


def tables_rtf(count: int) -> bytes:
    return b"{\\rtf1 " + b"\\trowd\\cellx1\\itap99999 a\\nestcell\\cell\\nestrow\\row" * count + b" text}"


def entries(count: int) -> bytes:
    """Return a package of countless parts."""
    parts: dict[str, str | bytes] = {f"word/extra{at}.xml": "<x/>" for at in range(min(count, 60_000))}
    return zipped({"word/document.xml": "<document/>"} | parts)


_DOCX = (
    *(deep_numbers, wide_numbers, style_loop, numbering_loop, comments, note_loop, hidden_runs),
    *(
        hidden_paragraphs,
        fields,
        nested_tables,
        wide_table,
        alternatives,
        equations,
        relation_loop,
        points,
        entries,
    ),
)
FILES: Mapping[str, Callable[[int], bytes]] = {
    **{f"{make.__name__}.docx": make for make in _DOCX},
    **{f"{make.__name__}.pptx": make for make in (slides, groups)},
    **{f"{make.__name__}.odt": make for make in (odt_styles, odt_spaces, odt_lists)},
    **{f"{make.__name__}.rtf": make for make in (groups_rtf, styles_rtf, binary_rtf, tables_rtf)},
}
