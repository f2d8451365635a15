"""Texts that a clip cuts away whole: they stand outside of the only part of the page that may show."""

from __future__ import annotations

import ctypes
from typing import Any

from twolane.extract.readers.pdf.calls import PDFIUM

_MOST_PATHS, _MOST_POINTS = 8, 200
_LEAST_PT = 0.25
_ACROSS, _UP = ctypes.c_float(), ctypes.c_float()  # what PDFium writes into, made once
_TO_ACROSS, _TO_UP = ctypes.byref(_ACROSS), ctypes.byref(_UP)


def is_cut_away(item: Any, bounds: tuple[float, float, float, float]) -> bool:
    """Say whether nothing of a text, by its bounds from the left, below, right and top, is within its clip.

    Two opposite points of each path tell at little cost that a clip is an ordinary one.
    """
    clip = PDFIUM.FPDFPageObj_GetClipPath(item)
    count = PDFIUM.FPDFClipPath_CountPaths(clip)
    return any(
        _is_apart(_around(clip, path, (0, 2)), bounds) and _is_apart(_around(clip, path), bounds)
        for path in range(min(count, _MOST_PATHS))
    )


def _around(clip: Any, path: int, points: tuple[int, ...] = ()) -> tuple[float, float, float, float] | None:
    """Return a box around points of a path, or around all; None where they cannot be known."""
    if not points:
        count = PDFIUM.FPDFClipPath_CountPathSegments(clip, path)
        if not 0 <= count <= _MOST_POINTS:
            return None
        points = tuple(range(count))
    across: list[float] = []
    up: list[float] = []
    for place in points:
        segment = PDFIUM.FPDFClipPath_GetPathSegment(clip, path, place)
        if segment and PDFIUM.FPDFPathSegment_GetPoint(segment, _TO_ACROSS, _TO_UP):
            across.append(_ACROSS.value)
            up.append(_UP.value)
    return (min(across), min(up), max(across), max(up)) if across else (0, 0, 0, 0)


def _is_apart(
    around: tuple[float, float, float, float] | None, bounds: tuple[float, float, float, float]
) -> bool:
    if around is None:
        return False
    left, bottom, right, top = around
    if right - left < _LEAST_PT or top - bottom < _LEAST_PT:
        return True
    return right < bounds[0] or bounds[2] < left or top < bounds[1] or bounds[3] < bottom
