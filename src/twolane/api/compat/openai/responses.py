"""OpenAI's responses over the user's files: `POST /v1/responses`."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.sse import format_sse_event
from pydantic import Field
from starlette.responses import Response

from twolane.api.boundary import HttpError
from twolane.api.compat.foreign import Foreign, MessagePart, Utterance, asked_by, text_of_parts
from twolane.api.compat.names import check_chat_model
from twolane.api.compat.openai.completions import FormatIn, cannot, may_answer
from twolane.api.compat.openai.errors import OPENAI_ERROR
from twolane.api.compat.pieces import Cited, Over, Piece, ReferenceMark, SaidSoFar, SaidWords
from twolane.api.compat.replies import reply
from twolane.api.groups import RouteGroup
from twolane.api.state import shared
from twolane.api.streams import ping_bytes
from twolane.errors import SettingsError
from twolane.principal import Right

router = APIRouter(prefix="/v1", tags=["openai"])
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK, error=OPENAI_ERROR, invalid_status=400)

_AT = {"output_index": 0, "content_index": 0}


class ItemIn(Foreign):
    """A message of the conversation, or something else that clients keep of earlier responses."""

    type: str = "message"
    role: str = ""
    content: str | list[MessagePart] | None = None


class TextFormIn(Foreign):
    """The form of the answer."""

    format: FormatIn | None = None


class ResponseIn(Foreign):
    """A question about the files, or a conversation that ends in one."""

    model: str = Field(examples=["twolane"])
    input: str | list[ItemIn] = Field(examples=["When does the lease end?"])
    stream: bool = False
    max_output_tokens: int | None = Field(None, ge=1)
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool | None = None
    tool_choice: Any = None
    text: TextFormIn | None = None
    instructions: str | None = Field(None, description="not read: the instructions of an answer are our own")


@router.post(
    "/responses",
    summary="OpenAI's responses, answered from the files",
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def responses(asked: ResponseIn, request: Request) -> Response:
    """Answers the user's last message; sources come as `annotations`, and below the text. Nothing is kept."""
    check_chat_model(shared(request).app, asked.model)
    _check_possible(asked)
    items = [ItemIn(role="user", content=asked.input)] if isinstance(asked.input, str) else asked.input
    question = asked_by(Utterance(item.role, text_of_parts(item.content)) for item in items)
    voice = ResponseVoice(asked.model)
    return await reply(request, question, voice, stream=asked.stream, most_tokens=asked.max_output_tokens)


def _check_possible(asked: ResponseIn) -> None:
    if asked.previous_response_id or asked.conversation:
        raise SettingsError("responses are not kept", "send the earlier messages as input")
    wanted = {
        "tool_choice": not may_answer(asked.tool_choice),
        "text.format": bool(asked.text and asked.text.format and asked.text.format.type != "text"),
        "background": bool(asked.background),
    }
    for name, is_wanted in wanted.items():
        if is_wanted:
            raise cannot(name)


class ResponseVoice:
    """Says a reply as a response with one message, or as the events of one."""

    media_type = "text/event-stream"

    def __init__(self, model: str) -> None:
        self._model = model
        self._id = f"resp_{uuid.uuid4().hex}"
        self._message_id = f"msg_{uuid.uuid4().hex}"
        self._created = int(time.time())
        self._sent = 0
        self._reply = SaidSoFar()

    def begin(self) -> bytes:
        started = self._response("in_progress")
        at = {"output_index": 0}
        empty = {"item_id": self._message_id, **_AT, "part": _part(SaidSoFar())}
        return b"".join(
            [
                self._event("response.created", response=started),
                self._event("response.in_progress", response=started),
                self._event("response.output_item.added", **at, item=self._message("in_progress")),
                self._event("response.content_part.added", **empty),
            ]
        )

    def say(self, pieces: Sequence[Piece]) -> bytes:
        return b"".join(event for piece in pieces for event in self._piece(piece))

    def wait(self) -> bytes:
        return ping_bytes()

    def fail(self, error: HttpError) -> bytes:
        code = "rate_limit_exceeded" if error.status == 503 else "server_error"
        failed = self._response("failed", error={"code": code, "message": error.message})
        return self._event("response.failed", response=failed)

    def whole(self, reply: SaidSoFar) -> dict[str, Any]:
        self._reply = reply
        return self._ended()

    def _piece(self, piece: Piece) -> Iterator[bytes]:
        mark = self._reply.take(piece)
        at = {"item_id": self._message_id, **_AT}
        match piece:
            case SaidWords(text):
                yield self._event("response.output_text.delta", **at, delta=text, logprobs=[])
            case Cited() if mark:
                index = len(self._reply.marks) - 1
                yield self._event(
                    "response.output_text.annotation.added",
                    **at,
                    annotation_index=index,
                    annotation=_annotation(mark),
                )
            case Over():
                text = self._reply.text
                yield self._event("response.output_text.done", **at, text=text, logprobs=[])
                yield self._event("response.content_part.done", **at, part=_part(self._reply))
                ended = self._ended()
                yield self._event("response.output_item.done", output_index=0, item=ended["output"][0])
                yield self._event(f"response.{ended['status']}", response=ended)

    def _ended(self) -> dict[str, Any]:
        over = self._reply.over or Over(cut=True)
        status = "incomplete" if over.cut else "completed"
        return self._response(
            status,
            output=[self._message(status)],
            usage=_usage(over),
            incomplete_details={"reason": "max_output_tokens"} if over.cut else None,
        )

    def _message(self, status: str) -> dict[str, Any]:
        content = [] if status == "in_progress" else [_part(self._reply)]
        own = {"type": "message", "id": self._message_id, "role": "assistant"}
        return {**own, "status": status, "content": content}

    def _response(self, status: str, **more: Any) -> dict[str, Any]:
        unset = ("error", "incomplete_details", "instructions", "max_output_tokens", "previous_response_id")
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created,
            "status": status,
            "model": self._model,
            **dict.fromkeys(unset),
            "output": [],
            "parallel_tool_calls": False,
            "tool_choice": "none",
            "tools": [],
            "temperature": None,
            "top_p": None,
            "store": False,
            "metadata": {},
            "text": {"format": {"type": "text"}},
            "usage": None,
            **more,
        }

    def _event(self, name: str, **data: Any) -> bytes:
        event = {"type": name, "sequence_number": self._sent, **data}
        self._sent += 1
        return format_sse_event(event=name, data_str=json.dumps(event, ensure_ascii=False))


def _part(reply: SaidSoFar) -> dict[str, Any]:
    annotations = [_annotation(mark) for mark in reply.marks]
    return {"type": "output_text", "text": reply.text, "annotations": annotations, "logprobs": []}


def _annotation(mark: ReferenceMark) -> dict[str, Any]:
    where = {"start_index": mark.start, "end_index": mark.end}
    return {"type": "url_citation", **where, "title": mark.reference.title, "url": mark.reference.url}


def _usage(over: Over) -> dict[str, Any]:
    return {
        "input_tokens": over.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": over.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": over.prompt_tokens + over.completion_tokens,
    }
