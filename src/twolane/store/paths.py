"""Paths as stores compare them: as bytes in ranges, and folded for searches by people."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from twolane.documents import display_path


def root_ranges(roots: Sequence[Path]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the ranges of paths that are at or under the roots, by whole components.

    A range starts at its first part and ends before its second.
    """
    separator = os.fsencode(os.sep)
    after = bytes([separator[0] + 1])
    for root in roots:
        at = os.fsencode(root)
        under = at.removesuffix(separator)
        yield at, at + b"\0"
        yield under + separator, under + after


def fold(value: bytes | str | None) -> str:
    """Return a path or title as text in which neither case nor Unicode form matters."""
    text = display_path(os.fsdecode(value)) if isinstance(value, bytes) else value or ""
    return unicodedata.normalize("NFC", text).casefold()
