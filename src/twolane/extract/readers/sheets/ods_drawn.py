"""What is drawn on an OpenDocument sheet: text boxes, descriptions of pictures, charts."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from twolane.extract.base import Draft, has_words
from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.readers.sheets.ods_cells import paragraph_text

_CHART_BYTES = 16 << 20
_MOST_CHART_ROWS = 2_000
_MOST_OBJECTS = 500


def drawn_texts(element: Any, package: zipfile.ZipFile, draft: Draft) -> list[str]:
    """Return the texts below a drawn element, in order; objects of other programs are said."""
    found: list[str] = []
    objects = 0
    for one in element.iter():
        name = local(one)
        if name == "p":
            found.append(paragraph_text(one).strip())
        elif name in {"title", "desc"}:
            found.append((one.text or "").strip())
        elif name == "object" and objects < _MOST_OBJECTS:
            objects += 1
            found += _chart_lines(package, attribute(one, "href"), draft)
        elif name == "object-ole":
            draft.unread(f"embedded object {posixpath.basename(attribute(one, 'href'))}", 1)
    text = "\n".join(line for line in dict.fromkeys(found) if has_words(line))
    return [text] if text else []


def _chart_lines(package: zipfile.ZipFile, place: str, draft: Draft) -> Iterator[str]:
    """Yield the title of a chart and the rows of the table that it keeps of its cells."""
    part = posixpath.normpath(posixpath.join(place, "content.xml"))
    if part not in package.NameToInfo:
        return
    root = parse_xml(read_part(package, part, _CHART_BYTES))
    if root is not None and not any(local(e) == "chart" for e in root.iter()):
        draft.unread(f"embedded object {posixpath.basename(posixpath.dirname(part))}", 1)
        return
    rows = 0
    for element in root.iter() if root is not None else ():
        name = local(element)
        if name in {"title", "subtitle"}:
            yield " ".join(paragraph_text(p) for p in element if local(p) == "p")
        elif name == "table-row" and rows < _MOST_CHART_ROWS:
            rows += 1
            cells = (" ".join(paragraph_text(p) for p in cell if local(p) == "p") for cell in element)
            yield "\t".join(cells)
