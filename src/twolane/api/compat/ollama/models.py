"""What Ollama's clients ask before they ask a question: the version, the models, and what one can do."""

from __future__ import annotations

import hashlib
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from pydantic import AliasChoices, Field

from twolane.api.compat.foreign import Foreign
from twolane.api.compat.names import MODEL, means_the_files, tagged, vector_model
from twolane.api.compat.ollama.errors import OLLAMA_ERROR
from twolane.api.compat.untyped import UntypedRoute
from twolane.api.groups import RouteGroup, audited
from twolane.api.state import shared
from twolane.principal import Right

if TYPE_CHECKING:
    from twolane.app import App

router = APIRouter(prefix="/api", tags=["ollama"], route_class=UntypedRoute)
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK, error=OLLAMA_ERROR, invalid_status=400)

# Clients compare versions, and refuse what is older than they know: this is the release whose API is spoken.
_SPOKEN = "0.32.15"
_LONG_AGO = "2026-01-01T00:00:00Z"  # the files change all the time, the model that is named never does


class ShowIn(Foreign):
    """Which model is asked about; older clients call it `name`."""

    model: str = Field("", validation_alias=AliasChoices("model", "name"))


@router.get("/version", summary="The release of Ollama whose API is spoken, and twolane's own")
async def version() -> dict[str, str]:
    return {"version": f"{_SPOKEN}-twolane.{installed('twolane')}"}


@router.get("/tags", summary="The models: the files, and what makes vectors")
async def tags(request: Request) -> dict[str, Any]:
    return {"models": _listed(shared(request).app)}


@router.get("/ps", summary="The models that are loaded, as clients see it: all of them, for good")
async def loaded(request: Request) -> dict[str, Any]:
    app = shared(request).app
    kept = {"expires_at": "2318-01-01T00:00:00Z", "size_vram": 0, "context_length": _context_tokens(app)}
    return {"models": [{**model, **kept} for model in _listed(app)]}


@router.post("/show", summary="What a model can do")
@audited(None)
async def show(asked: ShowIn, request: Request) -> dict[str, Any]:
    """The name of chat's own model means the files, too."""
    app = shared(request).app
    answers = means_the_files(app, asked.model)
    return {
        "modelfile": f"FROM {tagged(asked.model)}",
        "parameters": "",
        "template": "{{ .Prompt }}",
        "details": _details(),
        "model_info": {"general.architecture": MODEL, f"{MODEL}.context_length": _context_tokens(app)},
        "capabilities": ["completion" if answers else "embedding"],
        "modified_at": _LONG_AGO,
    }


def _listed(app: App) -> list[dict[str, Any]]:
    listed = [_entry(MODEL, "completion")]
    return [*listed, _entry(name, "embedding")] if (name := vector_model(app)) else listed


def _entry(name: str, can: str) -> dict[str, Any]:
    return {
        "name": tagged(name),
        "model": tagged(name),
        "modified_at": _LONG_AGO,
        "size": 0,
        "digest": hashlib.sha256(name.encode()).hexdigest(),
        "details": _details(),
        "capabilities": [can],
    }


def _details() -> dict[str, Any]:
    unknown = dict.fromkeys(("parent_model", "format", "parameter_size", "quantization_level"), "")
    return {**unknown, "family": MODEL, "families": [MODEL]}


def _context_tokens(app: App) -> int:
    return app.lanes["chat"].context_tokens
