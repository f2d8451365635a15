"""All groups of routes by which clients of OpenAI's and Ollama's APIs come in."""

from __future__ import annotations

from twolane.api.compat.ollama import chat, embed
from twolane.api.compat.ollama import models as ollama_models
from twolane.api.compat.openai import completions, embeddings, models, responses

DOORS = tuple(part.GROUP for part in (completions, responses, models, embeddings, chat, embed, ollama_models))
