"""Why a lane's servers cannot serve a request: the errors that its user reads."""

from __future__ import annotations

from typing import Any

from twolane.config.lane_settings import LaneSettings
from twolane.errors import (
    ModelBusyError,
    ModelError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from twolane.llm.pool.server import Server, ServerGroup

Errors = dict[str, ModelError]
"""How a request failed at the servers that it has been at, by address."""


def why(group: ServerGroup[Any], errors: Errors) -> ModelError:
    """Return why none of the servers could serve a request, each with its own reason."""
    model = group.settings.model
    with group.lock:
        known = {s.url: errors.get(s.url) or _outage(s) for s in group.servers}
    reasons = {url: error for url, error in known.items() if error}
    if not reasons:  # it has come back in the very moment of giving up
        return ModelBusyError(f"The servers of {model} are just coming back", "try again")
    # New ones, because one that is raised again and again would gather a traceback without end.
    if len(group.servers) == 1:
        (error,) = reasons.values()
        return type(error)(error.what, error.remedy)
    kinds = {type(error) for error in reasons.values()}
    kind = kinds.pop() if len(kinds) == 1 else ModelUnreachableError
    if ModelBusyError in kinds:  # one of them lives: it will be asked again soon
        kind = ModelBusyError
    what = "; ".join(f"{url}: {error.what}" for url, error in reasons.items())
    remedies = dict.fromkeys(error.remedy for error in reasons.values() if error.remedy)
    return kind(f"None of the {len(group.servers)} servers of {model} answers: {what}", "; ".join(remedies))


def _outage(server: Server[Any]) -> ModelError | None:
    """Return why a server is not asked, as an outage: a request that it never saw has not failed there."""
    error = server.breaker.error
    if error is None or isinstance(error, ModelUnreachableError | ModelMissingError):
        return error
    return ModelUnreachableError(f"{server.url} is left alone after failures: {error.what}", error.remedy)


def silent(url: str) -> ModelError:
    return ModelUnreachableError(
        f"{url} is silent: it neither goes on with an answer nor says how it is",
        "see what that server is doing, or restart it",
    )


def full(settings: LaneSettings, waiting: int) -> ModelError:
    return ModelBusyError(
        f"The lane of {settings.model} is full: {settings.concurrency} under way at each server, "
        f"{waiting} waiting",
        "try again later, or raise concurrency or max_waiting of this lane",
    )


def late(settings: LaneSettings) -> ModelError:
    return ModelTimeoutError(
        f"The servers of {settings.model} were busy with other requests for "
        f"{settings.first_token_timeout_s:g} s",
        "raise first_token_timeout_s or concurrency of this lane, or add a server",
    )


def closed(settings: LaneSettings) -> ModelError:
    return ModelError(f"The lane of {settings.model} is closed", "open it again to use it")
