"""Where words stand on the picture of a page."""

from __future__ import annotations

from pydantic import Field

from twolane.api.schemas.base import Schema


class PageBoxOut(Schema):
    """A box on a page, in shares of its width and height, from the top left."""

    left: float = Field(examples=[0.12])
    top: float = Field(examples=[0.4])
    width: float = Field(examples=[0.5])
    height: float = Field(examples=[0.02])


class PageMarksOut(Schema):
    """The boxes of what was asked for, one for each line that it stands in."""

    boxes: list[PageBoxOut]
