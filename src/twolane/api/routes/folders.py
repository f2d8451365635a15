"""The folders that are watched, and how each stands."""

from __future__ import annotations

from fastapi import APIRouter, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.folders import FolderOut, FoldersOut
from twolane.api.state import shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["folders"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)


@router.get("/folders", summary="The watched folders, and how each stands")
def folders(request: Request) -> FoldersOut:
    """Those of every process that works on this library."""
    found = shared(request).app.folders.standings()
    return FoldersOut(folders=[FolderOut.model_validate(one) for one in found])
