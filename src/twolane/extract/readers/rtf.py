"""RTF by striprtf, which reads it as a stream of words and needs no nesting."""

from __future__ import annotations

from twolane.extract.base import Draft, SourceFile

_RTF_LIMIT_BYTES = 32 << 20


def read(source: SourceFile, draft: Draft) -> None:
    """Read an RTF document as one page."""
    data = source.head(_RTF_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    draft.add(rtf_text(data))


def rtf_text(data: bytes) -> str:
    """Return the text of RTF; characters outside its code page come out as question marks."""
    from striprtf.striprtf import rtf_to_text

    # RTF is ASCII with escapes; Latin-1 keeps each stray byte for the code page that the file names.
    return str(rtf_to_text(data.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
