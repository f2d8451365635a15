"""Files that persons have put into folders of other categories, as the API and `--json` show them."""

from __future__ import annotations

from datetime import datetime

from pydantic import AliasPath, Field

from twolane.api.schemas.base import DisplayPath, Schema


class PlacementOut(Schema):
    """A file that a person has put into the folder of another category than it is filed under."""

    file_id: int = Field(examples=[12])
    name: DisplayPath = Field(validation_alias=AliasPath("path", "name"), examples=["letter.pdf"])
    path: DisplayPath = Field(examples=["/home/ada/Insurance/letter.pdf"])
    folder: DisplayPath = Field(examples=["/home/ada/Insurance"])
    category: str = Field(description="that of the folder", examples=["insurance"])
    filed_as: str = Field(description='its category now, "" where it has none', examples=["letter"])
    seen_at: datetime = Field(description="when it was found there")


class PlacementsOut(Schema):
    """Some of what is to be asked about, the oldest first; `total` counts all."""

    placements: list[PlacementOut]
    total: int
    offset: int
    limit: int


class PlacementAnswerIn(Schema):
    """Whether the file is to be filed under the category of the folder: if not, that is not asked again."""

    accept: bool
