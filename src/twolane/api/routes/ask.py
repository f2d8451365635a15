"""Asking: a question in, a stream of typed events or one whole answer out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from twolane.api import API_PREFIX
from twolane.api.answering import WholeAnswer, WireEvent, wire_events
from twolane.api.auditing import asking
from twolane.api.following import followed
from twolane.api.groups import RouteGroup
from twolane.api.lasting import Lasting
from twolane.api.schemas.asking import (
    AnswerOut,
    AskIn,
    CitationOut,
    ContradictionOut,
    DoneOut,
    ExtractsOut,
    InterruptedOut,
    RefusalOut,
    SourcesOut,
    TextOut,
    WaitingOut,
)
from twolane.api.schemas.base import ErrorOut
from twolane.api.schemas.catalogue import CatalogueOut, FiltersOut, QuestionOut
from twolane.api.schemas.conversations import KeptOut
from twolane.api.state import principal, shared
from twolane.api.streams import TICK_S, End, EventStream, Feed
from twolane.principal import Right

if TYPE_CHECKING:
    from twolane.app import App

router = APIRouter(prefix=API_PREFIX, tags=["ask"])
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK)


EVENTS = (
    *(QuestionOut, FiltersOut, CatalogueOut, WaitingOut, InterruptedOut),
    *(SourcesOut, ExtractsOut, TextOut, CitationOut, ContradictionOut, RefusalOut, ErrorOut, DoneOut),
)
_EXAMPLE = """event: filters
data: {"filters": [{"kind": "category", "value": "lease", "label": "Lease", "words": "lease"}]}

event: sources
data: {"sources": [{"number": 1, "file_id": 12, "name": "lease.pdf", "page": 3, "...": "..."}]}

event: text
data: {"text": "The lease ends on 30 June 2027 [1]"}

event: citation
data: {"number": 1, "status": "verified", "spans": [{"page": 3, "start": 120, "end": 132}]}

event: done
data: {"text": "The lease ends on 30 June 2027 [1].", "cited": [1], "refused": false, "...": "..."}
"""
_STREAM_DOC: dict[str, Any] = {
    "description": "The answer: as events while it is written, or whole.",
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "string",
                "description": "Named question, filters, catalogue, sources, waiting, extracts, text, "
                "citation, contradiction, refusal, error and done, each with JSON data; error says that the "
                "answer is not complete. A question that the catalogue answers has catalogue in place of "
                "sources. Within a conversation, conversation comes first.",
                "x-events": {"conversation": KeptOut.model_json_schema()}
                | {
                    schema.__name__.removesuffix("Out").lower(): schema.model_json_schema()
                    for schema in EVENTS
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

    Closing the connection stops the model. Within a conversation, question and answer are kept.
    """
    state, owner = shared(request), principal(request).owner
    if question.conversation_id:  # a status of its own, where the stream could only end in an error
        there = partial(state.app.conversations.get, question.conversation_id, owner, turns=False)
        await anyio.to_thread.run_sync(there)
    await asking(request, question.question)
    feed = Feed(lambda: _answer(state.app, question, owner), state.asks)
    if _wants_json(request):
        async with feed.awaited_by(request):
            return await _whole(feed, Lasting(request, state.stopping))
    response = EventStream(followed(request, feed))
    response.on_end = feed.close
    return response


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/event-stream" not in accept


async def _whole(feed: Feed[WireEvent], lasting: Lasting) -> Response:
    answer = WholeAnswer()
    end: End | None = None
    while end is None:
        items = await feed.next(TICK_S)
        if error := await lasting.cut():
            raise error
        for item in items:
            if isinstance(item, End):
                end = item
            else:
                answer.take(item)
    if end.error is not None:
        raise end.error
    return JSONResponse(answer.out().model_dump(mode="json"))


def _answer(app: App, question: AskIn, owner: str) -> Iterator[WireEvent]:
    if not question.conversation_id:
        history = [turn.turn() for turn in question.history]
        return wire_events(
            app, app.ask(question.question, history, question.filter, without=question.without)
        )
    events = app.conversations.answer(
        question.conversation_id,
        question.question,
        lambda history: app.ask(question.question, history, question.filter, without=question.without),
        replaces=question.replaces_turn or 0,
        without=question.without,
        within=question.within,
        owner=owner,
    )
    return wire_events(app, events)
