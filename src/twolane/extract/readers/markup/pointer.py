"""Files that only point to where their content lies: shortcuts, and what clouds leave in a file's place."""

from __future__ import annotations

import json
import plistlib
import re
from pathlib import PurePath
from typing import Any
from xml.parsers.expat import ExpatError

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.text import decode
from twolane.facts import TITLE, Origin

_LIMIT_BYTES = 1 << 20
_LINE = re.compile(r"(?mi)^(URL|Name|Comment)(?:\[[^\]]{0,20}\])?[ \t]*=[ \t]*(\S[^\r\n]{0,2000})")
_GOOGLE = {
    "gdoc": "document",
    "gsheet": "spreadsheets",
    "gslides": "presentation",
    "gdraw": "drawings",
    "gform": "forms",
}
_NAME_IN_CLOUD = "NSURLNameKey"

FORMATS = (
    Format(
        "Shortcut",
        frozenset({"application/internet-shortcut"}),
        frozenset({FilePart.FIELDS}),
        frozenset({FilePart.BODY}),
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read a pointer's name and address, and say that its content lies elsewhere.

    Raises Refused for a file that was left in iCloud, and for a list of properties that points nowhere.
    """
    data = source.head(_LIMIT_BYTES)
    said = _properties(data) if data.startswith(b"bplist00") or b"<plist" in data[:400] else {}
    if _NAME_IN_CLOUD.encode() in data:
        name = said.get(_NAME_IN_CLOUD) or PurePath(source.name).name.lstrip(".").removesuffix(".icloud")
        raise Refused(ReadStatus.UNSUPPORTED, f'"{name}" was left in iCloud: download it, then add it')
    name, address, comment = _pointed(source, data, said)
    if not address:
        raise Refused(ReadStatus.UNSUPPORTED, "a list of properties or a shortcut without an address")
    draft.title = name
    draft.state(TITLE, name, Origin.PROPERTIES)
    draft.unread(f"what this file points to ({address[:300]})", 1)
    draft.add("\n".join(filter(None, (name, comment, address))))


def _pointed(source: SourceFile, data: bytes, said: dict[str, Any]) -> tuple[str, str, str]:
    """Return the name, the address and the remark of a pointer."""
    stem = PurePath(source.name).stem
    if said:
        return stem, str(said.get("URL") or ""), ""
    text = decode(data)[0]
    if text.lstrip().startswith("{"):
        return stem, _google_address(text, source.extension), ""
    found: dict[str, str] = {}
    for key, value in _LINE.findall(text):
        found.setdefault(key.upper(), value.strip())
    return found.get("NAME", stem), found.get("URL", ""), found.get("COMMENT", "")


def _google_address(text: str, extension: str) -> str:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    if address := said.get("url"):
        return str(address)
    kind, number = _GOOGLE.get(extension, "file"), said.get("doc_id")
    return f"https://docs.google.com/{kind}/d/{number}" if number else ""


def _properties(data: bytes) -> dict[str, Any]:
    try:
        found = plistlib.loads(data)
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        OverflowError,
        RecursionError,
        AttributeError,
    ):
        return {}
    return found if isinstance(found, dict) else {}
