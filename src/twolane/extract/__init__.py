"""From files to pages of text: parsers run only in child processes with limits.

Why it is so: docs/why/reading.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twolane.config.settings import ExtractSettings
    from twolane.extract.sandbox.confinement import Confinement
    from twolane.extract.sandbox.counts import ReaderCounts, reader_counts
    from twolane.extract.sandbox.extractor import Extractor

__all__ = ["Extractor", "ReaderCounts", "confinement", "ocr_engine", "reader_counts"]


def ocr_engine(settings: ExtractSettings) -> str:
    """Return what reads scans here: "tesseract", "rapidocr", or the empty string for nothing."""
    from twolane.extract.readers.picture.ocr import available

    return available(settings.ocr)


def confinement() -> Confinement:
    """Return what confines the processes that read files here; it takes as long as starting one."""
    from twolane.extract.sandbox.confinement import tried

    return tried()


def __getattr__(name: str) -> Any:
    # The children import this package too, and must stay small: they never load the parent's side.
    if name == "Extractor":
        from twolane.extract.sandbox.extractor import Extractor

        return Extractor
    if name in {"ReaderCounts", "reader_counts"}:
        from twolane.extract.sandbox import counts

        return getattr(counts, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
