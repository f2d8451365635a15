"""Copies: which files are the same paper, and a person's word on two of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.copies import CopyGroupOut, CopyGroupsOut, SameIn
from twolane.api.state import principal, shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["copies"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.CORRECT)


@router.get("/copies", summary="All files that are copies or versions of each other")
def groups(
    request: Request,
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> CopyGroupsOut:
    found = shared(request).app.copies.groups(limit=limit, offset=offset)
    shown = [CopyGroupOut.of(group) for group in found.groups]
    return CopyGroupsOut(groups=shown, total=found.total, offset=offset, limit=limit)


@router.get("/files/{file_id}/copies", summary="A file with its copies and versions")
def of_file(file_id: int, request: Request) -> CopyGroupOut:
    """The newest first; a file that has none stands alone."""
    return CopyGroupOut.of(shared(request).app.copies.of(file_id))


@router.put("/files/{file_id}/copies/{other_id}", summary="Say whether two files are the same paper")
def decide(file_id: int, other_id: int, decision: SameIn, request: Request) -> CopyGroupOut:
    """It stands over what is found. Returns the copies of the first."""
    by = principal(request).by
    return CopyGroupOut.of(shared(request).app.copies.decide(file_id, other_id, same=decision.same, by=by))


@router.post("/files/{file_id}/copies/{other_id}/undo", summary="Take the word on two files back")
def undo(file_id: int, other_id: int, request: Request) -> CopyGroupOut:
    """What was found of them stands again. Returns the copies of the first."""
    by = principal(request).by
    return CopyGroupOut.of(shared(request).app.copies.undo(file_id, other_id, by=by))
