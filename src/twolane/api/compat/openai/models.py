"""OpenAI's list of models: the files as a model, which also decides, and what makes vectors."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from twolane.api.compat.names import MODEL, means_the_files, vector_model
from twolane.api.compat.openai.errors import OPENAI_ERROR
from twolane.api.groups import RouteGroup
from twolane.api.state import shared
from twolane.principal import Right

router = APIRouter(prefix="/v1", tags=["openai"])
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK, error=OPENAI_ERROR, invalid_status=400)


class ArchitectureOut(BaseModel):
    """What a model reads, and what it gives."""

    input_modalities: list[str] = Field(["text"])
    output_modalities: list[str] = Field(["text", "decisions"])


class ModelOut(BaseModel):
    """A model of this server."""

    id: str
    object: str = "model"
    created: int = 0
    owned_by: str = "twolane"
    architecture: ArchitectureOut = ArchitectureOut()


class ModelsOut(BaseModel):
    """The models of this server."""

    object: str = "list"
    data: list[ModelOut]


_VECTORS = ArchitectureOut(output_modalities=["embeddings"])


@router.get("/models", summary="The models: the files, which answer and decide, and what makes vectors")
async def models(request: Request) -> ModelsOut:
    vectors = vector_model(shared(request).app)
    made = [ModelOut(id=vectors, architecture=_VECTORS)] if vectors else []
    return ModelsOut(data=[ModelOut(id=MODEL), *made])


@router.get("/models/{name:path}", summary="One model")
async def model(name: str, request: Request) -> ModelOut:
    """The name of chat's own model means the files, too."""
    answers = means_the_files(shared(request).app, name)
    return ModelOut(id=name) if answers else ModelOut(id=name, architecture=_VECTORS)
