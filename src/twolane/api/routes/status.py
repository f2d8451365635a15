"""Status and health: all at a glance, each lane alone, and the live feed of the page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from twolane.api.schemas import ErrorOut, LaneName, LaneOut, OverallOut, RetryOut, StatusOut
from twolane.api.state import Shared, shared
from twolane.api.streams import PING_EVERY_S, EventStream, event, ping
from twolane.errors import TwolaneError

router = APIRouter(prefix="/api", tags=["status"])

POLL_S = 1.0
_NOT_READY = {"description": "not ready: see `detail` and `remedy`"}


@router.get("/status", summary="Everything at a glance")
async def status(request: Request) -> StatusOut:
    return await shared(request).status(max_age_s=0.0)


@router.get("/health", summary="Whether all is well", responses={503: {**_NOT_READY, "model": OverallOut}})
async def health(request: Request, response: Response) -> OverallOut:
    found = await shared(request).status(max_age_s=0.0)
    response.status_code = 200 if found.ready else 503
    return OverallOut(ready=found.ready, lanes=found.lanes, embedder=found.embedder)


@router.get("/health/{lane}", summary="One lane alone", responses={503: {**_NOT_READY, "model": LaneOut}})
async def lane_health(lane: LaneName, request: Request, response: Response) -> LaneOut:
    """Asks only this lane, so that a dead one cannot hold up or fail the other's answer."""
    found = await anyio.to_thread.run_sync(shared(request).app.lane_status, lane)
    response.status_code = 200 if found.health.ready else 503
    return LaneOut.of_lane(found)


@router.get(
    "/events",
    summary="The status, live",
    response_class=Response,
    responses={
        200: {
            "description": "An event `status` at once and at each change; `error` where it cannot be had.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def events(request: Request) -> EventStream:
    return EventStream(_changes(shared(request)))


async def _changes(state: Shared) -> AsyncIterator[bytes]:
    last: StatusOut | ErrorOut | None = None
    last_sent = 0.0
    while not state.stopping.is_set():
        now = await _look(state)
        if last is None or _comparable(now) != _comparable(last):
            yield event("status" if isinstance(now, StatusOut) else "error", now)
            last, last_sent = now, time.monotonic()
        elif time.monotonic() - last_sent > PING_EVERY_S:
            yield ping()
            last_sent = time.monotonic()
        try:
            async with asyncio.timeout(POLL_S):
                await state.stopping.wait()
        except TimeoutError:
            continue


async def _look(state: Shared) -> StatusOut | ErrorOut:
    try:
        return await state.status(max_age_s=POLL_S / 2)
    except TwolaneError as error:
        return state.boundary.explain(error).body


def _comparable(told: StatusOut | ErrorOut) -> str:
    # The age of the oldest job grows all the time and says nothing new.
    return told.model_dump_json(exclude={"jobs": {"__all__": {"oldest_s"}}})


@router.post("/jobs/retry", summary="Try parked jobs again")
def retry(request: Request) -> RetryOut:
    return RetryOut(queued=shared(request).app.library.retry_parked())
