"""What people wrote onto a page or into its form: remarks and the values of fields."""

from __future__ import annotations

import ctypes
from typing import Any

from twolane.extract.base import Draft, has_words

_ANNOTATION_LIMIT = 500
_WIDGET = 20  # FPDF_ANNOT_WIDGET
_REMARKS = frozenset({1, 3})  # FPDF_ANNOT_TEXT, FPDF_ANNOT_FREETEXT
_NOT_SHOWN = 2 | 32  # FPDF_ANNOT_FLAG_HIDDEN, FPDF_ANNOT_FLAG_NOVIEW
_VALUE_LIMIT = 4000


def remarks(page: Any, draft: Draft) -> str:
    """Return the values of form fields and the remarks on a page, one a line; hidden ones are counted."""
    import pypdfium2.raw as pdfium_c

    seen: list[str] = []
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _ANNOTATION_LIMIT)):
        lines: list[str] = []
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        if kind == _WIDGET:
            value = _string(annotation, b"V")
            if has_words(value) and value != "Off":
                name = _string(annotation, b"TU") or _string(annotation, b"T")
                lines.append(f"{name}: {value}" if name else value)
        elif kind in _REMARKS:
            lines.append(_string(annotation, b"Contents"))
        if pdfium_c.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN:
            draft.leave_out(" ".join(lines))
        else:
            seen += [line for line in lines if line.strip()]
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    return "\n\n" + "\n".join(seen) if seen else ""


def _string(annotation: Any, key: bytes) -> str:
    import pypdfium2.raw as pdfium_c

    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size <= 2 or size > 2 * _VALUE_LIMIT:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace").strip()
