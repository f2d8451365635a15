"""A file attached to a mail, and which of these are worth reading."""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass

_DECORATION_BYTES = 12 << 10
_DECORATION_PX = 200


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file by its name and content; `shown_as` names the place in the mail's HTML where it is shown."""

    name: str
    content: bytes
    is_picture: bool = False
    is_inline: bool = False
    shown_as: str = ""

    def is_decoration(self, shown: Collection[str]) -> bool:
        """Say whether it is a logo or a line that a mail shows within its text, and no picture sent.

        `shown` names what the mail's HTML shows.
        """
        if not self.is_picture or not (self.shown_as in shown or (self.is_inline and self.shown_as)):
            return False
        sides = _sides(self.content)
        return min(sides) < _DECORATION_PX if sides else len(self.content) < _DECORATION_BYTES


def _sides(picture: bytes) -> tuple[int, int] | None:
    """Return the width and height of a PNG, GIF or JPEG, or None of others."""
    if picture.startswith(b"\x89PNG") and len(picture) >= 24:
        width, height = struct.unpack_from(">II", picture, 16)
        return width, height
    if picture.startswith(b"GIF8") and len(picture) >= 10:
        width, height = struct.unpack_from("<HH", picture, 6)
        return width, height
    return _jpeg_sides(picture) if picture.startswith(b"\xff\xd8") else None


def _jpeg_sides(picture: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(picture) and picture[at] == 0xFF:
        kind, length = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return width, height
        at += 2 + max(2, length)
    return None
