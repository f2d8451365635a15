"""The live feed of the page: the status, at once and at each change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, Response

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.lasting import Lasting
from twolane.api.schemas.base import ErrorOut
from twolane.api.schemas.status import StatusOut
from twolane.api.state import Shared, principal, shared
from twolane.api.status_streams import StatusStream
from twolane.api.streams import PING_EVERY_S, EventStream, event_bytes, ping_bytes, retry_bytes
from twolane.errors import TwolaneError
from twolane.principal import Principal, Right

router = APIRouter(prefix=API_PREFIX, tags=["status"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.READ, waited_for=False)  # the feed has no end

POLL_S = 1.0
LONGEST_S = 3600.0
LATER_S = 60.0


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
    """A stream ends after an hour, and the oldest of too many does at once; connect again then.

    It also ends where its reader is let in no more, or sees something else from now on.
    """
    state = shared(request)
    who = principal(request).by or (request.client.host if request.client else "")
    return EventStream(_followed(state, request, who))


async def _followed(state: Shared, request: Request, who: str) -> AsyncIterator[bytes]:
    with state.status_streams.following(who) as follower:
        async for piece in _changes(state, request, follower):
            yield piece
        if follower.is_one_too_many.is_set():
            yield retry_bytes(LATER_S)


async def _changes(state: Shared, request: Request, follower: StatusStream) -> AsyncIterator[bytes]:
    last: StatusOut | ErrorOut | None = None
    last_sent = 0.0
    end_at, lasting = time.monotonic() + LONGEST_S, Lasting(request, state.stopping)
    while not (await lasting.cut() or follower.is_one_too_many.is_set() or time.monotonic() > end_at):
        now = await _look(state, principal(request))
        if last is None or _comparable(now) != _comparable(last):
            yield event_bytes("status" if isinstance(now, StatusOut) else "error", now)
            last, last_sent = now, time.monotonic()
        elif time.monotonic() - last_sent > PING_EVERY_S:
            yield ping_bytes()
            last_sent = time.monotonic()
        try:
            async with asyncio.timeout(POLL_S):
                await state.stopping.wait()
        except TimeoutError:
            continue


async def _look(state: Shared, who: Principal) -> StatusOut | ErrorOut:
    try:
        return await state.status(who, max_age_s=POLL_S / 2)
    except TwolaneError as error:
        return state.boundary.explain(error).body


def _comparable(status: StatusOut | ErrorOut) -> StatusOut | ErrorOut:
    if isinstance(status, ErrorOut):
        return status
    return status.model_copy(update={"snapshot": status.snapshot.lasting()})
