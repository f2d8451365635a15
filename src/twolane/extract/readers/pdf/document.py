"""A PDF as a whole: opened, its title and day stated, its pages and attached files read."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.pdf.attached import attachments, only_once, state_invoice, taken_out
from twolane.extract.readers.pdf.beside import Beside, has_fields
from twolane.extract.readers.pdf.layers import Layers
from twolane.extract.readers.pdf.pages import read_pages
from twolane.extract.readers.pdf.xfa import XfaForm
from twolane.facts import DATE, TITLE, Origin

FORMATS = (
    Format(
        "PDF",
        frozenset({"application/pdf"}),
        read=frozenset(
            {
                FilePart.BODY,
                FilePart.TABLES,
                FilePart.COMMENTS,
                FilePart.NOTES,
                FilePart.HEADERS,
                FilePart.BOXES,
                FilePart.FIELDS,
                FilePart.ANNOTATIONS,
                FilePart.ATTACHMENTS,
                FilePart.DESCRIPTIONS,
                FilePart.PAGE_NUMBERS,
                FilePart.NUMBERING,
            }
        ),
        said=frozenset({FilePart.HIDDEN}),
    ),
)
_MOST_IN_MEMORY_BYTES = 67_108_864
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_SECURITY_ERROR = 5  # FPDF_ERR_SECURITY: an encryption that PDFium does not know
_NO_TITLE = re.compile(
    r"(untitled|anonymous|title|document\d*|unknown|no title|powerpoint presentation|\W*)$", re.I
)
_PROGRAM_PREFIX = re.compile(r"^(microsoft (word|powerpoint|excel)|word|layout \d+) - ", re.I)
_FILE_NAME = re.compile(r"\S+\.(docx?|pdf|indd|qxd|xlsx?|pptx?|tex|dvi|rtf|html?|tmp)$", re.I)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the pages in order until they or a limit end; the first page that OCR may not read is noted."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content_of(source))
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:
            raise Refused(ReadStatus.ENCRYPTED, "protected by a password") from error
        if error.err_code == _SECURITY_ERROR:
            raise Refused(
                ReadStatus.ENCRYPTED, "encrypted, and not by a password: by a certificate"
            ) from error
        raise Refused(ReadStatus.DAMAGED, "no PDF reader can open it: its structure is damaged") from error
    try:
        draft.page_count = len(document)
        draft.title = sane_title(document.get_metadata_value("Title"))
        draft.state(TITLE, draft.title, Origin.PDF)
        draft.state(DATE, document.get_metadata_value("CreationDate"), Origin.PDF)
        _read_parts(document, source, draft)
    finally:
        document.close()


def _read_parts(document: Any, source: SourceFile, draft: Draft) -> None:
    attached = attachments(document, source.size_bytes, draft)
    invoice = taken_out(attached)
    beside = Beside(document, draft)
    try:
        form = beside.form.in_xml(document)
        if form and _only_asks_to_wait(document, form):
            _read_form(form, draft)
        else:
            read_pages(document, draft, beside, Layers(source))
            if form and form.filled and not beside.form.has_values:
                draft.add("\n".join(form.filled), is_numbered=False)
    finally:
        beside.close()
        if invoice:
            state_invoice(invoice, draft)
    beside.say_unread()
    draft.read_within(only_once(attached + beside.files))


def _only_asks_to_wait(document: Any, form: XfaForm) -> bool:
    """Say whether the page only stands in, in whatever language, for a form that few programs can show."""
    if len(document) != 1:
        return False
    page = document[0]
    textpage = page.get_textpage()
    try:
        return not has_fields(page) and not form.prints(textpage.get_text_range())
    finally:
        textpage.close()
        page.close()


def _read_form(form: XfaForm, draft: Draft) -> None:
    """Read a form in the place of the page that stands in for it."""
    for hidden in form.hidden:
        draft.leave_out(hidden)
    if not form.filled:
        draft.note("the form in it is not filled in")
    draft.note("its page only asks for a program that shows its form (XFA): the form itself was read")
    draft.add("\n".join(form.lines))


def content_of(source: SourceFile) -> BinaryIO | bytes:
    """Return a file as PDFium reads it fastest: as bytes, unless they would take too much memory."""
    source.file.seek(0)
    return source.file if source.size_bytes > _MOST_IN_MEMORY_BYTES else source.file.read()


def sane_title(title: str) -> str:
    """Return a title that a person may have written; programs leave file names and their own there."""
    title = _PROGRAM_PREFIX.sub("", title.replace("\0", "").strip())
    if _NO_TITLE.match(title.strip("()")) or _FILE_NAME.match(title) or not has_words(title) or "�" in title:
        return ""
    return title[:300]
