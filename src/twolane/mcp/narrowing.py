"""Which part of the library a tool is asked for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from twolane.api.schemas.base import Schema
from twolane.documents import Filter
from twolane.mcp.base import ToolCaller
from twolane.system.paths import path_of_named


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


# Small models often write one word where a list is meant.
Several = Annotated[list[str], BeforeValidator(_several), Field(max_length=50)]


class NarrowIn(Schema):
    """What narrows the files: all that is given must be met, of a list one of its values."""

    category: Several = Field([], description="ids or names of categories, with what lies within them")
    correspondent: Several = Field([], description="whom documents are from, by name")
    dated_from: date | None = Field(None, description="only documents of this day on, such as 2025-01-01")
    dated_to: date | None = Field(None, description="only documents up to this day")
    kind: Several = Field([], description="media types, or families such as image/*")
    folder: Several = Field([], description="absolute paths of folders or files")
    language: Several = Field([], description="ISO 639-1, such as de")
    tag: Several = Field([], description="the user's own tags")
    name: str = Field("", max_length=500, description="looked for in paths, titles and correspondents")
    field: Several = Field([], description="such as total_due>=100 or number=RE-1; all must hold")

    def within(self, caller: ToolCaller) -> Filter:
        """Return the filter. Raises `NotFoundError` and `SettingsError` for what is not there."""
        app = caller.app
        return Filter(
            categories=tuple(app.categories.find(one).id for one in self.category),
            correspondents=app.facts.correspondents(self.correspondent),
            dated_from=self.dated_from,
            dated_to=self.dated_to,
            kinds=tuple(self.kind),
            folders=tuple(_folder(one, caller) for one in self.folder),
            languages=tuple(self.language),
            tags=tuple(self.tag),
            name=self.name,
            fields=app.facts.conditions(self.field),
        )


def _folder(text: str, caller: ToolCaller) -> Path:
    # Others learn nothing of this machine's links: theirs are the paths that the library has shown.
    return path_of_named(Path(text)) if caller.is_owner else Path(text)
