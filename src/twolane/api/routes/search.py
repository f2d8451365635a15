"""Searching: the passages that say most about something, and the files that hold it; no model answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from twolane.access.audit import AuditAct
from twolane.api import API_PREFIX
from twolane.api.auditing import note, words
from twolane.api.filters import file_filter
from twolane.api.groups import RouteGroup, audited
from twolane.api.schemas.asking import QUESTION_LIMIT_CHARS
from twolane.api.schemas.found import FoundFilesOut
from twolane.api.schemas.passages import PassagesOut
from twolane.api.state import shared
from twolane.documents import Filter
from twolane.principal import Right
from twolane.store.base import FoundOrder

router = APIRouter(prefix=API_PREFIX, tags=["files"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.READ)

SearchText = Annotated[str, Query(min_length=1, max_length=QUESTION_LIMIT_CHARS)]


@router.get("/search", summary="Passages that say most about something")
@audited(AuditAct.SEARCHED)
def search(
    request: Request,
    within: Annotated[Filter, Depends(file_filter)],
    query: SearchText,
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> PassagesOut:
    """By words and by meaning, in any language; best first."""
    app = shared(request).app
    note(request, words(request, query))
    found = app.answerer().search(query, within, limit)
    return PassagesOut.of(found.passages, found.relevance, app.library.file_ids)


@router.get("/search/files", summary="Files that hold something")
@audited(AuditAct.SEARCHED)
def search_files(
    *,
    request: Request,
    within: Annotated[Filter, Depends(file_filter)],
    query: SearchText,
    order: Annotated[
        FoundOrder, Query(description="newest and oldest: by the days that documents bear")
    ] = "relevance",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> FoundFilesOut:
    """By their words in any form, by meaning, and by names and titles as they are typed; each file once."""
    found = shared(request).app.finder().find(query, within, order=order, limit=limit, offset=offset)
    return FoundFilesOut.model_validate(found)
