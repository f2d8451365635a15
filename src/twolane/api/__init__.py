"""The HTTP edge: typed routes over the app, server-sent events, and the page.

Why it is so: docs/why/serving.md.
"""

# Only twolane's own API lies here: /api/chat, /api/tags and /v1/ belong to Ollama's and OpenAI's clients.
API_PREFIX = "/api/v1"
