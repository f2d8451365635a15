"""A page of a PDF as PDFium draws it, with its annotations and what was filled into its forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from twolane.extract.base import SourceFile
from twolane.extract.pictured import PagePicture, WantedPicture
from twolane.extract.readers.pdf.document import content_of
from twolane.extract.readers.picture.drawn import MOST_PIXELS, packed

_WIDER_PX = 480  # small pictures are drawn larger, and made small: thin lines stay
_LEAST_PT = 1.0


def draw(source: SourceFile, wanted: WantedPicture) -> PagePicture | None:
    """Return a page as it is to be shown; None where the PDF has no such page, or cannot be opened."""
    with opened_page(source, wanted.page, with_forms=True) as page:
        if page is None:
            return None
        width, height = max(_LEAST_PT, page.get_width()), max(_LEAST_PT, page.get_height())
        scale = min(max(wanted.width_px, _WIDER_PX) / width, (MOST_PIXELS / (width * height)) ** 0.5)
        return packed(page.render(scale=scale).to_pil(), wanted)


@contextmanager
def opened_page(source: SourceFile, number: int, *, with_forms: bool = False) -> Iterator[Any]:
    """Yield a page by its number, counted from 1; None where there is none, or nobody can open it."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content_of(source))
    except pypdfium2.PdfiumError:
        yield None
        return
    try:
        if with_forms:
            document.init_forms()
        if not 1 <= number <= len(document):
            yield None
            return
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            yield None
            return
        try:
            yield page
        finally:
            page.close()
    finally:
        document.close()
