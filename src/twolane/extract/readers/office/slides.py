"""Slides (PPTX): one page a slide, labelled by its title, with its tables and the speaker's notes."""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import Any

from twolane.extract.base import Draft, SourceFile, has_words
from twolane.extract.readers.archive import open_package, read_part, refuse_entities
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.readers.office.drawings import chart_text, shape_text
from twolane.extract.readers.office.properties import read_properties
from twolane.extract.visible import SMALLEST_PT

_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml$")
_TITLES = frozenset({"title", "ctrTitle"})
_NOT_SAID = frozenset({"sldNum", "sldImg"})
_DRAWN = {"diagramData": shape_text, "chart": chart_text}
_ON_EVERY_SLIDE = frozenset({"dt", "ftr", "hdr"})


def read(source: SourceFile, draft: Draft) -> None:
    """Read the slides in the order they are shown."""
    with open_package(source) as package:
        refuse_entities(package)
        read_properties(package, draft)
        names = _slide_names(package)
        draft.page_count = len(names)
        repeated: set[str] = set()
        for name in names:
            draft.check_time()
            text, title = _slide(package, name, repeated, draft)
            draft.add(text, title)


def _slide_names(package: zipfile.ZipFile) -> list[str]:
    """Return the parts of the slides as the presentation lists them, or by number where it is damaged."""
    present = {name for name in package.namelist() if _SLIDE.match(name)}
    by_number = sorted(present, key=lambda name: int(_SLIDE.findall(name)[0]))
    try:
        root = parse_xml(read_part(package, "ppt/presentation.xml"))
    except (KeyError, zipfile.BadZipFile):
        return by_number
    targets = _relations(package, "ppt/presentation.xml")
    listed = []
    for element in root.iter() if root is not None else ():
        if local(element) == "sldId":
            # Two attributes are called id; the relation's is the one with a namespace.
            relation = next((v for k, v in element.attrib.items() if k.startswith("{")), "")
            listed.append(targets.get(relation, ("", ""))[1])
    listed = [name for name in listed if name in package.namelist()]
    return listed or by_number


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return kind and part name of a part's relations by their ids."""
    folder, name = posixpath.split(part)
    try:
        root = parse_xml(read_part(package, f"{folder}/_rels/{name}.rels", 8 << 20))
    except (KeyError, zipfile.BadZipFile):
        return {}
    found = {}
    for relation in root if root is not None else ():
        target = posixpath.normpath(posixpath.join(folder, str(relation.get("Target", ""))))
        kind = str(relation.get("Type", "")).rpartition("/")[2]
        found[str(relation.get("Id", ""))] = (kind, target.lstrip("/"))
    return found


def _slide(package: zipfile.ZipFile, name: str, repeated: set[str], draft: Draft) -> tuple[str, str]:
    """Return a slide's text and title; a head or foot only where it is not `repeated` from a slide before."""
    root = parse_xml(read_part(package, name))
    if root is None:
        return "", ""
    title, blocks = "", []
    for shape in _shapes(root):
        kind = _placeholder(shape)
        if kind in _NOT_SAID:
            continue
        text = shape_text(shape)
        if _is_hidden(shape):
            draft.leave_out(text)
            continue
        if kind in _ON_EVERY_SLIDE:
            if text in repeated:
                continue
            repeated.add(text)
        if kind in _TITLES and not title:
            title = " ".join(text.split())
            text = f"# {title}"
        blocks.append(text)
    for kind, part in _relations(package, name).values():
        if part not in package.NameToInfo:
            continue
        if kind == "notesSlide":
            blocks.append(_notes(parse_xml(read_part(package, part))))
        elif kind in _DRAWN:
            blocks.append(_DRAWN[kind](parse_xml(read_part(package, part))))
    return "\n\n".join(block for block in blocks if has_words(block)), title


def _shapes(root: Any) -> list[Any]:
    return [e for e in root.iter() if local(e) in {"sp", "graphicFrame"}]


def _is_hidden(shape: Any) -> bool:
    """Say whether nobody sees a shape: it or a group around it is switched off, or its letters are dots."""
    for around in (shape, *shape.iterancestors()):
        properties = next((e for part in around for e in part if local(e) == "cNvPr"), None)
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
