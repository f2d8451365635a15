"""Word and PowerPoint files from before 2007 (DOC, PPT), by the published layout of their streams.

DOC: [MS-DOC] 2.4.1, the text through the piece table. PPT: [MS-PPT] 2.3 and 2.5, each slide's text atoms.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Full, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.office.doc_stories import DocStories, doc_stories
from twolane.extract.readers.office.embedded import read_embedded
from twolane.extract.readers.pdf.document import sane_title

_STREAM_LIMIT_BYTES = 64 << 20
_FIB_ENCRYPTED, _FIB_TABLE_ONE = 0x0100, 0x0200
_WORD_97 = 0x00C1
_PIECE_LIMIT = 100_000
_SLIDE_LIST, _SLIDE_PERSIST, _SLIDE, _NOTES = 4080, 1011, 1006, 1008
_TEXT_CHARS, _TEXT_BYTES = 4000, 4008
_RECORD_LIMIT = 400_000
_ENCRYPTED_TOKEN = 0xF3D1C4DF
_MOST_OBJECTS = 50
_WRAPPED = ("Package", "CONTENTS")

FORMATS = (
    Format(
        "DOC",
        frozenset({"application/msword"}),
        frozenset({FilePart.BODY, FilePart.TABLES, FilePart.COMMENTS, FilePart.NOTES, FilePart.HEADERS})
        | {FilePart.BOXES},
        frozenset({FilePart.NUMBERING}),
    ),
    Format(
        "PPT", frozenset({"application/vnd.ms-powerpoint"}), frozenset({FilePart.BODY, FilePart.PAGE_NUMBERS})
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read a DOC or PPT file. Raises Refused where it is protected or its streams are damaged."""
    import olefile

    source.file.seek(0)
    with olefile.OleFileIO(source.file) as ole:
        try:
            draft.title = sane_title((ole.get_metadata().title or b"").decode("cp1252", "replace"))
        except (OSError, ValueError, AttributeError, struct.error, OverflowError):
            draft.note("its properties are damaged")
        if ole.exists("WordDocument"):
            _read_word(ole, draft)
        else:
            _read_slides(ole, draft)


def _stream(ole: Any, name: str) -> bytes:
    if not ole.exists(name):
        raise Refused(ReadStatus.DAMAGED, f"its part {name} is missing")
    return bytes(ole.openstream(name).read(_STREAM_LIMIT_BYTES))


def _read_word(ole: Any, draft: Draft) -> None:
    data = _stream(ole, "WordDocument")
    magic, version, flags = struct.unpack_from("<HH6xH", data)
    if magic not in {0xA5EC, 0xA5DC}:
        raise Refused(ReadStatus.DAMAGED, "its Word header is damaged")
    if flags & _FIB_ENCRYPTED:
        raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
    if version < _WORD_97:
        start, end = struct.unpack_from("<II", data, 0x18)
        stories = DocStories(data[start:end].decode("cp1252", "replace"))
    else:
        table = _stream(ole, "1Table" if flags & _FIB_TABLE_ONE else "0Table")
        stories = doc_stories("".join(_pieces(data, table)), data, table)
    pages = stories.written(_word_text).split("\f")
    draft.is_numbered = False  # only forced breaks are known
    draft.page_count = len(pages)
    for page in pages:
        draft.add(page)
    if stories.has_lists:
        draft.unread("numbers of lists")
    read_embedded(list(_objects(ole)), draft)


def _objects(ole: Any) -> Iterator[tuple[str, bytes]]:
    """Yield the embedded objects that wrap a file; of one that is a document itself only its name."""
    folders = {entry[1] for entry in ole.listdir() if entry[0] == "ObjectPool" and len(entry) > 2}
    for folder in sorted(folders)[:_MOST_OBJECTS]:
        stream = next(
            (f"ObjectPool/{folder}/{name}" for name in _WRAPPED if ole.exists(f"ObjectPool/{folder}/{name}")),
            "",
        )
        yield "object", bytes(ole.openstream(stream).read(_STREAM_LIMIT_BYTES)) if stream else b""


def _pieces(data: bytes, table: bytes) -> Iterator[str]:
    """Yield the text piece by piece: the table says where each lies and whether it takes 1 or 2 bytes."""
    offset, length = struct.unpack_from("<II", data, 0x01A2)
    clx = table[offset : offset + length]
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:  # property changes come first
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    if at + 5 > len(clx) or clx[at] != 2:
        raise Refused(ReadStatus.DAMAGED, "its table of text pieces is damaged")
    count = min((int.from_bytes(clx[at + 1 : at + 5], "little") - 4) // 12, _PIECE_LIMIT)
    places = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
    descriptors = at + 5 + 4 * (count + 1)
    for index in range(count):
        chars = max(0, places[index + 1] - places[index])
        place = struct.unpack_from("<I", clx, descriptors + 8 * index + 2)[0]
        if place & 0x4000_0000:
            start = (place & 0x3FFF_FFFF) // 2
            yield data[start : start + chars].decode("cp1252", "replace")
        else:
            yield data[place : place + 2 * chars].decode("utf-16-le", "replace")


_NO_TEXT = dict.fromkeys((0x01, 0x02, 0x03, 0x04, 0x05, 0x08))  # where drawings and notes stand


def _word_text(text: str) -> str:
    """Return Word's characters as text: marks for cells, breaks and fields become what a reader sees."""
    parts: list[str] = []
    codes: list[bool] = []  # for each open field: whether the text is still its code, not its result
    for char in text:
        if char == "\x13":
            codes.append(True)
        elif char == "\x14" and codes:
            codes[-1] = False
        elif char == "\x15" and codes:
            codes.pop()
        elif not any(codes[-8:]):
            parts.append(char)
    text = "".join(parts).translate(_NO_TEXT).replace("\x07\x07", "\n").replace("\x07", "\t")
    return text.replace("\r", "\n").replace("\x0b", "\n").replace("\x1e", "-").replace("\x0c", "\f")


def _read_slides(ole: Any, draft: Draft) -> None:
    data = _stream(ole, "PowerPoint Document")
    user = bytes(ole.openstream("Current User").read(64)) if ole.exists("Current User") else b""
    if ole.exists("EncryptedSummary") or user[12:16] == struct.pack("<I", _ENCRYPTED_TOKEN):
        raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
    slides = _Slides()
    try:
        slides.gather(data)
    except struct.error:
        draft.note("damaged: only a part could be read")
    pages = slides.pages()
    draft.page_count = len(pages)
    draft.is_numbered = True
    for text in pages:
        draft.add(text, text.strip().split("\n")[0][:100])
    if not pages:
        raise Full


class _Slides:
    """Gathers the text of slides: outlines from the list of slides, boxes from the slides themselves."""

    def __init__(self) -> None:
        self.outlines: list[list[str]] = []
        self.boxes: list[list[str]] = []

    def gather(self, data: bytes) -> None:
        """Walk the records without recursion; `place` is what the current text atoms belong to."""
        spans = [(0, len(data), "")]
        records = 0
        while spans:
            at, end, place = spans.pop()
            while at + 8 <= end and records < _RECORD_LIMIT:
                records += 1
                head, kind, length = struct.unpack_from("<HHI", data, at)
                body, after = at + 8, min(end, at + 8 + length)
                if kind == _SLIDE_PERSIST and place == "list":
                    self.outlines.append([])
                elif kind in {_TEXT_CHARS, _TEXT_BYTES}:
                    self._text(data[body:after], kind, place)
                elif head & 0xF == 0xF and kind != _NOTES:
                    if kind == _SLIDE:
                        self.boxes.append([])
                    inner = {_SLIDE_LIST: "list" if head >> 4 == 0 else "other", _SLIDE: "slide"}.get(
                        kind, place
                    )
                    spans.append((after, end, place))
                    spans.append((body, after, inner))
                    break
                at = after

    def _text(self, data: bytes, kind: int, place: str) -> None:
        text = data.decode("utf-16-le" if kind == _TEXT_CHARS else "latin-1", "replace")
        text = text.replace("\r", "\n").replace("\x0b", "\n")
        target = {"list": self.outlines, "slide": self.boxes}.get(place)
        if target and has_words(text):
            target[-1].append(text)

    def pages(self) -> list[str]:
        count = max(len(self.outlines), len(self.boxes))
        pages = []
        for index in range(count):
            outline = self.outlines[index] if index < len(self.outlines) else []
            boxes = self.boxes[index] if index < len(self.boxes) else []
            pages.append("\n\n".join([*outline, *(text for text in boxes if text not in outline)]))
        return pages
