"""Status and health: all at a glance, and each lane alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup, needs
from twolane.api.schemas.status import GivenUpOut, OverallOut, RetryOut, StatusOut
from twolane.api.state import principal, shared
from twolane.documents import LaneName
from twolane.lanes.snapshot import LaneSnapshot
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["status"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.ADMIN)

_NOT_READY = {"description": "not ready: see `detail` and `remedy`"}


@router.get("/status", summary="Everything at a glance")
async def status(request: Request) -> StatusOut:
    return await shared(request).status(principal(request), max_age_s=0.0)


@router.get("/health", summary="Whether all is well", responses={503: {**_NOT_READY, "model": OverallOut}})
async def health(request: Request, response: Response) -> OverallOut:
    found = await shared(request).status(principal(request), max_age_s=0.0)
    response.status_code = 200 if found.ready else 503
    return OverallOut.model_validate(found.snapshot)


@router.get(
    "/health/{lane}", summary="One lane alone", responses={503: {**_NOT_READY, "model": LaneSnapshot}}
)
async def lane_health(lane: LaneName, request: Request, response: Response) -> LaneSnapshot:
    """Asks only this lane, so that a dead one cannot hold up or fail the other's answer."""
    found = await anyio.to_thread.run_sync(shared(request).app.poller.lane, lane)
    response.status_code = 200 if found.health.ready else 503
    return found if principal(request).manages else replace(found, url="")


@router.get("/jobs/parked", summary="Files whose jobs failed too often")
@needs(Right.ADMIN)
def parked(request: Request, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[GivenUpOut]:
    """The last first, each with its reason."""
    return [GivenUpOut.model_validate(one) for one in shared(request).app.review.given_up(limit)]


@router.post("/jobs/retry", summary="Try parked jobs again")
def retry(request: Request) -> RetryOut:
    return RetryOut(queued=shared(request).app.library.retry_parked())
