"""Word documents (DOCX, DOCM): paragraphs and tables in reading order, with headers, footers and notes."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.base import Draft, SourceFile, has_words
from twolane.extract.readers.archive import open_package, read_part, refuse_entities
from twolane.extract.readers.markup.xml import attribute, local, parse_xml, walk
from twolane.extract.readers.office.drawings import chart_text, shape_text
from twolane.extract.readers.office.properties import read_properties
from twolane.extract.readers.office.run_styles import RunStyles

# Fallbacks repeat what was there already; deletions are not what a reader sees.
_SKIPPED = frozenset({"Fallback", "del", "moveFrom", "instrText", "delText"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_HEADING_STYLE = re.compile(r"heading (\d)$", re.I)
_DRAWING = re.compile(r"(?P<chart>charts/chart\d{0,4}\.xml)|diagrams/data\d{0,4}\.xml")
_MOST_DRAWINGS = 50
_PAGE_BREAK = "\f"


def read(source: SourceFile, draft: Draft) -> None:
    """Read the body, split into pages where the file marks their ends."""
    with open_package(source) as package:
        refuse_entities(package)
        read_properties(package, draft)
        main = _main_part(package)
        folder = posixpath.dirname(main)
        styles = _styles(package, folder)
        runs = RunStyles(styles)
        body = _Body(_heading_levels(styles), runs, draft)
        body.walk(parse_xml(read_part(package, main)))
        pages = body.text().split(_PAGE_BREAK)
        draft.page_count = len(pages)
        pages[0] = _joined(_side_texts(package, folder, "header", runs, draft), pages[0])
        kinds = ("footer", "footnotes", "endnotes")
        ends = [text for kind in kinds for text in _side_texts(package, folder, kind, runs, draft)]
        pages[-1] = _joined([pages[-1]], *ends, *_drawings(package, folder))
        for page in pages:
            draft.add(page)


def _joined(first: list[str] | str, *rest: str) -> str:
    texts = [first] if isinstance(first, str) else first
    return "\n\n".join(text for text in (*texts, *rest) if has_words(text))


def _main_part(package: zipfile.ZipFile) -> str:
    """Return the name of the part that the package says is the document; Word's usual one by default."""
    try:
        root = parse_xml(read_part(package, "_rels/.rels", 1 << 20))
    except KeyError:
        root = None
    for relation in root if root is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            target = str(relation.get("Target", "")).lstrip("/")
            if target in package.namelist():
                return target
    return "word/document.xml"


def _styles(package: zipfile.ZipFile, folder: str) -> Any:
    try:
        return parse_xml(read_part(package, f"{folder}/styles.xml"))
    except KeyError:
        return None


def _heading_levels(root: Any) -> dict[str, int]:
    """Return the heading level of each style that is one; their ids are translated, their names are not."""
    levels = {}
    for style in root.iter() if root is not None else ():
        if local(style) != "style":
            continue
        name = next((attribute(e, "val") for e in style if local(e) == "name"), "")
        match = _HEADING_STYLE.match(name)
        if match:
            levels[attribute(style, "styleId")] = int(match.group(1))
        elif name.lower() == "title":
            levels[attribute(style, "styleId")] = 1
    return levels


def _side_texts(package: zipfile.ZipFile, folder: str, kind: str, runs: RunStyles, draft: Draft) -> list[str]:
    """Return the different texts of the headers, footers or notes, in the order of their parts."""
    texts: list[str] = []
    for name in sorted(package.namelist()):
        if re.fullmatch(re.escape(f"{folder}/{kind}") + r"\d{0,3}\.xml", name):
            body = _Body({}, runs, draft)
            body.walk(parse_xml(read_part(package, name)))
            text = body.text().replace(_PAGE_BREAK, "\n").strip()
            if has_words(text) and text not in texts:
                texts.append(text)
    return texts[:20]


def _drawings(package: zipfile.ZipFile, folder: str) -> list[str]:
    """Return the text of charts and diagrams in the order of their parts: their places are not known."""
    texts: list[str] = []
    for name in sorted(package.namelist()):
        kind = _DRAWING.fullmatch(name.removeprefix(f"{folder}/"))
        if kind and len(texts) < _MOST_DRAWINGS:
            root = parse_xml(read_part(package, name))
            texts.append(chart_text(root) if kind["chart"] else shape_text(root))
    return texts


@dataclass(slots=True)
class _Body:
    """Turns the elements of a body into text."""

    headings: dict[str, int]
    runs: RunStyles
    draft: Draft
    parts: list[str] = field(default_factory=list)
    cells: int = 0
    # Word notes where pages ended when it last laid the document out; else only forced breaks are known.
    rendered: bool = False

    def text(self) -> str:
        return "".join(self.parts)

    def walk(self, root: Any) -> None:
        if root is None:
            return
        self.rendered = next(root.iter("{*}lastRenderedPageBreak"), None) is not None
        for event, element, walker in walk(root, self.draft):
            name = local(element)
            if event == "end":
                self._leave(name)
            elif name in _SKIPPED:
                walker.skip_subtree()
            elif name == "r" and self.runs.hides(element):
                text = "".join(e.text or "" for e in element.iter() if local(e) == "t")
                self.draft.leave_out(text, self.parts.count(_PAGE_BREAK) + 1)
                walker.skip_subtree()
            else:
                self._enter(name, element)

    def _enter(self, name: str, element: Any) -> None:
        if name == "t":
            self.parts.append(element.text or "")
        elif name == "lastRenderedPageBreak":
            self._page_break()
        elif name == "br" and attribute(element, "type") == "page":
            if not self.rendered:
                self._page_break()
        elif name in _BREAKS and element.getparent() is not None and local(element.getparent()) == "r":
            self.parts.append(_BREAKS[name])
        elif name == "p":
            self._start_paragraph(element)
        elif name == "tc":
            self.cells += 1

    def _page_break(self) -> None:
        self.parts.append("\n" if self.cells else _PAGE_BREAK)

    def _start_paragraph(self, element: Any) -> None:
        properties = next((e for e in element if local(e) == "pPr"), None)
        for item in properties if properties is not None else ():
            if local(item) == "pStyle" and attribute(item, "val") in self.headings and not self.cells:
                self.parts.append("\n" + "#" * self.headings[attribute(item, "val")] + " ")
            elif local(item) == "numPr" and not self.cells:
                self.parts.append("- ")

    def _leave(self, name: str) -> None:
        if name == "p":
            self.parts.append(" " if self.cells else "\n")
        elif name == "tc":
            self.cells -= 1
            self.parts.append("\t")
        elif name == "tr":
            self.parts.append("\n")
