"""What a backup is, and how backups stand, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class MemberKind(StrEnum):
    """What a member of a backup is; every library has one of the first kind."""

    LIBRARY = "library"
    TAXONOMY = "taxonomy"
    COPY = "copy"  # of a file that the library alone has, such as an upload
    DOCUMENT = "document"  # a file of the user's own


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup: its name there, and the path, time and digest (SHA-256) of what it is of."""

    name: str
    kind: MemberKind
    path: Path
    size_bytes: int
    sha256: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `made_at` is in seconds since the epoch, `counts` are rows by table.

    `data_dir` is where the library was kept, `left` counts documents that could not be read.
    """

    format: int
    twolane: str
    schema: int
    library: str
    made_at: float
    data_dir: Path
    counts: dict[str, int]
    members: tuple[Member, ...]
    left: int = 0

    def of(self, *kinds: MemberKind) -> tuple[Member, ...]:
        """Return the members of some kinds."""
        return tuple(member for member in self.members if member.kind in kinds)

    @property
    def content_bytes(self) -> int:
        """The size of all members, unpacked."""
        return sum(member.size_bytes for member in self.members)


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup: its file, and what it says of itself; `fault` says why it cannot be used."""

    path: Path
    size_bytes: int
    made_at: float
    library: str = ""
    documents: int = 0
    copies: int = 0
    left: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class BackupStep:
    """How far a part of the work is; `in_bytes` where that is what is counted, else it is pages or rows."""

    doing: str
    done: int
    total: int
    in_bytes: bool


OnStep = Callable[[BackupStep], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where the library before it was set aside, if there was one.

    `copies` and `documents` count the files that were written, `kept` the documents that are in the backup
    still.
    """

    made_at: float
    counts: dict[str, int]
    copies: int
    documents: int
    kept: int
    aside: Path | None


@dataclass(frozen=True, slots=True)
class BackupState:
    """How the backups of a library stand: the newest one, and what became of the last try.

    `folder` is where they are made by themselves, `due_at` when the next one is; None where none is planned.
    """

    newest: BackupFile | None = None
    failed_at: float = 0.0
    failure: str = ""
    remedy: str = ""
    folder: Path | None = None
    due_at: float | None = None


def silent(step: BackupStep) -> None:
    """Take a step and tell nobody."""
