"""A small file that has a part."""

from __future__ import annotations

from dataclasses import dataclass

from twolane.extract.declared import FilePart


@dataclass(frozen=True, slots=True)
class Example:
    """A file of a format, by its content, that has a part.

    `shows` is what the part says: it is in the text where the part is read; where it is only said, it is not
    in the text, and `note` is in the file's note. `ocr` names the engine that a picture needs.
    """

    format: str
    part: FilePart
    name: str
    content: bytes
    shows: str
    note: str = ""
    ocr: str = "off"
