"""OpenDocument texts and presentations (ODT, ODP): paragraphs, tables and notes in reading order."""

from __future__ import annotations

import re
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.readers.archive import open_package, read_part, refuse_entities
from twolane.extract.readers.markup.xml import attribute, local, parse_xml, walk
from twolane.extract.readers.office.properties import state_properties
from twolane.extract.readers.office.text_styles import TextStyles

_SKIPPED = frozenset(
    {"tracked-changes", "annotation", "scripts", "font-face-decls", "automatic-styles", "forms"}
)
_SPACES = re.compile(r"[ \t\r\n]+")
_PAGE_BREAK = "\f"


def read(source: SourceFile, draft: Draft) -> None:
    """Read the pages that the file marks; a presentation has one page a slide."""
    with open_package(source) as package:
        manifest = package.NameToInfo.get("META-INF/manifest.xml")
        if manifest and b"encryption-data" in read_part(package, manifest.filename, 8 << 20):
            raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
        refuse_entities(package)
        if "meta.xml" in package.NameToInfo:
            state_properties(draft, read_part(package, "meta.xml", 8 << 20))
        root = parse_xml(read_part(package, "content.xml"))
        part = package.NameToInfo.get("styles.xml")
        laid_out = parse_xml(read_part(package, part.filename)) if part else None
    if root is None:
        raise Refused(ReadStatus.DAMAGED, "its XML is damaged")
    styles = TextStyles(laid_out, root)
    slides = [e for e in root.iter() if local(e) == "page"]
    if slides:
        draft.page_count = len(slides)
        for slide in slides:
            draft.check_time()
            draft.add(body_text(slide, styles, draft).replace(_PAGE_BREAK, "\n"), attribute(slide, "name"))
        return
    pages = body_text(root, styles, draft).split(_PAGE_BREAK)
    pages[0] = "\n\n".join([*_side_texts(laid_out, "header", styles, draft), pages[0].strip()])
    pages[-1] = "\n\n".join([pages[-1].strip(), *_side_texts(laid_out, "footer", styles, draft)])
    draft.page_count = len(pages)
    for page in pages:
        draft.add(page)


def _side_texts(laid_out: Any, kind: str, styles: TextStyles, draft: Draft) -> list[str]:
    """Return the different texts of the headers or footers of the pages."""
    if laid_out is None:
        return []
    found = [e for e in laid_out.iter() if local(e) in {kind, f"{kind}-left", f"{kind}-first"}]
    texts = dict.fromkeys(body_text(side, styles, draft).strip() for side in found)
    return [text for text in texts if has_words(text)]


def body_text(root: Any, styles: TextStyles, draft: Draft) -> str:
    """Return the text below an element, with a form feed where a page ended."""
    parts: list[str] = []

    def put(text: str, element: Any) -> None:
        if text.strip() and styles.hides(element):
            draft.leave_out(text, len(draft.pages) + parts.count(_PAGE_BREAK) + 1)
        else:
            parts.append(text)

    inside = cells = 0  # paragraphs and table cells around the current place
    for event, element, walker in walk(root, draft):
        name = local(element)
        if event == "start":
            if name in _SKIPPED:
                walker.skip_subtree()
                continue
            if name in {"p", "h"}:
                inside += 1
                parts.append(_heading_mark(element) if name == "h" and not cells else "")
            cells += name == "table-cell"
            put(_own_text(name, element, inside), element)
        elif name in {"p", "h"}:
            inside -= 1
            parts.append(" " if cells else "\n")
        elif name == "table-cell":
            cells -= 1
            parts.append("\t")
        elif name == "table-row":
            parts.append("\n")
        # lxml keeps the text after an element as the element's tail, but it belongs to the parent.
        if event == "end" and inside and element.tail:
            put(_SPACES.sub(" ", element.tail), element.getparent())
    return "".join(parts)


def _heading_mark(element: Any) -> str:
    level = attribute(element, "outline-level")
    return "\n" + "#" * (min(6, int(level)) if level.isdigit() else 1) + " "


def _own_text(name: str, element: Any, inside: int) -> str:
    if name == "tab":
        return "\t"
    if name == "line-break":
        return "\n"
    if name == "soft-page-break":
        return _PAGE_BREAK
    if name == "s":
        count = attribute(element, "c")
        return " " * (min(100, int(count)) if count.isdigit() else 1)
    return _SPACES.sub(" ", element.text or "") if inside else ""
