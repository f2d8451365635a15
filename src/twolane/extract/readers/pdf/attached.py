"""Files attached to a PDF, and the invoice in XML among them."""

from __future__ import annotations

import ctypes
from typing import Any

from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.readers.markup.invoice import Invoice, invoice_in
from twolane.extract.readers.markup.xml import parse_xml
from twolane.extract.readers.pdf.strings import wide
from twolane.facts import Origin

FILES_LIMIT = 50
_ATTACHMENT_BYTES = 48 << 20
FILES_BYTES = 2 * _ATTACHMENT_BYTES  # all of them together


def attachments(document: Any, size_bytes: int, draft: Draft) -> list[SourceFile]:
    """Return the files that go along with the pages, as far as they may be read."""
    import pypdfium2

    found: list[SourceFile] = []
    count = document.count_attachments()
    if count and size_bytes > FILES_BYTES:  # to ask for the size of one unpacks it
        draft.unread(f"{count} attached files of a PDF of {size_bytes >> 20:,} MiB", count)
        return found
    for index in range(min(count, FILES_LIMIT)):
        if sum(file.size_bytes for file in found) > FILES_BYTES:
            draft.unread(f"{count - index} attached files, too large together,", count - index)
            return found
        try:
            found += attachment(document.get_attachment(index).raw, draft)
        except pypdfium2.PdfiumError:
            draft.unread("a damaged attached file", 1)
    if count > FILES_LIMIT:
        draft.unread(f"{count - FILES_LIMIT} more attached files", count - FILES_LIMIT)
    return found


def attachment(handle: Any, draft: Draft) -> list[SourceFile]:
    """Return the file behind PDFium's handle, or none and say why."""
    import pypdfium2.raw as pdfium_c

    name = wide(lambda buffer, size: int(pdfium_c.FPDFAttachment_GetName(handle, buffer, size)))
    size = ctypes.c_ulong()
    is_there = pdfium_c.FPDFAttachment_GetFile(handle, None, 0, size)
    if not is_there or size.value > _ATTACHMENT_BYTES:
        why = f", {size.value >> 20:,} MiB and so too large," if is_there else ", which is missing or broken,"
        draft.unread(f"the attached file {name or '(no name)'}{why}", 1)
        return []
    buffer = (ctypes.c_ubyte * size.value)()
    pdfium_c.FPDFAttachment_GetFile(handle, buffer, size, size)
    return [SourceFile.of(bytes(buffer), name)]


def only_once(files: list[SourceFile]) -> list[SourceFile]:
    """Return files without those that come again, as where a mark on a page stands for a file of the list."""
    known: set[tuple[int, int]] = set()
    kept: list[SourceFile] = []
    for file in files:
        content = file.head(file.size_bytes)
        key = (len(content), hash(content))
        if key not in known:
            known.add(key)
            kept.append(file)
    return kept


def taken_out(attached: list[SourceFile]) -> Invoice | None:
    """Return the invoice in XML among attached files (ZUGFeRD, Factur-X), and take it from them."""
    for file in attached:
        if file.extension == "xml" or file.head(4).lstrip(b"\xef\xbb\xbf").startswith(b"<"):
            try:
                invoice = invoice_in(parse_xml(file.head(file.size_bytes)))
            except (Refused, SyntaxError, ValueError):
                continue
            if invoice:
                attached.remove(file)
                return invoice
    return None


def state_invoice(invoice: Invoice, draft: Draft) -> None:
    """State what the attached invoice says; where the pages show another sum, neither is to be relied on."""
    text = "\n".join(page.text for page in draft.pages)
    otherwise = "" if draft.cut or draft.scans else invoice.contradicts(text)
    if otherwise:
        draft.note(f"the invoice data attached to it say {otherwise}, and its pages do not")
    invoice.state(draft, Origin.INVOICE_OTHERWISE if otherwise else Origin.INVOICE)
