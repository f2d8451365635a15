"""PDF, page by page: its text, form fields and remarks; pages that are only pictures go to OCR."""

from __future__ import annotations

import re
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.readers import ocr

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_SECURITY_ERROR = 5  # FPDF_ERR_SECURITY: an encryption that PDFium does not know
_ANNOTATION_LIMIT = 500
_WIDGET = 20  # FPDF_ANNOT_WIDGET
_REMARKS = frozenset({1, 3})  # FPDF_ANNOT_TEXT, FPDF_ANNOT_FREETEXT
_VALUE_LIMIT = 4000
_OBJECTS_LOOKED_AT = 400
_OCR_DPI = 200
_FEW_WORD_CHARS = 20
_WORD_CHARACTER = re.compile(r"\w")
_NO_TITLE = re.compile(r"(untitled|title|document\d*|unknown|no title|powerpoint presentation|\W*)$", re.I)
_PROGRAM_PREFIX = re.compile(r"^(microsoft (word|powerpoint|excel)|word|layout \d+) - ", re.I)
_FILE_NAME = re.compile(r"\S+\.(docx?|pdf|indd|qxd|xlsx?|pptx?|tex|dvi|rtf|html?|tmp)$", re.I)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the pages in order until they or a limit end; the first page that OCR may not read is noted."""
    import pypdfium2

    source.file.seek(0)
    try:
        document = pypdfium2.PdfDocument(source.file)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {_PASSWORD_ERROR, _SECURITY_ERROR}:
            raise Refused(ReadStatus.ENCRYPTED, "protected by a password") from error
        raise Refused(ReadStatus.DAMAGED, "no PDF reader can open it: its structure is damaged") from error
    try:
        draft.page_count = len(document)
        draft.title = sane_title(document.get_metadata_value("Title"))
        _read_pages(document, draft)
    finally:
        document.close()


def sane_title(title: str) -> str:
    """Return a title that a person may have written; programs leave file names and their own there."""
    title = _PROGRAM_PREFIX.sub("", title.replace("\0", "").strip())
    if _NO_TITLE.match(title) or _FILE_NAME.match(title) or not has_words(title) or "�" in title:
        return ""
    return title[:300]


def _read_pages(document: Any, draft: Draft) -> None:
    damaged = unread = 0
    engine = ocr.engine(draft.limits)
    try:
        for index in range(draft.page_count):
            draft.check_time()
            text, is_scan, failed = _read_page(document, index)
            damaged += failed
            if is_scan and engine and draft.ocr_left > 0:
                draft.ocr_left -= 1
                words = _recognise(document, index, engine, draft)
                draft.check_time()
                draft.add(words if len(words) > len(text) else text, ocr=len(words) > len(text))
                continue
            if is_scan and not has_words(text):
                draft.scans += 1
            unread += is_scan
            draft.add(text)
    finally:
        if damaged:
            draft.note(f"{damaged:,} of {draft.page_count:,} pages are damaged and were not read")
        if unread:
            draft.note(_scan_note(unread, draft, has_engine=engine is not None))
    if damaged and damaged == draft.page_count:
        draft.notes.clear()
        raise Refused(ReadStatus.DAMAGED, "all its pages are damaged")


def _scan_note(unread: int, draft: Draft, *, has_engine: bool) -> str:
    what = f"{unread:,} of {draft.page_count:,} pages are scans that were not read: "
    if has_engine:
        return what + f"OCR reads at most {draft.limits.ocr_pages} pages of one file (extract.ocr_pages)"
    return what + ocr.missing(draft.limits)


def _read_page(document: Any, index: int) -> tuple[str, bool, bool]:
    """Return a page's text, whether it looks like a scan, and whether it could not be read."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return "", False, True
    try:
        textpage = page.get_textpage()
        try:
            text = textpage.get_text_range()
        finally:
            textpage.close()
        # PDFium marks the hyphen of a word that goes on in the next line with U+FFFE.
        text = text.replace("\ufffe", "-").replace("\x02", "-")
        is_scan = _is_poor(text) and _has_pictures(page)
        return text + _annotations(page), is_scan, False
    except pypdfium2.PdfiumError:
        return "", False, True
    finally:
        page.close()


def _is_poor(text: str) -> bool:
    """Say whether a page's text cannot be all that a person sees: none, a stamp, or unreadable codes."""
    letters = len(_WORD_CHARACTER.findall(text[:5000]))
    if letters < _FEW_WORD_CHARS:
        return True
    unknown = sum(1 for c in text[:5000] if c == "�" or "\ue000" <= c <= "\uf8ff" or c < "\t")
    return unknown > letters * 0.3


def _has_pictures(page: Any) -> bool:
    """Say whether a picture covers a good part of the page, or letters may be drawn as many paths."""
    import pypdfium2.raw as pdfium_c

    area = max(1.0, page.get_width() * page.get_height())
    covered, paths = 0.0, 0
    for count, item in enumerate(page.get_objects(max_depth=3)):
        if count >= _OBJECTS_LOOKED_AT:
            break
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        elif item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            paths += 1
    return covered > 0.1 * area or paths > 200


def _recognise(document: Any, index: int, engine: ocr.Engine, draft: Draft) -> str:
    page = document[index]
    try:
        longest = max(page.get_width(), page.get_height(), 1.0)
        # A page metres wide (a poster, or an attack) is drawn smaller, never larger than OCR can use.
        scale = min(_OCR_DPI / 72, ocr.LONGEST_SIDE_PX / longest)
        picture = page.render(scale=scale, grayscale=True).to_pil()
    finally:
        page.close()
    return engine.words(picture, draft.time_left_s())


def _annotations(page: Any) -> str:
    """Return the values of form fields and the remarks on a page, one a line."""
    import pypdfium2.raw as pdfium_c

    lines = []
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _ANNOTATION_LIMIT)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        if kind == _WIDGET:
            value = _string(annotation, b"V")
            if has_words(value) and value != "Off":
                name = _string(annotation, b"TU") or _string(annotation, b"T")
                lines.append(f"{name}: {value}" if name else value)
        elif kind in _REMARKS:
            lines.append(_string(annotation, b"Contents"))
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    lines = [line for line in lines if line.strip()]
    return "\n\n" + "\n".join(lines) if lines else ""


def _string(annotation: Any, key: bytes) -> str:
    import ctypes

    import pypdfium2.raw as pdfium_c

    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size <= 2 or size > 2 * _VALUE_LIMIT:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace").strip()
