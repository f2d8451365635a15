"""The pages of a PDF one by one: their text, or what OCR reads where they are only pictures."""

from __future__ import annotations

import re
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, has_words
from twolane.extract.readers.headings import largest_heading
from twolane.extract.readers.pdf.beside import Beside
from twolane.extract.readers.pdf.painted import unseen_texts
from twolane.extract.readers.pdf.text import placed_lines, visible_text
from twolane.extract.readers.picture import ocr
from twolane.facts import TITLE, Origin

_OBJECTS_LOOKED_AT = 400
_OCR_DPI = 200
_FEW_WORD_CHARS = 20
_WORD_CHARACTER = re.compile(r"\w")


def read_pages(document: Any, draft: Draft, beside: Beside) -> None:
    damaged = unread = 0
    engine = ocr.engine(draft.limits)
    try:
        for index in range(draft.page_count):
            draft.check_time()
            text, rest, is_scan, failed = _read_page(document, index, draft, beside)
            damaged += failed
            if is_scan and engine and draft.ocr_left > 0:
                draft.ocr_left -= 1
                words = _recognise(document, index, engine, draft)
                draft.check_time()
                text = words if (is_ocr := len(words) > len(text)) else text
                draft.add(text + rest, ocr=is_ocr)
                continue
            if is_scan and not has_words(text + rest):
                draft.scans += 1
            unread += is_scan
            draft.add(text + rest)
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


def _read_page(document: Any, index: int, draft: Draft, beside: Beside) -> tuple[str, str, bool, bool]:
    """Return a page's text, what it has beside it, whether it looks like a scan, whether it is damaged."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return "", "", False, True
    try:
        textpage = page.get_textpage()
        try:
            unseen = unseen_texts(page)
            text = visible_text(textpage, unseen, draft) if unseen else textpage.get_text_range()
            if index == 0:
                draft.state(TITLE, largest_heading(placed_lines(textpage), page.get_height()), Origin.LARGEST)
            # PDFium marks the hyphen of a word that goes on in the next line with U+FFFE.
            text = text.replace("\ufffe", "-").replace("\x02", "-")
            rest = "\n".join(beside.lines(page, textpage, index, text))
        finally:
            textpage.close()
        is_scan = _is_poor(text) and _has_pictures(page)
        return text, f"\n\n{rest}" if rest else "", is_scan, False
    except pypdfium2.PdfiumError:
        return "", "", False, True
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
