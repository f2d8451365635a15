"""OpenDocument texts, presentations and drawings (ODT, ODP, ODG), also as one XML file (FODT, FODP)."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.archive import PART_LIMIT_BYTES, open_package, read_part, refuse_entities
from twolane.extract.readers.markup.xml import attribute, local, parse_xml
from twolane.extract.readers.office.embedded import read_embedded
from twolane.extract.readers.office.equations import equation
from twolane.extract.readers.office.odf_body import PAGE_BREAK, OdfBody, OdfParts
from twolane.extract.readers.office.odf_forms import control_values
from twolane.extract.readers.office.odf_lists import odf_lists
from twolane.extract.readers.office.ooxml import xml_part
from twolane.extract.readers.office.properties import state_properties
from twolane.extract.readers.office.text_styles import TextStyles

_MOST_OBJECTS = 200
_DEEPEST_OBJECT = 2
_TEXT = "application/vnd.oasis.opendocument.text"
_SLIDES = "application/vnd.oasis.opendocument.presentation"
_READ = frozenset(FilePart) - {FilePart.ANNOTATIONS, FilePart.HIDDEN}

FORMATS = (
    Format("ODT", frozenset({_TEXT, f"{_TEXT}-template"}), _READ, frozenset({FilePart.HIDDEN})),
    Format(
        "ODP",
        frozenset({_SLIDES, f"{_SLIDES}-template"}),
        _READ - {FilePart.CHANGES, FilePart.FIELDS, FilePart.HEADERS},
        frozenset({FilePart.HIDDEN}),
    ),
)


@dataclass(frozen=True, slots=True)
class _File:
    """The parts of an OpenDocument file; a single XML file has no package, and one root for both."""

    root: Any
    laid_out: Any
    package: zipfile.ZipFile | None = None


@dataclass(slots=True)
class _Objects:
    """The objects that are embedded in a file: charts and equations are read in place, files at the end."""

    file: _File
    draft: Draft
    count: int = 0
    depth: int = 0
    files: list[tuple[str, bytes]] = field(default_factory=list)

    def text(self, element: Any) -> str:
        """Return the text of an object that is OpenDocument itself; keep another for later."""
        self.count += 1
        name = posixpath.normpath(attribute(element, "href") or ".")
        package = self.file.package
        if self.count > _MOST_OBJECTS or self.depth >= _DEEPEST_OBJECT:
            self.draft.unread("an embedded object")
            return ""
        inner = next((e for e in element if local(e) in {"document", "math"}), None)
        if inner is None and package is not None:
            inner = xml_part(package, f"{name}/content.xml")
            if inner is None and name in package.NameToInfo:
                self.files.append((name, read_part(package, name)))
        if inner is None:
            return ""
        if local(inner) == "math":
            return equation(inner)
        self.depth += 1
        body = OdfBody(_parts(_File(inner, None), self), self.draft)
        body.walk(inner)
        self.depth -= 1
        return body.text().replace(PAGE_BREAK, "\n").strip()


def read(source: SourceFile, draft: Draft) -> None:
    """Read the pages that the file marks; a presentation has one page a slide."""
    if source.head(2) != b"PK":
        root = parse_xml(source.head(PART_LIMIT_BYTES))
        draft.share = min(1.0, PART_LIMIT_BYTES / max(1, source.size_bytes))
        _read_file(_File(root, root), draft)
        return
    with open_package(source) as package:
        manifest = package.NameToInfo.get("META-INF/manifest.xml")
        if manifest and b"encryption-data" in read_part(package, manifest.filename, 8 << 20):
            raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
        refuse_entities(package)
        if "meta.xml" in package.NameToInfo:
            state_properties(draft, read_part(package, "meta.xml", 8 << 20))
        root = parse_xml(read_part(package, "content.xml"))
        _read_file(_File(root, xml_part(package, "styles.xml"), package), draft)


def _read_file(file: _File, draft: Draft) -> None:
    if file.root is None:
        raise Refused(ReadStatus.DAMAGED, "its XML is damaged")
    objects = _Objects(file, draft)
    parts = _parts(file, objects)
    slides = [e for e in file.root.iter() if local(e) == "page"]
    if slides:
        _read_slides(slides, file.root, parts, draft)
    else:
        _read_text(file, parts, draft)
    read_embedded(objects.files, draft)


def _parts(file: _File, objects: _Objects) -> OdfParts:
    roots = (file.laid_out, file.root) if file.laid_out is not file.root else (file.root,)
    return OdfParts(
        TextStyles(*roots),
        odf_lists(*roots),
        control_values(file.root),
        frozenset(_breaking(*roots)),
        objects.text,
    )


def _breaking(*roots: Any) -> Iterator[str]:
    """Yield the styles of paragraphs that begin a page."""
    for root in roots:
        for style in root.iter("{*}style") if root is not None else ():
            broken = any(attribute(e, "break-before") == "page" for e in style)
            if attribute(style, "family") == "paragraph" and (broken or attribute(style, "master-page-name")):
                yield attribute(style, "name")


def _body(root: Any) -> Any:
    return next((e for e in root if local(e) == "body"), root)


def _read_text(file: _File, parts: OdfParts, draft: Draft) -> None:
    body = OdfBody(parts, draft)
    body.walk(_body(file.root))
    pages = body.text().split(PAGE_BREAK)
    pages[0] = "\n\n".join([*_side_texts(file.laid_out, "header", parts, draft), pages[0].strip()])
    pages[-1] = "\n\n".join([pages[-1].strip(), *_side_texts(file.laid_out, "footer", parts, draft)])
    draft.is_numbered = body.is_laid_out
    draft.page_count = len(pages)
    for page in pages:
        draft.add(page)


def _read_slides(slides: list[Any], root: Any, parts: OdfParts, draft: Draft) -> None:
    draft.is_numbered = True
    draft.page_count = len(slides)
    declared = {
        (local(e), attribute(e, "name")): e.text or ""
        for e in root.iter("{*}footer-decl", "{*}header-decl", "{*}date-time-decl")
    }
    said: set[str] = set()
    for slide in slides:
        draft.check_time()
        body = OdfBody(parts, draft)
        body.walk(slide)
        title = " ".join(_title(slide).split())
        text = body.text().replace(PAGE_BREAK, "\n").strip()
        if title and text.startswith(title):
            text = f"# {text}"
        for kind in ("header", "footer", "date-time"):
            side = declared.get((f"{kind}-decl", attribute(slide, f"use-{kind}-name")), "")
            if has_words(side) and side not in said:
                said.add(side)
                text = f"{text}\n\n{side}"
        draft.add(text, title or attribute(slide, "name"))


def _title(slide: Any) -> str:
    frame = next((e for e in slide if attribute(e, "class") == "title"), None)
    paragraphs = frame.iter("{*}p") if frame is not None else ()
    return next((text for e in paragraphs if (text := "".join(e.itertext()).strip())), "")


def _side_texts(laid_out: Any, kind: str, parts: OdfParts, draft: Draft) -> list[str]:
    """Return the different texts of the headers or footers of the pages."""
    if laid_out is None:
        return []
    texts: dict[str, None] = {}
    for side in laid_out.iter(*(f"{{*}}{kind}{more}" for more in ("", "-left", "-first"))):
        body = OdfBody(parts, draft, is_side=True)
        body.walk(side)
        texts[body.text().replace(PAGE_BREAK, "\n").strip()] = None
    return [text for text in texts if has_words(text)]
