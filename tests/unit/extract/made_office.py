"""Small office files of which each part is written out: a test can have any that programs write."""

from __future__ import annotations

from typing import Any

from tests.unit.extract.made import WORD_NS, zipped

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = (
    f'xmlns:w="{WORD_NS}" xmlns:r="{_R}" xmlns:w14="urn:w14" xmlns:w15="urn:w15" xmlns:wp="urn:wp" '
    'xmlns:v="urn:v" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:c="urn:c" xmlns:o="urn:o" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:adec="urn:adec"'
)
_SLIDE = f'xmlns:p="urn:p" xmlns:a="urn:a" xmlns:r="{_R}" xmlns:c="urn:c" xmlns:p188="urn:p188"'
_ODF = (
    'xmlns:office="urn:o" xmlns:text="urn:t" xmlns:table="urn:tb" xmlns:draw="urn:d" xmlns:style="urn:s" '
    'xmlns:svg="urn:svg" xmlns:dc="urn:dc" xmlns:form="urn:f" xmlns:presentation="urn:p" xmlns:xlink="urn:x" '
    'xmlns:chart="urn:c" xmlns:math="urn:m" xmlns:meta="urn:meta"'
)
ODT, ODP = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "presentation"))


def paragraph(text: str, properties: str = "") -> str:
    """Return a paragraph of Word."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def numbered(text: str, level: int = 0, number: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(at: int, kind: str, text: str, more: str = "", start: int = 1) -> str:
    """Return a level of a list of Word."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*definitions: str, numbers: str = "") -> str:
    """Return the part with the lists: list n has the n-th definition, beside the numbers given."""
    lists = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n, _ in _counted(definitions)
    )
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{one}</w:abstractNum>' for n, one in _counted(definitions)
    )
    return f"<w:numbering {_WORD}>{kinds}{lists}{numbers}</w:numbering>"


def _counted(definitions: tuple[str, ...]) -> list[tuple[int, str]]:
    return list(enumerate(definitions, 1))


def docx(body: str, relations: dict[str, str] | None = None, **parts: Any) -> bytes:
    """Return a Word document of a body and parts ("comments" for word/comments.xml).

    Relations: id to kind and name.
    """
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>",
    }
    rows = [f'<R Id="p{name}" Type="x/{name}" Target="{name}.xml"/>' for name in parts]
    for identity, target in (relations or {}).items():
        kind, name = target.split(" ")
        rows.append(f'<R Id="{identity}" Type="x/{kind}" Target="{name}"/>')
    content["word/_rels/document.xml.rels"] = f"<Rs>{''.join(rows)}</Rs>"
    for name, part in parts.items():
        content[f"word/{name}.xml"] = part
    return zipped(content)


def with_parts(package: bytes, parts: dict[str, str | bytes]) -> bytes:
    """Return a package with further parts."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(package)) as old:
        return zipped({name: old.read(name) for name in old.namelist()} | parts)


def word_part(name: str, content: str) -> str:
    return f"<w:{name} {_WORD}>{content}</w:{name}>"


def shape(text: str, kind: str = "", properties: str = "") -> str:
    """Return a shape of a slide with a paragraph a line."""
    place = f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>' if kind else "<p:nvPr/>"
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="s" {properties}/>{place}</p:nvSpPr>'
        f"<p:txBody>{lines}</p:txBody></p:sp>"
    )


def pptx(
    *slides: str, relations: dict[str, str] | None = None, parts: dict[str, str | bytes] | None = None
) -> bytes:
    """Return a presentation of slides; relations are those of the first one: id to kind and name."""
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n, _ in _counted(slides))
    rows = "".join(
        f'<R Id="rId{n}" Type="x/slide" Target="slides/slide{n}.xml"/>' for n, _ in _counted(slides)
    )
    rows += '<R Id="a1" Type="x/commentAuthors" Target="commentAuthors.xml"/>'
    rows += '<R Id="a2" Type="x/authors" Target="authors.xml"/>'
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": f"<p:presentation {_SLIDE}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Rs>{rows}</Rs>",
    }
    for number, slide in _counted(slides):
        content[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {_SLIDE}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
        )
    own = [target.split(" ") for target in (relations or {}).values()]
    rows = "".join(
        f'<R Id="{i}" Type="x/{kind}" Target="{name}"/>'
        for i, (kind, name) in zip(relations or {}, own, strict=True)
    )
    content["ppt/slides/_rels/slide1.xml.rels"] = f"<Rs>{rows}</Rs>"
    return zipped(content | (parts or {}))


def slide_part(name: str, content: str) -> str:
    return f"<p:{name} {_SLIDE}>{content}</p:{name}>"


def chart(names: list[str], **series: list[str]) -> str:
    """Return the part of a chart: categories, and the values of each series by its name."""
    rows = "".join(
        f"<c:ser><c:tx><c:strRef><c:strCache>{_points([name])}</c:strCache></c:strRef></c:tx><c:cat><c:strRef>"
        f"<c:strCache>{_points(names)}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache>"
        f"<c:formatCode>General</c:formatCode>{_points(values)}</c:numCache></c:numRef></c:val></c:ser>"
        for name, values in series.items()
    )
    inner = f"<c:chart><c:barChart>{rows}</c:barChart></c:chart>"
    return f'<c:chartSpace xmlns:c="urn:c" xmlns:a="urn:a">{inner}</c:chartSpace>'


def _points(texts: list[str]) -> str:
    return "".join(f'<c:pt idx="{at}"><c:v>{text}</c:v></c:pt>' for at, text in enumerate(texts))


def odf(
    body: str, kind: str = ODT, styles: str = "", more: dict[str, str | bytes] | None = None, auto: str = ""
) -> bytes:
    """Return an OpenDocument file: what stands in its body, its styles, the styles of its content."""
    inner = "presentation" if kind == ODP else "text"
    content: dict[str, str | bytes] = {
        "mimetype": kind,
        "content.xml": f"<office:document-content {_ODF}>"
        f"<office:automatic-styles>{auto}</office:automatic-styles><office:body><office:{inner}>{body}</office:{inner}></office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {_ODF}>{styles}</office:document-styles>",
    }
    return zipped(content | (more or {}))


def odf_part(content: str) -> str:
    return f"<office:document-content {_ODF}>{content}</office:document-content>"
