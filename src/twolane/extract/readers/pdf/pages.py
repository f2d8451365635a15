"""The pages of a PDF one by one: their text, or what OCR reads where they are only pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, has_words
from twolane.extract.hyphens import WholeWords, join_cut_words
from twolane.extract.readers.headings import largest_heading
from twolane.extract.readers.pdf.beside import Beside
from twolane.extract.readers.pdf.layers import Layers
from twolane.extract.readers.pdf.painted import page_objects, unseen_texts
from twolane.extract.readers.pdf.scanned import JoinedText, Need, ScannedPages, need_of
from twolane.extract.readers.pdf.text import page_text
from twolane.extract.readers.picture import ocr
from twolane.facts import TITLE, Origin


def read_pages(document: Any, draft: Draft, beside: Beside, layers: Layers) -> None:
    damaged = unread = pictures = 0
    known = WholeWords()
    engine = ocr.engine(draft.limits)
    scanned = ScannedPages(engine, draft) if engine else None
    try:
        for index in range(draft.page_count):
            draft.check_time()
            own = _read_page(document, index, draft, beside, layers, known)
            damaged += own.is_damaged
            if own.need and scanned and draft.ocr_left > 0:
                draft.begin_scan()
                joined = _recognise(document, index, own, scanned)
                draft.check_time()
                draft.scans += joined.is_foreign
                draft.add(joined.text + own.beside, ocr=joined.ocr)
                continue
            if own.need.whole and not has_words(own.text + own.beside):
                draft.scans += 1
            unread += own.need.whole and not own.need.is_doubted
            pictures += len(own.need.boxes)
            draft.add(own.text + own.beside)
    finally:
        if damaged:
            draft.note(f"{damaged:,} of {draft.page_count:,} pages are damaged and were not read")
        if unread:
            draft.note(_scan_note(unread, draft, has_engine=engine is not None))
        if pictures:
            draft.unread(f"{pictures:,} picture{'s' if pictures > 1 else ''} of text")
    if damaged and damaged == draft.page_count:
        draft.notes.clear()
        raise Refused(ReadStatus.DAMAGED, "all its pages are damaged")


def _scan_note(unread: int, draft: Draft, *, has_engine: bool) -> str:
    what = f"{unread:,} of {draft.page_count:,} pages are scans that were not read: "
    if has_engine:
        return what + f"OCR reads at most {draft.limits.ocr_pages} pages of one file (extract.ocr_pages)"
    return what + ocr.missing(draft.limits)


@dataclass(frozen=True, slots=True)
class _OwnText:
    """What a page says without OCR: its text, what it has beside it, and what OCR has to read of it."""

    text: str = ""
    beside: str = ""
    need: Need = field(default_factory=Need)
    is_damaged: bool = False


def _read_page(
    document: Any, index: int, draft: Draft, beside: Beside, layers: Layers, known: WholeWords
) -> _OwnText:
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return _OwnText(is_damaged=True)
    try:
        textpage = page.get_textpage()
        try:
            objects = page_objects(page)
            unseen = unseen_texts(page, objects) | layers.unseen_texts(page)
            found = page_text(page, textpage, unseen, draft, with_lines=index == 0)
            if index == 0:
                draft.state(TITLE, largest_heading(found.lines, page.get_height()), Origin.LARGEST)
            text = join_cut_words(found.text, known)
            need = need_of(page, textpage, text, objects)
            rest = "\n".join(beside.lines(page, textpage, index, text))
        finally:
            textpage.close()
        return _OwnText(text, f"\n\n{rest}" if rest else "", need)
    except pypdfium2.PdfiumError:
        return _OwnText(is_damaged=True)
    finally:
        page.close()


def _recognise(document: Any, index: int, own: _OwnText, scanned: ScannedPages) -> JoinedText:
    page = document[index]
    try:
        return scanned.read(page, own.text, own.need)
    finally:
        page.close()
