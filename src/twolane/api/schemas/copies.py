"""Copies as the API and `--json` show them: a file with those that are the same or versions of it."""

from __future__ import annotations

from pydantic import Field

from twolane.api.schemas.base import SayingOut, Schema, Told
from twolane.api.schemas.files import FileOut
from twolane.store.values import CopyGroup, CopyKind, FileCopy


class CopyOut(SayingOut):
    """A file of a group, and what it is to the newest of them, or to the file that was asked for."""

    file: FileOut
    kind: CopyKind = Field(examples=[CopyKind.NEARLY_SAME])
    likeness: float = Field(description="the share of words that both have, 0 to 1", examples=[0.94])
    reason: Told = Field(examples=["94% of the words are the same"])
    newest: bool = Field(description="the one that answers cite")

    @classmethod
    def of(cls, copy: FileCopy, *, newest: bool) -> CopyOut:
        """Return a file of a group."""
        file = FileOut.model_validate(copy.file)
        return cls(file=file, kind=copy.kind, likeness=copy.likeness, reason=copy.reason, newest=newest)


class CopyGroupOut(Schema):
    """Files that are the same, nearly the same, or versions of each other: the newest first."""

    files: list[CopyOut]

    @classmethod
    def of(cls, group: CopyGroup) -> CopyGroupOut:
        """Return a group of files."""
        return cls(files=[CopyOut.of(copy, newest=not place) for place, copy in enumerate(group.files)])


class CopyGroupsOut(Schema):
    """A part of all groups, those with the document that was added last first; `total` counts all."""

    groups: list[CopyGroupOut]
    total: int = Field(examples=[17])
    offset: int = Field(examples=[0])
    limit: int = Field(examples=[50])


class SameIn(Schema):
    """A person's word on two files."""

    same: bool = Field(description="one paper or its versions; false: two papers", examples=[False])
