"""The settings and where each comes from, for those who manage a library."""

from __future__ import annotations

from fastapi import APIRouter, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.settings import SettingOut
from twolane.api.state import shared
from twolane.config.shown import settings_shown
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["access"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)


@router.get("/settings", summary="Every setting, its value without what is secret, and where it comes from")
def settings(request: Request) -> list[SettingOut]:
    return [SettingOut.model_validate(one) for one in settings_shown(shared(request).app.settings)]
