"""Groups of routes: the rights that each needs, its shape of errors, its limits, and its rules for browsers.

Why it is so: docs/why/serving.md#our-api-has-a-version-and-its-group-of-routes-says-what-browsers-may-do, and
docs/why/access.md#a-route-says-the-right-that-it-needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from twolane.access.audit import AuditAct
from twolane.api.boundary import HttpError
from twolane.api.schemas.base import ErrorOut
from twolane.principal import Right

F = TypeVar("F", bound=Callable[..., Any])

OPEN: Final = None
"""In the place of a right: anybody may, whoever that is."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_TAKEN = {400, 413, 422, 503}
_NEEDED, _AUDITED = "_twolane_right", "_twolane_act"
_ACTS = {
    Right.ASK: AuditAct.ASKED,
    Right.ADD: AuditAct.ADDED,
    Right.CORRECT: AuditAct.CHANGED,
    Right.ADMIN: AuditAct.MANAGED,
}
_FILE_ID = "file_id"
_MOST_DIGITS = 18
_MOST_TARGET_CHARS = 200


def needs(right: Right | None) -> Callable[[F], F]:
    """Let a route need another right than those of its group; written right above its function."""

    def marked(endpoint: F) -> F:
        setattr(endpoint, _NEEDED, right)
        return endpoint

    return marked


def audited(act: AuditAct | None) -> Callable[[F], F]:
    """Let a route stand in the audit as something else than by default; written right above its function.

    By default what changes something stands there by the right that it needs, and what shows a file, one by
    `{file_id}`, as seen; other reading does not.
    """

    def marked(endpoint: F) -> F:
        setattr(endpoint, _AUDITED, act)
        return endpoint

    return marked


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """How clients read an error: the schema that describes it, and what puts an error of ours into it."""

    schema: type[BaseModel]
    of: Callable[[HttpError], BaseModel]

    def body(self, error: HttpError) -> dict[str, Any]:
        """Return what is sent."""
        return self.of(error).model_dump()


OWN_ERROR = ErrorShape(ErrorOut, lambda error: error.body)
"""The shape of our own API."""


@dataclass(frozen=True, slots=True)
class RouteGroup:
    """A router with what the edge must know of it before one of its routes runs.

    `reads` is the right that its GET routes need, `changes` that of all others, `OPEN` where anybody may;
    what differs has `needs` above its function. The other defaults suit data: nothing is cached, nothing is
    shown as a page, bodies are small.
    """

    router: APIRouter
    reads: Right | None
    changes: Right | None
    error: ErrorShape = OWN_ERROR
    page: bool = False
    """Its responses are the page and its parts: the page's own scripts and styles run in them, and browsers
    may cache them if they check each time whether they are still the newest."""
    uploads: bool = False
    """Bodies may be as large as `server.upload_limit_bytes` says."""
    any_host: bool = False
    """It answers under any host name, where other machines may connect at all."""
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

    def right(self, route: BaseRoute | None, method: str) -> Right | None:
        """Return the right that a request to one of its routes needs, of all of them without a route."""
        otherwise = self.reads if method in SAFE_METHODS else self.changes
        right: Right | None = getattr(getattr(route, "endpoint", None), _NEEDED, otherwise)
        return right

    def act(self, route: BaseRoute, method: str) -> AuditAct | None:
        """Return what a request to one of its routes is in the audit; None where it is not in there."""
        right = self.right(route, method)
        if method in SAFE_METHODS:
            otherwise = AuditAct.SAW if f"{{{_FILE_ID}}}" in getattr(route, "path", "") else None
        else:
            otherwise = _ACTS.get(right) if right else AuditAct.CHANGED
        act: AuditAct | None = getattr(getattr(route, "endpoint", None), _AUDITED, otherwise)
        return act

    def response(self, error: HttpError) -> Response:
        """Return an error as the group's clients read it."""
        if error.status in _NOT_TAKEN and self.not_taken_address:
            return RedirectResponse(self.not_taken_address, 303)
        status = self.invalid_status if error.status == 422 else error.status
        return JSONResponse(self.error.body(error), status, error.headers)


UNKNOWN = RouteGroup(APIRouter(), reads=OPEN, changes=OPEN)
"""The group of every address without a route."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for: the group of its route, the right that it needs, and what it is in the audit.

    `file_id` is the file that it is about, 0 for none, and `target` what else its address names.
    """

    group: RouteGroup
    right: Right | None
    act: AuditAct | None = None
    file_id: int = 0
    target: str = ""


class RouteGroups:
    """All groups of a server, and which of them a request belongs to."""

    def __init__(self, groups: Sequence[RouteGroup]) -> None:
        self._groups = groups

    def of(self, scope: Scope) -> Wanted:
        """Return the group of its route, else one with its address for other methods, else `UNKNOWN`."""
        method = scope["method"]
        other_methods: RouteGroup | None = None
        for group in self._groups:
            for route in group.router.routes:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    named = found.get("path_params", {})
                    file_id, target = _number(named.get(_FILE_ID, 0)), _target(named, method)
                    act = group.act(route, method)
                    return Wanted(group, group.right(route, method), act, file_id, target)
                if match is Match.PARTIAL and other_methods is None:
                    other_methods = group
        other = other_methods or UNKNOWN
        return Wanted(other, other.right(None, method))


def _target(named: Mapping[str, object], method: str) -> str:
    """Return what an address names beside a file, where that is to be changed."""
    if method in SAFE_METHODS:
        return ""
    return " ".join(str(value) for name, value in named.items() if name != _FILE_ID)[:_MOST_TARGET_CHARS]


def _number(given: object) -> int:
    text = str(given)
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS else 0
