"""Conversations: listed, searched, looked at, renamed, exported and deleted."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from twolane.access.audit import AuditAct
from twolane.answers import Conversation
from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup, audited
from twolane.api.schemas.conversations import (
    ConversationIn,
    ConversationOut,
    ConversationsOut,
    ConversationTitleIn,
    ConversationTurnsOut,
    paths_of,
)
from twolane.api.state import principal, shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["conversations"])
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK)


@router.get("/conversations", summary="Conversations, newest first")
def conversations(
    request: Request,
    query: Annotated[
        str, Query(max_length=500, description="words of titles, questions and answers, all of them")
    ] = "",
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ConversationsOut:
    found = shared(request).app.conversations.list(query, _owner(request), limit=limit, offset=offset)
    return ConversationsOut.model_validate(found)


@router.post("/conversations", summary="Begin a conversation")
@audited(AuditAct.CHANGED)
def start(request: Request, new: ConversationIn) -> ConversationOut:
    started = shared(request).app.conversations.start(new.title, _owner(request))
    return ConversationOut.model_validate(started)


@router.get("/conversations/{conversation_id}", summary="A conversation with its turns")
def conversation(conversation_id: str, request: Request) -> ConversationTurnsOut:
    """What a server was answering that is no more is `stopped`."""
    return _shown(request, shared(request).app.conversations.get(conversation_id, _owner(request)))


@router.patch("/conversations/{conversation_id}", summary="Rename a conversation")
@audited(AuditAct.CHANGED)
def rename(conversation_id: str, title: ConversationTitleIn, request: Request) -> ConversationOut:
    renamed = shared(request).app.conversations.rename(conversation_id, title.title, _owner(request))
    return ConversationOut.model_validate(renamed)


@router.delete("/conversations/{conversation_id}", summary="Delete a conversation", status_code=204)
@audited(AuditAct.REMOVED)
def delete(conversation_id: str, request: Request) -> None:
    """With all its turns, for good."""
    shared(request).app.conversations.delete(conversation_id, _owner(request))


@router.get(
    "/conversations/{conversation_id}/export",
    summary="A conversation as a file",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {}, "application/json": {}}}},
)
@audited(AuditAct.EXPORTED)
def export(
    conversation_id: str,
    request: Request,
    format: Annotated[Literal["markdown", "json"], Query()] = "markdown",
) -> Response:
    """Markdown has the sources as footnotes; JSON is what the conversation's own address gives."""
    verbs = shared(request).app.conversations
    whole = verbs.get(conversation_id, _owner(request))
    if format == "json":
        text, kind = _shown(request, whole).model_dump_json(indent=2), "application/json"
    else:
        text, kind = verbs.markdown(whole), "text/markdown"
    name = quote(verbs.file_name(whole, format), safe="")
    return Response(
        text, media_type=kind, headers={"Content-Disposition": f"attachment; filename*=utf-8''{name}"}
    )


def _shown(request: Request, whole: Conversation) -> ConversationTurnsOut:
    known = shared(request).app.library.file_ids(paths_of(whole.turns))
    return ConversationTurnsOut.of(whole, known)


def _owner(request: Request) -> str:
    return principal(request).owner
