"""Saved views as the page keeps them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twolane.api.schemas.base import Schema


class SavedViewIn(Schema):
    """A view of the page to be kept under a name."""

    view: Literal["search", "files"]
    name: str = Field(min_length=1, max_length=100, examples=["Bills of this year"])
    query: str = Field(
        max_length=8_000, description="that of its address", examples=["q=rent&category=invoice"]
    )


class SavedViewOut(Schema):
    """A view that a user keeps."""

    view_id: int = Field(examples=[3])
    view: str = Field(description="which part of the page it is of", examples=["search"])
    name: str
    query: str = Field(description="that of its address")
