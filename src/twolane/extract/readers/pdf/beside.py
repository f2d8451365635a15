"""What a page has beside its running text: fields, remarks, attached files, descriptions of its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from twolane.extract.base import Draft, SourceFile
from twolane.extract.readers.pdf.appearances import Appearances
from twolane.extract.readers.pdf.attached import FILES_BYTES, FILES_LIMIT, attachment
from twolane.extract.readers.pdf.descriptions import Descriptions
from twolane.extract.readers.pdf.fields import Form
from twolane.extract.readers.pdf.remarks import Remark, box_of, in_order, remark
from twolane.extract.readers.pdf.signatures import signatures

_MOST_ANNOTATIONS = 2000  # of a page
_UNSEEN = 2 | 32  # FPDF_ANNOT_FLAG_HIDDEN, FPDF_ANNOT_FLAG_NOVIEW
_POPUP, _FILE, _WIDGET = 16, 17, 20
_MEDIA = frozenset({18, 19, 21, 25, 26})  # sound, movie, screen, 3D, rich media
_MADE_BY_PROGRAMS = frozenset({2, 22, 23})  # links, printers' marks, trap networks


class Beside:
    """Reads what stands beside the text of one page after another, and gathers the files that it finds."""

    def __init__(self, document: Any, draft: Draft) -> None:
        self._document = document
        self._draft = draft
        self._media = 0
        self._marks = 0  # that stand for a file
        self._left_files = 0
        self._descriptions = Descriptions(document)
        self.form = Form(document)
        self.files: list[SourceFile] = []

    def close(self) -> None:
        self.form.close()

    def say_unread(self) -> None:
        """Say which media were met that nobody can read, and how many files were too many."""
        if self._left_files:
            self._draft.unread(f"{self._left_files:,} more attached files", self._left_files)
        if self._media:
            several = "s" if self._media > 1 else ""
            self._draft.unread(f"{self._media:,} sound{several}, video{several} or 3D model{several}")

    def lines(self, page: Any, textpage: Any, index: int, shown: str) -> list[str]:
        """Return what a page has beside the text that it shows; what is hidden is kept apart."""
        shown = " ".join(shown.split())
        lines = self._descriptions.of_page(page, shown) + self._annotated(page, textpage, index, shown)
        if index == len(self._document) - 1 and not self.form.has_drawn_signature:
            lines += signatures(self._document)
        return lines

    def _annotated(self, page: Any, textpage: Any, index: int, shown: str) -> list[str]:
        import pypdfium2.raw as pdfium_c

        count = pdfium_c.FPDFPage_GetAnnotCount(page)
        if count <= 0:
            return []
        if count > _MOST_ANNOTATIONS:
            self._draft.unread(f"{count - _MOST_ANNOTATIONS:,} annotations of page {index + 1}")
        fields: list[str] = []
        remarks: list[Remark] = []
        size = 0
        with closing(Appearances(self._document, index)) as appearances, self.form.page(page):
            for annotation in _annotations(page, min(count, _MOST_ANNOTATIONS)):
                kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
                if kind == _WIDGET:
                    found = self._field(annotation, appearances)
                    fields += found
                    size += sum(map(len, found))
                elif kind in _MEDIA:
                    self._media += 1
                elif kind not in _MADE_BY_PROGRAMS and not (kind == _POPUP and _has_parent(annotation)):
                    said = self._remark(annotation, page, textpage, shown, appearances)
                    remarks += said
                    size += sum(len(one.text) for one in said)
                if size > self._draft.chars_left or self._draft.out_of_time():
                    break  # the page does not fit, or the time is over: the file's note says so
        return fields + self._in_order(remarks)

    def _field(self, widget: Any, appearances: Appearances) -> list[str]:
        import pypdfium2.raw as pdfium_c

        is_seen = not pdfium_c.FPDFAnnot_GetFlags(widget) & _UNSEEN
        line = self.form.line(widget, lambda: appearances.text_in(box_of(widget)), is_seen=is_seen)
        if is_seen:
            return [line] if line else []
        self._draft.leave_out(line)
        return []

    def _remark(
        self, annotation: Any, page: Any, textpage: Any, shown: str, appearances: Appearances
    ) -> list[Remark]:
        import pypdfium2.raw as pdfium_c

        if pdfium_c.FPDFAnnot_GetSubtype(annotation) == _FILE:
            self._file(annotation)
        found = remark(annotation, page, textpage, shown, lambda: appearances.text_in(box_of(annotation)))
        return [found] if found.text else []

    def _file(self, annotation: Any) -> None:
        import pypdfium2.raw as pdfium_c

        self._marks += 1
        if self._marks > FILES_LIMIT or sum(file.size_bytes for file in self.files) > FILES_BYTES:
            self._left_files += 1
        elif file := pdfium_c.FPDFAnnot_GetFileAttachment(annotation):
            self.files += attachment(file, self._draft)

    def _in_order(self, remarks: list[Remark]) -> list[str]:
        lines: list[str] = []
        for one, is_hidden in in_order(remarks):
            if is_hidden:
                self._draft.leave_out(one.text)
            else:
                lines.append(one.line())
        return lines


def has_fields(page: Any) -> bool:
    """Say whether a page has fields of a form, filled in or not."""
    import pypdfium2.raw as pdfium_c

    count = min(pdfium_c.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)
    return any(pdfium_c.FPDFAnnot_GetSubtype(each) == _WIDGET for each in _annotations(page, count))


def _annotations(page: Any, count: int) -> Iterator[Any]:
    import pypdfium2.raw as pdfium_c

    for index in range(count):
        if annotation := pdfium_c.FPDFPage_GetAnnot(page, index):
            try:
                yield annotation
            finally:
                pdfium_c.FPDFPage_CloseAnnot(annotation)


def _has_parent(popup: Any) -> bool:
    """Say whether a window is opened by an annotation, whose words are its own."""
    import pypdfium2.raw as pdfium_c

    return bool(pdfium_c.FPDFAnnot_HasKey(popup, b"Parent"))
