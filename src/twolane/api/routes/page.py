"""The page and its parts: the small files of `web/`, a folder a view."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from twolane.api.auditing import tell_way_in
from twolane.api.groups import OPEN, RouteGroup
from twolane.api.parts import PageParts
from twolane.api.sessions import set_cookie
from twolane.api.state import principal, shared
from twolane.principal import NOBODY

router = APIRouter(include_in_schema=False)
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN, page=True)

_HTML = "text/html; charset=utf-8"
_PARTS = PageParts(Path(__file__).parents[2] / "web")


def pack_ahead() -> None:
    """Begin to pack the page's files; called once a server starts."""
    _PARTS.pack_ahead()


@router.api_route("/", methods=["GET", "HEAD"])  # HEAD is how Ollama's own client looks for a server
def index(request: Request, start: str = "") -> Response:
    """Return the page to whom may see it; whoever has a start token comes in by it."""
    if start and request.method == "GET":
        return _come_in(request, start)
    if principal(request) is NOBODY:
        return RedirectResponse("/signin", 303)  # a browser keeps the part behind the # on its way
    return _PARTS.send_now("index.html", request.headers)


@router.get("/signin")
def signin(request: Request) -> Response:
    return _PARTS.send_now("signin/index.html", request.headers)


def entered() -> Response:
    """Return what leads a browser that was let in to the page.

    It is no redirect: a browser that came here from elsewhere would not send its new cookie along.
    """
    return Response("", headers={"Refresh": "0; url=/", "Cache-Control": "no-store"}, media_type=_HTML)


def _come_in(request: Request, start: str) -> Response:
    state = shared(request)
    app = state.app
    if app.access.users.any() or not state.starts.take(start):
        tell_way_in(request, "start address", is_refused=True)
        return RedirectResponse("/signin?start=used", 303)
    sender, agent = request.client.host if request.client else "", request.headers.get("user-agent", "")
    tell_way_in(request, "start address")
    response = entered()
    begun = app.access.sign_ins.begin("", "start", sender=sender, agent=agent)
    set_cookie(response, request.scope, begun.secret)
    return response


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    return _PARTS.send_now("manifest.webmanifest", request.headers)


@router.get("/sw.js")
def worker(request: Request) -> Response:
    """Return the service worker: it has to lie at the top, or it would not be asked for what lies there."""
    return _PARTS.send_worker(request.headers)


@router.get("/web/{name:path}")
def part(name: str, request: Request) -> Response:
    return _PARTS.send(name, request.headers)
