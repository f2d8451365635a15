"""Errors as Ollama's clients read them."""

from __future__ import annotations

from typing import Any

from twolane.api.boundary import HttpError
from twolane.api.compat.openai.errors import message_of


def ollama_error(error: HttpError) -> dict[str, Any]:
    """Return an error in the shape of Ollama's API."""
    return {"error": message_of(error)}
