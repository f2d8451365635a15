"""Word documents (DOCX, DOCM): paragraphs and tables in reading order, with all that stands around them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from twolane.extract.base import Draft, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.archive import open_package, read_part, refuse_entities
from twolane.extract.readers.markup.xml import attribute
from twolane.extract.readers.office.charts import chart_text
from twolane.extract.readers.office.comments import word_comments
from twolane.extract.readers.office.drawings import shape_text
from twolane.extract.readers.office.embedded import read_embedded
from twolane.extract.readers.office.ooxml import OfficePart, children, main_part, open_part
from twolane.extract.readers.office.properties import read_properties
from twolane.extract.readers.office.run_styles import RunStyles
from twolane.extract.readers.office.word_body import CHUNK, PAGE_BREAK, WordBody, WordParts, heading_levels
from twolane.extract.readers.office.word_numbering import WordNumbering, word_numbering

_DRAWING = re.compile(r"(?P<chart>charts/chart(?:Ex)?\d{0,4}\.xml)|diagrams/data\d{0,4}\.xml")
_HEADING_STYLE = re.compile(r"heading (\d)$", re.I)
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})
_MOST_DRAWINGS = 50
_MOST_SIDES = 20

FORMATS = (
    Format(
        "DOCX",
        frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
        frozenset(FilePart) - {FilePart.ANNOTATIONS, FilePart.HIDDEN},
        frozenset({FilePart.HIDDEN}),
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the body, split into pages where the file marks their ends."""
    with open_package(source) as package:
        refuse_entities(package)
        read_properties(package, draft)
        main = main_part(package, "word/document.xml")
        read_part(package, main.name)  # raises KeyError where it is missing
        of = _parts(main)
        body = WordBody(of, main, draft)
        body.walk(main.xml())
        pages = _pages(body, of, draft)
        draft.is_numbered = body.rendered and not body.asides.chunks
        draft.page_count = len(pages)
        for page in pages:
            if page.startswith(CHUNK):
                chunk = body.asides.chunks[int(page[1:])]
                file = SourceFile.of(read_part(package, chunk.name), posixpath.basename(chunk.name))
                draft.page_count -= 1
                draft.read_within([file])
            else:
                draft.add(page)
        read_embedded(_embedded(main), draft)


def _parts(main: OfficePart) -> WordParts:
    styles = _first(main, "styles", "styles.xml")
    numbering = _first(main, "numbering", "numbering.xml")
    return WordParts(
        main,
        RunStyles(styles),
        word_numbering(numbering, styles),
        heading_levels(styles, _named_level),
        word_comments(main),
    )


def _first(main: OfficePart, kind: str, usual: str) -> Any:
    """Return the root of the part of a kind; under its usual name where no relation names it."""
    for part in main.of_kind(kind):
        return part.xml()
    return open_part(main.package, posixpath.join(posixpath.dirname(main.name), usual)).xml()


def _named_level(name: str) -> int:
    match = _HEADING_STYLE.match(name)
    return int(match[1]) if match else int(name.lower() == "title")


def _pages(body: WordBody, of: WordParts, draft: Draft) -> list[str]:
    """Return the pages of the body with the headers before them and what stands at their foot."""
    pages = body.text().split(PAGE_BREAK)
    # The body counts its own numbers; other parts have none of theirs.
    side = replace(of, numbering=WordNumbering(), headings={})
    _add_notes(pages, body, side, draft)
    pages[0] = _joined(*_side_texts(side, "header", draft), pages[0])
    others = [line for identity, line in of.comments.items() if identity not in body.asides.said]
    ends = [
        *_side_texts(side, "footer", draft),
        "\n".join(others),
        *_other_drawings(of.main, body.asides.drawn),
    ]
    if ends and pages[-1].startswith(CHUNK):
        pages.append("")
    pages[-1] = _joined(pages[-1], *ends)
    if body.asides.chunks:
        pages = [page for page in pages if page.startswith(CHUNK) or has_words(page)]
    return pages


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if has_words(text) or text.startswith(CHUNK))


def _around(main: OfficePart, kind: str) -> Iterator[OfficePart]:
    """Yield the parts of a kind around the body, by the names that programs give them if no relation does."""
    named = list(main.of_kind(kind))
    pattern = re.escape(posixpath.join(posixpath.dirname(main.name), kind)) + r"\d{0,3}\.xml"
    known = {part.name for part in named}
    others = sorted(name for name in main.package.namelist() if re.fullmatch(pattern, name))
    yield from named
    yield from (open_part(main.package, name) for name in others if name not in known)


def _side_texts(of: WordParts, kind: str, draft: Draft) -> list[str]:
    """Return the different texts of the headers or footers, in the order in which the file names them."""
    texts: list[str] = []
    for part in _around(of.main, kind):
        body = WordBody(of, part, draft, is_side=True)
        body.walk(part.xml())
        text = body.text().replace(PAGE_BREAK, "\n").strip()
        if has_words(text) and text not in texts:
            texts.append(text)
    return texts[:_MOST_SIDES]


def _add_notes(pages: list[str], body: WordBody, of: WordParts, draft: Draft) -> None:
    """Put each footnote at the foot of the page that refers to it, and the endnotes at the end."""
    for kind in ("footnote", "endnote"):
        for part in _around(of.main, f"{kind}s"):
            for note in children(part.xml(), kind):
                if attribute(note, "type") in _SEPARATORS:
                    continue
                key = f"{kind} {attribute(note, 'id')}"
                one = WordBody(of, part, draft)
                one.walk(note)
                text = (
                    f"{body.asides.marks.get(key, '')} {one.text().replace(PAGE_BREAK, ' ').strip()}".strip()
                )
                at = body.asides.notes.get(key, -1) if kind == "footnote" else -1
                at = at if at < len(pages) and not pages[at].startswith(CHUNK) else -1
                if has_words(text) and not pages[at].startswith(CHUNK):
                    pages[at] = f"{pages[at].rstrip()}\n\n{text}"
                elif has_words(text):
                    pages.append(text)


def _other_drawings(main: OfficePart, drawn: set[str]) -> list[str]:
    """Return the text of charts and diagrams to which nothing in the text refers."""
    texts: list[str] = []
    folder = posixpath.dirname(main.name)
    for name in sorted(main.package.namelist()):
        kind = _DRAWING.fullmatch(name.removeprefix(f"{folder}/"))
        if kind and name not in drawn and len(texts) < _MOST_DRAWINGS:
            root = open_part(main.package, name).xml()
            texts.append(chart_text(root) if kind["chart"] else shape_text(root))
    return texts


def _embedded(main: OfficePart) -> list[tuple[str, bytes]]:
    """Return the embedded files, but for the workbooks of charts, whose values the charts hold themselves."""
    folder = f"{posixpath.dirname(main.name)}/embeddings/"
    of_charts = {
        relation.target
        for name in main.package.namelist()
        if "/charts/" in name and name.endswith(".xml") and "/_rels/" not in name
        for relation in open_part(main.package, name).relations.values()
    }
    names = [n for n in main.package.namelist() if n.startswith(folder) and n not in of_charts]
    return [(name, read_part(main.package, name)) for name in sorted(names) if not name.endswith("/")]
