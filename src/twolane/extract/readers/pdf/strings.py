"""Texts as PDFium hands them out: asked for their length first, then written into a buffer."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

_MOST_BYTES = 16 << 20


def wide(get: Callable[[Any, int], int]) -> str:
    """Return a text in UTF-16 that `get(buffer, bytes)` writes; one that is too long is not held."""
    size = get(None, 0)
    if not 2 < size <= _MOST_BYTES:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    get(buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace").replace("\0", "").strip()


def entry(annotation: Any, key: bytes) -> str:
    """Return a text in an annotation's own dictionary."""
    import pypdfium2.raw as pdfium_c

    return wide(lambda buffer, size: int(pdfium_c.FPDFAnnot_GetStringValue(annotation, key, buffer, size)))
