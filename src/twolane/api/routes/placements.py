"""Placements: what files in folders of other categories are to be filed under, asked once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.files import FileOut
from twolane.api.schemas.placements import PlacementAnswerIn, PlacementOut, PlacementsOut
from twolane.api.state import principal, shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["placements"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.CORRECT)


@router.get("/placements", summary="Files that a person has put into folders of other categories")
def placements(
    request: Request,
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> PlacementsOut:
    """Only what was not answered yet; the oldest first."""
    verbs = shared(request).app.placements
    shown = [PlacementOut.model_validate(one) for one in verbs.list(limit=limit, offset=offset)]
    return PlacementsOut(placements=shown, total=verbs.count(), offset=offset, limit=limit)


@router.post("/placements/{file_id}", summary="Say whether a file belongs where it was put")
def answer(file_id: int, answer: PlacementAnswerIn, request: Request) -> FileOut:
    """Yes files it under that category, as a person's decision; no is kept, and not asked again."""
    verbs = shared(request).app.placements
    by = principal(request).by
    record = verbs.accept(file_id, by=by) if answer.accept else verbs.decline(file_id)
    return FileOut.model_validate(record)
