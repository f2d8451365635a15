"""What well-kept libraries read of a document: what the readers of our own are held against."""

from __future__ import annotations

import posixpath
import re
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_WORD = re.compile(r"[^\W_]+")


class NotReadError(Exception):
    """The other library cannot read a file, so that there is nothing to compare."""


def words(text: str) -> Counter[str]:
    """Return how often each word of a text stands there, whatever its case and the form of its letters."""
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def lacking(ours: str, other: str) -> Counter[str]:
    """Return the words of the other reading that ours lacks, each as often as it lacks it."""
    return words(other) - words(ours)


def docx(path: Path) -> str:
    """Read a Word document by python-docx: paragraphs and tables of the body, headers and footers."""
    import docx as library

    document = library.Document(str(path))
    parts = list(_blocks(document))
    for section in document.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous:
                parts += _blocks(part)
    return "\n".join(parts)


def _blocks(container: Any) -> Iterator[str]:
    for block in container.iter_inner_content():
        if hasattr(block, "text"):
            yield block.text
            continue
        seen = set()
        for row in block.rows:
            for cell in row.cells:
                if id(cell._tc) not in seen:  # merged cells are given once for each place
                    seen.add(id(cell._tc))
                    yield from _blocks(cell)


def docx_whole(path: Path) -> str:
    """Read a Word document by docx2python: text boxes, notes and comments too."""
    from docx2python import docx2python

    with docx2python(path, duplicate_merged_cells=False) as document:
        text: str = document.text
    # what it adds: the numbers of lists, addresses of links, names of pictures and the marks of notes
    text = re.sub(r"(?m)^\t*(?:--|\d+\)|[a-z]+\))\t", "", text)
    return re.sub(r'<a href="[^"]*">|</a>|----[^\n-]+----|(?:foot|end)note\d+\)\t', " ", text)


def pptx(path: Path) -> str:
    """Read slides by python-pptx: shapes, groups, tables and notes."""
    import pptx as library

    parts = []
    for slide in library.Presentation(str(path)).slides:
        parts += list(_shapes(slide.shapes))
        if slide.has_notes_slide:
            parts.append(
                slide.notes_slide.notes_text_frame.text if slide.notes_slide.notes_text_frame else ""
            )
    return "\n".join(parts)


def _shapes(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        if shape.has_text_frame:
            yield shape.text_frame.text
        if getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                yield from (cell.text for cell in row.cells if not cell.is_spanned)
        if getattr(shape, "has_chart", False) and shape.has_chart:
            for plot in shape.chart.plots:
                yield from map(str, plot.categories)
                yield from (series.name for series in plot.series)


def opendocument(path: Path) -> str:
    """Read an OpenDocument file by odfdo: every paragraph and heading of the body."""
    from odfdo import Document

    body = Document(path).body
    text = "\n".join(str(element.inner_text) for element in (*body.paragraphs, *body.headers))
    return re.sub(r"\((?:Pictures|Object)[^)]*\)", " ", text)  # what it says of pictures


def xlsx(path: Path) -> str:
    """Read texts and whole numbers of a workbook by openpyxl: each library writes dates in its own way."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it does not support
        book = openpyxl.load_workbook(path, data_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    values = (cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)
    texts = (str(value) for value in values if isinstance(value, str | int) and not isinstance(value, bool))
    return "\n".join([*texts, *(sheet.title for sheet in sheets)])


def html(path: Path) -> str:
    """Read a page by inscriptis, which lays it out as a text browser does."""
    from inscriptis import Inscriptis
    from lxml import html as library

    return str(Inscriptis(library.document_fromstring(path.read_bytes())).get_text())


def epub(path: Path) -> str:
    """Read the chapters of a book's spine by lxml, each as the text of its body."""
    from lxml import etree
    from lxml import html as library

    with zipfile.ZipFile(path) as package:
        container = etree.fromstring(package.read("META-INF/container.xml"))
        opf = container.xpath("string(//*[local-name()='rootfile']/@full-path)")
        root = etree.fromstring(package.read(opf))
        hrefs = {item.get("id"): item.get("href") for item in root.xpath("//*[local-name()='item']")}
        parts = []
        for reference in root.xpath("//*[local-name()='itemref']/@idref"):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(opf), unquote(hrefs[reference])))
            page = library.document_fromstring(package.read(name))
            parts += [" ".join(body.itertext()) for body in page.iter("body")]
    return "\n".join(parts)


def _known(library: Callable[[Path], str]) -> Callable[[Path], str]:
    """Make one error of whatever a library raises: damaged files are among those compared."""

    @wraps(library)
    def read(path: Path) -> str:
        try:
            return library(path)
        except Exception as error:
            raise NotReadError(f"{library.__name__} cannot read it: {type(error).__name__}") from error

    return read


READERS: dict[str, tuple[Callable[[Path], str], ...]] = {
    ".docx": (_known(docx), _known(docx_whole)),
    ".docm": (_known(docx), _known(docx_whole)),
    ".pptx": (_known(pptx),),
    ".odt": (_known(opendocument),),
    ".odp": (_known(opendocument),),
    ".xlsx": (_known(xlsx),),
    ".html": (_known(html),),
    ".htm": (_known(html),),
    ".epub": (_known(epub),),
}
