"""Plans applied and undone, as streams of how far they are; and what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from twolane.access.audit import AuditAct
from twolane.api import API_PREFIX
from twolane.api.answering import WireEvent
from twolane.api.following import followed
from twolane.api.groups import RouteGroup, audited
from twolane.api.schemas.base import ErrorOut
from twolane.api.schemas.plans import PastMoveOut, PlanOut, PlanProgressOut
from twolane.api.state import Shared, shared
from twolane.api.streams import TICK_S, End, EventStream, Feed, stopping
from twolane.plans import PlanProgress
from twolane.principal import Right

if TYPE_CHECKING:
    from twolane.app import App

router = APIRouter(prefix=API_PREFIX, tags=["plans"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)

_EXAMPLE = """event: progress
data: {"plan": "2026-11-27-1", "done": 512, "total": 1300, "left": 1}

event: plan
data: {"name": "2026-11-27-1", "state": "applied", "counts": {"done": 1299, "left": 1}, "...": "..."}
"""
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "How far it is, and the plan at last.",
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "string",
                    "description": "Named progress, once it has begun and after some files each, then plan; "
                    "error in its place, where it could not go on: what was done by then is done.",
                    "x-events": {
                        "progress": PlanProgressOut.model_json_schema(),
                        "plan": PlanOut.model_json_schema(),
                        "error": ErrorOut.model_json_schema(),
                    },
                },
                "example": _EXAMPLE,
            }
        },
    }
}
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=100_000_000)]
OfPath = Annotated[str, Query(description="only moves from or to this path")]


@router.post("/plans/{name}/apply", summary="Apply a plan", response_class=Response, responses=_STREAM)
@audited(AuditAct.MOVED)
async def apply(name: str, request: Request) -> Response:
    """Moves files, and tells how far it is; nothing is ever replaced. What was interrupted goes on.

    Closing the connection stops it after the files under way. While another plan is under way, it is refused.
    """
    state = shared(request)
    return await _streamed(request, name, state.app.organizer.applying)


@router.post("/plans/{name}/undo", summary="Undo a plan", response_class=Response, responses=_STREAM)
@audited(AuditAct.MOVED)
async def undo(name: str, request: Request) -> Response:
    """Brings files back to where they were, as they were, and tells how far it is; edits since are kept.

    Closing the connection stops it after the files under way. While another plan is under way, it is refused.
    """
    state = shared(request)
    return await _streamed(request, name, state.app.organizer.undoing)


@router.post("/plans/{name}/moves/{number}/undo", summary="Undo one move of a plan")
@audited(AuditAct.MOVED)
def undo_move(name: str, number: Annotated[int, Path(ge=1, le=1_000_000_000)], request: Request) -> PlanOut:
    """Brings one file back to where it was, as it was. While another plan is under way, it is refused."""
    return PlanOut.model_validate(shared(request).app.organizer.undo_move(name, number))


@router.get("/history", summary="What plans have done")
def history(request: Request, path: OfPath = "", limit: Limit = 100, offset: Offset = 0) -> list[PastMoveOut]:
    """The moves that were begun, the last first."""
    of_path = FilePath(path) if path else None
    found = shared(request).app.organizer.history(limit, offset, of_path)
    return [PastMoveOut.of(past) for past in found]


async def _streamed(request: Request, name: str, steps: Callable[[str], Iterator[PlanProgress]]) -> Response:
    """Return a stream; what is refused before it has begun has a status of its own."""
    state = shared(request)
    feed = Feed(partial(_events, state.app, name, steps), state.organizing)
    try:
        first = await _first(state, feed)
    except BaseException:
        feed.close()
        raise
    response = EventStream(followed(request, feed, first))
    response.on_end = feed.close
    return response


def _events(app: App, name: str, steps: Callable[[str], Iterator[PlanProgress]]) -> Iterator[WireEvent]:
    with closing(steps(name)) as running:  # type: ignore[type-var]  # a generator
        for progress in running:
            yield WireEvent("progress", PlanProgressOut.model_validate(progress))
    yield WireEvent("plan", PlanOut.model_validate(app.organizer.plan(name)))


async def _first(state: Shared, feed: Feed[WireEvent]) -> list[WireEvent | End]:
    """Return what comes first. Raises the error that comes in its place."""
    items: list[WireEvent | End] = []
    while not items:
        items = await feed.next(TICK_S)
        if state.stopping.is_set():
            raise stopping()
    if isinstance(items[0], End) and items[0].error is not None:
        raise items[0].error
    return items
