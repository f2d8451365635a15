"""What people wrote onto a page: remarks with the words they are about, answers to them, stamps."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from twolane.extract.base import has_words
from twolane.extract.readers.pdf.strings import entry
from twolane.extract.readers.pdf.unseen import Box

_HIDDEN, _NO_VIEW = 2, 32  # FPDF_ANNOT_FLAG_HIDDEN, FPDF_ANNOT_FLAG_NOVIEW
_STAMP = 13
_DRAWN = frozenset({3, _STAMP, 24})  # free text, stamp, watermark: what they say stands on the page
_MOST_QUADS, _QUOTE_CHARS = 50, 200
_MOST_ANSWERS = 20  # to answers
_DAY = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_STAMP_NAME = re.compile(r"#?[A-Za-z][A-Za-z ]{2,60}")


@dataclass(frozen=True, slots=True)
class Remark:
    """What an annotation says, whose it is, what it is about, and which one it answers (0: none)."""

    address: int
    text: str
    author: str
    day: str
    about: str
    answers: int
    is_comment: bool  # opened beside the page, not written on it
    is_hidden: bool

    def line(self) -> str:
        if not self.is_comment:
            return self.text
        by = f" by {self.author}" if self.author else ""
        on = f" on “{self.about}”" if self.about else ""
        day = f", {self.day}" if self.day else ""
        return f"[{'Reply' if self.answers else 'Comment'}{by}{on}{day}: {' '.join(self.text.split())}]"


def remark(annotation: Any, page: Any, textpage: Any, shown: str, drawn: Callable[[], str]) -> Remark:
    """Return what an annotation says.

    `shown` is the page's text in one line, and no words but of it are quoted; `drawn` gives the words in the
    drawing of the annotation, which may be all that a stamp has.
    """
    import pypdfium2.raw as pdfium_c

    answered = _linked(annotation, b"IRT")
    answers = pdfium_c.FPDFPage_GetAnnotIndex(page, answered) + 1 if answered else 0
    if answered:
        pdfium_c.FPDFPage_CloseAnnot(answered)
    kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
    is_hidden = bool(pdfium_c.FPDFAnnot_GetFlags(annotation) & (_HIDDEN | _NO_VIEW))
    text = _text(annotation)
    if not text and kind in _DRAWN and not is_hidden:
        text = drawn() or (_stamp_name(annotation) if kind == _STAMP else "")
    day = _DAY.match(entry(annotation, b"M") or entry(annotation, b"CreationDate"))
    return Remark(
        pdfium_c.FPDFPage_GetAnnotIndex(page, annotation) + 1,
        text,
        " ".join(entry(annotation, b"T").split())[:_QUOTE_CHARS],
        "-".join(day.groups()) if day else "",
        _about(annotation, textpage, shown) if text and not answers else "",
        answers,
        kind not in _DRAWN,
        is_hidden,
    )


def in_order(remarks: list[Remark]) -> Iterator[tuple[Remark, bool]]:
    """Yield remarks, each with whether it is hidden, and after each the answers to it.

    Programs hide the icon of an answer, which is read beside what it answers.
    """
    known = {one.address for one in remarks}
    answers: dict[int, list[Remark]] = {}
    for one in remarks:
        to = one.answers if one.answers in known and one.answers != one.address else 0
        answers.setdefault(to, []).append(one)
    waiting = [(one, one.is_hidden, 0) for one in reversed(answers.pop(0, []))]
    while waiting:
        one, is_hidden, depth = waiting.pop()
        yield one, is_hidden
        if depth < _MOST_ANSWERS:
            waiting += [(each, is_hidden, depth + 1) for each in reversed(answers.pop(one.address, []))]
    for circle in answers.values():  # answers to each other
        yield from ((one, one.is_hidden) for one in circle)


def _stamp_name(annotation: Any) -> str:
    """Return which of the usual stamps one is, such as Approved; programs put signs before its name."""
    name = entry(annotation, b"Name")
    return re.sub("^(#?D|SB|#)(?=[A-Z])", "", name) if _STAMP_NAME.fullmatch(name) else ""


def box_of(annotation: Any) -> Box:
    import pypdfium2.raw as pdfium_c

    rect = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(annotation, rect)
    return Box(
        min(rect.left, rect.right),
        min(rect.bottom, rect.top),
        max(rect.left, rect.right),
        max(rect.bottom, rect.top),
    )


def _text(annotation: Any) -> str:
    """Return the words of an annotation: its own, those with styles, or those of the window it opens."""
    import pypdfium2.raw as pdfium_c

    if has_words(text := entry(annotation, b"Contents")):
        return text
    if has_words(text := _without_markup(entry(annotation, b"RC"))):
        return text
    popup = _linked(annotation, b"Popup")
    if not popup:
        return ""
    text = entry(popup, b"Contents")
    pdfium_c.FPDFPage_CloseAnnot(popup)
    return text if has_words(text) else ""


def _without_markup(rich: str) -> str:
    from html import unescape

    return unescape(_MARKUP.sub("", re.sub(r"</p>|<br ?/?>", "\n", rich))).strip()


def _linked(annotation: Any, key: bytes) -> Any:
    import pypdfium2.raw as pdfium_c

    if not pdfium_c.FPDFAnnot_HasKey(annotation, key):
        return None
    return pdfium_c.FPDFAnnot_GetLinkedAnnot(annotation, key)


def _about(annotation: Any, textpage: Any, shown: str) -> str:
    """Return the words that an annotation marks, if they are all seen."""
    import pypdfium2.raw as pdfium_c

    quads = pdfium_c.FS_QUADPOINTSF()
    marked: list[str] = []
    for place in range(min(pdfium_c.FPDFAnnot_CountAttachmentPoints(annotation), _MOST_QUADS)):
        if pdfium_c.FPDFAnnot_GetAttachmentPoints(annotation, ctypes.c_size_t(place), quads):
            across, up = (quads.x1, quads.x2, quads.x3, quads.x4), (quads.y1, quads.y2, quads.y3, quads.y4)
            marked += textpage.get_text_bounded(min(across), min(up), max(across), max(up)).split()
    words = " ".join(marked)
    if not words or words not in shown:
        return ""
    return words if len(words) <= _QUOTE_CHARS else words[:_QUOTE_CHARS].rsplit(" ", 1)[0] + " …"
