"""Pictures: their words by OCR; each page of a TIFF is a page."""

from __future__ import annotations

import struct
import warnings
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, clean, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.picture import ocr
from twolane.extract.readers.picture.prepare import LONGEST_SIDE_PX
from twolane.extract.readers.picture.scan import Scans
from twolane.facts import DATE, Origin

PIXEL_LIMIT = 210_000_000  # the largest phone cameras have 200 megapixels
_PAGE_LIMIT = 10_000
_CAMERA_PART, _TAKEN_AT, _CHANGED_AT = 0x8769, 0x9003, 0x0132
_DESCRIPTION, _MAKE = 0x010E, 0x010F
_LONGEST_DESCRIPTION = 5_000
FORMATS = (
    Format(
        "Picture",
        frozenset(
            f"image/{kind}"
            for kind in ("png", "jpeg", "tiff", "gif", "webp", "bmp", "jp2", "x-portable-anymap")
        ),
        read=frozenset({FilePart.BODY, FilePart.TABLES, FilePart.DESCRIPTIONS}),
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read a picture's words. Raises Refused where it is too large, damaged, or there is no OCR."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit, checked below, has a message
    source.file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(source.file)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            raise Refused(ReadStatus.DAMAGED, "the picture is damaged") from error
        with picture:
            _state(picture, draft)
            _read_frames(picture, draft)


def _state(picture: Any, draft: Draft) -> None:
    """State the day on which a camera took a picture; what another program wrote later says less."""
    try:
        exif = picture.getexif()
        taken = exif.get_ifd(_CAMERA_PART).get(_TAKEN_AT)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, struct.error):
        return
    draft.state(DATE, taken, Origin.PICTURE)
    draft.state(DATE, exif.get(_CHANGED_AT), Origin.PROPERTIES)


def _description(picture: Any) -> str:
    """Return what a person wrote of the picture; the words that a camera puts there name its maker."""
    try:
        exif = picture.getexif()
        found = exif.get(_DESCRIPTION) or picture.info.get("Description") or picture.info.get("Title") or ""
        maker = str(exif.get(_MAKE) or "").split()
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, struct.error):
        return ""
    text = " ".join(clean(str(found))[:_LONGEST_DESCRIPTION].split())
    return "" if maker and maker[0].casefold() in text.casefold() else text


def _read_frames(picture: Any, draft: Draft) -> None:
    draft.page_count = min(_PAGE_LIMIT, getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
    _check_size(picture)
    engine = ocr.engine(draft.limits)
    if engine is None:
        raise Refused(ReadStatus.NEEDS_OCR, "a picture or scan: " + ocr.missing(draft.limits))
    if draft.page_count == 1 < getattr(picture, "n_frames", 1):
        draft.unread("what follows its first picture")
    scans = Scans(engine, draft)
    for index in range(draft.page_count):
        if draft.ocr_left <= 0:
            left = draft.page_count - index
            draft.note(
                f"{left:,} more pages were not read: OCR reads {draft.limits.ocr_pages} (extract.ocr_pages)"
            )
            draft.scans += left
            for _ in range(left):
                draft.add("")
            return
        if index:
            picture.seek(index)
            _check_size(picture)
        draft.check_time()
        draft.begin_scan()
        picture.draft("L", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        page = scans.read(picture)
        draft.check_time()
        draft.scans += page.is_foreign
        text = page.text
        if index == 0 and has_words(description := _description(picture)):
            text = "\n\n".join(filter(None, (text, f"Picture: {description}")))
        draft.add(text, ocr=True)


def _check_size(picture: Any) -> None:
    pixels = picture.width * picture.height
    if pixels > PIXEL_LIMIT:
        raise Refused(
            ReadStatus.TOO_LARGE,
            f"refused: {pixels // 1_000_000:,} megapixels, more than {PIXEL_LIMIT // 1_000_000}",
        )
