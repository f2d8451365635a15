"""Ollama's chat and generate over the user's files: `POST /api/chat` and `POST /api/generate`."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from twolane.api.boundary import HttpError
from twolane.api.compat.foreign import Foreign, Utterance, asked_by
from twolane.api.compat.names import check_chat_model
from twolane.api.compat.ollama.errors import OLLAMA_ERROR
from twolane.api.compat.pieces import Over, Piece, SaidSoFar, SaidWords
from twolane.api.compat.replies import reply
from twolane.api.compat.untyped import UntypedRoute
from twolane.api.groups import RouteGroup
from twolane.api.state import shared
from twolane.errors import SettingsError
from twolane.principal import Right

router = APIRouter(prefix="/api", tags=["ollama"], route_class=UntypedRoute)
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK, error=OLLAMA_ERROR, invalid_status=400)

_NS = 1_000_000_000


class OllamaMessageIn(Foreign):
    """A message of the conversation."""

    role: str
    content: str = ""
    images: list[Any] | None = None


class OllamaOptionsIn(Foreign):
    """Of a model's ways only its longest answer is read."""

    num_predict: int | None = None


class OllamaIn(Foreign):
    """What both requests have."""

    model: str = Field(examples=["twolane"])
    stream: bool = True
    format: Any = None
    think: bool | str | None = None
    logprobs: bool | None = None
    keep_alive: Any = Field(None, description="not read: twolane keeps its models as its settings say")
    options: OllamaOptionsIn | None = None

    @property
    def most_tokens(self) -> int | None:
        """The longest answer; in Ollama's options 0 and less are none."""
        most = self.options.num_predict if self.options else None
        return most if most and most > 0 else None


class OllamaChatIn(OllamaIn):
    """A conversation whose last message is a question about the files; tools may be offered, not called."""

    messages: list[OllamaMessageIn] = Field(default_factory=list)


class OllamaGenerateIn(OllamaIn):
    """A question about the files."""

    prompt: str = ""
    images: list[Any] | None = None


@router.post("/chat", summary="Ollama's chat, answered from the files")
async def chat(asked: OllamaChatIn, request: Request) -> Response:
    """Answers the user's last message; its sources stand below the text."""
    check_chat_model(shared(request).app, asked.model)
    voice = OllamaVoice(asked.model, "message")
    if not asked.messages:
        return JSONResponse(voice.loaded(asked.keep_alive))
    _check_possible(asked, [image for one in asked.messages for image in one.images or ()])
    question = asked_by(Utterance(one.role, one.content) for one in asked.messages)
    return await reply(request, question, voice, stream=asked.stream, most_tokens=asked.most_tokens)


@router.post("/generate", summary="Ollama's generate, answered from the files")
async def generate(asked: OllamaGenerateIn, request: Request) -> Response:
    """Answers a question that stands alone; its sources stand below the text."""
    check_chat_model(shared(request).app, asked.model)
    voice = OllamaVoice(asked.model, "response")
    if not asked.prompt:
        return JSONResponse(voice.loaded(asked.keep_alive))
    _check_possible(asked, asked.images)
    question = asked_by([Utterance("user", asked.prompt)])
    return await reply(request, question, voice, stream=asked.stream, most_tokens=asked.most_tokens)


def _check_possible(asked: OllamaIn, images: object) -> None:
    wanted = {
        "images": images,
        "thinking": asked.think,
        "a format": asked.format,
        "logprobs": asked.logprobs,
    }
    for name, is_wanted in wanted.items():
        if is_wanted:
            raise SettingsError(
                f"{asked.model!r} does not support {name}: an answer is one text from the files",
                f"ask without {name}",
            )


class OllamaVoice:
    """Says a reply as Ollama does: a line of JSON for each piece, or one object.

    `told_as` is where the text stands: "message" in a chat, "response" where a prompt was sent.
    """

    media_type = "application/x-ndjson"

    def __init__(self, model: str, told_as: str) -> None:
        self._model = model
        self._told_as = told_as
        self._began = time.monotonic()

    def begin(self) -> bytes:
        return b""

    def say(self, pieces: Sequence[Piece]) -> bytes:
        return b"".join(_line(said) for piece in pieces if (said := self._piece(piece)))

    def wait(self) -> bytes:
        return _line(self._part(""))

    def fail(self, error: HttpError) -> bytes:
        return _line(OLLAMA_ERROR.body(error))

    def whole(self, reply: SaidSoFar) -> dict[str, Any]:
        return self._end(reply.over or Over(cut=True), reply.text)

    def loaded(self, keep_alive: object) -> dict[str, Any]:
        """Return what Ollama answers where nothing is asked: it only loads its model, or unloads it."""
        reason = "unload" if keep_alive in (0, "0") else "load"
        return {**self._part(""), "done": True, "done_reason": reason}

    def _piece(self, piece: Piece) -> dict[str, Any] | None:
        match piece:
            case SaidWords(text):
                return self._part(text)
            case Over():
                return self._end(piece, "")
        return None

    def _part(self, text: str) -> dict[str, Any]:
        told = text if self._told_as == "response" else {"role": "assistant", "content": text}
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        return {"model": self._model, "created_at": at, self._told_as: told, "done": False}

    def _end(self, over: Over, text: str) -> dict[str, Any]:
        reading_s, writing_s = over.first_token_s, max(0.0, over.seconds - over.first_token_s)
        return {
            **self._part(text),
            "done": True,
            "done_reason": "length" if over.cut else "stop",
            "total_duration": int((time.monotonic() - self._began) * _NS),
            "load_duration": 0,
            "prompt_eval_count": over.prompt_tokens,
            "prompt_eval_duration": int(reading_s * _NS),
            "eval_count": over.completion_tokens,
            "eval_duration": int(writing_s * _NS),
        }


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
