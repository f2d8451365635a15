"""Monitoring: metrics for Prometheus, and whether the server lives and is ready."""

from __future__ import annotations

from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from twolane.api.groups import OPEN, RouteGroup, needs
from twolane.api.schemas.status import LiveOut, ReadyOut
from twolane.api.state import Shared, shared
from twolane.documents import LaneName
from twolane.errors import StoreError
from twolane.lanes.readiness import lanes_fault
from twolane.principal import Right

router = APIRouter(tags=["watch"])
# Monitors know the server by a name of their own network, and poll it. They get figures only, no text of a
# file, a question or an answer.
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN, any_host=True, waited_for=False)

# Together shorter than a probe's timeout, which docs/operations.md says to set to 3 s.
STORE_ANSWERS_S = 2.0
LANES_ANSWER_S = 0.5


@router.get(
    "/metrics",
    summary="Metrics in the text format of Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@needs(Right.METRICS)
async def metrics(request: Request) -> Response:
    instruments = shared(request).instruments
    text = await anyio.to_thread.run_sync(
        instruments.render, abandon_on_cancel=True, limiter=shared(request).watching
    )
    return Response(text, media_type=instruments.content_type)


@router.get("/livez", summary="Whether the server lives: asks nothing of anybody")
async def livez(request: Request, nonce: Annotated[str, Query(max_length=100)] = "") -> LiveOut:
    announced = shared(request).announced
    return LiveOut(live=True, proof=announced.proof(nonce) if announced and nonce else "")


@router.get(
    "/readyz",
    summary="Whether the server can do its work, or one lane's part of it",
    responses={503: {"model": ReadyOut, "description": "`reason` says why it cannot"}},
)
async def readyz(
    request: Request, lane: Annotated[LaneName | None, Query(description="this lane has to answer")] = None
) -> JSONResponse:
    """It can while its catalogue and a lane answer and it is not to end; with `lane`, while that one does.

    A server whose chat model is down still searches, files and explains itself; one whose filing lane is
    down answers questions. Taking it out of the balancer would turn one lane's trouble into both lanes'.
    """
    state = shared(request)
    recent = state.app.poller.recent_lanes
    deadline = anyio.current_time() + STORE_ANSWERS_S + LANES_ANSWER_S
    await anyio.to_thread.run_sync(recent, 0.0, limiter=state.watching)  # they are asked beside the catalogue
    store = await _store_answers(state)
    left_s = max(0.0, deadline - anyio.current_time())
    seen = await anyio.to_thread.run_sync(recent, left_s, limiter=state.watching)
    draining = state.drain.begun
    faults = [
        "it is to end" if draining else "",
        "" if store else "the catalogue does not answer",
        lanes_fault(seen, lane),
    ]
    reason = "; ".join(filter(None, faults))
    lanes = {one.name: one.health.ready for one in seen}
    found = ReadyOut(ready=not reason, reason=reason, draining=draining, store=store, lanes=lanes)
    return JSONResponse(found.model_dump(), 200 if found.ready else 503)


async def _store_answers(state: Shared) -> bool:
    try:
        with anyio.fail_after(STORE_ANSWERS_S):
            await anyio.to_thread.run_sync(
                state.app.library.ping, abandon_on_cancel=True, limiter=state.probing
            )
    except (TimeoutError, StoreError):
        return False
    return True
