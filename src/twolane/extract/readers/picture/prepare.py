"""A picture made fit for OCR: grey, dark on white, evenly lit, straight, and of a size that can be used."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE_PX = 4000
_LONGEST_RECEIPT_PX = 16_000  # tesseract takes 32,767
_MOST_PIXELS = 12_000_000
_SHORTEST_SIDE_PX = 1000
_MOST_LARGER = 2.0
_LOOK_PX = 800  # the longest side of the small picture that is looked at
_INK = 24  # levels of grey that ink is darker than its surroundings
_MOST_INK_POINTS = 20_000
_LEAST_INK_POINTS = 60
_MOST_SKEW_DEGREES, _LEAST_SKEW_DEGREES = 16.0, 0.4
_LEAST_STRETCH, _MOST_STRETCH = 1.15, 4.5  # faxes have 204 x 98, 204 x 196, 204 x 391
_DARK = 110  # the level of grey of a page that shows white letters
_UNEVEN = 70  # levels of grey between the lightest and the darkest part of a page's ground


def grey(picture: Image) -> Image:
    """Return the picture grey, on white, upright as its camera said, and of a size that OCR can use."""
    from PIL import ImageOps

    picture = ImageOps.exif_transpose(_of_square_dots(_without_colour(picture)))
    larger = max(1.0, min(_MOST_LARGER, _SHORTEST_SIDE_PX / max(1, min(picture.size))))
    return scaled(picture, min(largest_scale(*picture.size), larger))


def largest_scale(width: float, height: float) -> float:
    """Return how many times larger OCR can use what is so wide and high; a long receipt keeps its letters."""
    by_side = _LONGEST_RECEIPT_PX / max(width, height, 1.0)
    return min(by_side, math.sqrt(_MOST_PIXELS / max(1.0, width * height)))


def _of_square_dots(picture: Image) -> Image:
    """Return a picture as high as it is wide, for the dots of a fax: 204 to the inch across, 98 down."""
    from PIL import Image as images

    try:
        across, down = map(float, picture.info.get("dpi") or (1, 1))
    except (TypeError, ValueError, ArithmeticError):
        return picture
    if (
        not (across > 0 and down > 0)
        or not _LEAST_STRETCH < max(across / down, down / across) < _MOST_STRETCH
    ):
        return picture
    wide, high = max(1.0, down / across), max(1.0, across / down)
    fitting = min(1.0, largest_scale(wide * picture.width, high * picture.height))
    size = (round(fitting * wide * picture.width), round(fitting * high * picture.height))
    stretched = picture.resize((max(1, size[0]), max(1, size[1])), images.Resampling.BICUBIC)
    stretched.info = picture.info  # a camera's turn
    return stretched


def scaled(picture: Image, factor: float) -> Image:
    """Return the picture so many times larger."""
    from PIL import Image as images

    if factor == 1:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, images.Resampling.LANCZOS)


def _without_colour(picture: Image) -> Image:
    from PIL import Image as images

    if picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:
        return of_many_levels(picture)
    if picture.mode == "P" and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"}:
        picture = picture.convert("RGBA")
        white = images.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        white.info = picture.info  # a camera's turn
        picture = white
    return picture.convert("L")


def of_many_levels(picture: Image) -> Image:
    """Return a picture of more than 256 levels with the levels that it uses: Pillow would cut them off."""
    import numpy
    from PIL import Image as images

    levels = numpy.nan_to_num(numpy.asarray(picture, dtype=numpy.float32))
    low, high = float(levels.min()), float(levels.max())
    made = images.fromarray(((levels - low) * (255 / max(high - low, 1e-6))).astype(numpy.uint8))
    made.info = picture.info
    return made


def dark_on_white(picture: Image) -> Image:
    """Return a grey picture with its letters dark, on a ground that is white all over."""
    import numpy
    from PIL import Image as images
    from PIL import ImageChops, ImageFilter, ImageOps

    small = picture.copy()
    small.thumbnail((_LOOK_PX, _LOOK_PX))
    if _is_inverted(small):
        picture, small = ImageOps.invert(picture), ImageOps.invert(small)
    ground = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(12))
    levels = numpy.asarray(ground)
    low, high = numpy.percentile(levels, (3, 97))
    if high - low < _UNEVEN:
        return ImageOps.autocontrast(picture, cutoff=(0.5, 0.5)) if high < 200 else picture
    away = ImageOps.invert(ground).resize(picture.size, images.Resampling.BILINEAR)
    return ImageOps.autocontrast(ImageChops.add(picture, away), cutoff=(0.5, 0.5))


def _is_inverted(small: Image) -> bool:
    """Say whether the ground is dark, and what stands out of it is lighter."""
    import numpy

    levels = numpy.asarray(small, dtype=numpy.int16)
    ground = int(numpy.median(levels))
    if ground >= _DARK:
        return False
    return bool((levels > ground + _INK).sum() > 2 * (levels < ground - _INK).sum())


def is_blank(picture: Image) -> bool:
    """Say whether hardly anything in the picture is darker than what is around it."""
    return len(_ink(picture)[0]) < _LEAST_INK_POINTS


def straightened(picture: Image) -> Image:
    """Return a page that was scanned askew, or photographed so, with its lines level."""
    from PIL import Image as images

    angle = skew_degrees(picture)
    if abs(angle) < _LEAST_SKEW_DEGREES:
        return picture
    return picture.rotate(angle, images.Resampling.BICUBIC, expand=True, fillcolor=255)


def skew_degrees(picture: Image) -> float:
    """Return the angle to turn a page by, against the clock, for its lines to be level; 0 where unclear.

    Lines that are level, or stand upright, make the sharpest steps between the sums of ink of the rows.
    """
    import numpy

    across, down = _ink(picture)
    if len(across) < _LEAST_INK_POINTS:
        return 0.0
    coarse = numpy.arange(-_MOST_SKEW_DEGREES, _MOST_SKEW_DEGREES + 0.1, 1.0)
    best, level = 0.0, 0.0
    for rows, columns in ((down, across), (-across, down)):
        scores = [_sharpness(rows, columns, angle) for angle in coarse]
        at = float(coarse[int(numpy.argmax(scores))])
        fine = at + numpy.arange(-0.8, 0.81, 0.2)
        fine_scores = [_sharpness(rows, columns, angle) for angle in fine]
        flat = _sharpness(rows, columns, 0.0)
        # Lines at a good angle stand out; where any angle does as well, as in a photo, none is chosen.
        if max(fine_scores) > max(level, 1.15 * flat) and max(fine_scores) > 2.0 * numpy.median(scores):
            best, level = float(fine[int(numpy.argmax(fine_scores))]), max(fine_scores)
        level = max(level, flat)
    return best


def lines_stand(picture: Image) -> bool:
    """Say whether the lines of a page run from top to bottom, as on one that was scanned sideways."""
    across, down = _ink(picture)
    if len(across) < _LEAST_INK_POINTS:
        return False
    return _sharpness(across, down, 0.0) > 1.1 * _sharpness(down, across, 0.0)


def _sharpness(rows: Any, columns: Any, degrees: float) -> float:
    import numpy

    angle = numpy.radians(degrees)
    at = numpy.rint(rows * numpy.cos(angle) - columns * numpy.sin(angle)).astype(numpy.int32)
    sums = numpy.bincount(at - at.min()).astype(numpy.float64)
    return float(numpy.square(numpy.diff(sums)).sum())


def _ink(picture: Image) -> tuple[Any, Any]:
    """Return where a small picture of the page is darker than its surroundings: columns and rows."""
    import numpy
    from PIL import ImageFilter

    small = picture.copy()
    small.thumbnail((_LOOK_PX, _LOOK_PX))
    levels = numpy.asarray(small, dtype=numpy.int16)
    around = numpy.asarray(small.filter(ImageFilter.BoxBlur(10)), dtype=numpy.int16)
    down, across = numpy.nonzero(levels < around - _INK)
    step = max(1, len(across) // _MOST_INK_POINTS)
    return across[::step].astype(numpy.float64), down[::step].astype(numpy.float64)


def shows_text(picture: Image, least_lines: int = 2) -> bool:
    """Say whether the picture of a page shows lines of text."""
    small = picture.copy()
    small.thumbnail((_LOOK_PX, _LOOK_PX))
    return text_lines(small) >= least_lines


def text_lines(picture: Image) -> int:
    """Return about how many lines of text a small picture shows; a photo has none."""
    import numpy
    from PIL import ImageFilter

    if min(picture.size) < 8:
        return 0
    levels = numpy.asarray(picture, dtype=numpy.int16)
    around = numpy.asarray(picture.filter(ImageFilter.BoxBlur(10)), dtype=numpy.int16)
    ink = (levels < around - _INK).mean(axis=1)
    inked = numpy.concatenate(([False], ink > 0.01, [False])).astype(numpy.int8)
    steps = numpy.diff(inked)
    heights = numpy.nonzero(steps < 0)[0] - numpy.nonzero(steps > 0)[0]
    return int(((heights >= 3) & (heights <= 40)).sum())
