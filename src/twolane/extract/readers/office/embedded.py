"""Files that lie within office files: as parts of the package, or wrapped in OLE objects."""

from __future__ import annotations

import io
import struct
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from twolane.extract.base import Draft, SourceFile
from twolane.extract.readers.archive import PART_LIMIT_BYTES

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NATIVE = "\x01Ole10Native"
_WHOLE = ("Package", "CONTENTS")  # a stream that is the file: of Office programs, of Acrobat
_DOCUMENTS = ("WordDocument", "Workbook", "Book", "PowerPoint Document", "__properties_version1.0")
_PATH_CHARS = 1000


def embedded_file(data: bytes, name: str) -> SourceFile | None:
    """Return the file that an embedded part is or wraps, or None where it has none that is known."""
    if not data.startswith(_OLE):
        return SourceFile.of(data, name) if data else None
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return _unwrapped(ole, data, name)
    except (
        OSError,
        ValueError,
        IndexError,
        AttributeError,
        KeyError,
        TypeError,
        OverflowError,
        struct.error,
    ):
        return None


def _unwrapped(ole: Any, data: bytes, name: str) -> SourceFile | None:
    if any(ole.exists(stream) for stream in _DOCUMENTS):
        return SourceFile.of(data, name)
    for stream in _WHOLE:
        if ole.exists(stream):
            return SourceFile.of(bytes(ole.openstream(stream).read(PART_LIMIT_BYTES)), name)
    if ole.exists(_NATIVE):
        return _native(bytes(ole.openstream(_NATIVE).read(PART_LIMIT_BYTES)), name)
    return None


def _native(stream: bytes, name: str) -> SourceFile | None:
    """Return the file in a stream of Windows' packager: names that end with a zero, then the length."""
    at = 6
    label, at = _until_zero(stream, at)
    _, at = _until_zero(stream, at)
    at += 4
    (length,) = struct.unpack_from("<I", stream, at)
    at += 4 + length
    (size,) = struct.unpack_from("<I", stream, at)
    content = stream[at + 4 : at + 4 + size]
    own = PureWindowsPath(label.decode("cp1252", "replace")).name
    return SourceFile.of(content, own or name) if content else None


def _until_zero(data: bytes, at: int) -> tuple[bytes, int]:
    end = data.index(b"\0", at, at + _PATH_CHARS)
    return data[at:end], end + 1


def read_embedded(parts: list[tuple[str, bytes]], draft: Draft) -> None:
    """Read the files in embedded parts as further pages, and say what of them is not read."""
    files, lost = [], 0
    for name, data in parts:
        file = embedded_file(data, PurePosixPath(name).name)
        if file is None:
            lost += 1
        else:
            files.append(file)
    draft.read_within(files)
    if lost:
        draft.unread(f"{lost} embedded object{'s' if lost > 1 else ''}", lost)
