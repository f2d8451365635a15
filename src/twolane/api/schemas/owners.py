"""Whose files are, as the API takes and tells it."""

from __future__ import annotations

from pydantic import Field

from twolane.access.owners import GivenFiles
from twolane.api.schemas.base import Schema


class OwnerIn(Schema):
    """To whom files are given."""

    file_ids: list[int] = Field(min_length=1, max_length=2000, examples=[[12, 13]])
    owner: str = Field(max_length=100, description="a user; empty for everybody", examples=["ada"])


class OwnedOut(Schema):
    """Files of one owner."""

    owner: str = Field(description="a user; empty: everybody's", examples=["ben"])
    file_ids: list[int] = Field(examples=[[12, 13]])


class GivenOut(Schema):
    """Files that were given to somebody, and whose they were: giving them back undoes it."""

    files: int = Field(examples=[2])
    owner: str = Field(examples=["ada"])
    before: list[OwnedOut]

    @classmethod
    def of(cls, given: GivenFiles) -> GivenOut:
        """Say what was given, and whose it was."""
        owned: dict[str, list[int]] = {}
        for record in given.before:
            owned.setdefault(record.owner, []).append(record.file_id)
        told = [OwnedOut(owner=name, file_ids=numbers) for name, numbers in owned.items()]
        return cls(files=len(given.before), owner=given.owner, before=told)
