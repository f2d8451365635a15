"""Slides (PPTX): one page a slide, labelled by its title, with all that is drawn on it and its notes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.base import Draft, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.archive import open_package, read_part, refuse_entities
from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.charts import chart_text
from twolane.extract.readers.office.comments import SlideComments
from twolane.extract.readers.office.drawings import described, shape_text
from twolane.extract.readers.office.embedded import read_embedded
from twolane.extract.readers.office.ooxml import OfficePart, main_part, open_part, relation_id
from twolane.extract.readers.office.properties import read_properties
from twolane.extract.visible import SMALLEST_PT

_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml$")
_TITLES = frozenset({"title", "ctrTitle"})
_NOT_SAID = frozenset({"sldNum", "sldImg"})
_ON_EVERY_SLIDE = frozenset({"dt", "ftr", "hdr"})
_SHAPES = frozenset({"sp", "graphicFrame", "pic", "contentPart"})
_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

FORMATS = (
    Format(
        "PPTX",
        frozenset({_TYPE}),
        frozenset(FilePart) - {FilePart.ANNOTATIONS, FilePart.HIDDEN, FilePart.CHANGES, FilePart.FIELDS},
        frozenset({FilePart.HIDDEN}),
    ),
)


@dataclass(slots=True)
class _Show:
    """A presentation that is being read: its comments, and what stood on slides before."""

    comments: SlideComments
    draft: Draft
    repeated: set[str] = field(default_factory=set)
    of_charts: set[str] = field(default_factory=set)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the slides in the order they are shown."""
    with open_package(source) as package:
        refuse_entities(package)
        read_properties(package, draft)
        main = main_part(package, "ppt/presentation.xml")
        names = _slide_names(package, main)
        draft.page_count = len(names)
        show = _Show(SlideComments(main), draft)
        for name in names:
            draft.check_time()
            text, title = _slide(open_part(package, name), show)
            draft.add(text, title)
        read_embedded(_embedded(package, show.of_charts), draft)


def _slide_names(package: zipfile.ZipFile, main: OfficePart) -> list[str]:
    """Return the parts of the slides as the presentation lists them, or by number where it is damaged."""
    present = {name for name in package.namelist() if _SLIDE.match(name)}
    by_number = sorted(present, key=lambda name: int(_SLIDE.findall(name)[0]))
    try:
        root = main.xml()
    except zipfile.BadZipFile:
        return by_number
    listed = []
    for element in root.iter() if root is not None else ():
        relation = main.relations.get(relation_id(element)) if local(element) == "sldId" else None
        if relation and relation.target in package.NameToInfo:
            listed.append(relation.target)
    return listed or by_number


def _slide(part: OfficePart, show: _Show) -> tuple[str, str]:
    """Return a slide's text and title; a head or foot only where it does not stand on a slide before."""
    root = part.xml()
    if root is None:
        return "", ""
    title = ""
    blocks: list[str] = []
    for shape in _shapes(root):
        kind = _placeholder(shape)
        if kind in _NOT_SAID:
            continue
        text = _drawn(shape, part, show)
        if _is_hidden(shape):
            show.draft.leave_out(text)
            continue
        if kind in _ON_EVERY_SLIDE:
            if text in show.repeated:
                continue
            show.repeated.add(text)
        if kind in _TITLES and not title and has_words(text):
            title = " ".join(text.split())
            blocks.insert(0, f"# {title}")
        else:
            blocks.append(text)
    blocks += [_notes(notes.xml()) for notes in part.of_kind("notesSlide")]
    blocks.append("\n".join(show.comments.lines(part)))
    return "\n\n".join(block for block in blocks if has_words(block)), title


def _drawn(shape: Any, part: OfficePart, show: _Show) -> str:
    """Return the text of a shape, with the chart or diagram in it and what it is said to show."""
    texts = [shape_text(shape)]
    for element in shape.iter() if local(shape) == "graphicFrame" else ():
        name = local(element)
        if name == "chart" and (chart := part.named(relation_id(element))) is not None:
            show.of_charts.update(one.target for one in chart.relations.values())
            texts.append(chart_text(chart.xml()))
        elif name == "relIds" and (diagram := part.named(relation_id(element, "dm"))) is not None:
            texts.append(shape_text(diagram.xml()))
    texts.append(described(_properties(shape)))
    return "\n".join(text for text in texts if text)


def _shapes(root: Any) -> Iterator[Any]:
    """Yield the shapes in the order in which they are drawn; a fallback repeats what is there already."""
    from lxml import etree

    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        name = local(element)
        if name in _SHAPES:
            yield element
            walker.skip_subtree()
        elif name == "Fallback":
            around = element.getparent()
            if around is not None and any(local(e) == "Choice" for e in around):
                walker.skip_subtree()


def _properties(shape: Any) -> Any:
    return next((e for part in shape for e in part if local(e) == "cNvPr"), None)


def _is_hidden(shape: Any) -> bool:
    """Say whether nobody sees a shape: it or a group around it is switched off, or its letters are dots."""
    for around in (shape, *shape.iterancestors()):
        properties = _properties(around)
        if properties is not None and attribute(properties, "hidden") in {"1", "true"}:
            return True
    runs = [e for e in shape.iter() if local(e) == "r"]
    return bool(runs) and all(map(_is_tiny, runs))


def _is_tiny(run: Any) -> bool:
    sizes = (attribute(e, "sz") for e in run if local(e) == "rPr")
    return any(size.isdigit() and int(size) / 100 < SMALLEST_PT for size in sizes)


def _placeholder(shape: Any) -> str:
    """Return what a shape is the place for ("title", "body", ...), or the empty string."""
    for element in shape.iter():
        if local(element) == "ph":
            return attribute(element, "type") or "body"
        if local(element) in {"txBody", "graphic"}:
            break
    return ""


def _notes(root: Any) -> str:
    if root is None:
        return ""
    shapes = [shape for shape in _shapes(root) if _placeholder(shape) not in _NOT_SAID | _ON_EVERY_SLIDE]
    texts = [shape_text(shape) for shape in shapes]
    notes = "\n".join(text for text in texts if has_words(text))
    return f"Notes: {notes}" if notes else ""


def _embedded(package: zipfile.ZipFile, of_charts: set[str]) -> list[tuple[str, bytes]]:
    """Return the embedded files, but for the workbooks of charts, whose values the charts hold themselves."""
    names = [n for n in package.namelist() if n.startswith("ppt/embeddings/") and not n.endswith("/")]
    return [(name, read_part(package, name)) for name in sorted(names) if name not in of_charts]
