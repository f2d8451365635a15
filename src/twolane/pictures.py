"""Pages of files as pictures, where words stand on them, and a small picture of each document: the verbs.

They are drawn by the server, in the confined processes that read files, and never by whoever looks at them.
Why it is so: docs/why/reading.md#the-server-draws-pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from twolane.config.settings import Settings
from twolane.documents import FileRecord
from twolane.errors import ExtractCrashError, ExtractTimeoutError, NotFoundError
from twolane.extract import Extractor
from twolane.extract.pictured import (
    BOXES_LIMIT,
    PICTURE_LIMIT_BYTES,
    PageBox,
    WantedMarks,
    WantedPicture,
    sought,
)
from twolane.files.kept_pictures import KeptPictures, PictureKey
from twolane.files.library import Library

WIDTHS_PX = (480, 800, 1280, 1920)
SMALL_WIDTH_PX, SMALL_LIMIT_BYTES = 240, 8_000
_PICTURED = ("application/pdf", "image/")
_SPANS_LIMIT = 50


@dataclass(frozen=True, slots=True)
class CharSpan:
    """Characters of a page's text: the first one, and the one behind the last."""

    start: int
    end: int


def is_pictured(media_type: str) -> bool:
    """Say whether pages of such files are shown as pictures, and not as text alone."""
    return media_type.startswith(_PICTURED)


def small_picture(extractor: Extractor, path: Path, file: BinaryIO, *, soon: bool) -> bytes:
    """Return the small picture of an open file, empty where there is none."""
    wanted = WantedPicture(1, SMALL_WIDTH_PX, SMALL_LIMIT_BYTES)
    return _drawn(extractor, path, file, wanted, soon=soon)


class Pictures:
    """Draws pages of one library's files, and keeps what was drawn; safe to use from several threads."""

    def __init__(self, library: Library, extractor: Callable[[], Extractor], kept: KeptPictures) -> None:
        self._library = library
        self._extractor = extractor
        self._kept = kept

    def page(self, file_id: int, number: int, width_px: int) -> bytes:
        """Return a page as WebP, about so many pixels wide. Raises `NotFoundError` if it has none."""
        width_px = min((one for one in WIDTHS_PX if one >= width_px), default=WIDTHS_PX[-1])
        record = self._library.file(file_id)
        wanted = WantedPicture(number, width_px, PICTURE_LIMIT_BYTES)
        key = PictureKey(record.document, number, width_px)
        return self._picture(record, key, lambda path, file: _drawn(self._extractor(), path, file, wanted))

    def small(self, file_id: int) -> bytes:
        """Return a small picture of a file's first page. Raises `NotFoundError` where it has none."""
        record = self._library.file(file_id)
        key = PictureKey(record.document, 1, SMALL_WIDTH_PX, is_small=True)
        return self._picture(
            record, key, lambda path, file: small_picture(self._extractor(), path, file, soon=True)
        )

    def marks(self, file_id: int, number: int, spans: Sequence[CharSpan]) -> tuple[PageBox, ...]:
        """Return where parts of a page's text stand on its picture; nothing where that is not known."""
        record = self._library.file(file_id)
        if not is_pictured(record.media_type):
            return ()
        page = self._library.page(record, number)
        if page.ocr:
            return ()
        words = tuple(sought(page.text, span.start, span.end) for span in spans[:_SPANS_LIMIT])
        try:
            with self._library.content(record) as original, original.path.open("rb") as file:
                return self._extractor().marks(record.path, file, WantedMarks(number, words))[:BOXES_LIMIT]
        except (ExtractCrashError, ExtractTimeoutError):
            return ()

    def _picture(self, record: FileRecord, key: PictureKey, draw: Callable[[Path, BinaryIO], bytes]) -> bytes:
        data = self._kept.get(key) if is_pictured(record.media_type) else b""
        if data is None:
            with self._library.content(record) as original, original.path.open("rb") as file:
                data = draw(record.path, file)
            self._kept.keep(key, data)
        if not data:
            raise NotFoundError(f"page {key.page} of {record.path.name} has no picture", "look at its text")
        return data


def open_pictures(settings: Settings, library: Library, extractor: Callable[[], Extractor]) -> Pictures:
    """Return the pictures of a library's files."""
    kept = KeptPictures(settings.data_dir, settings.extract.pictures_limit_bytes)
    return Pictures(library, extractor, kept)


def _drawn(
    extractor: Extractor, path: Path, file: BinaryIO, wanted: WantedPicture, *, soon: bool = True
) -> bytes:
    try:
        picture = extractor.draw(path, file, wanted, soon=soon)
    except (ExtractCrashError, ExtractTimeoutError):
        return b""  # which is kept: it would only cost as much again
    return picture.data if picture else b""
