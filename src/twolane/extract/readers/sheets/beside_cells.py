"""What stands beside the cells of an XLSX sheet: comments, drawings, charts, printed margins."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from twolane.extract.base import Draft
from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.readers.office.charts import chart_text
from twolane.extract.readers.office.drawings import shape_text
from twolane.extract.readers.sheets.relations import relations
from twolane.extract.readers.sheets.remarks import CellRemark
from twolane.extract.readers.sheets.sheet_xml import one_line, rich_text

_PART_BYTES = 16 << 20
_MOST_REMARKS, _MOST_DRAWN = 10_000, 5_000
_PERSONS = "xl/persons/person.xml"
# &L, &C and &R begin the left, the middle and the right; &P and the like stand for numbers and names.
_MARGIN_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[LCR]|[A-KM-QS-Za-z])')
_MARGIN_PLACE = re.compile(r"&[LCR]")


def read_beside(package: zipfile.ZipFile, sheet: str, draft: Draft) -> Iterator[str]:
    """Yield the texts beside a sheet's cells, by the name of its part."""
    related = relations(package, sheet)
    threads = [r.part for r in related if r.kind == "threadedComment"]
    notes = [r.part for r in related if r.kind == "comments"]
    yield "\n".join(map(str, remarks(package, threads, notes)))
    for relation in related:
        if relation.kind == "drawing":
            draft.check_time()
            yield from _drawing(package, relation.part)


def remarks(package: zipfile.ZipFile, threads: Iterable[str], notes: Iterable[str]) -> list[CellRemark]:
    """Return comments in order; a thread's stand-in for older programs is left out."""
    found: list[CellRemark] = []
    persons = _persons(package) if threads else {}
    for part in threads:
        for element in _elements(package, part, "threadedComment"):
            text = " ".join(one_line(e.text or "") for e in element if local(e) == "text")
            author = persons.get(attribute(element, "personId"), "")
            found.append(CellRemark(attribute(element, "ref"), author, text))
    threaded = {remark.place for remark in found}
    for part in notes:
        root = parse_xml(read_part(package, part, _PART_BYTES))
        authors = [e.text or "" for e in root.iter() if local(e) == "author"] if root is not None else []
        for element in root.iter() if root is not None else ():
            if local(element) == "comment" and attribute(element, "ref") not in threaded:
                text = " ".join(one_line(rich_text(e)) for e in element if local(e) == "text")
                number = attribute(element, "authorId")
                known = number.isdecimal() and int(number) < len(authors)
                author = authors[int(number)].strip() if known else ""
                found.append(CellRemark(attribute(element, "ref"), author, text))
    return [remark for remark in found if remark.text][:_MOST_REMARKS]


def _persons(package: zipfile.ZipFile) -> dict[str, str]:
    if _PERSONS not in package.NameToInfo:
        return {}
    return {
        attribute(e, "id"): attribute(e, "displayName").strip()
        for e in _elements(package, _PERSONS, "person")
    }


def _elements(package: zipfile.ZipFile, part: str, name: str) -> Iterator[Any]:
    root = parse_xml(read_part(package, part, _PART_BYTES))
    return (e for e in (root.iter() if root is not None else ()) if local(e) == name)


def _drawing(package: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Yield the texts of a drawing: of its shapes, the descriptions of its pictures, its charts."""
    root = parse_xml(read_part(package, part, _PART_BYTES))
    for count, element in enumerate(root.iter() if root is not None else ()):
        name = local(element)
        if name == "txBody":
            yield shape_text(element)
        elif name == "cNvPr":
            yield attribute(element, "descr").strip()
        if count > 200 * _MOST_DRAWN:
            return
    for relation in relations(package, part)[:_MOST_DRAWN]:
        if relation.kind in {"chart", "chartEx"}:
            yield chart_text(parse_xml(read_part(package, relation.part, _PART_BYTES)))
        elif relation.kind == "diagramData":
            yield shape_text(parse_xml(read_part(package, relation.part, _PART_BYTES)))


def margin_text(margins: Iterable[str]) -> str:
    """Return what is printed above and below, without the codes for page numbers and fonts."""
    found = dict[str, None]()
    for margin in margins:
        for place in _MARGIN_PLACE.split(margin):
            text = one_line(_MARGIN_CODE.sub("", place.replace("&&", "\0")).replace("\0", "&"))
            if any(character.isalnum() for character in text):
                found[text] = None
    return "\n".join(found)
