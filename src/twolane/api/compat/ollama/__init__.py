"""Ollama's API over the user's files: chat, generate, and what clients ask of a model before that."""
