"""A file as the API and `--json` show it, its pages, and what became of an upload."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import AliasPath, Field

from twolane.api.schemas.base import DisplayPath, ErrorOut, Schema
from twolane.api.schemas.classification import ClassificationOut, DecisionOut
from twolane.documents import Decision, FileRecord, FileState, ReadStatus


class FileOut(Schema):
    """A file as the catalogue knows it."""

    file_id: int = Field(examples=[12])
    name: DisplayPath = Field(validation_alias=AliasPath("path", "name"), examples=["lease.pdf"])
    path: DisplayPath = Field(examples=["/home/ada/Documents/lease.pdf"])
    size_bytes: int = Field(examples=[48_213])
    state: FileState = Field(examples=[FileState.FILED])
    note: str = Field(description="what a person should know, such as why it was not read")
    document: str = Field(description="the hash of its content, once it was read", examples=["b1946ac9"])
    title: str = Field(examples=["Lease agreement"])
    media_type: str = Field(examples=["application/pdf"])
    page_count: int = Field(description="pages of the source, read or not", examples=[6])
    read_status: ReadStatus | None = Field(description="null until it was read", examples=[ReadStatus.TEXT])
    seen: float = Field(description="the share of the content that was read, 0 to 1", examples=[1.0])
    added_at: datetime
    classification: ClassificationOut | None


class FileHistoryOut(FileOut):
    """A file with every decision on its document."""

    decisions: list[DecisionOut] = Field(description="oldest first; all are kept, and one of them stands")

    @classmethod
    def of(cls, record: FileRecord, decisions: Sequence[Decision]) -> FileHistoryOut:
        """Join a file and the decisions on its document."""
        made = [DecisionOut.model_validate(decision) for decision in decisions]
        return cls.model_construct(**dict(FileOut.model_validate(record)), decisions=made)


class FilesOut(Schema):
    """A part of the list of files; `total` counts all that match."""

    files: list[FileOut]
    total: int = Field(examples=[431])
    offset: int = Field(examples=[0])
    limit: int = Field(examples=[50])


class PageOut(Schema):
    """The text of one page of a file."""

    file_id: int
    name: DisplayPath = Field(examples=["lease.pdf"])
    number: int = Field(description="counts from 1", examples=[3])
    page_count: int = Field(examples=[6])
    label: str = Field(description="the sheet, slide or chapter", examples=[""])
    text: str
    ocr: bool


class NotSavedOut(ErrorOut):
    """An upload that was not taken in."""

    name: str


class UploadOut(Schema):
    """What became of an upload: the files that are queued now, and those that were not taken in."""

    files: list[FileOut]
    not_saved: list[NotSavedOut]
