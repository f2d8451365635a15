"""The base of everything that goes over the wire, and the shape of an error."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, computed_field

from twolane.documents import display_path
from twolane.sentences import Sentence, said


class Schema(BaseModel):
    """A request or a response; a response is read from the attributes of one of the app's own values."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


DisplayPath = Annotated[str, BeforeValidator(display_path)]
_TOLD = object()
Told = Annotated[str, _TOLD]
"""What the program says in sentences of its own; `said` has it by its code."""


class SayingOut(Schema):
    """Something that tells in sentences of the program, each of which it has by its code as well."""

    @computed_field(  # type: ignore[prop-decorator]
        description="what it tells in sentences that are known, each by its field: a code and its values"
    )
    @property
    def said(self) -> dict[str, Sentence]:
        told = [name for name, field in type(self).model_fields.items() if _TOLD in field.metadata]
        return said(**{name: getattr(self, name) for name in told})


class ErrorOut(SayingOut):
    """What went wrong, to what, and what to do now: the one shape of every error."""

    error: Told = Field(examples=["there is no file 999"])
    remedy: Told = Field("", examples=["list the files with GET /api/v1/files"])
