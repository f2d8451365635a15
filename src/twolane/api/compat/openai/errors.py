"""Errors as OpenAI's clients read them."""

from __future__ import annotations

from typing import Any

from twolane.api.boundary import HttpError

_TYPES = {404: "not_found_error", 503: "server_error"}
_CODES = {404: "model_not_found"}


def openai_error(error: HttpError) -> dict[str, Any]:
    """Return an error in the shape of OpenAI's API."""
    kind = _TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    return {
        "error": {
            "message": message_of(error),
            "type": kind,
            "param": None,
            "code": _CODES.get(error.status),
        }
    }


def message_of(error: HttpError) -> str:
    """Return what happened and what to do, as one text."""
    return f"{error.body.error}: {error.body.remedy}" if error.body.remedy else error.body.error
