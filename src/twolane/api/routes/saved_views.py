"""Saved views: listed, kept and forgotten by the user whose they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.saved_views import SavedViewIn, SavedViewOut
from twolane.api.state import principal, shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["page"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.READ)


@router.get("/views", summary="The views that a user keeps, by name")
def views(request: Request) -> list[SavedViewOut]:
    found = shared(request).app.access.views.list(principal(request).owner)
    return [SavedViewOut.model_validate(one) for one in found]


@router.put("/views", summary="Keep a view under a name")
def save_view(given: SavedViewIn, request: Request) -> SavedViewOut:
    """It takes the place of an earlier one of that name."""
    verbs, user = shared(request).app.access.views, principal(request).owner
    return SavedViewOut.model_validate(verbs.save(user, given.view, given.name, given.query))


@router.delete("/views/{view_id}", summary="Forget a view")
def drop_view(view_id: Annotated[int, Path(ge=1, le=2**62)], request: Request) -> SavedViewOut:
    """What it returns can be kept again."""
    dropped = shared(request).app.access.views.drop(principal(request).owner, view_id)
    return SavedViewOut.model_validate(dropped)
