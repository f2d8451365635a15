"""PDFium's functions at half the cost, for those that are called for every text of a page.

Handles go as plain numbers, which are addresses, and the interpreter's lock is kept, which a call of a
microsecond would give away and take back. Only the one thread that reads may call them.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any


class _PdfiumCalls:
    """Has PDFium's functions by their names; each is made when it is first asked for.

    What PDFium writes into goes by `ctypes.byref`, or by its address.
    """

    def __getattr__(self, name: str) -> Callable[..., Any]:
        import pypdfium2.raw as pdfium_c

        slow = getattr(pdfium_c, name)
        takes = [_as_number(kind) for kind in slow.argtypes]
        address = ctypes.cast(slow, ctypes.c_void_p).value or 0
        quick = ctypes.PYFUNCTYPE(_as_number(slow.restype), *takes)(address)
        setattr(self, name, quick)
        return quick


def _as_number(kind: Any) -> Any:
    is_pointer = isinstance(kind, type) and issubclass(kind, ctypes._Pointer)
    return ctypes.c_void_p if is_pointer else kind


PDFIUM = _PdfiumCalls()


def address_of(handle: Any) -> int:
    """Return the number of a handle that pypdfium2 has."""
    return ctypes.addressof(handle.contents)
