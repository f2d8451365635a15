"""A file as the API and `--json` show it, its pages, and what became of an upload."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import AliasPath, Field

from twolane.api.schemas.base import DisplayPath, ErrorOut, SayingOut, Schema, Told
from twolane.api.schemas.classification import ClassificationOut, DecisionOut
from twolane.api.schemas.facts import FactOut
from twolane.documents import Decision, FileRecord, FileState, ReadStatus
from twolane.facts import DocumentFact


class FileCorrespondentOut(Schema):
    """Whom a document is from."""

    correspondent_id: int = Field(examples=[7])
    name: str = Field(examples=["Stadtwerke Halden"])


class FileOut(SayingOut):
    """A file as the catalogue knows it."""

    file_id: int = Field(examples=[12])
    name: DisplayPath = Field(validation_alias=AliasPath("path", "name"), examples=["lease.pdf"])
    path: DisplayPath = Field(examples=["/home/ada/Documents/lease.pdf"])
    size_bytes: int = Field(examples=[48_213])
    state: FileState = Field(examples=[FileState.FILED])
    note: Told = Field(description="what a person should know, such as why it was not read")
    document: str = Field(description="the hash of its content, once it was read", examples=["b1946ac9"])
    title: str = Field(examples=["Lease agreement"])
    media_type: str = Field(examples=["application/pdf"])
    page_count: int = Field(description="pages of the source, read or not", examples=[6])
    read_status: ReadStatus | None = Field(description="null until it was read", examples=[ReadStatus.TEXT])
    seen: float = Field(description="the share of the content that was read, 0 to 1", examples=[1.0])
    added_at: datetime
    dated_at: date | None = Field(description="the day that the document bears; null where it is not known")
    language: str = Field(description="ISO 639-1; empty where it is not known", examples=["de"])
    correspondent: FileCorrespondentOut | None = Field(
        validation_alias="sender", description="null where it is not known"
    )
    tags: list[str] = Field(description="the user's own", examples=[["tax 2025"]])
    owner: str = Field(description="a user; empty: everybody's", examples=["ada"])
    copies: int = Field(description="how many other files are the same or versions of it", examples=[0])
    classification: ClassificationOut | None


class FileHistoryOut(FileOut):
    """A file with every decision on its document, and with its facts."""

    seen_by_others: bool = Field(description="whether anybody sees it beside its owner and administrators")
    decisions: list[DecisionOut] = Field(description="oldest first; all are kept, and one of them stands")
    fields: list[FactOut] = Field(
        description="what its category asks for, in that order, and what else is known"
    )

    @classmethod
    def of(
        cls,
        record: FileRecord,
        decisions: Sequence[Decision],
        facts: Sequence[DocumentFact],
        *,
        seen_by_others: bool,
    ) -> FileHistoryOut:
        """Join a file, the decisions on its document, and its facts."""
        made = [DecisionOut.model_validate(decision) for decision in decisions]
        known = [FactOut.of(fact) for fact in facts]
        told = dict(FileOut.model_validate(record))
        return cls.model_construct(**told, seen_by_others=seen_by_others, decisions=made, fields=known)


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
    is_numbered: bool = Field(description="whether who opens the file finds the page under this number")
    hidden: str = Field("", description="what stands on the page and nobody sees; no model is given it")


class ReadAgainIn(Schema):
    """Which files are to be read again."""

    file_ids: list[int] = Field(min_length=1, max_length=2000, examples=[[12, 13]])


class NotSavedOut(ErrorOut):
    """An upload that was not taken in."""

    name: str


class AlreadyThereOut(Schema):
    """An upload whose content is in the library already: `file` has it."""

    name: str = Field(examples=["lease (1).pdf"])
    file: FileOut


class UploadOut(Schema):
    """What became of an upload: files that are queued now, that were there already, and not taken in."""

    files: list[FileOut]
    already: list[AlreadyThereOut]
    not_saved: list[NotSavedOut]


class InboxOut(Schema):
    """What became of files that came with a token, which gives no right to see more of them."""

    new: list[str] = Field(description="the names they have now", examples=[["scan.pdf"]])
    known: list[str] = Field(
        description="the names they came with: the library has what they hold", examples=[[]]
    )
    refused: list[NotSavedOut]

    @classmethod
    def of(cls, taken: UploadOut) -> InboxOut:
        """Say as much of an upload."""
        return cls(
            new=[file.name for file in taken.files],
            known=[each.name for each in taken.already],
            refused=taken.not_saved,
        )
