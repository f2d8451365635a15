"""Errors as OpenAI's clients read them."""

from __future__ import annotations

from pydantic import BaseModel

from twolane.api.boundary import HttpError
from twolane.api.groups import ErrorShape

_TYPES = {404: "not_found_error", 503: "server_error"}
_CODES = {404: "model_not_found"}


class OpenAiProblemOut(BaseModel):
    """What went wrong, in words and for programs."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAiErrorOut(BaseModel):
    """An error in the shape of OpenAI's API."""

    error: OpenAiProblemOut


def _shaped(error: HttpError) -> OpenAiErrorOut:
    kind = _TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    code = _CODES.get(error.status)
    return OpenAiErrorOut(error=OpenAiProblemOut(message=error.message, type=kind, param=None, code=code))


OPENAI_ERROR = ErrorShape(OpenAiErrorOut, _shaped)
