"""Errors as Ollama's clients read them."""

from __future__ import annotations

from pydantic import BaseModel

from twolane.api.groups import ErrorShape


class OllamaErrorOut(BaseModel):
    """An error in the shape of Ollama's API."""

    error: str


OLLAMA_ERROR = ErrorShape(OllamaErrorOut, lambda error: OllamaErrorOut(error=error.message))
