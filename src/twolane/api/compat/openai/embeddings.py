"""OpenAI's embeddings: `POST /v1/embeddings`."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from twolane.api.compat.foreign import Foreign
from twolane.api.compat.openai.errors import OPENAI_ERROR
from twolane.api.compat.vectors import embedded
from twolane.api.groups import RouteGroup, audited
from twolane.api.state import shared
from twolane.errors import SettingsError
from twolane.llm.base import Vectors
from twolane.principal import Right

router = APIRouter(prefix="/v1", tags=["openai"])
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK, error=OPENAI_ERROR, invalid_status=400)

Text = Annotated[str, StringConstraints(min_length=1)]


class EmbeddingsIn(Foreign):
    """Texts whose vectors are wanted."""

    model: str
    input: Text | list[Text] | list[int] | list[list[int]]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    input_type: Literal["query", "passage"] = Field(
        "passage", description="as other servers have it: whether the texts search, or are to be found"
    )


@router.post("/embeddings", summary="OpenAI's embeddings, by the model that search uses")
@audited(None)
async def embeddings(asked: EmbeddingsIn, request: Request) -> dict[str, Any]:
    """Returns vectors of length 1, in the order of the texts."""
    use: Literal["question", "passage"] = "question" if asked.input_type == "query" else "passage"
    found = await embedded(shared(request), asked.model, _texts(asked), use, asked.dimensions)
    rows = _encoded(found.vectors, asked.encoding_format)
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)]
    usage = {"prompt_tokens": found.tokens, "total_tokens": found.tokens}
    return {"object": "list", "data": data, "model": asked.model, "usage": usage}


def _texts(asked: EmbeddingsIn) -> list[str]:
    if isinstance(asked.input, str):
        return [asked.input]
    texts = [text for text in asked.input if isinstance(text, str)]
    if len(texts) < len(asked.input) or not texts:
        raise SettingsError(
            "input holds no texts: tokens of another model mean nothing here",
            "send texts, in LangChain with check_embedding_ctx_length=False",
        )
    return texts


def _encoded(vectors: Vectors, encoding: str) -> list[Any]:
    if encoding == "float":
        return list(vectors.tolist())
    return [base64.b64encode(row.astype("<f4").tobytes()).decode("ascii") for row in vectors]
