"""The properties of office packages (OOXML, OpenDocument): their title, and when they were made."""

from __future__ import annotations

import zipfile
import zlib

from twolane.extract.base import Draft
from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import local, parse_xml
from twolane.extract.readers.pdf.document import sane_title
from twolane.facts import DATE, TITLE, Origin

_LIMIT_BYTES = 1 << 20
_PARTS = ("docProps/core.xml", "meta.xml")
# What both kinds call them; where a file was copied from another, only the last change is near its own day.
_CHANGED, _MADE = ("modified", "date"), ("created", "creation-date")


def read_properties(package: zipfile.ZipFile, draft: Draft) -> None:
    """State what a package's properties say, as far as they can be read."""
    for name in _PARTS:
        try:
            state_properties(draft, read_part(package, name, _LIMIT_BYTES))
        except (KeyError, zipfile.BadZipFile, zlib.error):
            continue


def state_properties(draft: Draft, data: bytes) -> None:
    """State what a part with properties says, and take its title."""
    root = parse_xml(data)
    said: dict[str, str] = {}
    for element in root.iter() if root is not None else ():
        if element.text:
            said.setdefault(local(element), element.text)
    draft.title = draft.title or sane_title(said.get("title", ""))
    draft.state(TITLE, draft.title, Origin.PROPERTIES)
    for names in (_CHANGED, _MADE):
        draft.state(DATE, next((said[name] for name in names if name in said), ""), Origin.PROPERTIES)
