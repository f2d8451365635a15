"""What stands beside the cells of an XLSX sheet: comments, drawings, charts, printed margins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from twolane.extract.base import Draft, has_words
from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.charts import chart_text
from twolane.extract.readers.office.drawings import described, shape_text
from twolane.extract.readers.office.ooxml import OfficePart, child, children, xml_part
from twolane.extract.readers.sheets.remarks import CellRemark
from twolane.extract.readers.sheets.sheet_xml import one_line, rich_text

_PART_BYTES = 16 << 20
_MOST_REMARKS, _MOST_DRAWN, _MOST_CHARTS = 10_000, 1_000_000, 1_000
# &L, &C and &R begin the left, the middle and the right; &P and the like stand for numbers and names.
_MARGIN_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[LCR]|[A-KM-QS-Za-z])')
_MARGIN_PLACE = re.compile(r"&[LCR]")


def read_beside(sheet: OfficePart, book: OfficePart, draft: Draft) -> Iterator[str]:
    """Yield the texts beside a sheet's cells."""
    yield "\n".join(map(str, remarks(sheet, book)))
    for drawing in sheet.of_kind("drawing"):
        draft.check_time()
        yield from _drawing(drawing)


def remarks(sheet: OfficePart, book: OfficePart) -> list[CellRemark]:
    """Return a sheet's comments in order; a thread's stand-in for older programs is left out."""
    found: list[CellRemark] = []
    persons = {
        attribute(person, "id"): attribute(person, "displayName")
        for part in book.of_kind("person")
        for person in children(_xml(part), "person")
    }
    for part in sheet.of_kind("threadedComment"):
        for comment in children(_xml(part), "threadedComment"):
            text = " ".join(one_line(e.text or "") for e in children(comment, "text"))
            author = persons.get(attribute(comment, "personId"), "")
            is_reply = bool(attribute(comment, "parentId"))
            found.append(CellRemark(attribute(comment, "ref"), author, text, is_reply))
    threaded = {remark.place for remark in found}
    for part in sheet.of_kind("comments"):
        root = _xml(part)
        authors = [(e.text or "").strip() for e in children(child(root, "authors"), "author")]
        for comment in children(child(root, "commentList"), "comment"):
            number, place = attribute(comment, "authorId"), attribute(comment, "ref")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
            if place not in threaded:
                text = " ".join(one_line(rich_text(e)) for e in children(comment, "text"))
                found.append(CellRemark(place, author, text))
    return [remark for remark in found if has_words(remark.text)][:_MOST_REMARKS]


def _xml(part: OfficePart) -> Any:
    return xml_part(part.package, part.name, _PART_BYTES)


def _drawing(drawing: OfficePart) -> Iterator[str]:
    """Yield the texts of a drawing: of its shapes, the descriptions of its pictures, its charts."""
    root = _xml(drawing)
    for count, element in enumerate(root.iter() if root is not None else ()):
        name = local(element)
        if name == "txBody":
            yield shape_text(element)
        elif name == "cNvPr":
            yield described(element)
        if count > _MOST_DRAWN:
            break
    for kind in ("chart", "chartEx"):
        for chart in islice(drawing.of_kind(kind), _MOST_CHARTS):
            yield chart_text(_xml(chart))
    for diagram in islice(drawing.of_kind("diagramData"), _MOST_CHARTS):
        yield shape_text(_xml(diagram))


def margin_text(margins: Iterable[str]) -> str:
    """Return what is printed above and below, without the codes for page numbers and fonts."""
    found = dict[str, None]()
    for margin in margins:
        for place in _MARGIN_PLACE.split(margin):
            text = one_line(_MARGIN_CODE.sub("", place.replace("&&", "\0")).replace("\0", "&"))
            if any(character.isalnum() for character in text):
                found[text] = None
    return "\n".join(found)
