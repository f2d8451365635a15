"""Asking: a question in, a stream of typed events or one whole answer out."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
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
from twolane.api.streams import (
    PING_EVERY_S,
    TICK_S,
    End,
    EventStream,
    Feed,
    event_bytes,
    ping_bytes,
    stopping,
)
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


@dataclass(frozen=True, slots=True)
class WireEvent:
    """An event of an answer as it goes over the wire."""

    name: str
    data: BaseModel


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
    feed = Feed(lambda: _wire_events(state.app, question), state.asks)
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


async def _stream(state: Shared, feed: Feed[WireEvent]) -> AsyncIterator[bytes]:
    last_sent = time.monotonic()
    while True:
        item = await feed.next(TICK_S)
        if state.stopping.is_set():
            yield event_bytes("error", state.boundary.explain(stopping()).body)
            return
        match item:
            case End(error=None):
                return
            case End(error=Exception() as error):
                yield event_bytes("error", state.boundary.explain(error).body)
                return
            case WireEvent(name, data):
                yield event_bytes(name, data)
            case _ if time.monotonic() - last_sent < PING_EVERY_S:
                continue
            case _:
                yield ping_bytes()
        last_sent = time.monotonic()


async def _whole(state: Shared, feed: Feed[WireEvent], request: Request) -> Response:
    sources: list[SourceOut] = []
    done: DoneOut | None = None
    reason = ""
    while not isinstance(item := await feed.next(TICK_S), End):
        if state.stopping.is_set() or await request.is_disconnected():
            raise stopping()
        match item and item.data:
            case SourcesOut(sources=found):
                sources = found
            case RefusalOut(reason=given):
                reason = given
            case ErrorOut(error=error, remedy=remedy):
                raise ModelError(error, remedy)
            case DoneOut() as end:
                done = end
    if item.error is not None:
        raise item.error
    if done is None:
        raise ModelError("the answer has no end", "ask again")
    return JSONResponse(
        AnswerOut(**done.model_dump(), sources=sources, reason=reason).model_dump(mode="json")
    )


def _wire_events(app: App, question: AskIn) -> Iterator[WireEvent]:
    """Yield the events of an answer; runs in the feed's thread, since it reads files and calls the model."""
    events = app.ask(question.question, [turn.turn() for turn in question.history])
    try:
        for event in events:
            yield _wire_event(app, event)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()


def _wire_event(app: App, event: AnswerEvent) -> WireEvent:
    match event:
        case SourcesEvent(sources):
            shown = [SourceOut.of(source, _file_id(app, source.passage.path)) for source in sources]
            return WireEvent("sources", SourcesOut(sources=shown))
        case TextEvent():
            return WireEvent("text", TextOut.model_validate(event))
        case CitationEvent():
            return WireEvent("citation", CitationOut.model_validate(event))
        case RefusalEvent():
            return WireEvent("refusal", RefusalOut.model_validate(event))
        case ErrorEvent(what, remedy):
            return WireEvent("error", ErrorOut(error=what, remedy=remedy))
        case DoneEvent():
            return WireEvent("done", DoneOut.model_validate(event))


def _file_id(app: App, path: Path) -> int | None:
    record = app.library.file_at(path)
    return record.file_id if record else None
