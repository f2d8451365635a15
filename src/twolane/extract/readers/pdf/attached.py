"""Files attached to a PDF, and the invoice in XML among them."""

from __future__ import annotations

import ctypes
from typing import Any

from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.readers.markup.invoice import Invoice, invoice_in
from twolane.extract.readers.markup.xml import parse_xml
from twolane.facts import Origin

_ATTACHMENT_LIMIT = 50
_ATTACHMENT_BYTES = 48 << 20


def attachments(document: Any, size_bytes: int, draft: Draft) -> list[SourceFile]:
    """Return the files that go along with the pages, as far as they may be read."""
    import pypdfium2

    found: list[SourceFile] = []
    count = document.count_attachments()
    if count and size_bytes > 2 * _ATTACHMENT_BYTES:  # to ask for the size of one unpacks it
        draft.note(f"{count} attached files were not read: the PDF has {size_bytes >> 20:,} MiB")
        return found
    for index in range(min(count, _ATTACHMENT_LIMIT)):
        if sum(file.size_bytes for file in found) > 2 * _ATTACHMENT_BYTES:
            draft.note(f"{count - index} attached files were not read: they are too large together")
            break
        try:
            attachment = document.get_attachment(index)
            found.append(SourceFile.of(_bytes(attachment), attachment.get_name()))
        except (pypdfium2.PdfiumError, ValueError) as error:
            draft.note(f"an attached file was not read: {error}"[:200])
    return found


def _bytes(attachment: Any) -> bytes:
    """Return the bytes of an attachment; raises ValueError for more than may be held."""
    import pypdfium2.raw as pdfium_c

    size = ctypes.c_ulong()
    pdfium_c.FPDFAttachment_GetFile(attachment, None, 0, size)
    if size.value > _ATTACHMENT_BYTES:
        raise ValueError(f"it has {size.value >> 20:,} MiB, more than {_ATTACHMENT_BYTES >> 20}")
    return bytes(attachment.get_data()) if size.value else b""


def taken_out(attached: list[SourceFile]) -> Invoice | None:
    """Return the invoice in XML among attached files (ZUGFeRD, Factur-X), and take it from them."""
    for file in attached:
        if file.extension == "xml":
            try:
                invoice = invoice_in(parse_xml(file.head(file.size_bytes)))
            except (Refused, SyntaxError, ValueError):
                continue
            if invoice:
                attached.remove(file)
                return invoice
    return None


def read_attached(attached: list[SourceFile], draft: Draft) -> None:
    """Read attached files as further pages: in a portfolio they are the documents, and the pages a cover."""
    draft.read_within(attached)


def state_invoice(invoice: Invoice, draft: Draft) -> None:
    """State what the attached invoice says; where the pages show another sum, neither is to be relied on."""
    text = "\n".join(page.text for page in draft.pages)
    otherwise = "" if draft.cut or draft.scans else invoice.contradicts(text)
    if otherwise:
        draft.note(f"the invoice data attached to it say {otherwise}, and its pages do not")
    invoice.state(draft, Origin.INVOICE_OTHERWISE if otherwise else Origin.INVOICE)
