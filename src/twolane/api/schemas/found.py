"""Files that a search finds, as the page shows them: each once, with its best places and what is marked."""

from __future__ import annotations

from pydantic import AliasPath, Field

from twolane.api.schemas.base import Schema
from twolane.api.schemas.files import FileOut


class MarkOut(Schema):
    """Characters `start` to `end`; they count whole characters from 0."""

    start: int = Field(examples=[12])
    end: int = Field(examples=[16])


class FoundPlaceOut(Schema):
    """A passage of a found file."""

    page: int = Field(
        validation_alias=AliasPath("passage", "page"), description="counts from 1", examples=[3]
    )
    place: str = Field(
        validation_alias=AliasPath("passage", "place"),
        description="where in the file people find it; empty for all of a short one",
        examples=["page 3"],
    )
    heading: str = Field(validation_alias=AliasPath("passage", "heading"), examples=["§ 4 Term"])
    text: str = Field(validation_alias=AliasPath("passage", "text"))
    start: int = Field(
        validation_alias=AliasPath("passage", "start"), description="its first character in the page's text"
    )
    end: int = Field(
        validation_alias=AliasPath("passage", "end"), description="the first character behind it"
    )
    ocr: bool = Field(
        validation_alias=AliasPath("passage", "ocr"),
        description="read from a picture: it may hold reading errors",
    )
    marks: list[MarkOut] = Field(
        description="of the page's text: the words in any form; none where only its meaning was found"
    )


class FoundFileOut(Schema):
    """A file that was found."""

    file: FileOut
    places: list[FoundPlaceOut] = Field(description="the best three; none where only its name was found")
    place_count: int = Field(description="all of its places", examples=[5])
    name_marks: list[MarkOut] = Field(description="of its name")
    title_marks: list[MarkOut] = Field(description="of its title")


class FoundFilesOut(Schema):
    """A part of what a search finds; `total` counts all of it."""

    files: list[FoundFileOut]
    total: int = Field(examples=[17])
    is_counted: bool = Field(description="whether it is no more than that")
