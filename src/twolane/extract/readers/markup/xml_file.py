"""Any XML as lines of `name: text`, so that what names say is kept; invoices also as people read them."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import PurePath
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.markup import css
from twolane.extract.readers.markup.fiction_book import book_text
from twolane.extract.readers.markup.html import html_to_text
from twolane.extract.readers.markup.invoice import invoice_in
from twolane.extract.readers.markup.office_xml import word_package
from twolane.extract.readers.markup.xml import local, local_name, parse_xml, walk

_LIMIT_BYTES = 64 << 20
_MARKUP = re.compile(r"<(?:p|br|div|b|i|a|ul|ol|table|img|h[1-6]|strong|em|span)(?:\s[^<>]{0,400})?/?>", re.I)
# Where a map's lines run and how they are drawn
_POINTS = frozenset(
    {"coordinates", "coord", "trkpt", "ele", "when", "LookAt", "Camera", "Style", "StyleMap", "styleUrl"}
)
_FILE_IN_TEXT = re.compile(r"[A-Za-z0-9+/\s]{1000,}={0,2}\s*")

FORMATS = (
    Format(
        "XML",
        frozenset({"application/xml"}),
        frozenset({FilePart.BODY, FilePart.ATTACHMENTS}),
        frozenset({FilePart.HIDDEN}),
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the elements in their order, and the files that some of them hold."""
    data = source.head(_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    root = parse_xml(data)
    if root is None:
        raise Refused(ReadStatus.DAMAGED, "its XML is damaged")
    invoice = invoice_in(root)
    held: list[SourceFile] = []
    if local(root) == "FictionBook":
        draft.add(book_text(root, draft))
        return
    if package := word_package(root, data):
        draft.read_within([SourceFile.of(package, f"{PurePath(source.name).stem}.docx")])
        return
    text = "\n".join(_lines(root, draft, held))
    if invoice:
        draft.title = invoice.title()
        invoice.state(draft)
        text = f"{invoice.text()}\n\n{text}"
    draft.add(text)
    draft.read_within(held)


def _lines(root: Any, draft: Draft, held: list[SourceFile]) -> list[str]:
    drawing, is_map = local(root) == "svg", local(root) in {"gpx", "kml"}
    lines = []
    for event, element, walker in walk(root, draft):
        if event == "end":
            tail = (element.tail or "").strip()
            if tail:
                lines.append(tail)
            continue
        name, text = local(element), (element.text or "").strip()
        if drawing and css.hides(_style(element)):
            draft.leave_out(" ".join(element.itertext()))
            walker.skip_subtree()
            continue
        if drawing and name in {"style", "script"}:
            continue
        if drawing and name == "title" and not draft.title:
            draft.title = text
        if is_map and name in _POINTS:
            walker.skip_subtree()
            continue
        if len(text) > 1 and _MARKUP.search(text):
            text = html_to_text(text).text.strip()
        if file := _file_in(element, text):
            held.append(file)
            text = ""
        details = "" if drawing else " ".join(f"{local_name(k)}={v}" for k, v in element.attrib.items())
        if text or details:
            shown = name if not details or len(details) > 200 else f"{name} {details}"
            lines.append(text if drawing else f"{shown}: {text}")
    return lines


def _style(element: Any) -> dict[str, str]:
    """Return what a drawing's element says of its look, by attributes or in the way of CSS."""
    said = {
        name: str(element.get(name))
        for name in ("display", "visibility", "opacity")
        if name in element.attrib
    }
    return said | css.declarations(str(element.get("style", "")))


def _file_in(element: Any, text: str) -> SourceFile | None:
    """Return the file whose bytes are the text of an element, as invoices carry their PDF."""
    if len(text) < 1000 or not _FILE_IN_TEXT.fullmatch(text):
        return None
    try:
        data = base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return None
    names = [
        element.get("filename"),
        *(e.text for e in element.itersiblings("{*}NomeAttachment", preceding=True)),
    ]
    return SourceFile.of(data, next((name for name in names if name), ""))
