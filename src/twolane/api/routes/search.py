"""Searching: the passages that say most about something, without a model's answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from twolane.access.audit import AuditAct
from twolane.api import API_PREFIX
from twolane.api.auditing import note, words
from twolane.api.filters import file_filter
from twolane.api.groups import RouteGroup, audited
from twolane.api.schemas.asking import QUESTION_LIMIT_CHARS
from twolane.api.schemas.passages import PassagesOut
from twolane.api.state import shared
from twolane.documents import Filter
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["files"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.READ)


@router.get("/search", summary="Passages that say most about something")
@audited(AuditAct.SEARCHED)
def search(
    request: Request,
    within: Annotated[Filter, Depends(file_filter)],
    query: Annotated[str, Query(min_length=1, max_length=QUESTION_LIMIT_CHARS)],
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> PassagesOut:
    """By words and by meaning, in any language; best first."""
    app = shared(request).app
    note(request, words(request, query))
    found = app.answerer().search(query, within, limit)
    return PassagesOut.of(found.passages, found.relevance, app.library.file_ids)
