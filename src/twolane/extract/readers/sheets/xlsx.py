"""XLSX workbooks: sheets in order, each with its cells as shown and what stands beside them."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused
from twolane.extract.readers.archive import PART_LIMIT_BYTES, read_part
from twolane.extract.readers.markup.xml import attribute
from twolane.extract.readers.office.embedded import read_embedded
from twolane.extract.readers.office.ooxml import OfficePart, child, children, main_part, relation_id
from twolane.extract.readers.sheets.beside_cells import margin_text, read_beside
from twolane.extract.readers.sheets.cell_styles import cell_styles
from twolane.extract.readers.sheets.sheet_xml import SheetReader, SheetText, one_line, rich_text
from twolane.extract.readers.sheets.wording import note_formulas, note_hidden

_USUAL_BOOK = "xl/workbook.xml"
_SHOWN_KINDS = frozenset({"worksheet", "chartsheet"})
_EMBEDDED, _MOST_EMBEDDED = "xl/embeddings/", 50
_SHARED_CHUNK_BYTES = 1 << 18
_SHARED_CHARS_FACTOR = 4  # texts that no cell shows are read in vain


@dataclass(frozen=True, slots=True)
class _ListedSheet:
    name: str
    part: OfficePart | None
    kind: str
    is_hidden: bool


def read_xlsx(package: zipfile.ZipFile, draft: Draft) -> None:
    """Read the visible sheets of a workbook. Raises Refused where all of them are damaged."""
    book = main_part(package, _USUAL_BOOK)
    root = book.xml()
    if root is None:
        raise Refused(ReadStatus.DAMAGED, "the part that lists its sheets is missing or damaged")
    sheets = _sheets(book, root)
    note_hidden(sum(sheet.is_hidden for sheet in sheets), draft)
    seen = [sheet for sheet in sheets if not sheet.is_hidden]
    reader = _sheet_reader(book, root, draft)
    draft.page_count = len(seen)
    damaged = 0
    for sheet in seen:
        damaged += not _read_sheet(sheet, book, reader, draft)
    if damaged and damaged == len(seen):
        raise Refused(ReadStatus.DAMAGED, "all its sheets are damaged")
    read_embeddings(package, draft)


def read_embeddings(package: zipfile.ZipFile, draft: Draft) -> None:
    """Read the files that are embedded in a workbook; what is too large or too many is said."""
    infos = [one for one in package.infolist() if one.filename.startswith(_EMBEDDED) and not one.is_dir()]
    fitting = [one for one in infos[:_MOST_EMBEDDED] if one.file_size <= PART_LIMIT_BYTES]
    if left := len(infos) - len(fitting):
        draft.unread(f"{left} embedded file{'s' if left > 1 else ''}", left)
    read_embedded([(one.filename, read_part(package, one.filename)) for one in fitting], draft)


def _sheets(book: OfficePart, root: Any) -> list[_ListedSheet]:
    found: list[_ListedSheet] = []
    for element in children(child(root, "sheets"), "sheet"):
        identity = relation_id(element)
        kind = book.relations[identity].kind if identity in book.relations else "worksheet"
        if kind in _SHOWN_KINDS:
            is_hidden = attribute(element, "state") in {"hidden", "veryHidden"}
            found.append(_ListedSheet(attribute(element, "name"), book.named(identity), kind, is_hidden))
    return found


def _sheet_reader(book: OfficePart, root: Any, draft: Draft) -> SheetReader:
    properties, calculation = child(root, "workbookPr"), child(root, "calcPr")
    is_1904 = properties is not None and attribute(properties, "date1904") in {"1", "true"}
    recalculates = calculation is not None and attribute(calculation, "fullCalcOnLoad") in {"1", "true"}
    styles = next(book.of_kind("styles"), None)
    texts = next(book.of_kind("sharedStrings"), None)
    return SheetReader(
        _shared_strings(texts.package, texts.name, draft) if texts else [],
        cell_styles(styles.xml() if styles else None, is_1904=is_1904),
        recalculates,
    )


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


def _read_sheet(sheet: _ListedSheet, book: OfficePart, reader: SheetReader, draft: Draft) -> bool:
    """Add a sheet as a page, and say whether it could be read."""
    part = sheet.part
    if part is None:
        draft.note(f"sheet {sheet.name} is damaged and was not read")
        return False
    read = SheetText()
    if sheet.kind == "worksheet":
        try:
            with part.package.open(part.name) as stream:
                read = reader.read(stream, part.package.getinfo(part.name).file_size, draft)
        except (Refused, zipfile.BadZipFile, zlib.error, EOFError) as error:
            reason = error.note if isinstance(error, Refused) else "its part is damaged"
            draft.note(f"sheet {sheet.name} is damaged and was not read ({reason})")
            return False
    note_formulas(read.formulas_without_value, draft)
    hidden = [] if read.is_coloured_otherwise else read.rows.take_out(read.hidden)
    read.rows.fill(read.areas)
    draft.leave_out(" ".join(hidden))
    parts = [read.rows.text(), *read_beside(part, book, draft), margin_text(read.margins)]
    draft.add("\n\n".join(filter(None, parts)), sheet.name, share=read.share)
    return True
