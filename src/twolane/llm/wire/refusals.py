"""What a model server's refusal means: its status and its words as an error that says what to do."""

from __future__ import annotations

import html
import json
import re

from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelMissingError,
    PromptTooLongError,
)

_TOO_LONG = re.compile(
    r"exceed_context_size|context (length|size|window)|context the overflows|too large to process",
    re.IGNORECASE,
)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_MOST_SHOWN = 300
_MOST_TOLD = 2000


def shown(body: str) -> str:
    """Return what an error says of a body that is no JSON: its words, or that it is a web page."""
    if not _WEB_PAGE.match(body):
        return body.strip()[:_MOST_SHOWN]
    title = _TITLE.search(body)
    words = " ".join(html.unescape(title[1]).split())[:_MOST_SHOWN] if title else ""
    return f'a web page, "{words}"' if words else "a web page"


def error_text(body: str) -> str:
    """Return the message of an error body: `{"error": {"message"}}`, `{"error": "text"}`, or as it is."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return shown(body)
    if not isinstance(answer, dict):
        return shown(body)
    error = answer.get("error") or answer.get("message") or answer.get("detail") or body
    if isinstance(error, dict):
        # With the type and the counts, so that a prompt that is too long is recognised whatever the message.
        message = " ".join(str(error[key]) for key in ("message", "type") if error.get(key)) or body
        counts = [f"{key}: {error[key]}" for key in ("n_prompt_tokens", "n_ctx") if error.get(key)]
        told = f"{message} ({', '.join(counts)})" if counts else message
        return told[:_MOST_TOLD]
    return str(error).strip()[:_MOST_TOLD]


def refusal(status: int, message: str, model: str, url: str, missing_remedy: str = "") -> ModelError:
    """Return the error for a refusal, by its HTTP status (200: in the middle of a stream) and its text."""
    if too_long := prompt_too_long(status, message, model):
        return too_long
    if status == 404 and "model" in message.lower():
        return ModelMissingError(
            f"The model {model} is not at {url}",
            missing_remedy or "set this lane's model to one that the server has: `twolane models list`",
        )
    what = _what(status, message or "it gives no reason", model, url)
    if status in {429, 503}:
        return ModelBusyError(what, "try again later, or lower the concurrency of this lane")
    if status in {401, 403}:
        return ModelError(what, "set the api_key of this lane, and allow this client at the server")
    if 400 <= status < 500 or status == 501:
        return ModelError(what, "check this lane's model and address: the server cannot do what was asked")
    return ModelAnswerError(what, "try again; if it goes on, read the server's log")


def prompt_too_long(status: int, message: str, model: str) -> PromptTooLongError | None:
    """Return the error if a refusal means that the prompt does not fit the context."""
    # 500: llama-server's status for what does not fit one batch, as encoders' prompts must
    if status not in {200, 400, 413, 422, 500} or not _TOO_LONG.search(message):
        return None
    counts = re.search(r'n_prompt_tokens"?:\s*(\d+).*?n_ctx"?:\s*(\d+)', message)
    size = f" ({counts[1]} tokens, room for {counts[2]})" if counts else ""
    return PromptTooLongError(
        f"The prompt does not fit the context of {model}{size}",
        "raise context_tokens of this lane, or send less text",
    )


def _what(status: int, message: str, model: str, url: str) -> str:
    match status:
        case 200:
            return f"{url} broke off its answer for {model}: {message}"
        case 429 | 503:
            return f"{url} is too busy for {model} ({status}): {message}"
        case 401 | 403:
            return f"{url} does not let this client ask {model} ({status}): {message}"
        case _ if status >= 500:
            return f"{url} failed at a request to {model} ({status}): {message}"
        case _:
            return f"{url} refused a request to {model} ({status}): {message}"
