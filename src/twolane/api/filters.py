"""The part of a library that a request asks for, by its query parameters."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import Query, Request
from pydantic import BeforeValidator

from twolane.api.state import shared
from twolane.documents import FileState, Filter


def _written_day(given: object) -> object:
    return date.fromisoformat(given) if isinstance(given, str) else given


Day = Annotated[date, BeforeValidator(_written_day)]
"""A day as it is written: numbers alone would count as seconds since 1970."""


def file_filter(
    request: Request,
    *,
    state: Annotated[list[FileState] | None, Query(description="only these states; all but gone")] = None,
    category: Annotated[list[str] | None, Query(description="only these, and what lies within them")] = None,
    only_category: Annotated[
        list[str] | None, Query(description="only these, and nothing within them")
    ] = None,
    text: Annotated[str, Query(max_length=500, description="looked for in paths and titles")] = "",
    dated_from: Annotated[Day | None, Query(description="only documents of this day on")] = None,
    dated_to: Annotated[Day | None, Query(description="only documents up to this day")] = None,
    correspondent: Annotated[list[int] | None, Query(description="only what is from these, by id")] = None,
    tag: Annotated[list[str] | None, Query(description="only documents with one of these tags")] = None,
    language: Annotated[list[str] | None, Query(description="only these languages, as ISO 639-1")] = None,
    kind: Annotated[
        list[str] | None, Query(description="only these media types, or families such as image/*")
    ] = None,
    folder: Annotated[list[str] | None, Query(description="only what lies at or under these paths")] = None,
    field: Annotated[
        list[str] | None, Query(description="such as total_due>=100 or number=RE-1; all must hold")
    ] = None,
    copies: Annotated[bool, Query(description="only what has copies or versions")] = False,
) -> Filter:
    """Return the filter of a request. Raises `NotFoundError` and `SettingsError` for what is no field."""
    return Filter(
        categories=tuple(one for one in category or () if one),
        only_categories=tuple(one for one in only_category or () if one),
        states=tuple(state or ()),
        dated_from=dated_from,
        dated_to=dated_to,
        languages=tuple(language or ()),
        kinds=tuple(kind or ()),
        folders=tuple(Path(one) for one in folder or () if one),
        name=text,
        correspondents=tuple(correspondent or ()),
        tags=tuple(tag or ()),
        fields=shared(request).app.facts.conditions(field or ()),
        with_copies=copies,
    )
