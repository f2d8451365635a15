"""OpenAI's chat completions over the user's files: `POST /v1/chat/completions`."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.sse import format_sse_event
from pydantic import Field
from starlette.responses import Response

from twolane.api.boundary import HttpError
from twolane.api.compat.foreign import Foreign, MessagePart, Utterance, asked_by, text_of_parts
from twolane.api.compat.names import check_chat_model
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

_DONE = format_sse_event(data_str="[DONE]")


class MessageIn(Foreign):
    """A message of the conversation."""

    role: str
    content: str | list[MessagePart] | None = None


class StreamOptionsIn(Foreign):
    """What a stream tells beside the text."""

    include_usage: bool = False


class FormatIn(Foreign):
    """The form of the answer."""

    type: str = "text"


class CompletionIn(Foreign):
    """A conversation whose last message is a question about the files; no temperature is read."""

    model: str = Field(examples=["twolane"])
    messages: list[MessageIn] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptionsIn | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    n: int | None = None
    tool_choice: Any = Field(None, description="tools may be offered, as Open WebUI does, and are not called")
    response_format: FormatIn | None = None
    logprobs: bool | None = None
    modalities: list[str] | None = None

    @property
    def most_tokens(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens


@router.post("/chat/completions", summary="OpenAI's chat completions, answered from the files")
async def completions(asked: CompletionIn, request: Request) -> Response:
    """Answers the user's last message; sources come as `annotations`, and below the text."""
    check_chat_model(shared(request).app, asked.model)
    check_possible(asked)
    question = asked_by(Utterance(one.role, text_of_parts(one.content)) for one in asked.messages)
    told = bool(asked.stream_options and asked.stream_options.include_usage)
    voice = CompletionVoice(asked.model, include_usage=told)
    return await reply(request, question, voice, stream=asked.stream, most_tokens=asked.most_tokens)


def check_possible(asked: CompletionIn) -> None:
    """Raise `SettingsError` for what an answer from the files cannot be."""
    wanted = {
        "tool_choice": not may_answer(asked.tool_choice),
        "n": (asked.n or 1) != 1,
        "response_format": asked.response_format is not None and asked.response_format.type != "text",
        "logprobs": bool(asked.logprobs),
        "modalities": bool(set(asked.modalities or ()) - {"text"}),
    }
    for name, is_wanted in wanted.items():
        if is_wanted:
            raise cannot(name)


def may_answer(tool_choice: object) -> bool:
    """Say whether an answer may come from the files where tools are offered: no tool is ever called."""
    return tool_choice in {None, "auto", "none"} if isinstance(tool_choice, str | None) else False


def cannot(name: str) -> SettingsError:
    """Return the error for a parameter that asks for more than one text with its sources."""
    return SettingsError(
        f"{name} cannot be served: an answer from the files is one text", f"leave out {name}"
    )


class CompletionVoice:
    """Says a reply as a chat completion, or as chunks of one."""

    media_type = "text/event-stream"

    def __init__(self, model: str, *, include_usage: bool) -> None:
        self._model = model
        self._include_usage = include_usage
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())
        self._reply = SaidSoFar()

    def begin(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""})

    def say(self, pieces: Sequence[Piece]) -> bytes:
        return b"".join(map(self._piece, pieces))

    def wait(self) -> bytes:
        return ping_bytes()

    def fail(self, error: HttpError) -> bytes:
        return format_sse_event(data_str=json.dumps(OPENAI_ERROR.body(error)))

    def whole(self, reply: SaidSoFar) -> dict[str, Any]:
        over = reply.over or Over(cut=True)
        message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": None}
        message["annotations"] = [annotation(mark) for mark in reply.marks]
        return {
            **self._head("chat.completion"),
            "choices": [
                {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish_reason(over)}
            ],
            "usage": _usage(over),
        }

    def _piece(self, piece: Piece) -> bytes:
        mark = self._reply.take(piece)
        match piece:
            case SaidWords(text):
                return self._chunk({"content": text})
            case Cited() if mark:
                return self._chunk({"annotations": [annotation(mark)]})
            case Over():
                return self._end(piece)
        return b""

    def _end(self, over: Over) -> bytes:
        end = self._chunk({}, _finish_reason(over))
        if self._include_usage:
            usage = {**self._head("chat.completion.chunk"), "choices": [], "usage": _usage(over)}
            end += format_sse_event(data_str=json.dumps(usage))
        return end + _DONE

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk = {**self._head("chat.completion.chunk"), "choices": [choice]}
        if self._include_usage:
            chunk["usage"] = None
        return format_sse_event(data_str=json.dumps(chunk, ensure_ascii=False))

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": self._model}


def annotation(mark: ReferenceMark) -> dict[str, Any]:
    """Return a citation as OpenAI's chat completions have it."""
    where = {"start_index": mark.start, "end_index": mark.end}
    return {
        "type": "url_citation",
        "url_citation": {**where, "title": mark.reference.title, "url": mark.reference.url},
    }


def _finish_reason(over: Over) -> str:
    return "length" if over.cut else "stop"


def _usage(over: Over) -> dict[str, int]:
    return {
        "prompt_tokens": over.prompt_tokens,
        "completion_tokens": over.completion_tokens,
        "total_tokens": over.prompt_tokens + over.completion_tokens,
    }
