"""Signing in by the office's own sign-in: the way there, and the way back."""

from __future__ import annotations

import hmac
import logging

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from twolane.access.office import Errand
from twolane.api.auditing import tell_way_in
from twolane.api.groups import OPEN, RouteGroup
from twolane.api.routes.page import entered
from twolane.api.routes.session import begin
from twolane.api.sessions import cookie_name, is_encrypted
from twolane.api.state import shared
from twolane.errors import SignInError, TwolaneError

router = APIRouter(include_in_schema=False)
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN, page=True)

_log = logging.getLogger(__name__)
_ERRAND_S = 600
_PATH = "/signin/office"


def _back(request: Request) -> str:
    scheme = "https" if is_encrypted(request.scope) else "http"
    return f"{scheme}://{request.headers.get('host', '')}{_PATH}/back"


def _cookie(request: Request) -> str:
    return f"{cookie_name(request.scope)}-office"


@router.get(_PATH)
def go(request: Request) -> Response:
    office = shared(request).app.access.office
    if not office.name:
        return RedirectResponse("/signin", 303)
    try:
        url, errand = office.begin(_back(request))
    except TwolaneError as error:
        return _failed(request, error)
    response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
    # Lax: the browser comes back from another website, and must bring it along
    response.set_cookie(
        _cookie(request),
        errand.text,
        max_age=_ERRAND_S,
        path="/",  # which its name asks for, so that no neighbouring host can set another one before it
        secure=is_encrypted(request.scope),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(f"{_PATH}/back")
def back(request: Request, state: str = "") -> Response:
    errand = Errand.parsed(request.cookies.get(_cookie(request), ""))
    response = entered()
    try:
        if errand is None or not hmac.compare_digest(errand.state.encode(), state.encode()):
            return _failed(request, SignInError("this is no answer to a sign-in that was begun here"))
        answer = f"{_back(request)}?{request.url.query}"
        user = shared(request).app.access.office.user_of(answer, errand, _back(request))
        begin(request, response, user, "office")
        tell_way_in(request, "office", user=user.name)
    except TwolaneError as error:
        response = _failed(request, error)
    response.delete_cookie(
        _cookie(request), path="/", secure=is_encrypted(request.scope), httponly=True, samesite="lax"
    )
    return response


def _failed(request: Request, error: TwolaneError) -> Response:
    tell_way_in(request, "office", is_refused=True)
    _log.warning("office sign-in failed", extra={"fields": {"why": error.what}})
    return RedirectResponse("/signin?office=failed", 303)
