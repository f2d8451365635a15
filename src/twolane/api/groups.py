"""Groups of routes: each has its shape of errors, its limits, and its rules for browsers.

Why it is so: docs/why/serving.md#our-api-has-a-version-and-its-group-of-routes-says-what-browsers-may-do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from twolane.api.boundary import HttpError
from twolane.principal import Right

_NOT_TAKEN = {400, 413, 422, 503}


def own_error(error: HttpError) -> dict[str, Any]:
    """Return an error in the shape of our own API."""
    return error.body.model_dump()


@dataclass(frozen=True, slots=True)
class RouteGroup:
    """A router with what the edge must know of it before one of its routes runs.

    The defaults suit data: nothing is cached, nothing is shown as a page, bodies are small.
    """

    router: APIRouter
    error_body: Callable[[HttpError], dict[str, Any]] = own_error
    page: bool = False
    """Its responses are the page and its parts: the page's own scripts and styles run in them, and browsers
    may cache them if they check each time whether they are still the newest."""
    uploads: bool = False
    """Bodies may be as large as `server.upload_limit_bytes` says."""
    any_host: bool = False
    """It answers under any host name, where other machines may connect at all."""
    right: Right | None = None
    """What a token must give a right to; without one, its routes are closed to whoever carries a token."""
    needs_token: bool = False
    """Nobody comes in without a token."""
    shared_to: bool = False
    """Browsers post to it what other programs of their device share, and nobody else may."""
    not_taken_address: str = ""
    """Where a browser is led whose request could not be taken in: to a page that says so."""
    waited_for: bool = True
    """A draining server waits for its requests."""
    invalid_status: int = 422
    """What says that a request is not valid: clients of other APIs know 400."""

    def response(self, error: HttpError) -> Response:
        """Return an error as the group's clients read it."""
        if error.status in _NOT_TAKEN and self.not_taken_address:
            return RedirectResponse(self.not_taken_address, 303)
        status = self.invalid_status if error.status == 422 else error.status
        return JSONResponse(self.error_body(error), status, error.headers)


UNKNOWN = RouteGroup(APIRouter())
"""The group of every address without a route."""


class RouteGroups:
    """All groups of a server, and which of them a request belongs to."""

    def __init__(self, groups: Sequence[RouteGroup]) -> None:
        self._groups = groups

    def of(self, scope: Scope) -> RouteGroup:
        """Return the group of its route, else one with its address for other methods, else `UNKNOWN`."""
        other_methods: RouteGroup | None = None
        for group in self._groups:
            matches = {route.matches(scope)[0] for route in group.router.routes}
            if Match.FULL in matches:
                return group
            if Match.PARTIAL in matches and other_methods is None:
                other_methods = group
        return other_methods or UNKNOWN
