"""The part of port 3 that keeps what was taken out of a library, and what is never to come into it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from twolane.documents import FileRecord, display_path


class ExclusionKind(StrEnum):
    """What an exclusion names."""

    PATH = "path"  # a file, or a folder with all under it
    NAME = "name"  # a pattern of names of files and folders
    CONTENT = "content"  # a content, by its hash, wherever it lies
    TAKEN_IN = "taken in"  # a name of clutter that is none here
    FORGOTTEN = "forgotten"  # a path as above, of which only the digest is kept


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What no scan takes in; `value` are the bytes of a path, a pattern, or a digest. `at` is in seconds."""

    exclusion_id: int
    kind: ExclusionKind
    value: bytes
    by: str = ""
    at: float = 0.0

    @property
    def shown(self) -> str:
        """What is excluded as people read it, "" of a path that is forgotten."""
        return "" if self.kind is ExclusionKind.FORGOTTEN else display_path(os.fsdecode(self.value))


@dataclass(frozen=True, slots=True)
class Removal:
    """A file that was taken out of the library; times are in seconds since the epoch, 0 where it is not so.

    With `is_trashed` the file itself went into the system's trash: to `trashed`, where that is known. `owner`
    is whose the file was.
    """

    removal_id: int
    path: Path
    document: str
    size_bytes: int
    is_trashed: bool = False
    trashed: Path | None = None
    by: str = ""
    at: float = 0.0
    restored_at: float = 0.0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A file that is to be taken out; `trashed` is where it lies in the system's trash, if it is there.

    `removal_id` is the record that was begun before it went there, 0 where there is none.
    """

    file_id: int
    removal_id: int = 0
    trashed: Path | None = None


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What was taken out: the paths of the files, and the hashes of the documents that went with them."""

    paths: tuple[Path, ...] = ()
    documents: tuple[str, ...] = ()
    removal_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftInside:
    """A file that was to be taken out and was not, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out: `trashed` counts the files that went into the trash, `documents` the contents.

    `removal_ids` are what `restore` takes, one a file; there are none of what is forgotten.
    """

    files: int = 0
    documents: int = 0
    trashed: int = 0
    left: tuple[LeftInside, ...] = ()
    removal_ids: tuple[int, ...] = ()

    def __add__(self, more: Removed) -> Removed:
        return Removed(
            self.files + more.files,
            self.documents + more.documents,
            self.trashed + more.trashed,
            self.left + more.left,
            self.removal_ids + more.removal_ids,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be taken out: the number of files, of those that are the library's own, and the first ones.

    The library's own files, such as uploads, are the only ones of their content: they go into the trash.
    """

    files: int
    own: int
    first: tuple[FileRecord, ...]


@dataclass(frozen=True, slots=True)
class DecidedElsewhere:
    """What people decided on a content in another program, `by` its name; it counts once it comes in.

    Without a `category` (None) that is not decided; `fields` are normalised values by their fields' ids.
    """

    path: Path
    document: str
    size_bytes: int
    category: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    by: str = ""


class ExclusionRows(Protocol):
    """What is never to come into the library."""

    def all(self) -> list[Exclusion]:
        """List them, by kind and value."""

    def mark(self, *, hold: bool = False) -> str:
        """Return a text that changes with them; with `hold` they do not before the transaction ends."""

    def has(self, kind: ExclusionKind, value: bytes) -> bool:
        """Say whether just this is excluded."""

    def add(self, kind: ExclusionKind, value: bytes, by: str = "") -> None:
        """Exclude something; nothing where it is excluded already."""

    def drop(self, kind: ExclusionKind, value: bytes) -> bool:
        """Take an exclusion back; False where there is none."""


class RemovalRows(Protocol):
    """What was taken out of the library, the newest first."""

    def list(self, *, trashed: bool = False, limit: int = 0, offset: int = 0) -> Sequence[Removal]:
        """List what was taken out and has not come back, or what of it lies in the trash alone."""

    def get(self, removal_id: int) -> Removal:
        """Return one. Raises `NotFoundError`."""

    def begin(self, file_id: int, by: str = "") -> int:
        """Record that a file is about to go into the trash; return the record's number."""

    def found(self, removal_id: int, trashed: Path) -> None:
        """Record where a file lies in the trash."""

    def end(self, removal_id: int) -> None:
        """Record that a file has come back."""

    def drop(self, removal_id: int) -> None:
        """Forget a record, of what was not taken out after all."""


class TakingOutWriter(Protocol):
    """What takes files out, within one transaction."""

    @property
    def exclusions(self) -> ExclusionRows:
        """What is never to come into the library."""

    @property
    def removals(self) -> RemovalRows:
        """What was taken out of it."""

    def expect(self, decided: Sequence[DecidedElsewhere]) -> None:
        """Keep what people decided on contents that are still to come in; it holds as soon as they do.

        What people have decided here stays, also on what they have taken out since. Contents that are here
        already are ignored. Said again, it is kept once.
        """

    def take_out(self, leaving: Sequence[Leaving], *, by: str = "", forget: bool = False) -> TakenOut:
        """Take files out, with each document that no other file has, and with all that is known of it.

        Their jobs end, running ones too: what those make is not kept. What a person decided on a document
        comes back with its content; with `forget` nothing does, no record is kept, and turns of
        conversations that quote it go as well. Otherwise only what they quote goes. Unknown files are
        ignored.
        """


class TakingOutRows(Protocol):
    """A library that things can be taken out of."""

    @property
    def exclusions(self) -> ExclusionRows:
        """What is never to come into the library."""

    @property
    def removals(self) -> RemovalRows:
        """What was taken out of it."""

    def vacuum(self) -> None:
        """Rewrite what is stored, so that nothing of what was deleted is left in it.

        Raises `StoreBusyError` where another process holds it for too long.
        """
