"""A picture, or a page of a TIFF, as small as it is to be shown, upright as its camera said, on white."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from twolane.extract.base import SourceFile
from twolane.extract.pictured import PagePicture, WantedPicture
from twolane.extract.readers.picture.image import PIXEL_LIMIT
from twolane.extract.readers.picture.prepare import of_many_levels

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 12_000_000
_QUALITIES = (82, 60, 40, 20, 5)
_TRANSPARENT = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
_TURN = 0x0112  # the EXIF tag of how the camera was held
_SHRINK = 0.7


def draw(source: SourceFile, wanted: WantedPicture) -> PagePicture | None:
    """Return a picture as it is to be shown; None where it has no such page."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked below
    source.file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(source.file) as picture:
            pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
            if not 1 <= wanted.page <= pages:
                return None
            if wanted.page > 1:
                picture.seek(wanted.page - 1)
            if picture.width * picture.height > PIXEL_LIMIT:
                return None
            picture.draft("RGB", (2 * wanted.width_px, 2 * wanted.width_px))  # a JPEG is then read faster
            return packed(_upright(picture), wanted)


def packed(picture: Image, wanted: WantedPicture) -> PagePicture:
    """Return a picture as WebP, no wider than it is wanted, and no larger than it may be."""
    scale = min(1.0, wanted.width_px / picture.width, (MOST_PIXELS / (picture.width * picture.height)) ** 0.5)
    while True:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        small = picture if size == picture.size else _resized(picture, size)
        for quality in _QUALITIES:
            into = io.BytesIO()
            small.save(into, "WEBP", quality=quality, method=2)
            if into.tell() <= wanted.limit_bytes or max(size) < 16:
                return PagePicture(into.getvalue(), *size)
        scale *= _SHRINK


def _resized(picture: Image, size: tuple[int, int]) -> Image:
    from PIL import Image as images

    return picture.resize(size, images.Resampling.LANCZOS, reducing_gap=3.0)


def _upright(picture: Any) -> Image:
    """Return it in colours that every browser shows, upright, without what else its file has."""
    from PIL import Image, ImageOps

    turned = picture.getexif().get(_TURN)
    found: Image.Image = picture
    if found.mode.startswith("I;16") or found.mode in {"I", "F"}:
        found = of_many_levels(found)
    if found.mode == "P" and "transparency" in found.info:
        found = found.convert("RGBA")
    if found.mode in _TRANSPARENT:
        found = found.convert("RGBA")
        white = Image.new("RGBA", found.size, "white")
        white.alpha_composite(found)
        found = white
    found = found.convert("RGB")
    if turned in range(2, 9):
        found.getexif()[_TURN] = turned
        found = ImageOps.exif_transpose(found)
    found.info.clear()
    return found
