"""XLSX workbooks: sheets in order, each with its cells as shown and what stands beside them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused
from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.readers.sheets.beside_cells import margin_text, read_beside
from twolane.extract.readers.sheets.cell_styles import cell_styles
from twolane.extract.readers.sheets.embedded import embedded_files
from twolane.extract.readers.sheets.relations import Relation, relations
from twolane.extract.readers.sheets.sheet_xml import SheetReader, SheetText, one_line, rich_text
from twolane.extract.readers.sheets.wording import note_formulas, note_hidden

WORKBOOK = "xl/workbook.xml"
_SHOWN_KINDS = frozenset({"worksheet", "chartsheet"})
_SHARED_CHUNK_BYTES = 1 << 18
_SHARED_CHARS_FACTOR = 4  # texts that no cell shows are read in vain


@dataclass(frozen=True, slots=True)
class _ListedSheet:
    name: str
    relation: Relation | None
    is_hidden: bool


def read_xlsx(package: zipfile.ZipFile, draft: Draft) -> None:
    """Read the visible sheets of a workbook. Raises Refused where all of them are damaged."""
    related = relations(package, WORKBOOK)
    book = parse_xml(read_part(package, WORKBOOK))
    if book is None:
        raise Refused(ReadStatus.DAMAGED, "its XML is damaged")
    sheets = _sheets(book, related)
    note_hidden(sum(sheet.is_hidden for sheet in sheets), draft)
    seen = [sheet for sheet in sheets if not sheet.is_hidden]
    reader = _sheet_reader(package, book, related, draft)
    draft.page_count = len(seen)
    damaged = 0
    for sheet in seen:
        damaged += not _read_sheet(package, sheet, reader, draft)
    if damaged and damaged == len(seen):
        raise Refused(ReadStatus.DAMAGED, "all its sheets are damaged")
    draft.read_within(embedded_files(package, draft))


def _sheets(book: Any, related: list[Relation]) -> list[_ListedSheet]:
    by_id = {relation.id: relation for relation in related}
    found: list[_ListedSheet] = []
    for element in book.iter():
        if local(element) != "sheet":
            continue
        # Its own id and that of its relation are told apart by the namespace alone.
        id_ = next((str(v) for k, v in element.attrib.items() if k.startswith("{")), "")
        relation = by_id.get(id_)
        if relation is None or relation.kind in _SHOWN_KINDS:
            is_hidden = attribute(element, "state") in {"hidden", "veryHidden"}
            found.append(_ListedSheet(attribute(element, "name"), relation, is_hidden))
    return found


def _sheet_reader(package: zipfile.ZipFile, book: Any, related: list[Relation], draft: Draft) -> SheetReader:
    settings = {local(element): element for element in book}
    properties, calculation = settings.get("workbookPr"), settings.get("calcPr")
    is_1904 = properties is not None and attribute(properties, "date1904") in {"1", "true"}
    recalculates = calculation is not None and attribute(calculation, "fullCalcOnLoad") in {"1", "true"}
    parts = {relation.kind: relation.part for relation in related}
    laid_out = parse_xml(read_part(package, parts["styles"])) if "styles" in parts else None
    strings = _shared_strings(package, parts["sharedStrings"], draft) if "sharedStrings" in parts else []
    return SheetReader(strings, cell_styles(laid_out, is_1904=is_1904), recalculates)


def _shared_strings(package: zipfile.ZipFile, part: str, draft: Draft) -> list[str]:
    """Return the texts that cells name by their number; those beyond the limits are missing."""
    from lxml import etree

    parser = etree.XMLPullParser(
        ("end",),
        tag=["{*}si"],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    strings: list[str] = []
    chars, limit = 0, _SHARED_CHARS_FACTOR * draft.limits.text_chars
    with package.open(part) as stream:
        while chunk := stream.read(_SHARED_CHUNK_BYTES):
            parser.feed(chunk)
            for _, item in parser.read_events():
                text = one_line(rich_text(item))
                strings.append(text)
                chars += len(text)
                item.clear()
                previous = item.getprevious()
                if previous is not None:
                    item.getparent().remove(previous)
            if chars > limit or draft.out_of_time():
                draft.unread("a part of its shared texts")
                break
    return strings


def _read_sheet(package: zipfile.ZipFile, sheet: _ListedSheet, reader: SheetReader, draft: Draft) -> bool:
    """Add a sheet as a page, and say whether it could be read."""
    if sheet.relation is None:
        draft.note(f"sheet {sheet.name} is damaged and was not read")
        return False
    part = sheet.relation.part
    read = SheetText()
    if sheet.relation.kind == "worksheet":
        try:
            with package.open(part) as stream:
                read = reader.read(stream, package.getinfo(part).file_size, draft)
        except (Refused, zipfile.BadZipFile, EOFError) as error:
            reason = error.note if isinstance(error, Refused) else "its part is damaged"
            draft.note(f"sheet {sheet.name} is damaged and was not read ({reason})")
            return False
    note_formulas(read.formulas_without_value, draft)
    hidden = [] if read.is_coloured_otherwise else read.rows.take_out(read.hidden)
    read.rows.fill(read.areas)
    draft.leave_out(" ".join(hidden))
    parts = [read.rows.text(), *read_beside(package, part, draft), margin_text(read.margins)]
    draft.add("\n\n".join(filter(None, parts)), sheet.name, share=read.share)
    return True
