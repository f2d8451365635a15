"""Asking: a question in, a stream of typed events or one whole answer out."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.asking import (
    AnswerOut,
    AskIn,
    CitationOut,
    DoneOut,
    RefusalOut,
    SourceOut,
    SourcesOut,
    TextOut,
)
from twolane.api.schemas.base import ErrorOut
from twolane.api.state import Shared, shared
from twolane.api.streams import PING_EVERY_S, TICK_S, End, EventStream, Feed, event, ping, stopping
from twolane.documents import (
    AnswerEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    RefusalEvent,
    SourcesEvent,
    TextEvent,
)
from twolane.errors import ModelError

if TYPE_CHECKING:
    from twolane.app import App

router = APIRouter(prefix=API_PREFIX, tags=["ask"])
GROUP = RouteGroup(router)

Told = tuple[str, BaseModel]
"""An event as it goes over the wire: its name and its data."""

_EVENTS = (SourcesOut, TextOut, CitationOut, RefusalOut, ErrorOut, DoneOut)
_EXAMPLE = """event: sources
data: {"sources": [{"number": 1, "file_id": 12, "name": "lease.pdf", "page": 3, "...": "..."}]}

event: text
data: {"text": "The lease ends on 30 June 2027 [1]"}

event: citation
data: {"number": 1}

event: done
data: {"text": "The lease ends on 30 June 2027 [1].", "cited": [1], "refused": false, "...": "..."}
"""
_STREAM_DOC: dict[str, Any] = {
    "description": "The answer: as events while it is written, or whole.",
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "string",
                "description": "Events named sources, text, citation, refusal, error and done, "
                "each with JSON data; error says that the answer is not complete.",
                "x-events": {
                    schema.__name__.removesuffix("Out").lower(): schema.model_json_schema()
                    for schema in _EVENTS
                },
            },
            "example": _EXAMPLE,
        },
    },
}


@router.post(
    "/ask",
    summary="Ask a question about the files",
    response_class=Response,
    responses={200: {"model": AnswerOut, **_STREAM_DOC}},
)
async def ask(question: AskIn, request: Request) -> Response:
    """Answers as server-sent events; `Accept: application/json` asks for one whole answer instead.

    Closing the connection stops the model.
    """
    state = shared(request)
    feed = Feed(lambda: _tell(state.app, question), state.asks)
    if _wants_json(request):
        try:
            return await _whole(state, feed, request)
        finally:
            feed.close()
    response = EventStream(_stream(state, feed))
    response.on_end = feed.close
    return response


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/event-stream" not in accept


async def _stream(state: Shared, feed: Feed[Told]) -> AsyncIterator[bytes]:
    last_sent = time.monotonic()
    while True:
        item = await feed.next(TICK_S)
        if state.stopping.is_set():
            yield event("error", state.boundary.explain(stopping()).body)
            return
        match item:
            case End(error=None):
                return
            case End(error=Exception() as error):
                yield event("error", state.boundary.explain(error).body)
                return
            case (str() as name, BaseModel() as data):
                yield event(name, data)
            case _ if time.monotonic() - last_sent < PING_EVERY_S:
                continue
            case _:
                yield ping()
        last_sent = time.monotonic()


async def _whole(state: Shared, feed: Feed[Told], request: Request) -> Response:
    sources: list[SourceOut] = []
    done: DoneOut | None = None
    reason = ""
    while not isinstance(item := await feed.next(TICK_S), End):
        if state.stopping.is_set() or await request.is_disconnected():
            raise stopping()
        match item:
            case (_, SourcesOut() as told):
                sources = told.sources
            case (_, RefusalOut() as told):
                reason = told.reason
            case (_, ErrorOut() as told):
                raise ModelError(told.error, told.remedy)
            case (_, DoneOut() as told):
                done = told
    if item.error is not None:
        raise item.error
    if done is None:
        raise ModelError("the answer has no end", "ask again")
    return JSONResponse(
        AnswerOut(**done.model_dump(), sources=sources, reason=reason).model_dump(mode="json")
    )


def _tell(app: App, question: AskIn) -> Iterator[Told]:
    """Run in the feed's thread: the look-ups of files belong to it as much as the model's calls."""
    events = app.ask(question.question, [turn.turn() for turn in question.history])
    try:
        for told in events:
            yield _told(app, told)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()


def _told(app: App, told: AnswerEvent) -> Told:
    match told:
        case SourcesEvent():
            return "sources", SourcesOut(
                sources=[SourceOut.of(source, _file_id(app, source.passage.path)) for source in told.sources]
            )
        case TextEvent():
            return "text", TextOut.model_validate(told)
        case CitationEvent():
            return "citation", CitationOut.model_validate(told)
        case RefusalEvent():
            return "refusal", RefusalOut.model_validate(told)
        case ErrorEvent():
            return "error", ErrorOut(error=told.what, remedy=told.remedy)
        case DoneEvent():
            return "done", DoneOut.model_validate(told)


def _file_id(app: App, path: Any) -> int | None:
    record = app.library.file_at(path)
    return record.file_id if record else None
