"""What is drawn for the annotations of a page: the words of stamps, and of fields that a script formats."""

from __future__ import annotations

from typing import Any

from twolane.extract.readers.pdf.unseen import Box

_SLACK_PT = 2.0


class Appearances:
    """The annotations of one page, drawn on a copy of it that has nothing else; made when first asked."""

    def __init__(self, document: Any, index: int) -> None:
        self._document = document
        self._index = index
        self._copy: Any = None
        self._text: Any = None

    def text_in(self, box: Box) -> str:
        """Return the words drawn in a box, in one line."""
        if self._text is None:
            self._draw()
        inside = self._text.get_text_bounded(
            box.left - _SLACK_PT, box.bottom - _SLACK_PT, box.right + _SLACK_PT, box.top + _SLACK_PT
        )
        return " ".join(inside.split())

    def _draw(self) -> None:
        import pypdfium2
        import pypdfium2.raw as pdfium_c

        self._copy = pypdfium2.PdfDocument.new()
        self._copy.import_pages(self._document, [self._index])
        page = self._copy[0]
        for place in reversed(range(pdfium_c.FPDFPage_CountObjects(page))):
            item = pdfium_c.FPDFPage_GetObject(page, place)
            if pdfium_c.FPDFPage_RemoveObject(page, item):
                pdfium_c.FPDFPageObj_Destroy(item)
        pdfium_c.FPDFPage_GenerateContent(page)
        pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
        page.close()
        self._text = self._copy[0].get_textpage()

    def close(self) -> None:
        if self._copy is not None:
            self._copy.close()
