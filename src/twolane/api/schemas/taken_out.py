"""What is taken out of the library, what of it can come back, and what is kept out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from twolane.api.schemas.base import DisplayPath, SayingOut, Schema, Told
from twolane.documents import FileState
from twolane.store.taken_out import Exclusion, ExclusionKind


class RemovedFilterIn(Schema):
    """Which files are meant: those that meet all that is given, of which something must be."""

    folders: list[Path] = Field([], description="files, and folders with all under them")
    category: str = Field("", description="this one, and those within it", examples=["invoice"])
    before: date | None = Field(None, description="documents that bear an earlier day")
    states: list[FileState] = Field([], description="every state where none is given")


class RemoveIn(Schema):
    """Files to take out of the library, by their numbers or by a filter."""

    file_ids: list[int] = Field([], max_length=500, examples=[[12, 13]])
    filter: RemovedFilterIn | None = None
    delete_file: bool = Field(False, description="the files themselves go into the system's trash too")
    forget: bool = Field(False, description="keep nothing that could bring them back as they were")


class LeftInsideOut(SayingOut):
    """A file that stays in the library, and why."""

    path: DisplayPath
    why: Told


class RemovedOut(Schema):
    """What was taken out of the library."""

    files: int
    documents: int = Field(description="contents that no other file has")
    trashed: int = Field(description="files that went into the system's trash")
    left: list[LeftInsideOut] = Field(description="what could not go there stays in the library")
    removal_ids: list[int] = Field(description="by which each can be restored; none of what is forgotten")


class RemovalOut(Schema):
    """A file that was taken out and can come back."""

    removal_id: int = Field(examples=[3])
    path: DisplayPath = Field(examples=["/home/ada/Documents/lease.pdf"])
    document: str
    size_bytes: int
    is_trashed: bool = Field(description="whether the file itself is in the system's trash")
    at: datetime
    by: str


class RemovalsOut(Schema):
    """A part of what was taken out, the newest first."""

    removals: list[RemovalOut]
    offset: int
    limit: int


class RestoredOut(Schema):
    """A file that is back in the library; null where it is excluded in another way."""

    file_id: int | None


class ExclusionIn(Schema):
    """What is to be kept out of the library."""

    kind: Literal["path", "name", "content"]
    value: str = Field(
        min_length=1,
        max_length=4096,
        description="a path, a pattern of names, or the hash of a content",
        examples=["*.bak"],
    )


class ExclusionOut(Schema):
    """What no scan takes in."""

    exclusion_id: int
    kind: ExclusionKind
    value: str = Field(description="empty where only a digest is kept of a path", examples=["*.bak"])
    at: datetime
    by: str

    @classmethod
    def of(cls, exclusion: Exclusion) -> ExclusionOut:
        """Return an exclusion as people read it."""
        return cls(
            exclusion_id=exclusion.exclusion_id,
            kind=exclusion.kind,
            value=exclusion.shown,
            at=datetime.fromtimestamp(exclusion.at, UTC),
            by=exclusion.by,
        )


class ClutterOut(SayingOut):
    """A name of what is no document, as systems and programs use it."""

    pattern: str = Field(examples=[".stversions"])
    is_folder: bool
    why: Told = Field(examples=["old versions that a program keeps"])
    is_left_out: bool = Field(description="false where you want such files taken in")


class ClutterIn(Schema):
    """What is to become of files of such a name."""

    pattern: str = Field(min_length=1, max_length=200, examples=[".stversions"])
    is_left_out: bool


class ExclusionsOut(Schema):
    """All that no scan takes in: what people have excluded, and names of what is no document."""

    exclusions: list[ExclusionOut]
    clutter: list[ClutterOut]
