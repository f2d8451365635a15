"""The stories of a DOC file: its text, then its notes, heads, comments and boxes ([MS-DOC] 2.4.1, 2.5.3).

They follow each other in one text; the header of the file says how many characters each has.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from twolane.extract.base import has_words
from twolane.extract.readers.office.comments import comment_line

_COUNTS = struct.Struct("<3I4x4I")  # text, footnotes, heads; comments, endnotes, boxes, boxes of heads
_COUNTS_AT = 0x4C
_COMMENT_PLACES, _HEAD_PLACES, _COMMENT_OWNERS, _LISTS = 4, 11, 36, 73  # places in the table of offsets
_OFFSETS_AT = 0x9A
_ABOUT_COMMENT = 30  # bytes: initials, then the number of the owner
_MOST_COMMENTS = 5000
_NOTE, _COMMENT = "\x02", "\x05"


@dataclass(frozen=True, slots=True)
class DocStories:
    """The text of a file, cut into its stories."""

    text: str
    footnotes: str = ""
    heads: str = ""
    comments: str = ""
    endnotes: str = ""
    boxes: str = ""
    owners: tuple[str, ...] = ()
    has_lists: bool = False  # whose numbers the program computes

    def written(self, plain: Callable[[str], str]) -> str:
        """Return all as one text; `plain` turns Word's characters into what a reader sees."""
        text = self._with_comments(self._with_marks(), plain)
        notes = [*self._notes(plain, self.footnotes), *self._notes(plain, self.endnotes)]
        heads = dict.fromkeys(line.strip() for line in plain(self.heads).split("\n"))
        parts = [*(line for line in heads if has_words(line)), plain(text)]
        return "\n".join([*parts, *notes, plain(self.boxes).strip()]).rstrip("\n")

    def _has_one_kind(self) -> bool:
        return not (self.footnotes and self.endnotes)

    def _with_marks(self) -> str:
        if not self._has_one_kind():
            return self.text
        first, *others = self.text.split(_NOTE)
        return first + "".join(f"[{number}]{part}" for number, part in enumerate(others, 1))

    def _notes(self, plain: Callable[[str], str], story: str) -> list[str]:
        notes = [" ".join(plain(note).split()) for note in story.split(_NOTE)[1:]]
        marks = [f"[{number}] " if self._has_one_kind() else "" for number in range(1, len(notes) + 1)]
        return [mark + note for mark, note in zip(marks, notes, strict=True) if has_words(note)]

    def _with_comments(self, text: str, plain: Callable[[str], str]) -> str:
        """Put each comment behind the paragraph that it is about."""
        said = self.comments.split(_COMMENT)[1 : _MOST_COMMENTS + 1]
        lines = [
            comment_line(self.owners[at] if at < len(self.owners) else "", plain(one))
            for at, one in enumerate(said)
        ]
        parts, *others = text.split(_COMMENT)
        waiting = [f"\r{line}" for line in lines[len(others) :] if line]
        for line, part in zip(lines, others, strict=False):
            end = re.search(r"[\r\x07\x0c]|$", part)
            at = end.start() if end else 0
            parts += part[:at] + (f"\r{line}" if line else "") + part[at:]
        parts += "".join(others[len(lines) :])
        return parts + "".join(waiting)


def doc_stories(text: str, data: bytes, table: bytes) -> DocStories:
    """Return the stories of a text by what the header says; all is text where that cannot be."""
    counts = _COUNTS.unpack_from(data, _COUNTS_AT)
    if not counts[0] or sum(counts) > len(text) + 16:
        return DocStories(text)
    parts, at = [], 0
    for count in counts:
        parts.append(text[at : at + count])
        at += count
    has_lists = bool(_lying(data, table, _LISTS))
    body, footnotes, heads, comments, endnotes, boxes, head_boxes = parts
    owners = _owners(data, table) if comments else ()
    heads = heads[_first_head(data, table) :]
    return DocStories(body, footnotes, heads, comments, endnotes, boxes + head_boxes, owners, has_lists)


def _first_head(data: bytes, table: bytes) -> int:
    """Return where the heads begin: six stories that separate notes stand before them."""
    places = _lying(data, table, _HEAD_PLACES)
    return int(struct.unpack_from("<I", places, 24)[0]) if len(places) >= 28 else 0


def _owners(data: bytes, table: bytes) -> tuple[str, ...]:
    """Return who wrote each comment."""
    places, names = _lying(data, table, _COMMENT_PLACES), _lying(data, table, _COMMENT_OWNERS)
    known: list[str] = []
    at = 0
    while at + 2 <= len(names) and len(known) < _MOST_COMMENTS:
        end = at + 2 + 2 * int.from_bytes(names[at : at + 2], "little")
        known.append(names[at + 2 : end].decode("utf-16-le", "replace"))
        at = end
    count = min(max(0, (len(places) - 4) // (4 + _ABOUT_COMMENT)), _MOST_COMMENTS)
    owners = []
    for number in range(count):
        start = 4 * (count + 1) + _ABOUT_COMMENT * number + 20
        owner = int.from_bytes(places[start : start + 2], "little")
        owners.append(known[owner] if owner < len(known) else "")
    return tuple(owners)


def _lying(data: bytes, table: bytes, place: int) -> bytes:
    start, length = struct.unpack_from("<II", data, _OFFSETS_AT + 8 * place)
    return table[start : start + length]
