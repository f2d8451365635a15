"""The audit: who did what, for those who manage the library."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from twolane.access.audit import AuditAct
from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.audit import AuditEventOut, AuditOut
from twolane.api.state import shared
from twolane.principal import Right
from twolane.store.admitted import AuditFilter

router = APIRouter(prefix=API_PREFIX, tags=["access"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)

_Seconds = Annotated[float, Query(ge=0, le=1e11, description="in seconds since 1970, UTC")]


@router.get("/audit", summary="Who did what, the newest first")
def audit(
    request: Request,
    *,
    user: Annotated[str, Query(max_length=200, description="only this one")] = "",
    act: Annotated[list[AuditAct] | None, Query(description="only these")] = None,
    file_id: Annotated[int, Query(ge=0, le=2**62, description="only what was done with this file")] = 0,
    since: _Seconds = 0.0,
    until: _Seconds = 0.0,
    before: Annotated[int, Query(ge=0, le=2**62, description="only events with smaller ids")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditOut:
    """Where there are no users, it has what tokens did and who tried to come in, and nothing else."""
    within = AuditFilter(user, tuple(act or ()), file_id, since, until)
    found = shared(request).app.access.audit.newest(within, limit=limit, before=before)
    return AuditOut(events=[AuditEventOut.model_validate(event) for event in found])
