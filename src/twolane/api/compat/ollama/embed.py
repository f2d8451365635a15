"""Ollama's embed: `POST /api/embed`, and `POST /api/embeddings` of older clients."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request

from twolane.api.compat.foreign import Foreign
from twolane.api.compat.ollama.errors import OLLAMA_ERROR
from twolane.api.compat.untyped import UntypedRoute
from twolane.api.compat.vectors import embedded
from twolane.api.groups import RouteGroup, audited
from twolane.api.state import shared
from twolane.principal import Right

router = APIRouter(prefix="/api", tags=["ollama"], route_class=UntypedRoute)
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK, error=OLLAMA_ERROR, invalid_status=400)


class OllamaEmbedIn(Foreign):
    """Texts whose vectors are wanted."""

    model: str
    input: str | list[str]
    dimensions: int | None = None


class OllamaOneTextIn(Foreign):
    """A text whose vector is wanted."""

    model: str
    prompt: str = ""


@router.post("/embed", summary="Ollama's embed, by the model that search uses")
@audited(None)
async def embed(asked: OllamaEmbedIn, request: Request) -> dict[str, Any]:
    """Returns vectors of length 1, in the order of the texts."""
    began = time.monotonic()
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    found = await embedded(shared(request), asked.model, texts, "passage", asked.dimensions)
    return {
        "model": asked.model,
        "embeddings": found.vectors.tolist(),
        "total_duration": int((time.monotonic() - began) * 1e9),
        "load_duration": 0,
        "prompt_eval_count": found.tokens,
    }


@router.post("/embeddings", summary="One vector, as older clients of Ollama ask for it")
@audited(None)
async def embeddings(asked: OllamaOneTextIn, request: Request) -> dict[str, Any]:
    found = await embedded(shared(request), asked.model, [asked.prompt], "passage", None)
    return {"embedding": found.vectors[0].tolist()}
