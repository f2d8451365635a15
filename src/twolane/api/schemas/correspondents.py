"""Correspondents as the API and `--json` show them, and what is asked of them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, field_validator

from twolane.api.schemas.base import SayingOut, Schema, Told
from twolane.store.values import ChangeKind


class CorrespondentOut(Schema):
    """Whom documents are from."""

    correspondent_id: int = Field(examples=[3])
    name: str = Field(examples=["Stadtwerke Halden"])
    names: list[str] = Field(
        description="every spelling in the documents", examples=[["Stadtwerke Halden", "SW Halden GmbH"]]
    )
    documents: int = Field(description="how many documents are from it", examples=[17])


class CorrespondentsChangeOut(SayingOut):
    """One change of correspondents, and whether it stands."""

    change_id: int
    kind: ChangeKind
    correspondent_id: int = Field(description="the one that was merged into, parted from or renamed")
    other_id: int = Field(description="the one that was merged, or made of a spelling; else 0")
    name: str = Field(description="the name since then, empty where it stayed")
    reason: Told
    by_evidence: bool = Field(description="no person asked for it")
    by: str
    at: datetime
    undone_at: datetime | None = Field(description="null where it stands")

    @field_validator("undone_at", mode="before")
    @classmethod
    def _known(cls, at: float) -> float | None:
        return at or None


class SenderPairOut(SayingOut):
    """Two correspondents that may be the same, and why."""

    one: CorrespondentOut
    other: CorrespondentOut
    reason: Told


class RenameIn(Schema):
    """Another name for a correspondent."""

    name: str = Field(min_length=1, max_length=200)


class MergeIn(Schema):
    """The correspondent that is the same as the one that is named in the address."""

    other: int


class PartIn(Schema):
    """A spelling that is a correspondent of its own."""

    spelling: str = Field(min_length=1, max_length=200)
