"""The messages between parent and child: frames of a length and JSON, never pickles.

The child works on hostile files, so the parent trusts nothing it sends: sizes are bounded, types checked.
"""

from __future__ import annotations

import errno
import json
import re
import struct
from base64 import b64decode, b64encode
from typing import Any, BinaryIO

from twolane.documents import Page, Reading, ReadStatus
from twolane.extract.pictured import BOXES_LIMIT, PICTURE_LIMIT_BYTES, PageBox, PagePicture
from twolane.facts import Stated

SCRATCH_PREFIX = "twolane-extract-"
_LENGTH = struct.Struct(">I")
_OVERHEAD_BYTES = 4 << 20
_LANGUAGE_CHARS = 8
_STATED_LIMIT = 200
_STATED_CHARS = 1000
_WORDS_CHARS = 20_000  # of a title, a note, the name of a page or of a kind
_MOST_PAGES = 0x7FFF_FFFF  # that a file may say it has: as many as every store counts
# An empty list is three bytes in a frame and sixty-four in memory. Texts are what is long in an honest one.
_STRUCTURE_BYTES = 8 << 20
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def frame_limit_bytes(text_chars: int) -> int:
    """Return the size of an honest child's longest frame: six ASCII bytes a character, plus the pages."""
    return min(12 * text_chars + _OVERHEAD_BYTES + (64 << 20), 0xFFFF_FFFF)


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write one frame."""
    data = json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO, limit_bytes: int) -> dict[str, Any] | None:
    """Return the next frame's object, or None at the end of the stream; raises ValueError for nonsense."""
    head = _exactly(stream, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > limit_bytes:
        raise ValueError(f"a frame of {length:,} bytes")
    data = _exactly(stream, length)
    if data is None:
        return None
    if length > _STRUCTURE_BYTES and len(_STRING.sub(b'""', data)) > _STRUCTURE_BYTES:
        raise ValueError("a frame of too many values")
    try:
        message = json.loads(data)
    except (RecursionError, MemoryError) as error:
        raise ValueError("a frame that nests too deeply") from error
    if not isinstance(message, dict):
        raise ValueError("a frame that is no object")
    return message


def _exactly(stream: BinaryIO, count: int) -> bytes | None:
    data = stream.read(count)
    return data if len(data) == count else None


def failure_to_json(error: OSError) -> dict[str, Any]:
    """Return as plain values why a file could not be opened or read."""
    if isinstance(error, FileNotFoundError):
        return {"error": "gone"}
    if error.errno == errno.ENOMEM:
        return {"error": "memory"}
    return {"error": "os", "reason": error.strerror or type(error).__name__}


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain values."""
    return {
        "status": reading.status.value,
        "media_type": reading.media_type,
        "pages": [
            [page.number, page.text, page.label, page.ocr, page.is_numbered, page.hidden]
            for page in reading.pages
        ],
        "title": reading.title,
        "page_count": reading.page_count,
        "seen": reading.seen,
        "note": reading.note,
        "language": reading.language,
        "stated": [[one.field, one.value, one.origin] for one in reading.stated],
    }


def reading_from_json(values: dict[str, Any]) -> Reading:
    """Return the reading; raises ValueError, KeyError or TypeError for what no honest child sends."""
    pages = tuple(
        Page(_count(n), _text(text), _words(label), bool(ocr), bool(numbered), _text(hidden))
        for n, text, label, ocr, numbered, hidden in values["pages"]
    )
    if any(page.number != number for number, page in enumerate(pages, 1)):
        raise ValueError("pages out of order")
    return Reading(
        ReadStatus(_text(values["status"])),
        _words(values["media_type"]),
        pages,
        _words(values["title"]),
        _count(values["page_count"]),
        min(1.0, max(0.0, float(values["seen"]))),
        _words(values["note"]),
        language=_text(values["language"])[:_LANGUAGE_CHARS],
        stated=tuple(
            Stated(_words(name), _text(value)[:_STATED_CHARS], _words(origin))
            for name, value, origin in values["stated"][:_STATED_LIMIT]
        ),
    )


def picture_to_json(picture: PagePicture | None) -> dict[str, Any]:
    """Return a picture as plain values."""
    if picture is None:
        return {"picture": None}
    data = b64encode(picture.data).decode("ascii")
    return {"picture": data, "width_px": picture.width_px, "height_px": picture.height_px}


def picture_from_json(values: dict[str, Any]) -> PagePicture | None:
    """Return the picture; raises ValueError, KeyError or TypeError for what no honest child sends."""
    if values["picture"] is None:
        return None
    data = b64decode(_text(values["picture"]), validate=True)
    if len(data) > PICTURE_LIMIT_BYTES or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("not a picture")
    return PagePicture(data, _count(values["width_px"]), _count(values["height_px"]))


def boxes_to_json(boxes: tuple[PageBox, ...]) -> dict[str, Any]:
    """Return boxes as plain values."""
    return {"boxes": [[one.left, one.top, one.width, one.height] for one in boxes]}


def boxes_from_json(values: dict[str, Any]) -> tuple[PageBox, ...]:
    """Return the boxes; raises ValueError, KeyError or TypeError for what no honest child sends."""
    return tuple(PageBox(*map(_share, box)) for box in values["boxes"][:BOXES_LIMIT])


def _share(value: object) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("not a share")
    return float(value)


def _count(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= _MOST_PAGES:
        raise ValueError("not a count")
    return value


def _words(value: object) -> str:
    return _text(value)[:_WORDS_CHARS]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    # Lone surrogates break every store; an honest child has replaced them.
    return value.encode("utf-8", "replace").decode("utf-8")
