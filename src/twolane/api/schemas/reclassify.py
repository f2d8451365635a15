"""What filing again would change, or has changed."""

from __future__ import annotations

from pydantic import AliasPath, Field

from twolane.api.schemas.base import SayingOut, Schema, Told
from twolane.api.schemas.files import FileOut
from twolane.documents import Tier


def _now(field: str) -> AliasPath:
    return AliasPath("decision", "classification", field)


class ChangeOut(SayingOut):
    """A file that would be filed otherwise, or leave the review or enter it."""

    file: FileOut = Field(description="as it was before")
    category: str = Field(validation_alias=_now("category"), examples=["contract"])
    confidence: float = Field(validation_alias=_now("confidence"), examples=[0.93])
    tier: Tier = Field(validation_alias=_now("tier"), examples=[Tier.SIMILARITY])
    reason: Told = Field(validation_alias=_now("reason"), examples=['similar to "Contract" (0.93)'])
    review: bool = Field(validation_alias=_now("review"), description="a person decides")


class ReclassifiedOut(Schema):
    """The changes among some files, and where the next ones begin."""

    changes: list[ChangeOut]
    total: int = Field(description="how many files there are to look at", examples=[431])
    next: int | None = Field(description="what to give as `start` next; null at the end", examples=[200])


class AffectedOut(Schema):
    """How many similar files would be filed otherwise after a correction."""

    affected: int = Field(examples=[7])
