"""EPUB books: one page a chapter, in reading order."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.archive import open_package, read_part
from twolane.extract.readers.markup.html import decode_html, html_to_text
from twolane.extract.readers.markup.xml import local, parse_xml

_CONTENTS = frozenset({"nav.xhtml", "toc.xhtml", "nav.html", "toc.html"})
FORMATS = (
    Format(
        "EPUB",
        frozenset({"application/epub+zip"}),
        frozenset({FilePart.BODY, FilePart.TABLES, FilePart.DESCRIPTIONS, FilePart.NOTES}),
        frozenset({FilePart.HIDDEN}),
    ),
)
_CHAPTER_ENDINGS = (".xhtml", ".html", ".htm")


def read(source: SourceFile, draft: Draft) -> None:
    """Read the chapters that hold words; a damaged book is read in the order of its files."""
    with open_package(source) as package:
        chapters = _spine(package, draft) or sorted(
            name for name in package.namelist() if name.lower().endswith(_CHAPTER_ENDINGS)
        )
        _refuse_locked(package, chapters)
        names = _names(package)
        draft.page_count = len(chapters)
        for name in chapters:
            draft.check_time()
            try:
                page = html_to_text(decode_html(read_part(package, name)))
            except (KeyError, zipfile.BadZipFile):
                draft.note(f"chapter {name} is damaged and was not read")
                continue
            draft.leave_out(page.hidden)
            if has_words(page.text):
                draft.add(page.text, names.get(name) or _label(page.title, page.text, draft.title))
            else:
                draft.page_count -= 1


def _label(title: str, text: str, book: str) -> str:
    """Return the chapter's name: its first heading, else its title where that is not the book's."""
    first = text.lstrip().splitlines()[0]
    if first.startswith("#"):
        return first.lstrip("# ")[:120]
    return title if title != book else ""


def _refuse_locked(package: zipfile.ZipFile, chapters: list[str]) -> None:
    """Raise Refused when chapters are encrypted; fonts often are, and do not matter."""
    if "META-INF/encryption.xml" not in package.NameToInfo:
        return
    locks = parse_xml(read_part(package, "META-INF/encryption.xml", 8 << 20))
    locked = {unquote(e.get("URI", "")) for e in locks.iter() if local(e) == "CipherReference"}
    if locked & set(chapters):
        raise Refused(ReadStatus.ENCRYPTED, "locked by its seller (DRM)")


def _names(package: zipfile.ZipFile) -> dict[str, str]:
    """Return what the book's contents call each of its parts: those of EPUB 3, else those of EPUB 2."""
    found: dict[str, str] = {}
    for part in sorted(package.namelist(), key=lambda name: name.endswith(".ncx")):
        is_contents = part.endswith(".ncx") or posixpath.basename(part).lower() in _CONTENTS
        if not is_contents or found:
            continue
        try:
            root = parse_xml(read_part(package, part, 4 << 20))
        except (KeyError, zipfile.BadZipFile, Refused):
            continue
        for address, name in _entries(root) if root is not None else ():
            path = posixpath.normpath(posixpath.join(posixpath.dirname(part), unquote(address)))
            found.setdefault(path, name[:120])
    return found


def _entries(root: Any) -> Iterator[tuple[str, str]]:
    """Yield the addresses of the parts, without the places in them, and their names."""
    name = ""
    for element in root.iter():
        kind = local(element)
        if kind == "text":
            name = " ".join("".join(element.itertext()).split())
        elif kind == "content" and name:
            yield element.get("src", "").partition("#")[0], name
        elif kind == "a" and (said := " ".join("".join(element.itertext()).split())):
            yield element.get("href", "").partition("#")[0], said


def _spine(package: zipfile.ZipFile, draft: Draft) -> list[str]:
    """Return the parts of the reading order, and set the book's title."""
    try:
        container = parse_xml(read_part(package, "META-INF/container.xml", 1 << 20))
        opf = next(unquote(e.get("full-path", "")) for e in container.iter() if local(e) == "rootfile")
        root = parse_xml(read_part(package, opf, 16 << 20))
    except (KeyError, StopIteration, AttributeError, zipfile.BadZipFile):
        return []
    if root is None:
        return []
    folder = posixpath.dirname(opf)
    draft.title = next((e.text or "" for e in root.iter() if local(e) == "title"), "")
    items = {e.get("id"): unquote(e.get("href", "")) for e in root.iter() if local(e) == "item"}
    order = [items.get(e.get("idref"), "") for e in root.iter() if local(e) == "itemref"]
    names = [posixpath.normpath(posixpath.join(folder, href)) for href in order if href]
    return [name for name in names if name in package.NameToInfo]
