"""What the pictures of a tagged PDF show, as their makers describe it for those who cannot see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from twolane.extract.base import has_words
from twolane.extract.readers.pdf.strings import wide

_MOST_ELEMENTS, _MOST_NESTING = 5_000, 40  # of a page
_PICTURE, _FORMULA = "Figure", "Formula"


class Descriptions:
    """Reads the descriptions page by page; one that comes again, as of a letterhead, is read once."""

    def __init__(self, document: Any) -> None:
        import pypdfium2.raw as pdfium_c

        self._is_tagged = bool(pdfium_c.FPDFCatalog_IsTagged(document))
        self._known: set[str] = set()

    def of_page(self, page: Any, shown: str) -> list[str]:
        """Return a line for each picture or formula whose description is not in the page's text already."""
        import pypdfium2.raw as pdfium_c

        if not self._is_tagged:
            return []
        tree = pdfium_c.FPDF_StructTree_GetForPage(page)
        if not tree:
            return []
        lines: list[str] = []
        try:
            for element in _elements(tree):
                kind = _text(element, pdfium_c.FPDF_StructElement_GetType)
                if kind in {_PICTURE, _FORMULA}:
                    lines += self._line(element, kind, shown)
        finally:
            pdfium_c.FPDF_StructTree_Close(tree)
        return lines

    def _line(self, element: Any, kind: str, shown: str) -> list[str]:
        import pypdfium2.raw as pdfium_c

        said = _text(element, pdfium_c.FPDF_StructElement_GetAltText)
        said = " ".join(said.split())
        if not has_words(said) or said in self._known or said in shown:
            return []
        self._known.add(said)
        return [f"Picture: {said}" if kind == _PICTURE else said]


def _text(element: Any, get: Callable[..., int]) -> str:
    return wide(lambda buffer, size: get(element, buffer, size))


def _elements(tree: Any) -> Iterator[Any]:
    """Yield the elements of a page in the order of its structure, as far as anybody would nest them."""
    import pypdfium2.raw as pdfium_c

    count = pdfium_c.FPDF_StructTree_CountChildren(tree)
    waiting = [
        (pdfium_c.FPDF_StructTree_GetChildAtIndex(tree, place), 0)
        for place in reversed(range(min(count, _MOST_ELEMENTS)))
    ]
    for _ in range(_MOST_ELEMENTS):
        if not waiting:
            return
        element, depth = waiting.pop()
        if not element:
            continue
        yield element
        if depth < _MOST_NESTING:
            count = pdfium_c.FPDF_StructElement_CountChildren(element)
            waiting += [
                (pdfium_c.FPDF_StructElement_GetChildAtIndex(element, place), depth + 1)
                for place in reversed(range(min(count, _MOST_ELEMENTS)))
            ]
