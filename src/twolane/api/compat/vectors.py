"""Vectors of texts for clients of other APIs, by what twolane's own search compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from twolane.api.compat.names import check_vector_model
from twolane.api.state import Shared
from twolane.api.streams import run_bounded
from twolane.errors import PromptTooLongError, SettingsError
from twolane.llm.base import EmbeddingUse, Vectors
from twolane.text.tokens import most_tokens

if TYPE_CHECKING:
    from twolane.app import App

MOST_TEXTS = 256
MOST_CHARS = 500_000  # of all texts together: questions wait meanwhile


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of texts, one row each, and about how many tokens were read."""

    vectors: Vectors
    tokens: int


async def embedded(
    state: Shared, model: str, texts: Sequence[str], use: EmbeddingUse, dimensions: int | None
) -> Embedded:
    """Return the vectors of texts, within the server's bounds.

    A text that is longer than the model reads counts by its beginning. Raises `TwolaneError`.
    """
    check_vector_model(state.app, model)
    if len(texts) > MOST_TEXTS:
        raise SettingsError(f"there are {len(texts)} texts", f"send {MOST_TEXTS} at most")
    if (chars := sum(map(len, texts))) > MOST_CHARS:
        raise PromptTooLongError(f"the texts have {chars} characters", f"send {MOST_CHARS} at most")
    embed = partial(_embedded, state.app, list(texts), use, dimensions)
    return await run_bounded(embed, state.classifying, state.stopping)


def _embedded(app: App, texts: list[str], use: EmbeddingUse, dimensions: int | None) -> Embedded:
    embedder = app.models.embedder()
    assert embedder is not None  # its name was checked
    vectors = embedder.embed(texts, use)
    if dimensions not in {None, vectors.shape[1]}:
        raise SettingsError(
            f"the vectors of {embedder.model} have {vectors.shape[1]} dimensions, not {dimensions}",
            "leave out dimensions",
        )
    return Embedded(vectors, sum(map(most_tokens, texts)))
