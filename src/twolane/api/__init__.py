"""The HTTP edge: typed routes over the app, server-sent events, and the page.

Why it is so: docs/why/serving.md.
"""

# Of our own API alone: /api/chat, /api/tags and /v1/ are addresses of Ollama's and OpenAI's clients.
API_PREFIX = "/api/v1"
