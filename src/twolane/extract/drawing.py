"""One page of a file as a picture, in the child: recognized by content, drawn by the reader of its kind."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from typing import TypeVar

from twolane.extract.base import Limits, Refused, SourceFile
from twolane.extract.detect import detect
from twolane.extract.pictured import PageBox, PagePicture, WantedMarks, WantedPicture
from twolane.extract.read import PARSER_FAILURES
from twolane.extract.readers.pdf import drawn as pdf
from twolane.extract.readers.pdf import marked
from twolane.extract.readers.picture import drawn as image

T = TypeVar("T")
_DRAWN: Mapping[str, Callable[[SourceFile, WantedPicture], PagePicture | None]] = {
    "image": image.draw,
    "pdf": pdf.draw,
}


def draw_open(descriptor: int | None, name: str, limits: Limits, wanted: WantedPicture) -> PagePicture | None:
    """Return a page of an open file as a picture, and close it; None where it is shown as text.

    Raises OSError where it cannot be read, MemoryError beyond the limit.
    """

    def draw(source: SourceFile, reader: str) -> PagePicture | None:
        return _DRAWN[reader](source, wanted) if reader in _DRAWN else None

    return _of_open(descriptor, name, limits, draw, None)


def marks_open(descriptor: int | None, name: str, limits: Limits, wanted: WantedMarks) -> tuple[PageBox, ...]:
    """Return where words stand on a page of an open file, and close it; nothing where nobody knows."""

    def mark(source: SourceFile, reader: str) -> tuple[PageBox, ...]:
        return marked.boxes(source, wanted) if reader == "pdf" else ()

    return _of_open(descriptor, name, limits, mark, ())


def _of_open(
    descriptor: int | None, name: str, limits: Limits, made: Callable[[SourceFile, str], T], nothing: T
) -> T:
    if descriptor is None:
        return nothing
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not 0 < status.st_size <= limits.file_bytes:
            return nothing
        source = SourceFile(file, name, status.st_size)
        try:
            file.seek(0)
            return made(source, detect(source).reader)
        except (Refused, *PARSER_FAILURES):
            return nothing
