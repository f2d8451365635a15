"""What a reader says of its formats: which parts of a file it reads, and which it only says were there.

Every reader module has `FORMATS`. The table of docs/reading.md is written from them, and tests hold each
entry against a file that has the part. A part that is named nowhere is one that the format does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FilePart(StrEnum):
    """A part of a file that a person who opens it may find."""

    BODY = "body"
    TABLES = "tables"
    COMMENTS = "comments"
    CHANGES = "tracked changes"
    NOTES = "notes"  # footnotes, endnotes, a speaker's notes
    HEADERS = "headers and footers"
    BOXES = "text boxes"
    FIELDS = "form fields"
    ANNOTATIONS = "annotations"
    ATTACHMENTS = "attached and embedded files"
    CHARTS = "charts"
    DESCRIPTIONS = "picture descriptions"
    HIDDEN = "hidden parts"
    PAGE_NUMBERS = "page numbers"
    NUMBERING = "numbering"


class Care(StrEnum):
    """What becomes of a part where a file has it."""

    READ = "read"
    SAID = "said"  # it is not read; the file's note says so, and the share that was seen is lower
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Format:
    """A format as people call it, its media types, and what becomes of its parts."""

    name: str
    media_types: frozenset[str]
    read: frozenset[FilePart]
    said: frozenset[FilePart] = frozenset()

    def care(self, part: FilePart) -> Care:
        """Return what becomes of a part."""
        if part in self.read:
            return Care.READ
        return Care.SAID if part in self.said else Care.NONE
