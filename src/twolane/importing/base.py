"""What another program keeps of its documents, and what becomes of it: values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OtherField:
    """A field that people have made in the other program, with its value as they read it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class OtherDocument:
    """A document of the other program; "" and None stand for what it does not know.

    `file` is its place within the export; `digest` what the export says its content hashes to (MD5 or
    SHA-256 in hexadecimal digits). Nobody has looked at one `in_inbox` yet: what is said of it is a guess.
    """

    number: int
    file: str
    title: str = ""
    kind: str = ""
    correspondent: str = ""
    day: date | None = None
    tags: tuple[str, ...] = ()
    fields: tuple[OtherField, ...] = ()
    archive_number: int | None = None
    digest: str = ""
    notes: int = 0
    in_inbox: bool = False


@dataclass(frozen=True, slots=True)
class PlannedCategory:
    """A type of the other program with the category that it becomes; "" is a new one of its name."""

    kind: str
    category: str
    documents: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do.

    `left` are lines on what is not taken over, each with how many documents have it; `in_inbox` counts those
    of which nothing but the file is taken.
    """

    documents: int
    categories: tuple[PlannedCategory, ...]
    correspondents: int
    dated: int
    titled: int
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    in_inbox: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has done: how many files are in place and how many are decided on, and what failed."""

    files: int
    decided: int
    failed: tuple[str, ...]
