"""The base of everything that goes over the wire, and the shape of an error."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from twolane.documents import display_path


class Schema(BaseModel):
    """A request or a response; a response is read from the attributes of one of the app's own values."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


DisplayPath = Annotated[str, BeforeValidator(display_path)]


class ErrorOut(Schema):
    """What went wrong, to what, and what to do now: the one shape of every error."""

    error: str = Field(examples=["there is no file 999"])
    remedy: str = Field("", examples=["list the files with GET /api/v1/files"])
