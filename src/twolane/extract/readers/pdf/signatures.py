"""Electronic signatures of a PDF that are not drawn: when it was signed, and why."""

from __future__ import annotations

import ctypes
import re
from typing import Any

from twolane.extract.readers.pdf.strings import wide

_MOST_SIGNATURES, _TIME_BYTES = 50, 64
_DAY = re.compile(r"D:(\d{4})(\d\d)(\d\d)")


def signatures(document: Any) -> list[str]:
    """Return a line for each signature of a document. By whom, only its certificate says."""
    import pypdfium2.raw as pdfium_c

    lines: list[str] = []
    for index in range(min(pdfium_c.FPDF_GetSignatureCount(document), _MOST_SIGNATURES)):
        signature = pdfium_c.FPDF_GetSignatureObject(document, index)
        if not signature:
            continue
        time = ctypes.create_string_buffer(_TIME_BYTES)
        pdfium_c.FPDFSignatureObj_GetTime(signature, time, _TIME_BYTES)
        day = _DAY.match(time.value.decode("ascii", "replace"))
        on = f" on {'-'.join(day.groups())}" if day else ""
        reason = _reason(signature)
        if (
            day or reason or pdfium_c.FPDFSignatureObj_GetContents(signature, None, 0)
        ):  # a field to sign has none
            lines.append(f"[Signed{on}{f': {reason}' if reason else ''}]")
    return lines


def _reason(signature: Any) -> str:
    import pypdfium2.raw as pdfium_c

    reason = wide(lambda buffer, size: int(pdfium_c.FPDFSignatureObj_GetReason(signature, buffer, size)))
    return " ".join(reason.split())
