"""Correspondents: whom documents are from; merged, renamed and taken apart by a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import RouteGroup, needs
from twolane.api.schemas.correspondents import (
    CorrespondentOut,
    CorrespondentsChangeOut,
    MergeIn,
    PartIn,
    RenameIn,
    SenderPairOut,
)
from twolane.api.state import principal, shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["correspondents"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.ADMIN)


@router.get("/correspondents", summary="Whom documents are from")
def correspondents(
    request: Request,
    text: Annotated[str, Query(max_length=200, description="looked for in all spellings")] = "",
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[CorrespondentOut]:
    """By name; those without a document are left out."""
    found = shared(request).app.correspondents.list(text, limit=limit, offset=offset)
    return [CorrespondentOut.model_validate(one) for one in found]


@router.get("/correspondents/changes", summary="What was changed about correspondents")
@needs(Right.ADMIN)
def changes(request: Request) -> list[CorrespondentsChangeOut]:
    """Oldest first, with what was taken back."""
    return [
        CorrespondentsChangeOut.model_validate(one) for one in shared(request).app.correspondents.changes()
    ]


@router.get("/correspondents/suggestions", summary="Which may be the same")
@needs(Right.ADMIN)
def suggestions(request: Request) -> list[SenderPairOut]:
    """Pairs that are alike, though not enough to be merged by themselves."""
    return [SenderPairOut.model_validate(one) for one in shared(request).app.correspondents.suggestions()]


@router.post("/correspondents/undo", summary="Take a change of correspondents back")
def undo(
    request: Request,
    change: Annotated[int, Query(ge=0, description="its number; 0: the last that a person made")] = 0,
) -> CorrespondentsChangeOut | None:
    """Null where there is no such change, or none at all."""
    by = principal(request).by
    undone = shared(request).app.correspondents.undo(change, by=by)
    if undone is None:
        return None
    note(request, f"change {undone.change_id}: {undone.kind} of {undone.correspondent_id}")
    return CorrespondentsChangeOut.model_validate(undone)


@router.put("/correspondents/{correspondent_id}", summary="Rename a correspondent")
def rename(correspondent_id: int, name: RenameIn, request: Request) -> CorrespondentOut:
    by = principal(request).by
    note(request, f"{correspondent_id} to {name.name}")
    renamed = shared(request).app.correspondents.rename(correspondent_id, name.name, by=by)
    return CorrespondentOut.model_validate(renamed)


@router.post("/correspondents/{correspondent_id}/merge", summary="Say that two are the same")
def merge(correspondent_id: int, other: MergeIn, request: Request) -> CorrespondentOut:
    """All spellings of the other one are its own from then on."""
    by = principal(request).by
    note(request, f"{correspondent_id} with {other.other}")
    merged = shared(request).app.correspondents.merge(correspondent_id, other.other, by=by)
    return CorrespondentOut.model_validate(merged)


@router.post("/correspondents/{correspondent_id}/part", summary="Take a spelling out of a correspondent")
def part(correspondent_id: int, spelling: PartIn, request: Request) -> CorrespondentOut:
    """Returns the new one; no evidence merges the two again."""
    by = principal(request).by
    note(request, f"{correspondent_id} without {spelling.spelling}")
    own = shared(request).app.correspondents.part(correspondent_id, spelling.spelling, by=by)
    return CorrespondentOut.model_validate(own)
