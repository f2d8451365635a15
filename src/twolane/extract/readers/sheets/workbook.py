"""Spreadsheets (XLSX, XLSB, XLS, ODS): one page a sheet, one line a row, cells apart by tabs."""

from __future__ import annotations

import zipfile

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.archive import open_package, refuse_entities, stored_mimetype
from twolane.extract.readers.office.properties import read_properties
from twolane.extract.readers.sheets.ods import read_ods
from twolane.extract.readers.sheets.xls import open_xls, read_xls
from twolane.extract.readers.sheets.xlsb import BINARY_BOOK, read_xlsb
from twolane.extract.readers.sheets.xlsx import read_xlsx
from twolane.extract.readers.sheets.xml_book import read_xml_book

_ODF = "application/vnd.oasis.opendocument."
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
_XLS = "application/vnd.ms-excel"
_ODS = (f"{_ODF}spreadsheet", f"{_ODF}spreadsheet-template")
_CELLS = frozenset({FilePart.BODY, FilePart.TABLES})
_DRAWN = frozenset({FilePart.BOXES, FilePart.CHARTS, FilePart.DESCRIPTIONS})
_WRITTEN = frozenset({FilePart.COMMENTS, FilePart.HEADERS})
_FILES = frozenset({FilePart.ATTACHMENTS})
_CHARTS = frozenset({FilePart.CHARTS})
_HIDDEN = frozenset({FilePart.HIDDEN})
FORMATS = (
    Format("XLSX", frozenset({_XLSX}), _CELLS | _DRAWN | _WRITTEN | _FILES, _HIDDEN),
    Format("XLSB", frozenset({_XLSB}), _CELLS | _FILES, _HIDDEN | _DRAWN | {FilePart.COMMENTS}),
    Format("XLS", frozenset({_XLS}), _CELLS | _WRITTEN | {FilePart.BOXES}, _HIDDEN | _FILES | _CHARTS),
    Format("ODS", frozenset(_ODS), _CELLS | _DRAWN | _WRITTEN, _HIDDEN | _FILES),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the visible sheets in order. Raises Refused for passwords and damage."""
    start = source.head(8)
    if b"<" in start:
        read_xml_book(source, draft)
        return
    if not start.startswith(b"PK"):
        read_xls(open_xls(source), source, draft)
        return
    with open_package(source) as package:
        _refuse_encrypted(package)
        refuse_entities(package)
        read_properties(package, draft)
        if stored_mimetype(package).startswith(_ODF):
            read_ods(package, draft)
        elif BINARY_BOOK in package.NameToInfo:
            read_xlsb(package, draft)
        else:
            read_xlsx(package, draft)


def _refuse_encrypted(package: zipfile.ZipFile) -> None:
    if "META-INF/manifest.xml" in package.NameToInfo:
        with package.open("META-INF/manifest.xml") as part:
            if b"encryption-data" in part.read(1 << 20):
                raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
