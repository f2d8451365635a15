"""Turns errors into responses: one JSON shape, a status for each error, and a count of unexpected ones."""

from __future__ import annotations

import errno
import logging
import math
from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from twolane import errors
from twolane.api.schemas.base import ErrorOut

log = logging.getLogger("twolane.api")

RETRY_AFTER_S = 2
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
TRIES_RETRY_AFTER_S = 60
# Browsers ask for a password of their own where Basic is offered, over the page that asks for it better.
_BEARER = 'Bearer realm="twolane"'
# Scanners that know Basic alone send nothing before they are asked.
_SCANNERS_TOO = f'{_BEARER}, Basic realm="twolane", charset="UTF-8"'

# The first match counts, so the narrower errors come first.
_STATUS: tuple[tuple[type[errors.TwolaneError], int], ...] = (
    (errors.NotFoundError, 404),
    (errors.ConflictError, 409),
    (errors.TrashError, 409),
    (errors.SignInError, 401),
    (errors.TokenError, 401),
    (errors.TokenTriesError, 429),
    (errors.SignInTriesError, 429),
    (errors.QuotaError, 429),
    (errors.AccessError, 403),
    (errors.SettingsError, 422),
    (errors.PromptTooLongError, 422),
    (errors.ModelFileError, 502),
    (errors.ModelMissingError, 503),
    (errors.ModelAnswerError, 502),
    (errors.ModelTimeoutError, 504),
    (errors.ModelError, 503),
    (errors.StoreBusyError, 503),
    (errors.StoreError, 500),
    (errors.BackupError, 500),
    (errors.BlobsError, 503),
    (errors.ExtractError, 500),
    (errors.FileReplacedError, 409),
    (errors.JobError, 500),
    (errors.TwolaneError, 400),
)

_HTTP_REMEDIES = {
    404: "see /openapi.json for what there is",
    413: "send less at once, or put the file in a folder and run: twolane add FOLDER",
    405: "see /openapi.json for the methods of this address",
}


@dataclass(frozen=True, slots=True)
class HttpError:
    """An error as it goes over the wire."""

    status: int
    body: ErrorOut
    allow: str = ""  # the methods of the address, where it has not the one that was asked for
    challenge: str = _SCANNERS_TOO
    retry_after_s: float = 0.0  # 0: as its status has it

    @property
    def message(self) -> str:
        """What happened and what to do, as one text."""
        return f"{self.body.error}: {self.body.remedy}" if self.body.remedy else self.body.error

    @property
    def headers(self) -> dict[str, str]:
        if self.allow:
            return {"Allow": self.allow}
        if self.status == 401:
            return {"WWW-Authenticate": self.challenge}
        usual_s = {503: RETRY_AFTER_S, 429: TRIES_RETRY_AFTER_S}.get(self.status, 0)
        after_s = math.ceil(self.retry_after_s) or usual_s
        return {"Retry-After": str(after_s)} if after_s else {}


class Boundary:
    """Turns every error into an HTTP error; unexpected ones are logged and counted."""

    def __init__(self) -> None:
        self.unexpected = 0

    def explain(self, error: Exception) -> HttpError:
        """Return the error to answer with; safe to call from any thread."""
        if (full := _no_room(error)) is not None:
            what = f"there is no room for what was sent: {full.strerror}"
            return HttpError(
                503,
                ErrorOut(error=what, remedy="free space for temporary files (TMPDIR), then send it again"),
            )
        match error:
            case errors.TwolaneError():
                status = next(code for kind, code in _STATUS if isinstance(error, kind))
                challenge = _BEARER if isinstance(error, errors.SignInError) else _SCANNERS_TOO
                body = ErrorOut(error=error.what, remedy=error.remedy)
                wait_s: float = getattr(error, "wait_s", 0.0)
                return HttpError(status, body, challenge=challenge, retry_after_s=wait_s)
            case RequestValidationError():
                return HttpError(
                    422, ErrorOut(error=_invalid(error), remedy="see /openapi.json for its form")
                )
            case HTTPException():
                remedy = _HTTP_REMEDIES.get(error.status_code, "")
                allow = (error.headers or {}).get("Allow", "")
                return HttpError(error.status_code, ErrorOut(error=str(error.detail), remedy=remedy), allow)
            case ClientDisconnect():  # nobody reads the answer
                return HttpError(
                    400, ErrorOut(error="the request broke off before its end", remedy="send it again")
                )
        self.unexpected += 1
        log.error("unexpected error in the API", exc_info=error)
        remedy = "this is a fault in twolane: please report it with the lines of the log"
        return HttpError(500, ErrorOut(error=f"unexpected error: {type(error).__name__}", remedy=remedy))


def _no_room(error: BaseException) -> OSError | None:
    """Return the error of a full disk; what reads forms hides it as the cause of its own."""
    reason = error.__cause__ if isinstance(error, HTTPException) else error
    return reason if isinstance(reason, OSError) and reason.errno in _NO_ROOM else None


def _invalid(error: RequestValidationError) -> str:
    problems = [f"{_where(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
    return "the request is not valid: " + "; ".join(problems)


def _where(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location)
